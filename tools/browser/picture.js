// Draws the head of the page of the minimal example app under a trace, down to the end of
// the plot over time: what scripts/readme-picture runs.
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { World } from "./browser.js";

const [trace, picture] = process.argv.slice(2);
const width = 920;

const world = await World.start();
try {
  // The page shows its command line: so the trace lies where the app is.
  const name = "AzureLLMInferenceTrace_code.csv";
  mkdirSync(join(world.folder, "app"));
  cpSync("app/minimal.yaml", join(world.folder, "app/app.yaml"));
  copyFileSync(trace, join(world.folder, name));
  const address = world.compare(world.folder, "picture", "--trace", name);
  await world.open(address, { width, leaves: true }, async (page) => {
    const figure = page.locator("#simulation .chart");
    await figure.scrollIntoViewIfNeeded(); // charts are drawn when they come into view
    await figure.locator("svg").waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.waitForTimeout(500);
    const { y, height } = await figure.boundingBox();
    const shot = await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height: Math.ceil(y + height) } });
    const blank = await page.context().newPage(); // without the policy that forbids the page to load pictures
    const image = await blank.evaluate(pixels, shot.toString("base64"));
    const png = indexed(image.width, image.height, new Uint32Array(image.colors));
    writeFileSync(picture, png);
    console.log(`${picture}: ${png.length} bytes`);
  });
} finally {
  await world.stop();
}

// pixels decodes a PNG, in the browser, into one number for each pixel.
async function pixels(base64) {
  const image = new Image();
  image.src = "data:image/png;base64," + base64;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const colors = [];
  for (let i = 0; i < data.length; i += 4) colors.push((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  return { width: image.width, height: image.height, colors };
}

// indexed encodes a PNG of the 256 colors that there are most of; another takes
// the nearest one of them. It is less than half as large as one of all colors.
function indexed(width, height, colors) {
  const counts = new Map();
  for (const c of colors) counts.set(c, (counts.get(c) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 256).map(([c]) => c);
  const parts = (c) => [c >> 16, (c >> 8) & 255, c & 255];
  const nearest = new Map(palette.map((c, i) => [c, i]));
  for (const c of counts.keys()) {
    if (nearest.has(c)) continue;
    const distance = (p) => parts(p).reduce((sum, v, k) => sum + (v - parts(c)[k]) ** 2, 0);
    nearest.set(c, palette.reduce((best, p, i) => (distance(p) < distance(palette[best]) ? i : best), 0));
  }
  const rows = Buffer.alloc(height * (width + 1)); // each begins with its filter, 0 for none
  colors.forEach((c, i) => (rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)] = nearest.get(c)));
  const chunk = (type, data) => {
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    out.write(type, 4, "latin1");
    data.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8); // 8 bits a pixel, of a palette
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("PLTE", Buffer.from(palette.flatMap(parts))),
    chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}
