// What people look at most: a click each. One is pressed while the chart shows just that.

import { html, useEffect, useState } from "../lib.js";
import { Button } from "../ui.js";
import { BATTERY, MOST, split } from "./values.js";

const COMPARED = [
  ["state_of_charge", "Packs: SoC"],
  ["battery_current", "Packs: current"],
  ["cell_voltage_delta", "Packs: cell spread"],
  ["mosfet_temperature", "Packs: temperature"],
];

export function Presets({ sources, choice, change, cells }) {
  const packs = sources.filter(({ key }) => key !== BATTERY);
  const [pack, setPack] = useState(packs[0]?.key);
  const shown = [...new Set(choice.series.map((one) => split(one)[0]))];
  const only = shown.length === 1 && packs.some(({ key }) => key === shown[0]) ? shown[0] : null;
  useEffect(() => only && setPack(only), [only]);
  const chosen = choice.series.join();
  const same = (series, span = {}) => chosen === series.join() && Object.entries(span).every(([name, value]) => choice[name] === value);
  const button = (name, series, span = {}) => html`<${Button} key=${name} class="preset" aria-pressed=${same(series, span) ? "true" : "false"} onClick=${() => change({ series, hidden: [], ...span })}>${name}<//>`;
  const own = ofPack(pack, cells);
  const turn = (key) => {
    setPack(key);
    const pressed = Object.keys(own).find((name) => same(own[name]));
    if (pressed) change({ series: ofPack(key, cells)[pressed], hidden: [] });
  };
  const [from, to] = [0, 24].map((hour) => new Date().setHours(hour, 0, 0, 0) / 1000);
  return html`<div class="presets" role="group" aria-label="Often looked at">
    <div class="preset-row">
      ${button("Today", ["power", "state_of_charge"].map((name) => `${BATTERY}:${name}`), { from, to, last: null })}
      ${button("Cells: lowest and highest", [`${BATTERY}:cell_voltage_min`, `${BATTERY}:cell_voltage_max`])}
      ${button("Coldest and hottest", [`${BATTERY}:temperature_min`, `${BATTERY}:temperature_max`])}
      ${packs.length > 1 && COMPARED.map(([name, title]) => button(title, packs.slice(0, MOST).map(({ key }) => `${key}:${name}`)))}
    </div>
    ${packs.length > 0 && html`<div class="preset-row">
      <label class="preset-pack"><span class="unseen">Pack</span><select value=${pack} onChange=${(event) => turn(event.currentTarget.value)}>${packs.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select></label>
      ${Object.entries(own).map(([name, series]) => button(name, series))}
    </div>`}
  </div>`;
}

function ofPack(pack, cells) {
  const series = (names) => names.slice(0, MOST).map((name) => `${pack}:${name}`);
  return {
    "its day": series(["power", "state_of_charge", "cell_voltage_min", "cell_voltage_max", "mosfet_temperature"]),
    "its cells": series(Array.from({ length: cells }, (_, index) => `cell_voltage_${index + 1}`)),
    "its temperatures": series(["battery_temperature_1", "battery_temperature_2", "mosfet_temperature"]),
  };
}
