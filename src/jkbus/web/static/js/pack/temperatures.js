// Temperatures within the bands in which the board lets the pack be charged and discharged.

import { celsius, known, quantity } from "../format.js";
import { html } from "../lib.js";
import { Badge, Card, Icon } from "../ui.js";

const NEAR = 5; // °C from a limit

export function Temperatures({ probes }) {
  if (!probes.length) return html`<${Card} title="Temperatures" icon="heat"><p class="muted">No probe has been heard yet.</p><//>`;
  const all = probes.flatMap(({ value, band }) => [value, ...(band ? [...band.charge, ...band.discharge] : [])]).filter(known);
  const low = Math.min(0, ...all) - 5;
  const high = Math.max(50, ...all) + 5;
  const place = (value) => Math.min(100, Math.max(0, (100 * (value - low)) / (high - low)));
  const banded = probes.some(({ band }) => band);
  return html`<${Card} title="Temperatures" icon="heat">
    <ul class="probes">${probes.map((probe) => html`<${Probe} key=${probe.name} probe=${probe} place=${place} />`)}</ul>
    <p class="cell-legend muted small">${banded
      ? html`<${Badge} tone="charging" icon="up">may be charged<//> <${Badge} tone="discharging" icon="down">may be discharged<//> <span>beyond the bars the board protects itself</span>`
      : "The limits are shown once the pack has told its settings."}</p>
  <//>`;
}

function Probe({ probe: { title, value, band }, place }) {
  const verdict = judged(value, band);
  return html`<li class=${`probe tone-${verdict.tone}`}>
    <span class="probe-title">${title}</span>
    <span class="probe-value">${verdict.icon && html`<${Icon} name=${verdict.icon} size="15" />`}${celsius(value)}</span>
    <span class="probe-track" aria-hidden="true">
      ${band && html`<${Band} limits=${band.charge} place=${place} tone="charging" /><${Band} limits=${band.discharge} place=${place} tone="discharging" />`}
      <span class="probe-now" style=${{ left: `${place(value)}%` }} />
    </span>
    <span class="probe-note">${verdict.said}</span>
  </li>`;
}

function Band({ limits: [low, high], place, tone }) {
  const left = known(low) ? place(low) : 0;
  const right = known(high) ? place(high) : 100;
  return html`<span class=${`probe-band tone-${tone}`} style=${{ left: `${left}%`, width: `${right - left}%` }} />`;
}

function judged(value, band) {
  if (!band) return { tone: "resting", said: "" };
  const both = String(band.charge) === String(band.discharge);
  const limits = [...limitsOf(band.charge, both ? "" : " for charging"), ...limitsOf(band.discharge, both ? "" : " for discharging")].map((limit) => ({ ...limit, room: limit.hot ? limit.at - value : value - limit.at }));
  if (!limits.length) return { tone: "resting", said: "no limit is set" };
  const closest = limits.reduce((a, b) => (b.room < a.room ? b : a));
  const end = `${closest.hot ? "upper" : "lower"} limit${closest.of}, ${quantity(closest.at, "°C")}`;
  if (closest.room < 0) return { tone: "alarm", icon: "protection", said: `beyond the ${end}` };
  return { tone: closest.room < NEAR ? "warning" : "resting", icon: closest.room < NEAR ? "warning" : null, said: `${quantity(closest.room, "°C")} to the ${end}` };
}

const limitsOf = ([low, high], of) => [{ at: low, hot: false, of }, { at: high, hot: true, of }].filter(({ at }) => known(at));
