// The page of an app that was simulated under a trace.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { World, accessible } from "./browser.js";

let world, address;
before(async () => {
  world = await World.start();
  const trace = join(world.folder, "trace.gz");
  execFileSync(world.ambi, ["trace", "--shape", "bursty", "--requests", "5/s", "--span", "2h", "--out", trace]);
  address = world.write("thumbs", "--trace", trace);
});
after(() => world?.stop());

test("demand, capacity, latency and cost over one axis", () => world.open(address, {}, async (page) => {
  const figure = page.locator("#simulation figure");
  const labels = await figure.locator("[data-chart] svg text").allTextContents();
  for (const want of ["requests a second", "99th percentile of the latency", "cost so far", "30 min", "2 h"]) assert.ok(labels.includes(want), `no ${want} among ${labels}`);
  const id = await figure.getAttribute("id");
  const { curve } = JSON.parse(await page.locator("#figures").textContent()).find((f) => f.id === id);
  const lines = await figure.locator("svg path").evaluateAll((paths) => paths.filter((p) => p.getAttribute("d").length > 300).length);
  assert.ok(lines >= curve.panels.flatMap((p) => p.series).length, `${lines} lines`);
  await figure.locator("[data-chart]").scrollIntoViewIfNeeded();
  const box = await figure.locator("[data-chart]").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 80); // in the first panel
  await figure.locator(".tip").waitFor();
  assert.match(await figure.locator(".tip").innerText(), /demand[^]*Lambda[^]*ms[^]*\$/);
  await figure.getByRole("button", { name: "Zoom in" }).click();
  assert.notDeepEqual(await figure.locator("[data-chart] svg text").allTextContents(), labels);
}));

for (const scheme of ["light", "dark"]) {
  test(`accessible and nothing sticks out, ${scheme}, 390 pixels`, () => world.open(address, { scheme, width: 390, bypassCSP: true }, async (page) => {
    for (const details of await page.locator("summary").all()) await details.click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await accessible(page);
  }));
}
