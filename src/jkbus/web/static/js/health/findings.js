// The findings about a pack: those that matter are open, the rest is folded away.

import { capital } from "../format.js";
import { html, useState } from "../lib.js";
import { Badge, Icon } from "../ui.js";
import { KINDS, topic } from "./topics.js";
import { Trend } from "./trend.js";

const ended = (sentence) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

export function Findings({ pack }) {
  const of = (kind) => pack.findings.filter((finding) => finding.kind === kind);
  const [fine, unknown] = [of("fine"), of("unknown")];
  const words = [fine.length && `${fine.length} ${fine.length === 1 ? "thing is" : "things are"} fine`, unknown.length && `${unknown.length} not known yet`].filter(Boolean).join(", ");
  return html`
    ${[...of("act"), ...of("watch")].map((finding, index) => html`<${Urgent} key=${`${finding.topic}${index}`} pack=${pack} finding=${finding} />`)}
    ${words && html`<details class="findings"><summary>${words}</summary>
      <ul>${[...fine, ...unknown].map((finding, index) => html`<${Quiet} key=${`${finding.topic}${index}`} pack=${pack} finding=${finding} />`)}</ul></details>`}`;
}

function Urgent({ pack, finding }) {
  const { title, means, act } = topic(finding.topic);
  const { word, tone, icon } = KINDS[finding.kind];
  return html`<section class=${`finding tone-${tone}`} aria-label=${title}>
    <h3><${Badge} tone=${tone} icon=${icon}>${word}<//> ${title}</h3>
    <p class="finding-words"><b>${capital(finding.subject)}</b>: ${ended(finding.sentence)}</p>
    ${finding.todo && html`<p>What to do: ${ended(finding.todo)}</p>`}
    <p class="muted small">${means} ${act}</p>
    <${Trend} pack=${pack.key} finding=${finding} />
  </section>`;
}

// A curve is fetched only once it is wanted.
function Quiet({ pack, finding }) {
  const [open, setOpen] = useState(false);
  const { title, means, act } = topic(finding.topic);
  return html`<li><details onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><${Icon} name=${KINDS[finding.kind].icon} size="16" label=${KINDS[finding.kind].word} /><b>${title}</b> <span class="muted">${capital(ended(finding.sentence))}</span></summary>
    <p class="small">${means} ${act}</p>
    ${open && html`<${Trend} pack=${pack.key} finding=${finding} />`}
  </details></li>`;
}
