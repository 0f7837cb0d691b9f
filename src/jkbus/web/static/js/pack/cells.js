// The cells as bars on a scale of what is there: 10 mV must be seen, and no cell is near 0 V. On wide screens they
// stand, on phones they lie; the style sheet decides, the bar's part of the scale is in --part.

import { millivolts, ohms, volts } from "../format.js";
import { html } from "../lib.js";
import { Badge, Card, Icon } from "../ui.js";
import { scaleOf } from "./strip.js";

const HIGH = 1.5; // times the median: a wire worth a look
const HIGH_OHMS = 0.02; // and so much above it

export function CellChart({ pack }) {
  const { cells, values } = pack;
  if (!cells.length) return html`<${Card} title="Cells" class="wide"><p class="muted">The pack has not told its cells yet.</p><//>`;
  const scale = scaleOf(cells.map(({ voltage }) => voltage));
  const part = (value) => Math.min(100, Math.max(0, (100 * (value - scale.bottom)) / (scale.top - scale.bottom)));
  const average = pack.cell_voltage_average ?? cells.reduce((sum, { voltage }) => sum + voltage, 0) / cells.length;
  const poor = highWires(cells);
  const spread = scale.high - scale.low;
  const lowest = values.cell_min_number;
  const highest = values.cell_max_number;
  return html`<${Card} title="Cells" class="wide">
    <dl class="cell-facts">
      <${Fact} icon="maximum" title="Highest" value=${volts(scale.high, 3)} note=${`cell ${highest}`} />
      <${Fact} title="Average" value=${volts(average, 3)} note="dashed" />
      <${Fact} icon="minimum" title="Lowest" value=${volts(scale.low, 3)} note=${`cell ${lowest}`} />
      <${Fact} title="Apart" value=${millivolts(spread)} note=${spread < 0.0015 ? "as one" : ""} />
    </dl>
    <div class=${`cell-plot ${cells.length > 16 ? "cell-plot-many" : ""}`}>
      <ol>${cells.map((cell) => html`<${Cell} key=${cell.number} cell=${cell} part=${part(cell.voltage)} poor=${poor.has(cell.number)}
        extreme=${spread ? (cell.number === lowest ? "low" : cell.number === highest ? "high" : "") : ""} />`)}</ol>
      <div class="cell-lines" aria-hidden="true">
        ${[scale.low, scale.high].map((value) => html`<span style=${{ "--part": `${part(value)}%` }} />`)}<span class="cell-average" style=${{ "--part": `${part(average)}%` }} />
      </div>
    </div>
    <${Legend} cells=${cells} poor=${poor} />
  <//>`;
}

const Fact = ({ icon, title, value, note }) => html`<div><dt>${icon && html`<${Icon} name=${icon} size="14" />`}${title}</dt><dd>${value} <small>${note}</small></dd></div>`;

function Cell({ cell, part, poor, extreme }) {
  const { number, voltage, resistance, balancing } = cell;
  const word = { low: "lowest", high: "highest" }[extreme];
  return html`<li class=${`cell ${extreme && `cell-${extreme}`} ${balancing ? `cell-balancing tone-${balancing}` : ""}`}>
    <span class="cell-mark">${word && html`<span class="cell-word"><${Icon} name=${extreme === "low" ? "minimum" : "maximum"} size="13" />${word}</span>`}
      ${balancing && html`<span class="cell-flow"><${Icon} name=${balancing === "charging" ? "up" : "down"} size="14" label=${`is being ${balancing === "charging" ? "charged" : "discharged"} by the balancer`} /></span>`}</span>
    <span class="cell-volts">${voltage.toFixed(3)}<span class="unseen"> volts</span></span>
    <span class="cell-bar"><span style=${{ "--part": `${Math.max(2, part)}%` }} /></span>
    <span class="cell-number"><span class="unseen">cell </span>${number}</span>
    <span class=${`cell-wire ${poor ? "cell-wire-high" : ""}`}>${poor && html`<${Icon} name="warning" size="12" label="high wire resistance" />`}${resistance === null ? "" : ohms(resistance).replace(/\s?mΩ/, "")}<span class="cell-unit"> mΩ</span></span>
  </li>`;
}

function highWires(cells) {
  const known = cells.filter(({ resistance }) => resistance !== null);
  const sorted = known.map(({ resistance }) => resistance).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return new Set(known.filter(({ resistance }) => resistance > median * HIGH && resistance > median + HIGH_OHMS).map(({ number }) => number));
}

function Legend({ cells, poor }) {
  const balancing = cells.some(({ balancing }) => balancing);
  return html`<div class="cell-legend muted small">
    <span>Bars show the difference between cells, they do not begin at 0 V.</span>
    <span>With each cell: its number and the resistance of its balance wire in mΩ.</span>
    ${balancing
      ? html`<span><${Badge} tone="charging" icon="up">is given charge<//> <${Badge} tone="discharging" icon="down">gives charge<//> by the balancer</span>`
      : html`<span>No cell is being balanced now.</span>`}
    ${poor.size > 0 && html`<span class="cell-poor"><${Badge} severity="warning">high wire resistance<//> cell ${[...poor].join(", ")}: check the plug and lug of that wire</span>`}
  </div>`;
}
