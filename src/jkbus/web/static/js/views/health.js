// How the packs are: what needs somebody, what to keep an eye on, and what could not be known yet.

import { age } from "../format.js";
import { Findings } from "../health/findings.js";
import { KINDS, urgency, verdict } from "../health/topics.js";
import { html, useEffect, useState } from "../lib.js";
import { Badge, Button, Card, Empty, Page, Problem, Spinner, useGet } from "../ui.js";

const EVERY = 300; // s; the gateway examines once an hour
const SOON = 15; // s, as long as nothing is known

export default function Health({ params }) {
  const [every, setEvery] = useState(SOON);
  const { data, problem, busy, again } = useGet("health", {}, every);
  useEffect(() => setEvery(data?.packs.length ? EVERY : SOON), [data]);
  const actions = html`<${Button} icon="again" busy=${busy} onClick=${again}>Look again<//>`;
  if (problem && !data) return html`<${Page} title="Health"><${Problem} sentence=${problem} again=${again} /><//>`;
  if (!data) return html`<${Page} title="Health"><${Card}><${Spinner} label="Reading the history of every pack; this can take a minute" /><//><//>`;
  const packs = data.packs.map((pack) => ({ ...pack, kind: verdict(pack.findings) }))
    .sort((a, b) => urgency(a.kind) - urgency(b.kind) || a.name.localeCompare(b.name, "en", { numeric: true }));
  const shown = params.key ? packs.filter(({ key }) => key === params.key) : packs;
  return html`<${Page} title="Health" lead=${`Worked out from what was heard; last done ${age(Math.max(0, Date.now() / 1000 - data.at))}`} actions=${actions}
    back=${params.key ? { href: "#/health", title: "All packs" } : null}>
    ${problem && html`<${Problem} sentence=${problem} again=${again} />`}
    ${shown.length ? html`<${Summary} packs=${shown} />` : html`<${Card}><${Empty} icon="health" title="Nothing is known yet">
      <p>The gateway learns from what the packs do: a first word comes after some hours, the cells at full and empty with the next full charge and discharge, trends within two weeks.</p>
    <//><//>`}
    ${shown.filter(urgent).map((pack) => html`<${Pack} key=${pack.key} pack=${pack} />`)}
    <div class="cards">${shown.filter((pack) => !urgent(pack)).map((pack) => html`<${Pack} key=${pack.key} pack=${pack} />`)}</div>
  <//>`;
}

const urgent = ({ kind }) => kind === "act" || kind === "watch";

function Summary({ packs }) {
  const worst = packs[0].kind;
  const count = (kind) => packs.filter((pack) => pack.kind === kind).length;
  const { icon, tone } = KINDS[worst];
  const words = worst === "fine" ? "Nothing to do: all packs are fine as far as is known."
    : worst === "unknown" ? "Too little was heard so far to judge."
    : [count("act") && `${several(count("act"))} need${count("act") === 1 ? "s" : ""} you`, count("watch") && `${several(count("watch"))} to keep an eye on`].filter(Boolean).join(", ");
  return html`<p class=${`health-summary tone-${tone}`} role="status"><${Badge} tone=${tone} icon=${icon}>${words}<//></p>`;
}

const several = (count) => `${count} pack${count === 1 ? "" : "s"}`;

function Pack({ pack }) {
  const { word, tone, icon } = KINDS[pack.kind];
  return html`<${Card} title=${pack.name} tone=${pack.kind === "act" ? "alarm" : pack.kind === "watch" ? "warning" : null} class="health-pack"
    actions=${html`<${Badge} tone=${tone} icon=${icon}>${word}<//>`}><${Findings} pack=${pack} /><//>`;
}
