// The course of what a finding is about, over the last month.

import { get } from "../api.js";
import { Chart, Swatch } from "../chart.js";
import { scale, stepped, title } from "../history/values.js";
import { html, useEffect, useState } from "../lib.js";
import { Link, Problem, Spinner } from "../ui.js";
import { series, topic } from "./topics.js";

const MONTH = 30 * 86400; // s
const POINTS = 360;

export function Trend({ pack, finding }) {
  const names = series(finding);
  const [{ lines, problem }, setState] = useState({ lines: null, problem: null });
  const [end] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const stop = new AbortController();
    load(pack, names, end, stop.signal).then(
      (found) => setState({ lines: found, problem: null }),
      (error) => stop.signal.aborted || setState({ lines: null, problem: error.message }),
    );
    return () => stop.abort();
  }, [pack, names.join()]);
  if (problem) return html`<${Problem} sentence=${problem} />`;
  if (!lines) return html`<p><${Spinner} label="Reading the last month" /></p>`;
  if (!lines.some(({ curve }) => curve.times.length)) return html`<p class="muted small">Nothing is kept of it yet; a curve begins with the first hour.</p>`;
  const query = new URLSearchParams({ s: names.map((name) => `${pack}:${name}`).join(","), last: MONTH });
  return html`<figure class="trend">
    <${Chart} lines=${lines} start=${end - MONTH} end=${end} height=${170} label=${`The last 30 days of ${lines.map((line) => line.title).join(", ")}`} />
    <figcaption>${topic(finding.topic).note && html`<p class="muted">${topic(finding.topic).note}</p>`}<ul class="trend-lines">${lines.map((line) => html`<li key=${line.id}><${Swatch} color=${line.color} dash=${0} />${line.title}</li>`)}</ul>
      <${Link} kind="quiet" icon="history" href=${`#/history?${query}`}>In the history<//></figcaption>
  </figure>`;
}

async function load(pack, names, end, signal) {
  return Promise.all(names.map(async (name, index) => {
    const { curve } = await get("history/curve", { key: pack, name, start: end - MONTH, end, points: POINTS }, signal);
    return { id: `${pack}:${name}`, title: title(name), label: title(name), unit: curve.unit, scale: scale(name, curve.unit), color: 1 + index, dash: 0, steps: stepped(name, false), curve };
  }));
}
