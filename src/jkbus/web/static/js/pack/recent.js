// The last alarms of a pack with what was measured before, when it came and when it went.

import { Values, measured } from "../alarms/values.js";
import { duration, moment, when } from "../format.js";
import { html } from "../lib.js";
import { Badge, Card, Link } from "../ui.js";

export function Recent({ pack }) {
  return html`<${Card} title="Last alarms" icon="alarms" class="wide" actions=${html`<${Link} href="#/alarms" kind="quiet">All alarms<//>`}>
    ${pack.recent.length === 0 && html`<p class="muted">This pack has had no alarm since the gateway keeps a journal.</p>`}
    <ul class="recent">${pack.recent.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</ul>
  <//>`;
}

function Entry({ entry }) {
  const { title, severity, came, went, count, remedy } = entry;
  const lasted = went ? `for ${duration((moment(went) - moment(came)) / 1000)}` : "still stands";
  return html`<li>
    <details>
      <summary><${Badge} severity=${severity}>${title}<//><span>${when(came)}, ${lasted}${count > 1 ? `, came ${count} times` : ""}</span></summary>
      ${remedy && html`<p>${remedy[0].toUpperCase()}${remedy.slice(1)}.</p>`}
      ${measured(entry).length > 0 && html`<${Values} entry=${entry} />`}
    </details>
  </li>`;
}
