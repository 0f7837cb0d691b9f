// A pack in short. The name is the link, and its area is the whole tile. What is not of now is dimmed and says so.

import { amps, celsius, millivolts, number, percent, signed, volts, watts } from "../format.js";
import { html } from "../lib.js";
import { stateOf, useLive } from "../live.js";
import { Age, Badge, Icon, Meter } from "../ui.js";
import { CellStrip } from "./strip.js";
import { chargeTone, doing, staleness, worst } from "./words.js";

export function Tile({ pack }) {
  const { state, minute } = useLive((live) => ({ state: stateOf(pack, live), minute: Math.floor(live.now / 5000) }));
  const stale = staleness(pack, state, minute * 5000);
  const now = doing(pack.values.power);
  const severity = worst(pack.alarms);
  const loud = severity === "fault" || severity === "protection";
  return html`<li class=${`tile tile-${state} ${stale ? "old" : ""} ${loud ? "tile-alarm" : severity === "warning" ? "tile-warning" : ""}`}>
    <h3><a href=${`#/pack/${encodeURIComponent(pack.key)}`}>${pack.name}</a></h3>
    <div class="tile-head">
      <strong>${number(pack.values.state_of_charge)}<small> %</small></strong>
      ${stale ? html`<${Badge} tone="warning" icon=${stale.icon}>${stale.word}<//>` : html`<${Badge} tone=${now.tone} icon=${now.icon}>${now.word}<//>`}
    </div>
    <${Numbers} pack=${pack} now=${now} />
    <div class="tile-foot">
      ${state === "silent" || state === "gone" ? html`<span class="age age-silent"><${Icon} name="clock" size="14" />${stale.said}, last known values</span>` : html`<${Age} of=${pack} />`}
      <span class="tile-alarms">${pack.alarms.map(({ name, title, severity }) => html`<${Badge} key=${name} severity=${severity}>${title}<//>`)}</span>
    </div>
  </li>`;
}

function Numbers({ pack: { name, values, cells }, now }) {
  const hot = (values.temperature_max_of ?? "").replace(/ temperature/i, "");
  return html`<div class="tile-numbers">
    <${Meter} label=${`${name}: state of charge`} value=${values.state_of_charge} tone=${chargeTone(values.state_of_charge, now)} text=${percent(values.state_of_charge)} />
    <div class="tile-row tile-main">
      <span>${signed(watts(values.power))}</span><span>${signed(amps(values.battery_current))}</span><span>${volts(values.battery_voltage)}</span>
    </div>
    <div class="tile-row tile-small">
      <span><em>${millivolts(values.cell_voltage_delta)}</em> spread</span>
      <span title=${`hottest: ${values.temperature_max_of ?? "not known"}`}><em>${celsius(values.temperature_max)}</em> ${hot}</span>
    </div>
    <${CellStrip} cells=${cells} lowest=${values.cell_min_number} highest=${values.cell_max_number} />
  </div>`;
}
