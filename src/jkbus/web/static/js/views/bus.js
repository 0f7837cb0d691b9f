// The wire: who speaks on each bus, how busy and clean it is, what the wiring check says, and the traffic itself.

import { Load } from "../bus/load.js";
import { Recording } from "../bus/recording.js";
import { Traffic } from "../bus/traffic.js";
import { Wiring } from "../bus/wiring.js";
import { duration, number, percent, quantity } from "../format.js";
import { html } from "../lib.js";
import { useLive } from "../live.js";
import { Badge, Card, Empty, Page, Problem, Tabs, Value } from "../ui.js";

const ROLES = { sniffer: "The gateway listens", "pseudo-master": "A JK master asks, the gateway adds", master: "The gateway asks the packs" };

export default function View({ params }) {
  const { buses, heard } = useLive(({ buses, heard }) => ({ buses, heard }));
  const bus = buses.find(({ name }) => name === params.name) ?? buses[0];
  if (!bus) {
    const text = heard ? "There is no bus in the configuration." : "Waiting for the gateway…";
    return html`<${Page} title="Bus"><${Empty} icon="bus" title=${text} /><//>`;
  }
  const tabs = buses.map(({ name }) => ({ name, title: name, href: `#/bus/${encodeURIComponent(name)}` }));
  return html`<${Page} title="Bus" lead=${`${bus.name}, ${bus.link}`}>
    ${tabs.length > 1 && html`<${Tabs} label="Buses" tabs=${tabs} current=${bus.name} />`}
    ${bus.problem && html`<${Problem} sentence=${bus.problem} />`}
    <div class="bus" key=${bus.name}>
      <${Now} bus=${bus} />
      <${Wiring} bus=${bus} />
      <${Load} bus=${bus} />
      <${Traffic} bus=${bus} actions=${html`<${Recording} bus=${bus} />`} />
    </div>
  <//>`;
}

function Now({ bus }) {
  const badges = html`<${Badge} tone=${bus.connected ? "good" : "alarm"} icon=${bus.connected ? "good" : "unplugged"}>${bus.connected ? "connected" : "no link"}<//>
    ${bus.read_only && html`<${Badge} tone="resting" icon="lock">read only<//>`}`;
  const seconds = (value, digits) => quantity(value, "s", digits);
  return html`<${Card} title=${ROLES[bus.role]} icon="bus" actions=${badges} class="wire-now">
    <p class="wire-reason">${sentence(bus.reason)}</p>
    <div class="wire-values">
      <${Value} label="Load" value=${percent(bus.load)} note="last 10 s" />
      <${Value} label="Cycle" value=${seconds(bus.cycle, 1)} note="of all packs" />
      <${Value} label="Gap" value=${quantity(bus.gap * 1000, "ms")} note="after an answer" />
      <${Value} label="Reports" value=${number(bus.reports)} note="since the start" />
      <${Value} label="Damaged" value=${number(bus.bad_sums)} note="reports" tone=${bus.bad_sums > 0.002 * bus.reports && bus.bad_sums > 2 ? "warning" : null} />
      <${Value} label="Noise" value=${quantity(bus.noise, "B")} note="unreadable" />
      <${Value} label="Collisions" value=${number(bus.collisions)} note="with others" />
    </div>
    <${Silent} bus=${bus} />
    ${bus.missing.length > 0 &&
    html`<details class="wire-missing"><summary>What cannot be had here (${bus.missing.length})</summary>
      <ul class="hints">${bus.missing.map((one) => html`<li key=${one}>${sentence(one)}</li>`)}</ul></details>`}
  <//>`;
}

function Silent({ bus }) {
  const since = useLive((live) => Math.floor(Math.max(0, live.now - bus.received) / 1000));
  if (!bus.reports) return html`<p class="wire-all"><${Badge} tone="warning" icon="silent">no pack was heard<//></p>`;
  if (!bus.silent.length && !bus.awaited.length) return html`<p class="wire-all"><${Badge} tone="good" icon="good">all speak<//></p>`;
  return html`<ul class="wire-silent">
    ${bus.silent.map(({ address, name, for_s }) =>
      html`<li key=${address}><${Badge} tone="warning" icon="silent">${name}<//> address ${address} has been silent for ${duration(for_s + since)}</li>`)}
    ${bus.awaited.map(({ address, name }) =>
      html`<li key=${name}><${Badge} tone="warning" icon="silent">${name}<//> ${address === null ? "is in the configuration and" : `should be at address ${address} and`} was never heard</li>`)}
  </ul>`;
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replace(/\.?$/, ".");
