// A bus in one line: who speaks, how busy and how clean it is, who is missing.

import { duration, number, percent, quantity } from "../format.js";
import { html } from "../lib.js";
import { Icon } from "../ui.js";

const ROLES = { sniffer: "we only listen", "pseudo-master": "a JK master leads, we ask between", master: "we ask" };

export function BusLine({ bus }) {
  const damaged = bus.reports ? (100 * bus.bad_sums) / (bus.reports + bus.bad_sums) : 0;
  const wrong = !bus.connected || bus.silent.length > 0 || bus.awaited.length > 0 || !bus.reports;
  return html`<a class=${`bus-line ${wrong ? "tone-warning" : "tone-good"}`} href=${`#/bus/${encodeURIComponent(bus.name)}`}>
    <span class="bus-name"><${Icon} name="bus" /><b>${bus.name}</b></span>
    <span class="bus-parts">
      <span>${bus.role}: ${ROLES[bus.role]}</span>
      <span>load ${percent(bus.load)}</span>
      <span>gap ${quantity(bus.gap * 1000, "ms")}</span>
      <span>${damaged < 0.05 ? "no damage" : `${percent(damaged, 1)} damaged`}, noise ${quantity(bus.noise, "B")}</span>
    </span>
    <span class="bus-verdict"><${Icon} name=${wrong ? "warning" : "good"} size="18" />${verdict(bus)}</span>
    ${bus.missing.length > 0 && html`<span class="bus-missing"><${Icon} name="info" size="16" />not to be had: ${bus.missing.map(topic).join("; ")}</span>`}
  </a>`;
}

function verdict({ connected, problem, silent, awaited, reports }) {
  if (!connected) return problem ?? "not connected";
  if (!reports) return "nothing heard yet";
  const missed = [...silent.map(({ name, for_s }) => `${name} silent for ${duration(for_s)}`), ...awaited.map(({ name }) => `${name} never heard`)];
  return missed.join("; ") || "everybody answers";
}

// The sentences begin with what is missing; why and the way out are told on the bus's own page.
const topic = (sentence) => sentence.split(":")[0];
