// The top of a pack's page: how full, what it does, and its alarms with what to do about them.

import { amps, energy, hours, millivolts, number, percent, signed, volts, watts } from "../format.js";
import { html } from "../lib.js";
import { stateOf, useLive } from "../live.js";
import { Age, Badge, Icon, Meter, Value } from "../ui.js";
import { chargeTone, doing, staleness } from "./words.js";

export function Head({ pack, detail }) {
  const { state, now } = useLive((live) => ({ state: stateOf(pack, live), now: Math.floor(live.now / 1000) * 1000 }));
  const stale = staleness(pack, state, now);
  const does = doing(pack.values.power);
  return html`<section class=${`card pack-head tile-${state} fresh ${stale ? "old" : ""}`} aria-label="Now">
    <div class="pack-state">
      ${stale ? html`<${Badge} tone="warning" icon=${stale.icon}>${stale.said}: last known values<//>` : html`<${Badge} tone=${does.tone} icon=${does.icon}>${does.word}<//>`}
      <${Age} of=${pack} />
    </div>
    <${Numbers} pack=${pack} detail=${detail} does=${does} />
    ${pack.alarms.map((alarm) => html`<${AlarmLine} key=${alarm.name} alarm=${alarm} />`)}
  </section>`;
}

function Numbers({ pack: { name, values }, detail, does }) {
  return html`<div class="tile-numbers pack-numbers">
    <div class="pack-soc"><strong>${number(values.state_of_charge)}<small> %</small></strong>
      <span class="muted">${number(values.remaining_capacity)} of ${hours(values.full_charge_capacity, 0)}</span>
      <${Meter} label=${`${name}: state of charge`} value=${values.state_of_charge} tone=${chargeTone(values.state_of_charge, does)} text=${percent(values.state_of_charge)} /></div>
    <${Value} label="Power" value=${signed(watts(values.power))} tone=${does.tone} />
    <${Value} label="Current" value=${signed(amps(values.battery_current))} />
    <${Value} label="Voltage" value=${volts(values.battery_voltage)} />
    <${Value} label="Cell spread" value=${millivolts(values.cell_voltage_delta)} />
    <${Value} label="Charged so far" value=${energy(detail?.energy.charged)} />
    <${Value} label="Discharged so far" value=${energy(detail?.energy.discharged)} />
  </div>`;
}

function AlarmLine({ alarm: { title, severity, remedy } }) {
  const tone = { info: "info", warning: "warning" }[severity] ?? "alarm";
  return html`<div class=${`verdict tone-${tone}`}><${Icon} name=${severity} size="20" /><p><b>${title}</b>${remedy && `: ${remedy}`}</p><span class="unseen">${severity}</span></div>`;
}
