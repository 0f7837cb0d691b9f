// A chart over time: `lines` from `start` to `end` (unix s), each {id, label, unit, scale, color: 1 to 8, dash, steps, curve}
// with `steps` for what stays as it is until it changes. One axis for every scale; a band from lowest to highest
// where a point stands for more than one reading. With onSpan(start, end) it can be moved (drag, arrow keys),
// zoomed (wheel, pinch, + and -, shift and drag) and onCursor(time or null) tells where one points at.

import { aligned, banded } from "./history/aligned.js";
import { range, splits, values } from "./history/axes.js";
import { gestures } from "./history/gestures.js";
import { html, plot, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./lib.js";
import { sheet } from "./routes.js";
import { Problem } from "./ui.js";

const FINEST = 1600; // places beside each other
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const NARROW = 560; // px, where there is room for two axes only

export function Chart({ lines, start, end, height = 320, label, onSpan, onCursor, selecting, empty }) {
  const box = useRef();
  const chart = useRef(null);
  const asked = useRef({});
  asked.current = { start, end, onSpan, onCursor, selecting, lines };
  const [uPlot, setPlot] = useState(null);
  const [problem, setProblem] = useState(null);
  const theme = useTheme();
  const width = useWidth(box);
  const bands = lines.map(({ curve }) => banded(curve));
  const shape = JSON.stringify([theme, width < NARROW, bands, lines.map(({ id, label, color, dash, scale, steps }) => [id, label, color, dash, scale, steps])]);

  const fine = Number(((end - start) / FINEST).toPrecision(2));
  const table = useMemo(() => aligned(lines.map((line, index) => ({ ...line, band: bands[index] })), fine, end), [lines, fine, lines.some(({ steps }) => steps) && end]);

  useEffect(() => {
    Promise.all([plot(), sheet("chart")]).then(([made]) => setPlot(() => made), (error) => setProblem(error.message));
  }, []);

  useLayoutEffect(() => {
    if (!uPlot || !width || !lines.length) return undefined;
    const drawn = lines.map((line, index) => ({ ...line, band: bands[index] }));
    const made = new uPlot(options(uPlot, drawn, width, height, asked), [[], ...Array(series(drawn)).fill([])], box.current);
    const stop = onSpan ? gestures(made, asked) : null;
    chart.current = made;
    return () => (stop?.(), made.destroy(), (chart.current = null));
  }, [uPlot, shape, height, width > 0]);

  useLayoutEffect(() => {
    if (!chart.current) return;
    chart.current.setData(table, false);
    chart.current.setScale("x", { min: start, max: end });
  }, [uPlot, shape, width > 0, start, end, lines]);

  useEffect(() => {
    if (chart.current && width) chart.current.setSize({ width, height });
  }, [width, height]);

  if (problem) return html`<${Problem} sentence=${problem} />`;
  const kind = `chart${onSpan ? "" : " chart-still"}${selecting ? " selecting" : ""}`;
  return html`<div class=${kind} ref=${box} tabindex=${onSpan ? 0 : null} role=${onSpan ? "group" : "img"} aria-label=${label} style=${{ height: `${height}px` }}>
    ${empty && html`<div class="chart-over">${empty}</div>`}
  </div>`;
}

// A short line in the colour and the dashes that a chart gives it.
export function Swatch({ color, dash = 0 }) {
  return html`<svg class="swatch" viewBox="0 0 22 12" aria-hidden="true"><line class=${`swatch-${color}`} x1="0" x2="22" y1="6" y2="6" stroke-dasharray=${DASHES[dash].join(" ") || null} /></svg>`;
}

function useTheme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme);
  useEffect(() => {
    const changed = () => setTheme(document.documentElement.dataset.theme);
    addEventListener("jkbus:theme", changed);
    return () => removeEventListener("jkbus:theme", changed);
  }, []);
  return theme;
}

export function useWidth(box) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

const series = (lines) => lines.length + 2 * lines.filter(({ band }) => band).length;

function options(uPlot, lines, width, height, asked) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const scales = [...new Set(lines.map(({ scale }) => scale))];
  const faint = lines.length > 6 ? "1c" : "33";
  const edges = lines.flatMap(({ band, scale }) => (band ? [0, 1].map(() => ({ scale, width: 0, points: { show: false } })) : []));
  const fills = lines.filter(({ band }) => band).map(({ color }, index) => {
    const low = 1 + lines.length + 2 * index;
    return { series: [low + 1, low], fill: colour(`line-${color}`) + faint };
  });
  return {
    width,
    height,
    padding: [12, width < NARROW && scales.length < 2 ? 12 : null, null, null],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: lines.length < 9, size: 7 }, focus: { prox: -1 } },
    scales: { x: { time: true, auto: false }, ...Object.fromEntries(scales.map((scale) => [scale, { auto: true, range: range(scale) }])) },
    axes: axes(lines, scales, width, colour),
    series: [{}, ...lines.map((line) => stroke(uPlot, line, colour)), ...edges],
    bands: fills,
    hooks: {
      draw: [(made) => zero(made, scales, colour("edge"))],
      setCursor: [({ cursor, posToVal }) => asked.current.onCursor?.(cursor.left >= 0 ? posToVal(cursor.left, "x") : null)],
    },
  };
}

function stroke(uPlot, { scale, color, dash, steps, label }, colour) {
  return {
    label,
    scale,
    stroke: colour(`line-${color}`),
    width: 1.75,
    dash: DASHES[dash],
    paths: steps ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.linear(),
    points: { size: 4, fill: colour(`line-${color}`), filter: alone },
  };
}

// Readings with nothing on either side would not be seen as a line.
function alone(made, index) {
  const data = made.data[index];
  const found = [];
  let [before, current] = [null, -1];
  for (let place = 0; place < data.length; place += 1) {
    if (data[place] === undefined) continue;
    if (data[place] === null) {
      if (current >= 0 && before === null) found.push(current);
      [before, current] = [null, -1];
    } else [before, current] = current >= 0 ? [current, place] : [null, place];
  }
  if (current >= 0 && before === null) found.push(current);
  return found;
}

function axes(lines, scales, width, colour) {
  const font = `12px ${colour("font")}`;
  const grid = { stroke: colour("line"), width: 1 };
  const ink = colour("soft-ink");
  const shown = scales.slice(0, width < NARROW ? 2 : 4);
  const time = { font, stroke: ink, grid, ticks: { ...grid, size: 5 }, values: splits, space: 84, size: 46 };
  return [time, ...shown.map((scale, index) => {
    const own = lines.filter((line) => line.scale === scale);
    return {
      scale, font, values: values(scale), side: index % 2 ? 1 : 3, space: 44, size: width < NARROW ? 54 : 64, gap: 6,
      stroke: own.length === 1 && scales.length > 1 ? colour(`line-${own[0].color}`) : ink,
      grid: { ...grid, show: index === 0 }, ticks: { show: false },
    };
  })];
}

function zero(made, scales, stroke) {
  const scale = scales.find((name) => made.scales[name].min < 0 && made.scales[name].max > 0);
  if (!scale) return;
  const { ctx, bbox } = made;
  const y = Math.round(made.valToPos(0, scale, true)) + 0.5;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
