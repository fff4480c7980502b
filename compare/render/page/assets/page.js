"use strict";

// Draws the page's figures from their data, and keeps theme, zoom and keyboard.
// Figures are what package page says they are: a curve in panels over one axis,
// or stacked bars. The page says everything without this script too.
const ambiPage = (() => {
  const root = document.documentElement;
  const drawn = new Map(); // by the figure's id

  // --- numbers ------------------------------------------------------------

  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

  function short(n, digits = 4) {
    const [size, name] = units.find(([size]) => Math.abs(n) >= size * 0.99995) ?? [1, ""];
    return String(Number((n / size).toPrecision(digits))) + name;
  }

  function time(s) {
    if (s === 0) return "0 s";
    if (Math.abs(s) < 1) return short(s * 1000, 3) + " ms";
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = parts.findIndex(([size]) => Math.abs(s) >= size);
    const [size, name] = parts[first];
    const whole = Math.trunc(s / size), next = parts[first + 1];
    if (!next) return short(s, 3) + " s";
    const rest = Math.round((s - whole * size) / next[0]);
    return rest ? `${whole} ${name} ${rest} ${next[1]}` : `${whole} ${name}`;
  }

  // Each format prints a number in full, and briefly for an axis.
  const formats = {
    dollars: {
      full: (n) => (n > 0 && n < 0.005 ? "<$0.01" : "$" + n.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })),
      tick: (n) => "$" + short(n),
    },
    number: { full: (n) => short(n), tick: (n) => short(n) },
    percent: { full: (n) => short(n * 100, 3) + " %", tick: (n) => short(n * 100) + " %" },
    seconds: { full: time, tick: time },
  };

  // A logarithmic axis is a linear one of logarithms: so zooming is even, and
  // ticks are ours to choose.
  const scaleOf = (axis, log) => ({
    log,
    to: log ? Math.log10 : (n) => n,
    from: log ? (n) => 10 ** n : (n) => n,
    format: formats[axis.format] ?? formats.number,
    axis,
  });

  function steps(low, high, count, format) {
    const rough = (high - low) / Math.max(count, 1);
    if (!(rough > 0)) return [low];
    let step;
    if (format === "seconds") step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].find((s) => s >= rough);
    if (!step || rough < 0.5) {
      const power = 10 ** Math.floor(Math.log10(rough));
      step = power * [1, 2, 5, 10].find((m) => m * power >= rough * 0.999);
    }
    const list = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) list.push(Number((n * step).toPrecision(12)));
    return list;
  }

  // ticks are places on a scale between two others, about so many.
  function ticks(scale, low, high, count) {
    if (!scale.log) return steps(low, high, count, scale.axis.format);
    const span = high - low;
    if (span < 0.8) return steps(10 ** low, 10 ** high, count, scale.axis.format).filter((n) => n > 0).map(Math.log10);
    const list = [];
    const every = Math.max(1, Math.round(span / count));
    for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power++) if (power % every === 0) list.push(power);
    if (list.length * 3 > count) return list;
    const fine = [];
    for (let power = Math.floor(low); power <= high; power++) {
      for (const m of [1, 2, 5]) {
        const at = power + Math.log10(m);
        if (at >= low - 1e-9 && at <= high + 1e-9) fine.push(at);
      }
    }
    return fine;
  }

  // --- theme --------------------------------------------------------------

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  // color is a variable of the style sheet as it is now.
  function color(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  const darkSystem = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ?? (darkSystem.matches ? "dark" : "light")) === "dark";

  function remember(theme) {
    try {
      if (theme === undefined) return localStorage.getItem("ambi-theme");
      localStorage.setItem("ambi-theme", theme);
    } catch {
      // A page without storage forgets.
    }
    return null;
  }

  function theme() {
    const button = document.getElementById("theme");
    const label = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      button.setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
    };
    const kept = remember();
    if (kept === "light" || kept === "dark") root.dataset.theme = kept;
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      label();
      redraw();
    });
    darkSystem.addEventListener("change", () => {
      label();
      redraw();
    });
    // Paper is light, and cannot be opened.
    let before;
    addEventListener("beforeprint", () => {
      before = root.dataset.theme;
      for (const lines of document.querySelectorAll("details.lines")) lines.open = true;
      root.dataset.theme = "light";
      redraw(640);
    });
    addEventListener("afterprint", () => {
      if (before === undefined) delete root.dataset.theme;
      else root.dataset.theme = before;
      redraw();
    });
  }

  // --- elements -----------------------------------------------------------

  function element(tag, attributes = {}, ...children) {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
    e.append(...children);
    return e;
  }

  function button(text, label, press) {
    const b = element("button", { type: "button", ...(label && { "aria-label": label }) }, text);
    b.addEventListener("click", press);
    return b;
  }

  // tip is what stands beside the pointer, built of elements: a name in the data
  // can say what it likes.
  function tip(title, rows) {
    const box = element("div", { class: "tip" }, element("b", {}, title));
    for (const { tone, name, value, note } of rows) {
      const swatch = element("i");
      swatch.style.background = color(tone);
      const row = element("div", { class: "tip-row" }, swatch, name, element("span", {}, value));
      if (note) row.append(element("small", {}, note));
      box.append(row);
    }
    return box;
  }

  const said = (title, rows) => `${title}: ` + rows.map((r) => `${r.name} ${r.value}${r.note ? ", " + r.note : ""}`).join("; ");

  // --- one chart ----------------------------------------------------------

  class Chart {
    constructor(host, figure) {
      this.host = host;
      this.box = host.querySelector("[data-chart]");
      this.tools = host.querySelector("[data-tools]");
      this.readout = host.querySelector("[data-readout]");
      this.box.hidden = this.tools.hidden = false;
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "application");
      this.box.setAttribute("aria-roledescription", "chart");
      this.view = 0;
      this.linear = false;
      this.take(figure);
      this.box.style.height = this.height() + "px";
      this.echart = echarts.init(this.box, null, { renderer: "svg" });
      this.echart.on("datazoom", () => this.zoomed());
      this.box.addEventListener("keydown", (e) => this.key(e));
      this.box.addEventListener("blur", () => this.point(null));
      this.observer = new ResizeObserver(() => this.draw());
      this.observer.observe(this.box);
      this.draw();
    }

    // take takes data, and keeps what the reader had zoomed to where it can.
    take(figure) {
      const zoomedTo = this.figure && this.touched ? this.window : null;
      this.figure = figure;
      this.at = null;
      this.box.setAttribute("aria-label", `${figure.title}. ${figure.summary} Arrow keys read values, plus and minus zoom, 0 shows all.`);
      this.reset();
      if (zoomedTo && zoomedTo[0] < this.extent[1] && zoomedTo[1] > this.extent[0]) {
        this.window = [Math.max(zoomedTo[0], this.extent[0]), Math.min(zoomedTo[1], this.extent[1])];
      }
      this.fillTools();
    }

    get curve() { return this.figure.curve; }
    get bars() { return this.figure.bars?.[this.view]; }
    get x() { return this.curve ? scaleOf(this.curve.x, this.curve.x.log) : scaleOf(this.bars.x, false); }
    y(panel) { return scaleOf(panel.y, panel.y.log && !this.linear); }

    // reset shows what the data says should be shown first.
    reset() {
      this.touched = false;
      const { to } = this.x;
      if (this.bars) {
        const totals = this.bars.labels.map((_, i) => this.bars.parts.reduce((sum, p) => sum + p.values[i], 0));
        this.extent = [0, this.bars.x.to || Math.max(...totals) || 1];
        this.window = [...this.extent];
        return;
      }
      const all = this.curve.panels.flatMap((p) => p.series.flatMap((s) => [s.points[0], s.points[s.points.length - 1]])).filter(Boolean);
      const xs = all.map((p) => p[0]).filter((n) => !this.x.log || n > 0);
      this.extent = [to(Math.min(...xs)), to(Math.max(...xs))];
      const { from = 0, to: until = 0 } = this.curve.x;
      this.window = from || until ? [to(from), to(until)] : [...this.extent];
    }

    fillTools() {
      const had = this.tools.contains(document.activeElement) ? [...this.tools.querySelectorAll("button")].indexOf(document.activeElement) : -1;
      this.tools.replaceChildren();
      const key = element("div", { class: "key", "aria-hidden": "true" });
      const named = new Map();
      for (const s of this.curve?.panels.flatMap((p) => p.series) ?? []) named.set(s.name, s.tone);
      for (const [name, tone] of named) key.append(element("span", { class: tone }, element("i"), name));
      this.tools.append(key);
      if (this.figure.bars?.length > 1) {
        this.figure.bars.forEach((bars, i) => {
          const b = button(bars.name, "", () => {
            this.view = i;
            this.reset();
            this.fillTools();
            this.draw();
          });
          b.setAttribute("aria-pressed", i === this.view);
          this.tools.append(b);
        });
      }
      if (this.curve?.panels.some((p) => p.y.log)) {
        const b = button("Linear", "Linear vertical axis", () => {
          this.linear = !this.linear;
          this.fillTools();
          this.draw();
        });
        b.setAttribute("aria-pressed", this.linear);
        this.tools.append(b);
      }
      this.tools.append(
        button("+", "Zoom in", () => this.zoom(0.5)),
        button("−", "Zoom out", () => this.zoom(2)),
        button("All", "Show all", () => this.show(this.extent)),
      );
      if (had >= 0) this.tools.querySelectorAll("button")[had]?.focus();
    }

    zoom(factor) {
      const [low, high] = this.window;
      const here = this.curve?.marks.find((m) => m.here);
      let center = this.at !== null && this.curve ? this.place(this.at) : here ? this.x.to(here.x) : (low + high) / 2;
      if (!(center > low && center < high)) center = (low + high) / 2;
      if (this.bars) center = 0; // bars are compared from where they begin
      this.show([center - (center - low) * factor, center + (high - center) * factor]);
    }

    pan(part) {
      const [low, high] = this.window, by = (high - low) * part;
      const inside = Math.max(this.extent[0] - low, Math.min(this.extent[1] - high, by));
      this.show([low + inside, high + inside]);
    }

    show([low, high]) {
      const least = (this.extent[1] - this.extent[0]) / 4000;
      if (high - low < least) return;
      this.touched = true;
      this.window = [Math.max(low, this.extent[0]), Math.min(high, this.extent[1])];
      this.echart.dispatchAction({ type: "dataZoom", startValue: this.window[0], endValue: this.window[1] });
    }

    zoomed() {
      const { startValue, endValue } = this.echart.getOption().dataZoom[0];
      if (startValue !== this.window[0] || endValue !== this.window[1]) this.touched = true;
      this.window = [startValue, endValue];
      // What the library zooms with stays as it is: it may be in the middle of a drag.
      const { dataZoom, tooltip, ...rest } = this.option();
      this.echart.setOption(rest);
    }

    // --- what is drawn ---

    height() {
      if (this.bars) return 60 + this.bars.labels.length * 48;
      return this.curve.panels.length > 1 ? 44 + this.curve.panels.length * 184 : 400;
    }

    draw(width) {
      if (!this.echart) return;
      this.box.style.height = this.height() + "px";
      this.echart.resize(width ? { width } : undefined);
      this.width = this.echart.getWidth();
      this.echart.setOption(this.option(), { notMerge: true });
      if (this.at !== null && document.activeElement === this.box) this.point(this.at);
    }

    option() {
      const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12, color: color("quiet") };
      return {
        animation: false,
        textStyle: font,
        tooltip: {
          confine: true,
          backgroundColor: color("paper"),
          borderColor: color("line"),
          borderWidth: 1,
          padding: [8, 12],
          extraCssText: "box-shadow: 0 4px 16px rgb(0 0 0 / .12); border-radius: 8px;",
          transitionDuration: 0,
          ...(this.bars
            ? { trigger: "item", formatter: (p) => tip(...this.partSaid(p.seriesIndex, p.dataIndex)) }
            : { trigger: "axis", axisPointer: { type: "line", snap: true, lineStyle: { color: color("quiet") }, label: { show: false } }, formatter: (p) => tip(...this.pointSaid(p[0].axisValue)) }),
        },
        dataZoom: [{
          type: "inside",
          xAxisIndex: this.curve ? this.curve.panels.map((_, i) => i) : 0,
          filterMode: "none",
          startValue: this.window[0],
          endValue: this.window[1],
          minSpan: 0.02,
          zoomOnMouseWheel: "ctrl",
          moveOnMouseWheel: false,
          moveOnMouseMove: matchMedia("(pointer: fine)").matches,
        }],
        ...(this.bars ? this.barsOption(font) : this.curveOption(font)),
      };
    }

    axis(scale, low, high, count, font) {
      return {
        type: "value",
        axisLine: { show: false },
        axisTick: { show: false, customValues: ticks(scale, low, high, count) },
        axisLabel: { ...font, customValues: ticks(scale, low, high, count), formatter: (n) => scale.format.tick(Number(scale.from(n).toPrecision(12))), hideOverlap: true, margin: 10 },
        splitLine: { lineStyle: { color: color("line"), width: 1 } },
        minorTick: { show: false },
      };
    }

    curveOption(font) {
      const { panels, marks } = this.curve, x = this.x;
      const left = 56, right = 16, bottom = 48;
      const [low, high] = this.window;
      const wide = this.width - left - right;
      const lines = this.placeMarks(marks, low, high, wide);
      const top = 12 + 18 * Math.max(...lines.map((l) => l.row + 1), 0);
      const gap = 40;
      const tall = (this.height() - top - bottom - gap * (panels.length - 1)) / panels.length;
      const option = { grid: [], xAxis: [], yAxis: [], series: [], axisPointer: { link: [{ xAxisIndex: "all" }] } };
      panels.forEach((panel, i) => {
        const y = this.y(panel), last = i === panels.length - 1;
        option.grid.push({ left, right, top: top + i * (tall + gap), height: tall, containLabel: false });
        option.xAxis.push({
          ...this.axis(x, low, high, Math.max(3, Math.floor(wide / 90)), font),
          gridIndex: i,
          min: this.extent[0],
          max: this.extent[1],
          name: last ? x.axis.name : "",
          nameLocation: "middle",
          nameGap: 30,
          nameTextStyle: font,
        });
        if (!last) option.xAxis[i].axisLabel.show = false;
        option.xAxis[i].splitLine.show = false;
        const [from, to] = this.range(panel, y);
        option.yAxis.push({
          ...this.axis(y, from, to, Math.max(3, Math.floor(tall / 56)), font),
          gridIndex: i,
          min: from,
          max: to,
          name: panel.y.name,
          nameLocation: "end",
          nameGap: 12,
          nameTextStyle: { ...font, align: "left", padding: [0, 0, 0, -left] },
        });
        if (i === 0 && lines.length) option.yAxis[i].name = ""; // the marks' names stand there
        panel.series.forEach((s, j) => {
          const points = s.points.filter((p) => (!x.log || p[0] > 0) && (!y.log || p[1] > 0));
          const at = points.map((p) => [x.to(p[0]), y.to(p[1])]);
          if (points.some((p) => p.length > 3)) option.series.push(this.band(s, points, x, y, i));
          option.series.push({
            type: "line",
            name: s.name,
            id: `line-${i}-${j}`,
            xAxisIndex: i,
            yAxisIndex: i,
            data: at,
            step: s.step ? "end" : false,
            showSymbol: false,
            symbol: "circle",
            symbolSize: 7,
            lineStyle: { width: 2.25, color: color(s.tone) },
            itemStyle: { color: color(s.tone) },
            emphasis: { disabled: true },
            z: 3,
            ...(j === 0 && { markLine: this.markLine(lines, i === 0, font) }),
          });
        });
      });
      return option;
    }

    // band is the area between low and high around a line.
    band(series, points, x, y, panel) {
      const fill = color(series.tone);
      const floor = y.log ? -12 : -Infinity;
      const side = (k) => points.map((p) => [x.to(p[0]), Math.max(y.to(p[k]), floor)]);
      const outline = [...side(2), ...side(3).reverse()];
      return {
        type: "custom",
        id: `band-${series.name}-${panel}`,
        xAxisIndex: panel,
        yAxisIndex: panel,
        data: [outline[0]],
        silent: true,
        clip: true,
        z: 1,
        tooltip: { show: false },
        renderItem: (_, api) => ({
          type: "polygon",
          shape: { points: outline.map((p) => api.coord(p)) },
          style: { fill, opacity: 0.3 },
        }),
      };
    }

    // placeMarks gives the names of marks rows, so that none covers another.
    // Marks of one kind that stand close together share a name.
    placeMarks(marks, low, high, wide) {
      const shown = marks
        .map((m) => ({ ...m, place: this.x.to(m.x), at: ((this.x.to(m.x) - low) / (high - low)) * wide }))
        .filter((m) => m.place >= low && m.place <= high)
        .sort((a, b) => a.place - b.place);
      let first = null;
      for (const m of shown.filter((m) => m.many)) {
        if (first?.many === m.many && m.at - first.until < 80) {
          first.until = m.at;
          first.label = `${++first.count} ${m.many}`;
          m.label = "";
        } else {
          first = Object.assign(m, { count: 1, until: m.at });
        }
      }
      const ends = [];
      for (const m of shown) {
        m.row = 0;
        if (!m.label) continue;
        const size = m.label.length * 6.6 + 12;
        m.align = m.at < size / 2 ? "left" : m.at > wide - size / 2 ? "right" : "center";
        const left = m.at - (m.align === "left" ? 0 : m.align === "right" ? size : size / 2);
        let row = ends.findIndex((end) => end <= left);
        if (row < 0) row = ends.length;
        ends[row] = left + size;
        m.row = row;
      }
      return shown;
    }

    markLine(lines, named, font) {
      return {
        silent: true,
        symbol: "none",
        animation: false,
        data: lines.map((m) => ({
          xAxis: m.place,
          lineStyle: { color: color(m.here ? "ink" : "quiet"), width: m.here ? 1.5 : 1, type: m.here ? "solid" : [3, 3] },
          label: {
            show: named && m.label !== "",
            formatter: () => m.label,
            position: "end",
            distance: 4 + 18 * m.row,
            align: m.align,
            ...font,
            color: color(m.here ? "ink" : "quiet"),
            fontWeight: m.here ? 600 : 400,
          },
        })),
      };
    }

    // range is what a panel shows of its vertical axis: all that is in the window.
    range(panel, y) {
      const x = this.x, [low, high] = this.window;
      let from = Infinity, to = -Infinity;
      const see = (n) => {
        if (y.log && !(n > 0)) return;
        from = Math.min(from, y.to(n));
        to = Math.max(to, y.to(n));
      };
      for (const s of panel.series) {
        s.points.forEach((p, i) => {
          const place = x.to(p[0]);
          const next = s.points[i + 1], before = s.points[i - 1];
          const near = place >= low && place <= high || next && place < low && x.to(next[0]) > low || before && place > high && x.to(before[0]) < high;
          if (near) p.slice(1).forEach(see);
        });
      }
      if (!(from <= to)) return [0, 1];
      if (y.log) return [Math.max(Math.floor((from - 0.05) * 4) / 4, -3) - 0.03, Math.ceil((to + 0.05) * 4) / 4];
      return [Math.min(0, from), to * 1.06 || 1];
    }

    barsOption(font) {
      const bars = this.bars, [low, high] = this.window;
      const x = this.x, left = 88, right = 16;
      return {
        grid: { left, right, top: 8, bottom: 52, containLabel: false },
        xAxis: {
          ...this.axis(x, low, high, Math.max(3, Math.floor((this.width - left - right) / 90)), font),
          min: this.extent[0],
          max: this.extent[1],
          name: x.axis.name,
          nameLocation: "middle",
          nameGap: 30,
          nameTextStyle: font,
        },
        yAxis: {
          type: "category",
          data: bars.labels,
          inverse: true,
          axisLine: { show: true, lineStyle: { color: color("line") } },
          axisTick: { show: false },
          axisLabel: { ...font, margin: left - 2, align: "left", color: color("ink"), fontWeight: 600 },
        },
        series: bars.parts.map((part) => ({
          type: "bar",
          name: part.name,
          stack: "all",
          barWidth: 26,
          data: part.values,
          clip: true,
          itemStyle: {
            color: color(part.tone),
            borderColor: color("paper"),
            borderWidth: 0.5,
            ...(part.tone === "idle" && { decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 3.5], rotation: -Math.PI / 4, color: color("idle-ink") } }),
          },
          emphasis: { itemStyle: { opacity: 0.8 } },
        })),
      };
    }

    // --- what is said ---

    place(at) { return this.x.to(this.points()[at][0]); }

    points() { return this.curve.panels[0].series[0].points; }

    pointSaid(place) {
      const x = this.x;
      const title = `${x.format.full(x.from(place))} ${x.axis.name}`;
      const rows = [];
      for (const panel of this.curve.panels) {
        const format = formats[panel.y.format] ?? formats.number;
        for (const s of panel.series) {
          const p = nearest(s.points, x.from(place));
          const banded = p.length > 3 && p[3] > p[2];
          rows.push({ tone: s.tone, name: s.name, value: format.full(p[1]), note: banded ? `${format.full(p[2])} to ${format.full(p[3])} if inputs are off` : "" });
        }
      }
      return [title, rows];
    }

    partSaid(part, bar) {
      const { parts, labels, x } = this.bars, format = formats[x.format];
      return [labels[bar], [{ tone: parts[part].tone, name: parts[part].name, value: format.full(parts[part].values[bar]) }]];
    }

    // point shows the value at a point, for those without a pointer.
    point(at) {
      this.at = at;
      if (at === null) {
        this.readout.textContent = "";
        this.echart.dispatchAction({ type: "hideTip" });
        return;
      }
      if (this.bars) {
        const part = at % this.bars.parts.length, bar = Math.floor(at / this.bars.parts.length);
        this.echart.dispatchAction({ type: "showTip", seriesIndex: part, dataIndex: bar });
        this.readout.textContent = said(...this.partSaid(part, bar));
        return;
      }
      const series = this.echart.getOption().series.findIndex((s) => s.type === "line");
      this.echart.dispatchAction({ type: "showTip", seriesIndex: series, dataIndex: at });
      this.readout.textContent = said(...this.pointSaid(this.place(at)));
    }

    key(e) {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const count = this.bars ? this.bars.parts.length * this.bars.labels.length : this.points().length;
      const start = () => {
        if (this.bars) return 0;
        const here = this.curve.marks.find((m) => m.here);
        const to = here ? this.x.to(here.x) : this.window[0];
        return this.points().findIndex((_, i) => this.place(i) >= Math.max(to, this.window[0]));
      };
      const move = (by) => {
        const at = this.at === null ? Math.max(start(), 0) : Math.max(0, Math.min(count - 1, this.at + by));
        if (this.curve) {
          const place = this.place(at), [low, high] = this.window;
          if (place < low || place > high) this.pan(((place - (low + high) / 2) / (high - low)));
        }
        this.point(at);
      };
      const stride = this.bars ? this.bars.parts.length : 10;
      const keys = {
        ArrowRight: () => move(1),
        ArrowLeft: () => move(-1),
        ArrowDown: () => move(this.bars ? stride : -stride),
        ArrowUp: () => move(this.bars ? -stride : stride),
        Home: () => move(-count),
        End: () => move(count),
        "+": () => this.zoom(0.5),
        "=": () => this.zoom(0.5),
        "-": () => this.zoom(2),
        0: () => this.show(this.extent),
        Escape: () => this.point(null),
      };
      if (!keys[e.key]) return;
      e.preventDefault();
      keys[e.key]();
    }

    // moveTo takes the place of what another host has not drawn yet.
    moveTo(host) {
      for (const part of ["box", "tools", "readout"]) {
        const name = { box: "chart", tools: "tools", readout: "readout" }[part];
        host.querySelector(`[data-${name}]`).replaceWith(this[part]);
      }
      this.host = host;
    }

    remove() {
      this.observer.disconnect();
      this.echart.dispose();
    }
  }

  function nearest(points, x) {
    let low = 0, high = points.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle][0] <= x) low = middle;
      else high = middle;
    }
    return Math.abs(points[low][0] - x) <= Math.abs(points[high][0] - x) ? points[low] : points[high];
  }

  // draw draws figures into the elements that have their ids. One that is drawn
  // already takes the new data.
  function draw(figures) {
    for (const [id, chart] of drawn) {
      if (!chart.host.isConnected || !figures.some((f) => f.id === id)) {
        chart.remove();
        drawn.delete(id);
      }
    }
    for (const figure of figures) {
      const host = document.getElementById(figure.id);
      if (!host) continue;
      const chart = drawn.get(figure.id);
      if (chart) {
        chart.take(figure);
        chart.draw();
      } else {
        drawn.set(figure.id, new Chart(host, figure));
      }
    }
  }

  // show takes another comparison: its sections, where they differ, and its
  // figures. What the reader had opened or zoomed to stays so.
  function show({ title, sections, figures }) {
    document.title = title;
    const main = document.querySelector("main");
    const contents = main.querySelector(".contents");
    contents.replaceChildren(...sections.map((s) => element("a", { href: "#" + s.id }, s.title)));
    let before = null;
    for (const { id, html } of sections) {
      let section = document.getElementById(id);
      if (!section) {
        section = element("section", { id, "aria-labelledby": id + "-title" });
        (before === null ? contents : before).after(section);
      }
      if (texts.get(id) !== html) replace(section, html);
      texts.set(id, html);
      before = section;
    }
    for (const section of main.querySelectorAll("section")) {
      if (!sections.some((s) => s.id === section.id)) {
        texts.delete(section.id);
        section.remove();
      }
    }
    draw(figures);
  }

  const texts = new Map(); // the sections as the server wrote them

  function replace(section, html) {
    const opened = [...section.querySelectorAll("details")].map((d) => d.open);
    const charts = [...section.querySelectorAll("[data-figure]")].map((host) => drawn.get(host.id)).filter(Boolean);
    section.innerHTML = html; // the server's templates wrote and escaped it
    section.querySelectorAll("details").forEach((d, i) => (d.open = opened[i] ?? d.open));
    for (const chart of charts) {
      const host = section.querySelector("#" + CSS.escape(chart.host.id));
      if (host) chart.moveTo(host);
    }
  }

  function redraw(width) {
    for (const chart of drawn.values()) chart.draw(width);
  }

  theme();
  draw(JSON.parse(document.getElementById("figures").textContent));
  return { draw, show };
})();
