// Builds compare/render/page/assets/echarts.js from the pinned packages, with their
// licences at its head; --check only tells whether it is what it should be.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";

const output = new URL("../../compare/render/page/assets/echarts.js", import.meta.url);
const packages = [
  ["echarts", ["NOTICE", "LICENSE", "licenses/LICENSE-d3"]],
  ["zrender", ["LICENSE"]],
  ["tslib", ["LICENSE.txt"]],
];

const read = (name, file) => readFileSync(new URL(`node_modules/${name}/${file}`, import.meta.url), "utf8");

// A comment at the head of the bundle travels with every page, as the licences ask.
const notices = packages.map(([name, files]) => {
  const { version, license } = JSON.parse(read(name, "package.json"));
  const texts = files.map((file) => read(name, file).replace(/\r/g, "").replace(/[ \t]+$/gm, "").trim());
  return [`${name} ${version}, ${license}`, ...texts].join("\n\n");
});
const rule = "\n\n" + "-".repeat(72) + "\n\n";
const head = ["Built by tools/charts from these packages; do not edit.", ...notices].join(rule);
if (head.includes("*/")) throw new Error("a licence would end the comment that holds it");

const { outputFiles } = await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["entry.js"],
  bundle: true,
  write: false,
  minify: true,
  format: "iife",
  globalName: "echarts",
  target: "es2020",
  charset: "ascii",
  legalComments: "none",
  banner: { js: `/*\n${head}\n*/` },
  define: { "process.env.NODE_ENV": '"production"' },
});
const bundle = outputFiles[0].text;
if (/<\/script|<!--/i.test(bundle)) throw new Error("the bundle would end the script element that holds it");

if (process.argv.includes("--check")) {
  if (readFileSync(output, "utf8") !== bundle) {
    console.error("compare/render/page/assets/echarts.js is not what tools/charts builds\nhint: make charts");
    process.exit(1);
  }
} else {
  writeFileSync(output, bundle);
}
console.log(`echarts.js: ${bundle.length} bytes`);
