// Energy in and out, by hours, days or months: bars above the line went in, bars below came out.

import { useWidth } from "../chart.js";
import { energy, known, number, when } from "../format.js";
import { html, useRef, useState } from "../lib.js";
import { Card, Choice, Problem, Table, useGet } from "../ui.js";
import { DAY } from "./hash.js";
import { BATTERY, split } from "./values.js";

const HEIGHT = 220;
const ROOM = { top: 10, bottom: 26 };
const LETTER = 7; // px, the width of one in a label
const LABEL = {
  hour: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
  month: new Intl.DateTimeFormat("en-GB", { month: "short", year: "2-digit" }),
};
const FULL = {
  hour: new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" }),
  month: new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" }),
};
const MOST = { hour: 8 * DAY, day: 400 * DAY };
const QUARTER = 900; // s

export function Energy({ sources, start, end, now, series }) {
  const shown = [...new Set(series.map((one) => split(one)[0]))];
  const [wish, setWish] = useState(null);
  const [whose, setWhose] = useState(null);
  const key = whose ?? (shown.length === 1 && sources.some((one) => one.key === shown[0]) ? shown[0] : BATTERY);
  const span = end - start;
  const options = [["hour", "Hours"], ["day", "Days"], ["month", "Months"]].filter(([name]) => span <= (MOST[name] ?? Infinity));
  const by = options.some(([name]) => name === wish) ? wish : span <= 3 * DAY ? "hour" : span <= 100 * DAY ? "day" : "month";
  const [from, to] = whole(start, end, by, now);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { data, problem, busy, again } = useGet("history/energy", { key, start: from, end: to, by, zone }, 60);
  const pick = html`<label><span class="unseen">Of whom</span><select value=${key} onChange=${(event) => setWhose(event.currentTarget.value)}>${sources.map((one) => html`<option key=${one.key} value=${one.key}>${one.name}</option>`)}</select></label>
    <${Choice} label="A bar for each" options=${options} value=${by} onChange=${setWish} />`;
  return html`<${Card} title="Energy" class="energy" actions=${pick}>
    ${problem && html`<${Problem} sentence=${problem} again=${again} />`}
    ${data && html`<${Bars} rows=${data.rows} by=${by} busy=${busy} />`}
  <//>`;
}

// The hours, days or months of which at least half is shown, or the one in which all of it lies. What ends now is
// asked for a quarter of an hour on, that is how finely energy is kept.
function whole(start, end, by, now) {
  const from = nearest(start, by);
  const to = now - end < 60 ? Math.ceil(end / QUARTER) * QUARTER : nearest(end, by);
  return from < to ? [from, to] : [Math.floor(start / QUARTER) * QUARTER, Math.ceil(end / QUARTER) * QUARTER];
}

function nearest(at, by) {
  const begin = new Date(at * 1000);
  if (by === "hour") begin.setMinutes(0, 0, 0);
  else begin.setHours(0, 0, 0, 0);
  if (by === "month") begin.setDate(1);
  const next = new Date(begin);
  if (by === "hour") next.setTime(begin.getTime() + 3600_000);
  else if (by === "day") next.setDate(begin.getDate() + 1);
  else next.setMonth(begin.getMonth() + 1);
  return (at * 1000 - begin < next - at * 1000 ? begin : next) / 1000;
}

function Bars({ rows, by, busy }) {
  const box = useRef();
  const width = useWidth(box);
  const [at, setAt] = useState(null);
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const row = at !== null ? rows[at] : null;
  return html`<p class="energy-sum" aria-live="off">
      <span class="muted">${row ? FULL[by].format(row.start * 1000) : together(rows, by)}</span>
      <span class="tone-charging"><b>${energy(row ? row.charged : sum("charged"))}</b> in</span>
      <span class="tone-discharging"><b>${energy(row ? row.discharged : sum("discharged"))}</b> out</span>
      ${row && row.known < 0.97 * Math.min(row.end - row.start, Math.max(0, Date.now() / 1000 - row.start)) && html`<span class="muted">known for ${number((100 * row.known) / (row.end - row.start))} % of the time</span>`}
    </p>
    <div ref=${box} class=${`energy-bars ${busy ? "energy-busy" : ""}`}>${width > 0 && rows.length > 0 && html`<${Drawn} rows=${rows} by=${by} width=${width} at=${at} setAt=${setAt} />`}</div>
    ${!rows.length && html`<p class="muted">Nothing is known of this time.</p>`}
    <details><summary>The numbers as a table</summary><${Table} caption="Energy in and out" rows=${[...rows].reverse().map((one) => ({ ...one, key: one.start }))} columns=${[
      { title: { hour: "Hour", day: "Day", month: "Month" }[by], cell: (one) => FULL[by].format(one.start * 1000) },
      { title: "In, kWh", number: true, cell: (one) => number(one.charged, 2) },
      { title: "Out, kWh", number: true, cell: (one) => number(one.discharged, 2) },
      { title: "Time known", number: true, cell: (one) => (known(one.known) ? `${number((100 * one.known) / (one.end - one.start))} %` : "–") },
    ]} /></details>`;
}

function together(rows, by) {
  if (!rows.length) return "Altogether";
  const [start, last] = [rows[0].start, rows.at(-1)];
  const begins = new Set([start, last.start].map((at) => FULL[by].format(at * 1000)));
  return by === "hour" ? `${when(start)} – ${when(Math.min(last.end, Date.now() / 1000))}` : [...begins].join(" – ");
}

function Drawn({ rows, by, width, at, setAt }) {
  const most = (name) => Math.max(...rows.map((row) => row[name]), 0);
  const step = nice((most("charged") + most("discharged") || 0.1) / 4);
  const [high, low] = ["charged", "discharged"].map((name) => Math.max(1, Math.ceil(most(name) / step - 1e-9)) * step);
  const tall = (HEIGHT - ROOM.top - ROOM.bottom) / (high + low);
  const y = (value) => ROOM.top + (high - value) * tall;
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  const left = 12 + LETTER * `${number(Math.max(high, low), digits)} kWh`.length;
  const each = (width - left) / rows.length;
  const bar = Math.max(1, Math.min(44, each * 0.78));
  const x = (index) => left + index * each + (each - bar) / 2;
  const marks = Array.from({ length: Math.round((high + low) / step) + 1 }, (_, index) => Math.round((-low / step) + index) * step);
  const every = Math.max(1, Math.ceil(58 / each));
  const place = (event) => {
    const index = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / each);
    setAt(index >= 0 && index < rows.length ? index : null);
  };
  return html`<svg width=${width} height=${HEIGHT} role="img" aria-label="Energy in above the line and out below it; the table has the numbers" onPointerMove=${place} onPointerDown=${place} onPointerLeave=${() => setAt(null)}>
    ${marks.map((mark) => html`<g key=${mark}><line class=${mark === 0 ? "energy-zero" : "energy-line"} x1=${left} x2=${width} y1=${y(mark)} y2=${y(mark)} />
      <text x=${left - 8} y=${y(mark) + 4} text-anchor="end">${number(Math.abs(mark), digits)}${mark === high || marks.length === 1 ? " kWh" : ""}</text></g>`)}
    ${at !== null && rows[at] && html`<rect class="energy-here" x=${left + at * each} y=${ROOM.top} width=${each} height=${HEIGHT - ROOM.top - ROOM.bottom} />`}
    ${rows.map((row, index) => html`<g key=${row.start} class=${row.known <= 0 ? "energy-unknown" : null}>
      <rect class="energy-in" x=${x(index)} y=${y(row.charged)} width=${bar} height=${row.charged * tall} rx=${Math.min(3, bar / 4)} />
      <rect class="energy-out" x=${x(index)} y=${y(0)} width=${bar} height=${row.discharged * tall} rx=${Math.min(3, bar / 4)} />
      ${index % every === 0 && x(index) + bar / 2 < width - 20 && html`<text x=${Math.max(left + 18, x(index) + bar / 2)} y=${HEIGHT - 6} text-anchor="middle">${LABEL[by].format(row.start * 1000)}</text>`}
    </g>`)}
  </svg>`;
}

// The next of 1, 2, 5 times a power of ten.
function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= value);
}
