// The served page in a real browser: changing a field changes the comparison.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { World, accessible, project } from "./browser.js";

let world, server;
before(async () => {
  world = await World.start();
  server = await world.serve("thumbs");
});
after(() => world?.stop());

const open = (options, run) => world.open(server.address, options, run);
const field = (page, name) => page.locator(`[name="${name}"]`);
const title = (page) => page.locator("h1").textContent();
const wrong = (page, name) => page.locator(`[data-field="${name}"] .wrong`).textContent();
const becomes = (page, text) => page.locator("h1", { hasText: text }).waitFor({ timeout: 5000 });

test("it starts with the spec's comparison", () => open({}, async (page) => {
  assert.match(await title(page), /^Lambda is cheaper for thumbs, by \$\d+\.\d\d a month$/);
  assert.equal(await field(page, "requests").inputValue(), "3M/month");
  assert.equal(await field(page, "shape").inputValue(), "diurnal");
  assert.ok(await page.locator("#cost-curve svg path").count() > 4);
}));

test("typing, sliding, choosing and switching compare anew", () => open({}, async (page) => {
  const first = await title(page);
  await field(page, "requests").fill("300M/month");
  await becomes(page, "Kubernetes is cheaper");
  assert.equal(await page.title(), await title(page));
  assert.match(await page.locator("#whatif-status").textContent(), /^Kubernetes is cheaper/);
  assert.equal(await page.locator("#whatif-command").textContent(), `ambi compare --directory ${project("thumbs")} --requests 300M/month`);

  const slider = page.locator('[data-field="requests"] input[type="range"]');
  await slider.focus();
  await page.keyboard.press("Home");
  await becomes(page, "Lambda is cheaper");
  assert.equal(await field(page, "requests").inputValue(), "1k/month");

  await field(page, "shape").selectOption("sporadic");
  await page.locator("#assumptions", { hasText: "50 for sporadic traffic" }).waitFor();
  await field(page, "fargate").check();
  await page.locator("#assumptions dt", { hasText: "Fargate" }).waitFor();
  const command = await page.locator("#whatif-command").textContent();
  assert.match(command, /--requests 1k\/month --shape sporadic --fargate$/);

  // The command line that it shows says the same.
  const json = execFileSync(world.ambi, [...command.split(" ").slice(1), "--json"], { maxBuffer: 1 << 26 });
  const { verdict } = JSON.parse(json);
  assert.match(await page.locator(".side.kubernetes .total").textContent(), new RegExp("^\\$" + verdict.kubernetes.toFixed(2).replace(".", "\\.")));

  await page.getByRole("button", { name: "Start again" }).click();
  await becomes(page, first);
  assert.equal(await field(page, "requests").inputValue(), "3M/month");
}));

test("charts take the new data, and stay as they were looked at", () => open({}, async (page) => {
  const ticks = () => page.locator("#cost-curve [data-chart] svg text").allTextContents();
  const lines = () => page.locator("#cost-curve svg path").evaluateAll((paths) => paths.map((p) => p.getAttribute("d")).filter((d) => d.length > 1000));
  await page.locator("#cost-curve").getByRole("button", { name: "Linear vertical axis" }).click();
  for (let i = 0; i < 3; i++) await page.locator("#cost-curve").getByRole("button", { name: "Zoom in" }).click();
  await page.locator("#costs summary", { hasText: "Every line" }).click();
  const [before, drawn] = [await ticks(), await lines()];
  await field(page, "duration").fill("80ms");
  await page.locator("#assumptions", { hasText: "a duration of 80ms" }).waitFor();
  assert.notDeepEqual(await lines(), drawn);
  const requests = (list) => list.filter((t) => /^[\d.]+[kMG]$/.test(t));
  assert.deepEqual(requests(await ticks()), requests(before), "the zoom stays");
  assert.equal(await page.locator("#cost-curve").getByRole("button", { name: "Linear vertical axis" }).getAttribute("aria-pressed"), "true");
  assert.equal(await page.locator("#costs .bill").first().isVisible(), true, "what was opened stays open");
  assert.equal(await page.locator("#cost-curve svg").count(), 1);
}));

test("errors stand at their fields", () => open({ expected: ["422"] }, async (page) => {
  const first = await title(page);
  await field(page, "duration").fill("fast");
  await page.locator('[data-field="duration"] .wrong', { hasText: "must be a duration" }).waitFor();
  assert.equal(await field(page, "duration").getAttribute("aria-invalid"), "true");
  assert.equal(await title(page), first, "the last comparison stays");
  await field(page, "zones").fill("9");
  await page.locator('[data-field="zones"] .wrong', { hasText: "must be 1 to 6, got 9" }).waitFor();
  await page.locator("#whatif-status", { hasText: "2 fields are wrong" }).waitFor();
  await field(page, "duration").fill("50ms");
  await page.locator("#whatif-status", { hasText: "a field is wrong" }).waitFor();
  assert.equal(await wrong(page, "duration"), "");
  await field(page, "zones").fill("3");
  await page.locator("#assumptions", { hasText: "in 3 zones" }).waitFor();
  assert.equal(await wrong(page, "zones"), "");
  assert.equal(await field(page, "zones").getAttribute("aria-invalid"), null);
}));

test("a figure that is taken away asks for it", () => world.serve("unknown").then(({ address }) => world.open(address, {}, async (page) => {
  assert.match(await title(page), /No verdict/);
  assert.equal(await page.locator("#cost-curve").count(), 0);
  for (const [name, value] of Object.entries({ "cpu-time": "12ms", "request-size": "2k", "response-size": "6k", "log-size": "300", "start-time": "120ms" })) await field(page, name).fill(value);
  await field(page, "shape").selectOption("diurnal");
  await becomes(page, "Lambda is cheaper");
  await page.locator("#cost-curve svg").waitFor();
  assert.ok(await page.locator("#cost-curve svg path").count() > 4, "the curve is drawn when it is known");
  await field(page, "log-size").fill("");
  await becomes(page, "No verdict");
  assert.equal(await page.locator("#cost-curve").count(), 0);
})));

test("hostile values are text", () => open({ expected: ["422"] }, async (page) => {
  page.on("dialog", () => assert.fail("a dialog"));
  await field(page, "instance").fill(`"><img src=x onerror=alert(1)>`);
  await page.locator('[data-field="instance"] .wrong', { hasText: "<img src=x" }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
}));

for (const scheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    test(`accessible and nothing sticks out, ${scheme}, ${width} pixels`, () => open({ scheme, width, height: 844, bypassCSP: true, expected: ["422"] }, async (page) => {
      if (width === 390) {
        assert.equal(await field(page, "requests").isVisible(), false, "the verdict comes first");
        await page.locator(".whatif > details > summary").click();
      }
      await field(page, "zones").fill("9");
      await page.locator('[data-field="zones"] .wrong', { hasText: "got 9" }).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await accessible(page);
    }));
  }
}

test("another page cannot ask it", () => world.open(world.write("unknown"), { expected: ["NotSameOrigin", "CORS", "ERR_FAILED"], leaves: true, bypassCSP: true }, async (page) => {
  for (const mode of ["cors", "no-cors"]) {
    const said = await page.evaluate(async ([address, mode]) => {
      try {
        return (await fetch(address + "compare", { method: "POST", mode, headers: { "Content-Type": "text/plain" }, body: "{}" })).type;
      } catch {
        return "refused";
      }
    }, [server.address, mode]);
    assert.equal(said, "refused", mode);
  }
}));

test("when ambi has stopped the page says so", async () => {
  const other = await world.serve("thumbs");
  await world.open(other.address, { expected: ["ERR_CONNECTION_REFUSED"] }, async (page) => {
    assert.equal(await other.stop(), 0);
    await field(page, "zones").fill("3");
    await page.locator("#whatif-wrong", { hasText: "is it still running?" }).waitFor();
  });
});
