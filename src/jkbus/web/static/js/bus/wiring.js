// What the wiring check says: good, or which fault and what to do about it, and how sure that is.

import { duration } from "../format.js";
import { html } from "../lib.js";
import { Badge, Card, Problem, Spinner, useGet } from "../ui.js";

const EVERY = 5; // s
const STATES = { good: ["good", "good", "good"], bad: ["warning", "warning", "look here"], unsure: ["resting", "search", "still listening"] };
const SURENESS = { sure: "sure", likely: "likely", possible: "possible" };

export function Wiring({ bus }) {
  const { data, problem, again } = useGet(`bus/${encodeURIComponent(bus.name)}/wiring`, {}, EVERY);
  if (!data) {
    return html`<${Card} title="Wiring" icon="unplugged" class="wire-wiring">
      ${problem ? html`<${Problem} sentence=${problem} again=${again} />` : html`<${Spinner} label="Listening to the wires" />`}<//>`;
  }
  const [tone, icon, word] = STATES[data.state];
  const verdict = html`<${Badge} tone=${tone} icon=${icon}>${word}<//>`;
  return html`<${Card} title="Wiring" icon="unplugged" actions=${verdict} tone=${data.state === "bad" ? "warning" : null} class="wire-wiring">
    ${data.findings.length === 0 && html`<p class="wire-verdict">${data.sentence}</p>`}
    <ul class="wire-findings">${data.findings.map((finding) => html`<${Finding} key=${finding.kind} ...${finding} />`)}</ul>
    <p class="small muted">Judged by what was heard in ${heardIn(data.seconds)}${data.state === "unsure" ? "; wait a little" : ""}.</p>
  <//>`;
}

const heardIn = (seconds) => (seconds > 600 ? "the last 10 min" : `the first ${duration(seconds)}`);

function Finding({ sentence, remedy, evidence, confidence }) {
  return html`<li>
    <h3>${sentence}</h3>
    <p>${remedy}</p>
    <p class="small muted"><span class="wire-sure">${SURENESS[confidence]}</span> ${evidence}.</p>
  </li>`;
}
