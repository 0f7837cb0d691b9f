// The battery as a whole: how full, what it does, how long that lasts, what it did today, and whether all is well.

import { amps, celsius, date, duration, energy, hours, known, number, percent, quantity, signed, time, volts, watts } from "../format.js";
import { html } from "../lib.js";
import { current, useLive } from "../live.js";
import { Badge, Icon, Meter, Value } from "../ui.js";
import { chargeTone, doing, plural } from "./words.js";

const ROUND = 2 * Math.PI * 86;
const SWEEP = 0.75; // of a circle, open below
const MISSED = 900; // s of a day that need no word

export function Whole({ battery, alarms }) {
  const now = doing(battery.power, Math.max(1, battery.heard));
  return html`<section class="whole card" aria-label="The whole battery">
    <${Gauge} battery=${battery} tone=${chargeTone(battery.state_of_charge, now)} />
    <${Flow} battery=${battery} now=${now} />
    <${Today} battery=${battery} />
    <${Ranges} battery=${battery} />
    <${Verdict} battery=${battery} alarms=${alarms} />
  </section>`;
}

function Gauge({ battery, tone }) {
  const part = known(battery.state_of_charge) ? battery.state_of_charge / 100 : 0;
  const arc = (share) => `${ROUND * SWEEP * share} ${ROUND}`;
  return html`<div class=${`gauge tone-${tone}`} role="meter" aria-label="State of charge" aria-valuemin="0" aria-valuemax="100"
    aria-valuenow=${battery.state_of_charge ?? 0} aria-valuetext=${percent(battery.state_of_charge)}>
    <svg viewBox="0 0 200 184" aria-hidden="true">
      <g fill="none" stroke-width="17" stroke-linecap="round" transform="rotate(135 100 100)">
        <circle cx="100" cy="100" r="86" class="gauge-track" stroke-dasharray=${arc(1)} />
        ${part > 0 && html`<circle cx="100" cy="100" r="86" class="gauge-fill" stroke-dasharray=${arc(part)} />`}
      </g>
    </svg>
    <div class="gauge-text" aria-hidden="true">
      <strong>${number(battery.state_of_charge)}<small> %</small></strong>
      <span>charged</span>
    </div>
    <p class="gauge-note">${number(battery.remaining_capacity)} of ${hours(battery.full_charge_capacity, 0)}</p>
  </div>`;
}

function Flow({ battery, now }) {
  return html`<div class=${`flow tone-${now.tone}`}>
    <p class="flow-word"><span class="flow-arrow"><${Icon} name=${now.icon} size="26" /></span>${now.word}</p>
    <p class="flow-power">${signed(watts(battery.power))}</p>
    <p class="flow-parts">${signed(amps(battery.battery_current))} at ${volts(battery.battery_voltage)}</p>
    <p class="flow-outlook">${outlook(battery)}</p>
  </div>`;
}

function outlook({ outlook, heard }) {
  if (!heard) return "";
  if (!outlook) return "Neither filling nor emptying at this power";
  const around = outlook.seconds < 20 * 3600 ? `, around ${clock(Date.now() / 1000 + outlook.seconds)}` : "";
  return html`${outlook.to === "full" ? "Full" : "Empty"} in <b>${duration(outlook.seconds < 6000 ? outlook.seconds : 60 * Math.round(outlook.seconds / 60))}</b>${around}`;
}

const clock = (at) => time(at).slice(0, 5) + (date(at) === date(Date.now() / 1000) ? "" : " tomorrow");

function Today({ battery: { today } }) {
  const most = Math.max(today?.charged ?? 0, today?.discharged ?? 0, 0.001);
  const row = (title, tone, value) => html`<div class="today-row">
    <span>${title}</span><b>${energy(value)}</b><${Meter} label=${`Energy ${title} today`} value=${value} max=${most} tone=${tone} text=${energy(value)} />
  </div>`;
  return html`<div class="today"><h2>Today</h2>
    ${row("charged", "charging", today?.charged)}${row("discharged", "discharging", today?.discharged)}
    ${!today && html`<p class="muted small">Not counted yet today.</p>`}
    ${today && missed(today) > MISSED && html`<p class="muted small">Counted for ${duration(today.known)} of it.</p>`}
  </div>`;
}

// Seconds of today in which nobody counted.
const missed = ({ known: counted }) => (Date.now() - new Date().setHours(0, 0, 0, 0)) / 1000 - counted;

function Ranges({ battery }) {
  const range = (low, high, digits) => (known(low) ? `${number(low, digits)} to ${number(high, digits)}` : null);
  const cells = range(battery.cell_voltage_min, battery.cell_voltage_max, 3);
  const heat = range(battery.temperature_min, battery.temperature_max, 0);
  const spread = known(battery.cell_voltage_min) ? battery.cell_voltage_max - battery.cell_voltage_min : null;
  return html`<div class="ranges">
    <${Value} label="All cells" value=${cells ? quantityText(cells, "V") : volts(null)} note=${`${quantity(known(spread) ? spread * 1000 : null, "mV")} apart`} />
    <${Value} label="Temperatures" value=${heat ? quantityText(heat, "°C") : celsius(null)} />
  </div>`;
}

const quantityText = (text, unit) => `${text}\u202f${unit}`;

// One line that says whether anything has to be done, with the worst alarms by name.
function Verdict({ battery, alarms }) {
  const gone = useLive(({ link }) => link === "gone");
  const packs = useLive((live) => live.packs);
  const awaited = useLive((live) => live.buses.flatMap((bus) => bus.awaited).length);
  const standing = serious([...alarms.standing, ...fresh(packs, alarms.standing)]);
  const all = battery.packs + awaited;
  const missing = all - battery.heard;
  const heard = missing ? `${battery.heard} of ${plural(all, "pack")} heard` : all === 1 ? "The pack is heard" : `All ${all} packs heard`;
  const bad = standing.some(({ severity }) => severity !== "warning");
  const tone = bad ? "alarm" : standing.length || missing || gone ? "warning" : "good";
  return html`<div class=${`verdict tone-${tone}`}>
    <${Icon} name=${tone === "good" ? "good" : bad ? "fault" : "warning"} size="22" />
    <p><b>${gone && "Last known: "}${heard}, ${standing.length ? plural(standing.length, "alarm") : "no alarms"}</b></p>
    ${standing.slice(0, 3).map((entry) => html`<${Badge} key=${entry.id} severity=${entry.severity}>${whose(entry)}: ${entry.title}<//>`)}
    ${standing.length > 0 && html`<a href="#/alarms">${standing.length > 3 ? `and ${standing.length - 3} more` : "What to do"}<${Icon} name="next" size="16" /></a>`}
  </div>`;
}

const serious = (entries) => entries.filter(({ severity }) => severity !== "info");

// What packs say now and the journal waits with, until it has lasted.
const fresh = (packs, standing) => packs.filter(({ available }) => available).flatMap((pack) =>
  pack.alarms.filter(({ name }) => !standing.some(({ key, alarm }) => key === pack.key && alarm === name))
    .map(({ name, title, severity }) => ({ id: `${pack.key} ${name}`, pack: pack.name, title, severity })));

const whose = (entry) => entry.pack ?? entry.bus ?? entry.gateway ?? current().packs.find(({ key }) => key === entry.key)?.name ?? entry.key;
