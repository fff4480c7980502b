// What the tests share: ambi built once, and Chromium with pages that may ask
// the network for nothing but what a test serves.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const repository = join(here, "../..");

// The folders of testdata are projects.
export const project = (name) => join(here, "testdata", name);

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      if (existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error("no Chromium on PATH\nhint: apt-get install chromium, or set CHROMIUM to one");
}

// world is a folder of its own with ambi, and a browser that starts afresh.
export class World {
  static async start() {
    const w = new World();
    w.servers = [];
    w.folder = mkdtempSync(join(tmpdir(), "ambi-browser-"));
    w.ambi = join(w.folder, "ambi");
    execFileSync("go", ["build", "-o", w.ambi, "./cmd/ambi"], { cwd: repository, stdio: "inherit" });
    w.browser = await chromium.launch({ // with a profile of its own, which it throws away
      executablePath: findChromium(),
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
    });
    return w;
  }

  async stop() {
    await this.browser?.close();
    for (const server of this.servers) server.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  // write compares the app of a project, and returns the page's address.
  write(name, ...flags) {
    return this.compare(".", name, "-C", project(name), ...flags);
  }

  // compare is write for the app in a folder.
  compare(folder, name, ...flags) {
    const file = join(this.folder, name + ".html");
    execFileSync(this.ambi, ["compare", ...flags, "--html", file], { cwd: folder });
    return pathToFileURL(file).href;
  }

  // serve serves the app of a project, and returns the page's address. Stop ends
  // it as Ctrl-C does, and returns its exit code.
  serve(name) {
    const server = spawn(this.ambi, ["compare", "-C", project(name), "--serve"], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => server.on("exit", resolve));
    this.servers.push(server);
    return new Promise((resolve, reject) => {
      let said = "";
      server.stdout.on("data", (text) => {
        said += text;
        const address = /^(http:\S+)\n/.exec(said)?.[1];
        if (address) resolve({ address, stop: () => (server.kill("SIGINT"), ended) });
      });
      ended.then((code) => reject(new Error(`ambi compare --serve ended with ${code}`)));
    });
  }

  // open opens a page, runs a test on it, and fails when the page complained or
  // asked for anything else.
  async open(address, options, test) {
    const { width = 1280, height = 900, scheme = "light", expected = [], leaves = false, ...rest } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: scheme, ...rest });
    const page = await context.newPage();
    const complaints = [], requests = [];
    page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(m.text()));
    page.on("pageerror", (e) => complaints.push(String(e)));
    page.on("request", (r) => requests.push(r.url()));
    try {
      await page.goto(address);
      await test(page);
      assert.deepEqual(complaints.filter((c) => !expected.some((e) => c.includes(e))), [], "the page complained");
      const origin = address.startsWith("file:") ? address : new URL(address).origin + "/";
      if (!leaves) assert.deepEqual(requests.filter((r) => !r.startsWith(origin)), [], "a request left the page");
    } finally {
      await context.close();
    }
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// accessible runs axe's rules, and fails on any violation.
export async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.any.map((a) => a.message).join("; ")).join("\n")}`), []);
}
