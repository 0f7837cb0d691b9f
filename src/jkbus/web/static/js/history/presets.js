// What people look at most: a click each.

import { html, useState } from "../lib.js";
import { Button } from "../ui.js";
import { DAY } from "./hash.js";
import { BATTERY, MOST } from "./values.js";

const COMPARED = [
  ["state_of_charge", "Packs: SoC"],
  ["battery_current", "Packs: current"],
  ["cell_voltage_delta", "Packs: cell spread"],
  ["mosfet_temperature", "Packs: temperature"],
];

export function Presets({ sources, choice, change, cells }) {
  const packs = sources.filter(({ key }) => key !== BATTERY);
  const [pack, setPack] = useState(packs[0]?.key);
  const chosen = choice.series.join();
  const same = (series) => chosen === series.join();
  const button = (name, series, more = {}) => html`<${Button} key=${name} class="preset" aria-pressed=${same(series) ? "true" : "false"} onClick=${() => change({ series, hidden: [], ...more })}>${name}<//>`;
  const ofCells = Array.from({ length: cells }, (_, index) => `${pack}:cell_voltage_${index + 1}`).slice(0, MOST);
  const ofPack = ["power", "state_of_charge", "cell_voltage_min", "cell_voltage_max", "mosfet_temperature"].map((name) => `${pack}:${name}`);
  const midnight = new Date().setHours(0, 0, 0, 0) / 1000;
  const today = ["power", "state_of_charge"].map((name) => `${BATTERY}:${name}`);
  return html`<div class="presets" role="group" aria-label="Often looked at">
    <div class="preset-row">
      ${button("Today", today, { from: midnight, to: midnight + DAY, last: null })}
      ${button("Cells: lowest and highest", [`${BATTERY}:cell_voltage_min`, `${BATTERY}:cell_voltage_max`])}
      ${button("Coldest and hottest", [`${BATTERY}:temperature_min`, `${BATTERY}:temperature_max`])}
      ${packs.length > 1 && COMPARED.map(([name, title]) => button(title, packs.slice(0, MOST).map(({ key }) => `${key}:${name}`)))}
    </div>
    ${packs.length > 0 && html`<div class="preset-row">
      <label class="preset-pack"><span class="unseen">Pack</span><select value=${pack} onChange=${(event) => setPack(event.currentTarget.value)}>${packs.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select></label>
      ${button("its day", ofPack)}${button("its cells", ofCells)}${button("its temperatures", ["battery_temperature_1", "battery_temperature_2", "mosfet_temperature"].map((name) => `${pack}:${name}`))}
    </div>`}
  </div>`;
}
