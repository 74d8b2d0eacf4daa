// Charts: the table of each `figure.chart` is drawn when it comes into sight, in the page's colours.
// The table stays the data: nothing is drawn that does not stand in it, and a button shows it again.
"use strict";
(() => {
  const DASHES = ["solid", "dashed", "dotted", [9, 3, 2, 3], [2, 6]];
  const SIGNS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];
  const STRIPES = [
    null,
    { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
    { symbol: "circle", dashArrayX: [[4, 6], [0, 5, 4, 1]], dashArrayY: [4, 0], symbolSize: 0.6 },
    { dashArrayX: [1, 0], dashArrayY: [2, 4] },
    { dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 },
  ];
  const drawings = new Map();
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const said = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");

  function cellOf(td) {
    const link = td.querySelector("a[href]");
    const value = "value" in td.dataset ? Number(td.dataset.value) : null;
    return { value, text: said(td), address: link ? link.getAttribute("href") : "" };
  }

  function read(figure) {
    const table = figure.querySelector("table");
    const names = [...table.tHead.rows[0].cells].slice(1).map(said);
    const rows = [...table.tBodies[0].rows].slice(0, Number(figure.dataset.drawn));
    return {
      kind: figure.dataset.chart,
      caption: said(figure.querySelector("figcaption")),
      heard: said(figure.querySelector(".heard span")),
      labels: rows.map((row) => said(row.cells[0])),
      series: names.map((name, at) => ({ name, cells: rows.map((row) => cellOf(row.cells[at + 1])) })),
    };
  }

  function inkOf(element) {
    const style = getComputedStyle(element);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      lines: [1, 2, 3, 4, 5].map((at) => of(`chart-${at}`)),
      text: of("tblr-body-color"), quiet: of("quiet"), rule: of("edge"), paper: of("ground"), font: style.fontFamily,
    };
  }

  function heightOf({ kind, labels, series }) {
    if (kind === "trend") return 230;
    return kind === "pyramid" ? labels.length * 24 + 44 : labels.length * (16 * series.length + 10) + 24;
  }

  function common(data, ink) {
    return {
      animationDuration: 300, textStyle: { fontFamily: ink.font, color: ink.text },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: ink.paper, borderColor: ink.rule, textStyle: { color: ink.text },
        axisPointer: { type: data.kind === "trend" ? "line" : "shadow" },
        formatter: ([point]) => {
          const at = point.seriesType === "scatter" ? point.value[0] : point.dataIndex;
          return [data.labels[at], ...data.series.map((one) => `${one.name}  ${one.cells[at].text}`)].join("\n");
        },
      },
    };
  }

  const plainAxis = (ink) => ({
    axisLine: { lineStyle: { color: ink.rule } }, axisTick: { show: false }, axisLabel: { color: ink.quiet },
    splitLine: { lineStyle: { color: ink.rule, opacity: 0.5 } },
  });

  const short = (value) => value.toLocaleString("en", { maximumFractionDigits: 3 });
  const isHidden = (cell) => Boolean(cell) && cell.value === null && cell.text !== "—";

  // What is not shown is said where it would stand: a sign at zero, and no line to it.
  function signs(data, ink) {
    const hidden = data.series.flatMap(({ cells }) =>
      cells.map((cell, at) => (isHidden(cell) ? { ...cell, value: [at, 0] } : null)).filter(Boolean));
    return {
      type: "scatter", symbolSize: 1, silent: true, itemStyle: { color: "transparent" }, z: 20,
      data: hidden, label: { show: true, position: "top", distance: 2, color: ink.quiet, formatter: (point) => point.data.text },
    };
  }

  // As wide as its words: Chinese ones take twice the room.
  const room = (words) => [...words].reduce((sum, one) => sum + (one.charCodeAt(0) > 255 ? 12 : 7), 0);

  function trend(data, ink) {
    const isOne = data.series.length === 1;
    const last = ({ cells }) => cells.findLastIndex((cell) => cell.value !== null);
    const words = (one) => [isOne ? "" : one.name, (one.cells[last(one)] || one.cells[0]).text].filter(Boolean).join("\n");
    const end = (one) => (one.cells[last(one)] || { value: 0 }).value;
    const top = Math.max(...data.series.flatMap((one) => one.cells.map((cell) => cell.value || 0)));
    const isNear = (one) => data.series.some((other) => other !== one && Math.abs(end(one) - end(other)) < top / 5);
    const highest = data.series.reduce((best, one) => (end(one) > end(best) ? one : best));
    const right = 14 + Math.max(...data.series.flatMap((one) => words(one).split("\n")).map(room));
    const lines = data.series.map((one, at) => ({
      type: "line", name: one.name, data: one.cells.map((cell) => cell.value), z: 10 - at,
      symbol: SIGNS[at], symbolSize: at ? 5 : 7,
      lineStyle: { type: DASHES[at], width: at ? 2 : 3 }, areaStyle: isOne ? { opacity: 0.1 } : null,
      endLabel: {
        show: true, color: ink.lines[at], fontWeight: at ? 400 : 600, distance: 6,
        formatter: () => words(one), offset: [0, isNear(one) ? (one === highest ? -14 : 14) : isHidden(one.cells[last(one) + 1]) ? -12 : 0],
      },
    }));
    const axis = plainAxis(ink);
    return {
      color: ink.lines,
      grid: { left: 4, right, top: 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: {
        ...axis, type: "category", data: data.labels, boundaryGap: false, splitLine: { show: false },
        axisLabel: { ...axis.axisLabel, hideOverlap: true },
      },
      yAxis: { ...axis, type: "value", min: 0, axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: short } },
      series: [...lines, signs(data, ink)],
    };
  }

  const bars = (cells) => cells.map((cell) => ({ value: cell.value || 0, text: cell.text }));
  const striped = (at, ink) => STRIPES[at] && { ...STRIPES[at], color: ink.paper };

  function lying(data, ink) {
    const axis = plainAxis(ink);
    const isTwo = data.series.length > 1;
    // Two series are named beside their shortest bar, where there is most room.
    const values = data.series[0].cells.map((cell) => cell.value || 0);
    const shortest = isTwo ? values.indexOf(Math.min(...values)) : -1;
    const named = (one, at) => (at === shortest ? `${one.cells[at].text}  ${one.name}` : one.cells[at].text);
    const isFull = isTwo && values[shortest] > 0.4 * Math.max(...values);
    const right = 16 + Math.max(...data.series.flatMap((one) =>
      one.cells.map((cell, at) => room(isFull ? named(one, at) : cell.text))));
    return {
      color: [ink.lines[0], ink.quiet, ...ink.lines.slice(1)],
      grid: { left: 4, right, top: 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { ...axis, type: "value", min: 0, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: { ...axis, type: "category", inverse: true, data: data.labels, axisLabel: { color: ink.text, width: 130, overflow: "truncate" } },
      series: data.series.map((one, at) => ({
        type: "bar", name: one.name, barGap: "15%", barCategoryGap: "30%", data: bars(one.cells),
        itemStyle: { borderRadius: [0, 3, 3, 0], decal: striped(at, ink) },
        label: { show: true, position: "right", color: at ? ink.quiet : ink.text, formatter: (point) => named(one, point.dataIndex) },
      })),
    };
  }

  function pyramid(data, ink, width) {
    const axis = plainAxis(ink);
    const cells = data.series.flatMap((one) => one.cells);
    const [middle, half] = [width / 2, Math.max(...data.labels.map(room)) / 2 + 8];
    const beside = (12 + Math.max(...cells.map((cell) => room(cell.text)))) / Math.max(1, middle - half - 4);
    const highest = Math.max(1, ...cells.map((cell) => cell.value || 0)) / (1 - Math.min(0.6, beside));
    const plain = { ...axis, axisLabel: { show: false }, axisLine: { show: false }, splitLine: { show: false } };
    const ages = { ...plain, type: "category", inverse: true, data: data.labels };
    return {
      grid: [{ left: 4, right: middle + half, top: 30, bottom: 4 }, { left: middle + half, right: 4, top: 30, bottom: 4 }],
      xAxis: [0, 1].map((at) => ({
        ...plain, type: "value", gridIndex: at, inverse: at === 0, position: "top", min: 0, max: highest,
        name: data.series[at].name, nameLocation: "middle", nameGap: 8,
        nameTextStyle: { color: ink.lines[at], fontWeight: 600, fontSize: 14 },
      })),
      yAxis: [
        { ...ages, gridIndex: 0, position: "right" },
        { ...ages, gridIndex: 1, position: "left", axisLabel: { color: ink.text, align: "center", margin: half } },
      ],
      series: data.series.map((one, at) => ({
        type: "bar", name: one.name, xAxisIndex: at, yAxisIndex: at, barCategoryGap: "18%", data: bars(one.cells),
        itemStyle: { color: ink.lines[at], borderRadius: at ? [0, 3, 3, 0] : [3, 0, 0, 3], decal: striped(at, ink) },
        label: { show: true, position: at ? "right" : "left", color: ink.text, formatter: (point) => point.data.text },
      })),
    };
  }

  const KINDS = { trend, pyramid, bars: lying, compared: lying };
  const optionOf = (data, ink, width) => ({ ...common(data, ink), ...KINDS[data.kind](data, ink, width) });

  function draw(figure, animation) {
    const { data, chart, place } = drawings.get(figure);
    chart.setOption({ ...optionOf(data, inkOf(figure), place.clientWidth), animation }, true);
  }

  // White paper, whatever the page looks like; the words that belong to it are in it.
  function pictureOf(figure) {
    const { data } = drawings.get(figure);
    const paper = Object.assign(document.createElement("div"), { className: "chart paper" });
    paper.dataset.bsTheme = "light";
    document.body.append(paper);
    const ink = inkOf(paper);
    const [width, height, top, scale] = [900, heightOf(data), 76, 2];
    const chart = echarts.init(paper, null, { width, height });
    chart.setOption({ ...optionOf(data, ink, width), animation: false });
    const sheet = document.createElement("canvas");
    Object.assign(sheet, { width: (width + 48) * scale, height: (height + top + 24) * scale });
    const pen = sheet.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.fillStyle = ink.text;
    pen.font = `600 20px ${ink.font}`;
    pen.fillText(data.caption, 24, 36, width);
    pen.font = `14px ${ink.font}`;
    pen.fillStyle = ink.quiet;
    pen.fillText(data.heard, 24, 60, width);
    pen.drawImage(chart.renderToCanvas({ pixelRatio: scale, backgroundColor: "#ffffff" }), 24, top, width, height);
    chart.dispose();
    paper.remove();
    const name = data.caption.replace(/[\\/:*?"<>|·]+/g, "").replace(/\s+/g, " ");
    Object.assign(document.createElement("a"), { href: sheet.toDataURL("image/png"), download: `${name}.png` }).click();
  }

  function button(words, act) {
    const one = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-ghost", textContent: words });
    one.addEventListener("click", act);
    return one;
  }

  function open(figure) {
    if (drawings.has(figure)) return;
    const table = figure.querySelector(".data");
    const data = read(figure);
    const place = Object.assign(document.createElement("div"), { className: "drawing" });
    Object.assign(place, { role: "img", ariaLabel: [data.caption, data.heard].filter(Boolean).join(", ") });
    place.style.height = `${heightOf(data)}px`;
    const acts = Object.assign(document.createElement("div"), { className: "acts" });
    const shown = button(figure.dataset.table, () => {
      table.hidden = !table.hidden;
      shown.ariaExpanded = String(!table.hidden);
    });
    shown.ariaExpanded = "false";
    acts.append(shown, button(figure.dataset.picture, () => pictureOf(figure)));
    table.hidden = true;
    table.before(place);
    table.after(acts);
    const chart = echarts.init(place);
    drawings.set(figure, { data, chart, place });
    draw(figure, !still.matches);
    chart.on("click", (point) => {
      const cell = data.series[point.seriesIndex] && data.series[point.seriesIndex].cells[point.dataIndex];
      if (cell && cell.address) window.location.assign(cell.address);
    });
    new ResizeObserver(() => { if (place.clientWidth) chart.resize(); }).observe(place);
  }

  const seen = new IntersectionObserver((entries) => entries.filter((one) => one.isIntersecting).forEach(({ target }) => {
    seen.unobserve(target);
    open(target);
  }), { rootMargin: "200px" });
  const watch = (root) => root.querySelectorAll("figure.chart:not([data-chart=''])").forEach((figure) => seen.observe(figure));
  document.addEventListener("DOMContentLoaded", () => watch(document));
  document.addEventListener("htmx:load", (event) => watch(event.target));
  const redraw = () => drawings.forEach((_one, figure) => draw(figure, false));
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.matchMedia("print").addEventListener("change", redraw);
})();
