// All packs side by side: a table that scrolls in itself, or on a narrow screen a card for each setting with the
// packs that have each value. What differs from most packs is marked with a sign and a colour.

import { html, useEffect, useState } from "../lib.js";
import { Button, Choice, Empty, Icon } from "../ui.js";
import { Actions } from "./actions.js";
import { CopyDialog } from "./copy-dialog.js";
import { PlanDialog } from "./plan-dialog.js";
import { byTopic, shown, valuesOf } from "./topics.js";
import { listed, several } from "./words.js";
import { WishDialog } from "./wish-dialog.js";

const NARROW = "(max-width: 700px)";

function useNarrow() {
  const [query] = useState(() => matchMedia(NARROW));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return narrow;
}

export function Fleet({ fleet: { packs, rows }, titles, full, again }) {
  const narrow = useNarrow();
  const [only, setOnly] = useState("all");
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState(null); // a row, or "copy"
  const [asked, setAsked] = useState(null);
  const settable = packs.filter((pack) => pack.settable);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = rows.filter((row) => (only === "all" || row.differs) && words.every((word) => `${row.title} ${row.name} ${row.text}`.toLowerCase().includes(word)));
  const editable = full && settable.length > 0;
  const plan = (request) => (setOpen(null), setAsked(request));
  const parts = { packs, topics: byTopic(wanted), onOpen: editable ? setOpen : null };
  if (!packs.length) return html`<${Empty} icon="battery" title="No pack has been heard yet"><p>As soon as one tells its settings they are shown here.</p><//>`;
  return html`
    <div class="fleet-tools">
      ${packs.length > 1 && html`<${Choice} label="Which settings" options=${[["all", "All"], ["differing", "Differences"]]} value=${only} onChange=${setOnly} />`}
      <input type="search" placeholder="Search" aria-label="Search settings" value=${search} onInput=${(event) => setSearch(event.target.value)} />
      ${editable && packs.length > 1 && html`<${Button} icon="pencil" onClick=${() => setOpen("copy")}>Make all alike…<//>`}
    </div>
    ${!wanted.length && html`<${Empty} icon=${search ? "search" : "good"} title=${search ? "No such setting" : "No differences"}><p>${search ? `None of the settings shown has “${search}” in its name.` : "All packs are set alike."}</p><//>`}
    ${wanted.length > 0 && (narrow ? html`<${Cards} ...${parts} />` : html`<${Matrix} ...${parts} />`)}
    ${editable && html`<${Actions} packs=${settable.map(({ key }) => key)} names=${several(settable.map(({ name }) => name))} titles=${titles} only=${["set_clock"]} />`}
    ${open && open !== "copy" && html`<${WishDialog} row=${open} packs=${packs} onClose=${() => setOpen(null)} onPlan=${plan} />`}
    ${open === "copy" && html`<${CopyDialog} rows=${rows} packs=${packs} onClose=${() => setOpen(null)} onPlan=${plan} />`}
    ${asked && html`<${PlanDialog} title=${asked.title} path="plan" body=${asked.body} titles=${titles} onClose=${() => setAsked(null)} onDone=${again} />`}`;
}

const href = ({ key }) => `#/pack/${encodeURIComponent(key)}/settings`;

function Matrix({ packs, topics, onOpen }) {
  return html`<div class="matrix" tabindex="0" role="region" aria-label="Settings of all packs">
    <table>
      <caption class="unseen">A row for each setting, a column for each pack; ≠ marks what is not as in most packs</caption>
      <thead><tr><th scope="col">Setting</th>${packs.map((pack) => html`<th scope="col" key=${pack.key}><a href=${href(pack)}>${!pack.settable && onOpen && html`<${Icon} name="lock" size="14" label="cannot be changed now" />`}${pack.name}</a></th>`)}</tr></thead>
      ${topics.map(({ name, title, rows }) => html`<tbody key=${name}>
        <tr class="matrix-topic"><th scope="rowgroup">${title}</th><td colspan=${packs.length}></td></tr>
        ${rows.map((row) => html`<${MatrixRow} key=${row.name} row=${row} packs=${packs} onOpen=${onOpen} />`)}
      </tbody>`)}
    </table>
  </div>`;
}

function MatrixRow({ row, packs, onOpen }) {
  const most = valuesOf(row, packs)[0].value;
  return html`<tr>
    <th scope="row" title=${row.text}>${onOpen ? html`<button type="button" class="matrix-open" onClick=${() => onOpen(row)}><span>${row.title}</span><${Icon} name="pencil" size="15" label="change" /></button>` : html`<span class="matrix-plain">${row.title}</span>`}</th>
    ${packs.map(({ key }) => html`<td key=${key}><${Cell} row=${row} value=${row.values[key] ?? null} most=${most} /></td>`)}
  </tr>`;
}

function Cell({ row, value, most }) {
  if (value === null) return html`<span class="muted" aria-label="not known">–</span>`;
  if (value === most || !row.differs) return shown(row, value);
  return html`<span class="differs"><span aria-label="different:">≠</span>${shown(row, value)}</span>`;
}

function Cards({ packs, topics, onOpen }) {
  return html`<div class="fleet-list">${topics.map(({ name, title, rows }) => html`<section key=${name} class="fleet-list">
    <h2 class="fleet-topic">${title}</h2>
    ${rows.map((row) => html`<${RowCard} key=${row.name} row=${row} packs=${packs} onOpen=${onOpen} />`)}
  </section>`)}</div>`;
}

function RowCard({ row, packs, onOpen }) {
  const values = valuesOf(row, packs);
  const alike = values.length === 1;
  const head = html`<span>${row.title}</span>${alike && html`<b class="fleet-alike"><${Cell} row=${row} value=${values[0].value} most=${values[0].value} /></b>`}`;
  return html`<article class="fleet-card">
    <h3>${onOpen ? html`<button type="button" class="matrix-open" onClick=${() => onOpen(row)}>${head}<${Icon} name="pencil" size="15" label="change" /></button>` : html`<span class="matrix-open">${head}</span>`}</h3>
    ${!alike && values.map(({ value, packs: those }, index) => html`<p class="fleet-value" key=${index}>
      <${Cell} row=${row} value=${value} most=${index ? null : value} /><span class="muted small">${index ? listed(those.map(({ name }) => name)) : several(those.map(({ name }) => name))}</span></p>`)}
  </article>`;
}
