// A bus in one line: who speaks, how busy and how clean it is, who is missing.

import { duration, number, percent, quantity } from "../format.js";
import { html } from "../lib.js";
import { Icon } from "../ui.js";

const ROLES = { sniffer: "we only listen", "pseudo-master": "a JK master leads, we ask between", master: "we ask" };

export function BusLine({ bus }) {
  const damaged = bus.reports ? (100 * bus.bad_sums) / (bus.reports + bus.bad_sums) : 0;
  const wrong = !bus.connected || bus.silent.length > 0 || bus.missing.length > 0;
  return html`<a class=${`bus-line ${wrong ? "tone-warning" : "tone-good"}`} href=${`#/bus/${encodeURIComponent(bus.name)}`}>
    <span class="bus-name"><${Icon} name="bus" /><b>${bus.name}</b></span>
    <span class="bus-parts">
      <span>${bus.role}: ${ROLES[bus.role]}</span>
      <span>load ${percent(bus.load)}</span>
      <span>gap ${quantity(bus.gap * 1000, "ms")}</span>
      <span>${bus.noise || bus.bad_sums ? `noise ${number(bus.noise)} bytes, ${damaged < 0.05 ? number(bus.bad_sums) : percent(damaged, 1)} damaged` : "no noise"}</span>
    </span>
    <span class="bus-verdict"><${Icon} name=${wrong ? "warning" : "good"} size="18" />${verdict(bus)}</span>
  </a>`;
}

function verdict({ connected, problem, silent, missing }) {
  if (!connected) return problem ?? "not connected";
  const said = silent.map(({ name, for_s }) => `${name} silent for ${duration(for_s)}`).concat(missing);
  return said.length ? said.join("; ") : "everybody answers";
}
