// The page in a real browser: what a reader sees, hovers, zooms, prints, and
// what the page must not do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { World, accessible } from "./browser.js";

let world, known, unknown;
before(async () => {
  world = await World.start();
  known = world.write("thumbs");
  unknown = world.write("unknown");
});
after(() => world?.stop());

const chart = (page, id) => page.locator(`#${id} [data-chart]`);
const tick = (page, id) => page.locator(`#${id} [data-chart] svg text`).allTextContents();
const press = (page, id, name) => page.locator(`#${id} [data-tools]`).getByRole("button", { name, exact: true }).click();

// costsAt are both costs at a number of requests, from the page's own figures.
async function costsAt(page, requests) {
  const [{ curve }] = JSON.parse(await page.locator("#figures").textContent());
  return curve.panels[0].series.map((s) => s.points.reduce((a, b) => (Math.abs(b[0] - requests) < Math.abs(a[0] - requests) ? b : a))[1]);
}

// pointAt is where a number of requests stands on the curve, by the axis labels.
async function pointAt(page, requests) {
  const labels = await page.evaluate(() => [...document.querySelectorAll("#cost-curve svg text")].map((t) => {
    const box = t.getBoundingClientRect();
    return { text: t.textContent, x: box.x + box.width / 2, y: box.y };
  }));
  const number = (text) => {
    const m = /^(\d+)(k|M|G)$/.exec(text);
    return m && Number(m[1]) * { k: 1e3, M: 1e6, G: 1e9 }[m[2]];
  };
  const marks = labels.filter((l) => number(l.text)).map((l) => ({ at: Math.log10(number(l.text)), x: l.x }));
  const [a, b] = [marks[0], marks[marks.length - 1]];
  const x = a.x + ((Math.log10(requests) - a.at) / (b.at - a.at)) * (b.x - a.x);
  const box = await chart(page, "cost-curve").boundingBox();
  return [x, box.y + box.height / 2];
}

test("every chart is drawn", () => world.open(known, {}, async (page) => {
  const figures = JSON.parse(await page.locator("#figures").textContent());
  assert.deepEqual(figures.map((f) => f.id), ["cost-curve", "cost-parts"]);
  for (const f of figures) {
    assert.ok(await page.locator(`#${f.id} svg path`).count() > 4, `${f.id} has paths`);
    const box = await chart(page, f.id).boundingBox();
    assert.ok(box.width > 900 && box.height > 100, `${f.id} has ${box.width} x ${box.height}`);
  }
  // Two lines with hundreds of points each, and two bands.
  const lines = await page.locator("#cost-curve svg path").evaluateAll((paths) => paths.filter((p) => p.getAttribute("d").length > 1000).map((p) => p.getAttribute("fill")));
  assert.equal(lines.length, 4);
  assert.equal(lines.filter((fill) => fill === "none").length, 2);
  const labels = await tick(page, "cost-curve");
  for (const want of ["your usage", "costs cross", "$100", "1M", "requests a month"]) assert.ok(labels.includes(want), `no ${want} among ${labels}`);
  assert.ok((await tick(page, "cost-parts")).includes("Kubernetes"));
}));

test("a page without a verdict has no curve", () => world.open(unknown, {}, async (page) => {
  assert.match(await page.locator("h1").textContent(), /No verdict for thumbs yet/);
  assert.equal(await page.locator("#cost-curve").count(), 0);
  assert.match(await page.locator("#traffic").textContent(), /There is no curve while figures are missing/);
}));

test("hovering shows values", () => world.open(known, {}, async (page) => {
  await chart(page, "cost-curve").scrollIntoViewIfNeeded();
  await page.mouse.move(...await pointAt(page, 3e6));
  const tip = page.locator("#cost-curve .tip");
  await tip.waitFor();
  const text = await tip.innerText();
  const [, requests] = /^([\d.]+)M requests a month/.exec(text);
  assert.ok(Math.abs(requests - 3) < 0.1, text);
  const [, lambda] = /Lambda\s*\$([\d.]+)/.exec(text), [, kubernetes] = /Kubernetes\s*\$([\d.]+)/.exec(text);
  const [wantLambda, wantKubernetes] = await costsAt(page, requests * 1e6);
  assert.ok(Math.abs(lambda - wantLambda) < 0.006, text);
  assert.ok(Math.abs(kubernetes - wantKubernetes) < 0.006, text);
  assert.match(text, /to \$[\d.]+ if inputs are off/);

  await chart(page, "cost-parts").scrollIntoViewIfNeeded();
  const box = await chart(page, "cost-parts").boundingBox();
  await page.mouse.move(box.x + box.width - 60, box.y + 76);
  await page.locator("#cost-parts .tip").waitFor();
  const idle = await page.locator(".legend tr", { hasText: "Idle" }).locator("td").last().textContent();
  assert.match(idle, /^\$\d\d+\.\d\d$/);
  assert.deepEqual((await page.locator("#cost-parts .tip").innerText()).split(/\s+/), ["Kubernetes", "idle", idle]);
}));

test("zoom by buttons, wheel and keys", () => world.open(known, {}, async (page) => {
  const first = await tick(page, "cost-curve");
  await press(page, "cost-curve", "Zoom in");
  const nearer = await tick(page, "cost-curve");
  assert.notDeepEqual(nearer, first);
  assert.ok(nearer.includes("your usage"), "zooming in keeps the usage in sight");
  for (let i = 0; i < 6; i++) await press(page, "cost-curve", "Zoom in");
  assert.ok((await tick(page, "cost-curve")).some((t) => /^[23]\.\d+M$/.test(t)), "ticks are close to the usage");
  await press(page, "cost-curve", "Show all");
  const all = await tick(page, "cost-curve");
  for (const want of ["1k", "100G"]) assert.ok(all.includes(want), `no ${want} among ${all}`);

  await page.mouse.move(...await pointAt(page, 1e8));
  await page.mouse.wheel(0, -400);
  assert.ok((await tick(page, "cost-curve")).includes("100G"), "the wheel alone scrolls the page");
  await chart(page, "cost-curve").scrollIntoViewIfNeeded();
  await page.mouse.move(...await pointAt(page, 1e8));
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -400);
  await page.keyboard.up("Control");
  await page.waitForFunction(() => ![...document.querySelectorAll("#cost-curve svg text")].some((t) => t.textContent === "100G"));

  await chart(page, "cost-curve").focus();
  await page.keyboard.press("0");
  assert.deepEqual(await tick(page, "cost-curve"), all);
  await page.keyboard.press("+");
  assert.notDeepEqual(await tick(page, "cost-curve"), all);
  await page.keyboard.press("-");
  assert.deepEqual(await tick(page, "cost-curve"), all);
}));

test("dragging moves a zoomed chart", () => world.open(known, {}, async (page) => {
  await press(page, "cost-curve", "Zoom in");
  await chart(page, "cost-curve").scrollIntoViewIfNeeded();
  const before = await page.locator("#cost-curve svg text", { hasText: "your usage" }).boundingBox();
  const box = await chart(page, "cost-curve").boundingBox();
  await page.mouse.move(box.x + 600, box.y + 200);
  await page.mouse.down();
  await page.mouse.move(box.x + 700, box.y + 200, { steps: 5 });
  await page.mouse.up();
  const moved = (await page.locator("#cost-curve svg text", { hasText: "your usage" }).boundingBox()).x - before.x;
  assert.ok(Math.abs(moved - 100) < 5, `moved by ${moved}`);
}));

test("keys read the chart aloud", () => world.open(known, {}, async (page) => {
  const readout = page.locator("#cost-curve [data-readout]");
  await chart(page, "cost-curve").focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await readout.textContent(), /^3\.\d+M requests a month: Lambda \$\d+\.\d\d.*; Kubernetes \$\d+\.\d\d/);
  const first = await readout.textContent();
  await page.keyboard.press("ArrowRight");
  assert.notEqual(await readout.textContent(), first);
  await page.keyboard.press("ArrowLeft");
  assert.equal(await readout.textContent(), first);
  await page.keyboard.press("End");
  assert.match(await readout.textContent(), /^100G requests/);
  await page.keyboard.press("Escape");
  assert.equal(await readout.textContent(), "");

  await chart(page, "cost-parts").focus();
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#cost-parts [data-readout]").textContent(), /^Lambda: compute \$\d/);
  await page.keyboard.press("ArrowDown");
  assert.match(await page.locator("#cost-parts [data-readout]").textContent(), /^Kubernetes: compute \$\d/);
}));

test("another way to look at it", () => world.open(known, {}, async (page) => {
  const log = await tick(page, "cost-curve");
  await press(page, "cost-curve", "Linear vertical axis");
  const linear = await tick(page, "cost-curve");
  assert.notDeepEqual(linear, log);
  assert.ok(linear.includes("$0"));
  await press(page, "cost-curve", "Linear vertical axis");
  assert.deepEqual(await tick(page, "cost-curve"), log);
  await press(page, "cost-parts", "Shares");
  assert.ok((await tick(page, "cost-parts")).includes("100 %"));
  assert.equal(await page.locator("#cost-parts").getByRole("button", { name: "Shares" }).getAttribute("aria-pressed"), "true");
}));

test("light and dark", () => world.open(known, {}, async (page) => {
  const look = () => page.evaluate(() => [
    getComputedStyle(document.body).backgroundColor,
    ...[...document.querySelectorAll("#cost-curve svg path")].filter((p) => p.getAttribute("d").length > 1000).map((p) => p.getAttribute("stroke") + p.getAttribute("fill")),
  ]);
  const light = await look();
  assert.match(light[0], /rgb\(253, 252, 250\)/);
  await page.getByRole("button", { name: "Use the dark theme" }).click();
  const dark = await look();
  dark.forEach((value, i) => assert.notEqual(value, light[i]));
  await page.getByRole("button", { name: "Use the light theme" }).click();
  assert.deepEqual(await look(), light);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await look(), light, "the reader's choice outlasts the system's");
  await page.reload();
  assert.deepEqual(await look(), light, "and the page");
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  assert.deepEqual(await look(), dark, "without a choice the system decides");
}));

for (const width of [320, 390, 768, 1280]) {
  test(`nothing sticks out at ${width} pixels`, () => world.open(known, { width, height: 844 }, async (page) => {
    for (const details of await page.locator("summary").all()) await details.click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    const out = await page.evaluate(() => [...document.querySelectorAll("main *")]
      .filter((e) => !e.closest(".wide") && !e.closest("svg") && !e.closest(".unseen") && e.getBoundingClientRect().right > innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 100)));
    assert.deepEqual(out, []);
  }));
}

for (const scheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    test(`accessible, ${scheme}, ${width} pixels`, () => world.open(known, { scheme, width, bypassCSP: true }, async (page) => {
      for (const details of await page.locator("summary").all()) await details.click();
      await accessible(page);
    }));
  }
}

test("a table is behind each chart", () => world.open(known, {}, async (page) => {
  for (const figure of await page.locator("figure").all()) {
    const table = figure.locator("details table");
    assert.equal(await table.isVisible(), false);
    await figure.locator("summary").click();
    assert.equal(await table.isVisible(), true);
    assert.ok(await table.locator("tr").count() > 10);
  }
  assert.match(await page.locator("#cost-curve table").textContent(), /3M, your usage/);
}));

test("without scripts everything is said", () => world.open(known, { javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.locator("[data-chart]:visible").count(), 0);
  assert.equal(await page.getByRole("button").count(), 0);
  await page.locator("#cost-curve summary").click();
  assert.equal(await page.locator("#cost-curve table").isVisible(), true);
}));

test("on paper it is light and has no buttons", () => world.open(known, { scheme: "dark" }, async (page) => {
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.getByRole("button").filter({ visible: true }).count(), 0);
  assert.equal(await page.locator("#costs .bill").first().isVisible(), true, "the bills are open");
  const ink = await page.evaluate(() => getComputedStyle(document.body).color);
  assert.equal(ink, "rgb(29, 28, 26)");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen", colorScheme: "dark" });
  const pdf = await page.pdf({ format: "A4" });
  assert.ok(pdf.length > 50_000, `${pdf.length} bytes of PDF`);
}));

// Charts are data: one more takes an element with its id and its figure.
test("a chart over time is drawn from data", () => world.open(known, {}, async (page) => {
  await page.evaluate(() => {
    const host = document.querySelector("#cost-curve").cloneNode(true);
    host.id = "behaviour";
    host.querySelector("[data-chart]").replaceChildren();
    document.querySelector("#traffic").append(host);
    const series = (name, tone, f, step) => ({ name, tone, step, points: Array.from({ length: 60 }, (_, i) => [i * 60, f(i)]) });
    ambiPage.draw([{
      id: "behaviour", title: "Behaviour", summary: "Demand, capacity and latency.",
      curve: {
        x: { name: "of the day", format: "seconds" },
        marks: [{ x: 1200, label: "a node comes" }],
        panels: [
          { y: { name: "requests a second", format: "number" }, series: [series("demand", "quiet", (i) => 10 + i)] },
          { y: { name: "instances", format: "number" }, series: [series("Lambda", "lambda", (i) => i), series("Kubernetes", "kubernetes", (i) => 2 + (i > 20), true)] },
          { y: { name: "latency", format: "seconds" }, series: [series("Lambda", "lambda", () => 0.04), series("Kubernetes", "kubernetes", (i) => 0.05 + i / 1000)] },
        ],
      },
    }]);
  });
  await page.locator("#behaviour").scrollIntoViewIfNeeded();
  assert.equal(await page.locator("#behaviour svg path").evaluateAll((paths) => paths.filter((p) => p.getAttribute("d").length > 300).length), 5);
  const labels = await tick(page, "behaviour");
  for (const want of ["a node comes", "instances", "latency", "of the day", "30 min"]) assert.ok(labels.includes(want), `no ${want} among ${labels}`);
  const box = await chart(page, "behaviour").boundingBox();
  await page.mouse.move(box.x + 500, box.y + box.height / 2);
  await page.locator("#behaviour .tip").waitFor();
  assert.match(await page.locator("#behaviour .tip").innerText(), /min of the day[^]*demand[^]*Lambda[^]*Kubernetes[^]*\d+ ms/);
  await press(page, "behaviour", "Zoom in");
  assert.notDeepEqual(await tick(page, "behaviour"), labels);
}));

// Names come from specs and price books. None may become an element.
test("a hostile name stays a name", () => world.open(known, {}, async (page) => {
  await page.evaluate(() => {
    const bad = `</script><img src=x onerror="globalThis.broken=1">{a|b}`;
    ambiPage.draw([
      { id: "cost-curve", title: bad, summary: bad, curve: {
        x: { name: bad, format: "number" }, marks: [{ x: 5, label: bad, here: true }],
        panels: [{ y: { name: bad, format: "dollars" }, series: [{ name: bad, tone: "lambda", points: [[0, 1], [10, 2]] }] }],
      } },
      { id: "cost-parts", title: bad, summary: bad, bars: [{ name: bad, x: { name: bad, format: "dollars" }, labels: [bad], parts: [{ name: bad, tone: "idle", values: [3] }] }] },
    ]);
  });
  for (const id of ["cost-curve", "cost-parts"]) {
    const box = await chart(page, id).boundingBox();
    await chart(page, id).scrollIntoViewIfNeeded();
    await chart(page, id).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(`#${id} .tip`).waitFor();
    assert.match(await page.locator(`#${id} .tip`).innerText(), /<img src=x/);
    assert.ok(box.width > 0);
  }
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.broken), undefined);
}));
