// The last alarms of a pack with what was measured before, when it came and when it went.

import { any, duration, moment, when } from "../format.js";
import { html } from "../lib.js";
import { Badge, Card, Link, Table } from "../ui.js";

export function Recent({ pack }) {
  const rows = new Map(pack.groups.flatMap((group) => group.rows.map((row) => [row.key, row])));
  return html`<${Card} title="Last alarms" icon="alarms" class="wide" actions=${html`<${Link} href="#/alarms" kind="quiet">All alarms<//>`}>
    ${pack.recent.length === 0 && html`<p class="muted">This pack has had no alarm since the gateway keeps a journal.</p>`}
    <ul class="recent">${pack.recent.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} rows=${rows} />`)}</ul>
  <//>`;
}

function Entry({ entry, rows }) {
  const { title, severity, came, went, count, before, during, after, remedy } = entry;
  const lasted = went ? `for ${duration((moment(went) - moment(came)) / 1000)}` : "still stands";
  const values = Object.keys({ ...before, ...during, ...after });
  return html`<li>
    <details>
      <summary><${Badge} severity=${severity}>${title}<//><span>${when(came)}, ${lasted}${count > 1 ? `, came ${count} times` : ""}</span></summary>
      ${remedy && html`<p>${remedy[0].toUpperCase()}${remedy.slice(1)}.</p>`}
      ${values.length > 0 && html`<${Table} caption=${`Values around ${title}`} columns=${columns(entry, rows)} rows=${values.map((key) => ({ key }))} />`}
    </details>
  </li>`;
}

function columns({ before, during, after, went }, rows) {
  const cell = (values) => ({ key }) => any(values[key], rows.get(key)?.unit, rows.get(key)?.precision);
  return [
    { title: "Value", cell: ({ key }) => rows.get(key)?.title ?? key.replaceAll("_", " ") },
    { title: "Before", number: true, cell: cell(before) },
    { title: "When it came", number: true, cell: cell(during) },
    { title: went ? "When it went" : "After", number: true, cell: cell(after) },
  ];
}
