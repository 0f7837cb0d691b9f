// The lines of a chart: what each is, its value where one points at, else the last one, and how low and high it came.

import { Swatch } from "../chart.js";
import { time, when } from "../format.js";
import { html, useEffect } from "../lib.js";
import { announce, Icon } from "../ui.js";
import { at } from "./aligned.js";
import { shown } from "./values.js";

export function Legend({ lines, hidden, cursor, start, end, step, change, series }) {
  const reach = Math.max(1.5 * step, (end - start) / 150);
  const toggle = (id) => change({ hidden: hidden.includes(id) ? hidden.filter((one) => one !== id) : [...hidden, id] });
  const remove = (id) => change({ series: series.filter((one) => one !== id), hidden: hidden.filter((one) => one !== id) });
  const moment = cursor ?? null;
  useSpoken(lines, hidden, cursor, reach);
  return html`<div class="legend">
    <p class="legend-when muted small">${moment === null ? "Last values, and from lowest to highest in this time" : `${when(moment)}${end - start < 7200 ? `, ${time(moment)}` : ""}`}</p>
    <ul class="legend-lines">${lines.map((line) => html`<${Line} key=${line.id} line=${line} off=${hidden.includes(line.id)} reading=${reading(line, moment, reach, end)} span=${moment === null ? extremes(line.curve, start, end) : null}
      toggle=${() => toggle(line.id)} remove=${series.length > 1 ? () => remove(line.id) : null} />`)}</ul>
  </div>`;
}

function Line({ line, off, reading, span, toggle, remove }) {
  const write = (value) => shown(value, line.name, line.unit);
  const band = reading && reading.low !== reading.high && !span ? [reading.low, reading.high] : span;
  return html`<li class=${off ? "legend-off" : null}>
    <button type="button" class="legend-line" aria-pressed=${off ? "false" : "true"} title=${off ? "Show this line" : "Hide this line"} onClick=${toggle}>
      <${Swatch} color=${line.color} dash=${line.dash} />
      <span class="legend-name">${line.title}<small>${line.source}</small></span>
      <span class="legend-value">${off ? "hidden" : reading ? write(reading.mean) : "–"}<small>${!off && band ? `${write(band[0])} … ${write(band[1])}` : ""}</small></span>
    </button>
    ${remove && html`<button type="button" class="legend-remove" aria-label=${`Remove ${line.label}`} onClick=${remove}><${Icon} name="close" size="16" /></button>`}
  </li>`;
}

function reading({ curve, steps }, moment, reach, end) {
  return at(curve, moment ?? end, moment === null ? Math.max(reach, 120) : reach, steps);
}

function extremes({ times, low, high }, start, end) {
  let [least, most] = [Infinity, -Infinity];
  for (let index = 0; index < times.length; index += 1) {
    if (times[index] < start || times[index] > end) continue;
    if (low[index] < least) least = low[index];
    if (high[index] > most) most = high[index];
  }
  return least <= most ? [least, most] : null;
}

// Who moves the cursor with the keyboard is told the values.
function useSpoken(lines, hidden, cursor, reach) {
  useEffect(() => {
    if (cursor === null || !document.activeElement?.matches(".chart:focus-visible")) return undefined;
    const timer = setTimeout(() => {
      const values = lines.filter(({ id }) => !hidden.includes(id)).map((line) => `${line.label} ${shown(at(line.curve, cursor, reach, line.steps)?.mean, line.name, line.unit)}`);
      announce(`${when(cursor)}: ${values.slice(0, 8).join("; ")}`);
    }, 400);
    return () => clearTimeout(timer);
  }, [cursor]);
}
