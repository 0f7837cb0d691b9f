// One setting of several packs: take a value that some of them have, or type one, and say for which packs.

import { html, useState } from "../lib.js";
import { Button, Choice, Dialog, Field } from "../ui.js";
import { Pick } from "./pick.js";
import { range, read, shown, typed, valuesOf } from "./topics.js";
import { several } from "./words.js";

export function WishDialog({ row, packs, onClose, onPlan }) {
  const there = packs.filter(({ key }) => row.values[key] !== undefined && row.values[key] !== null);
  const values = valuesOf(row, there).filter(({ value }) => value !== null);
  const [wish, setWish] = useState(row.kind === "switch" ? (values[0]?.value ?? true) : typed(row, values[0]?.value));
  const [picked, setPicked] = useState(there.filter(({ settable }) => settable).map(({ key }) => key));
  const problem = row.kind === "number" ? read(row, wish).problem : null;
  const due = packs.filter(({ key }) => picked.includes(key));
  const review = () => picked.length && wish !== "" && onPlan({ title: `${row.title}: ${several(due.map(({ name }) => name))}`, body: { packs: picked, wishes: { [row.name]: wish } } });
  const entered = (event) => event.key === "Enter" && (event.preventDefault(), review());
  return html`<${Dialog} title=${row.title} class="plan-dialog" onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} kind="main" disabled=${!picked.length || wish === ""} onClick=${review}>Review<//>`}>
    <p class="muted">${row.text}</p>
    ${row.cautions.map((caution) => html`<p key=${caution} class="small">A change may mean: ${caution}.</p>`)}
    ${row.kind === "switch"
      ? html`<${Choice} label=${row.title} options=${[[true, "on"], [false, "off"]]} value=${wish} onChange=${setWish} />`
      : html`<${Field} label=${`New value${row.unit ? ` in ${row.unit}` : ""}`} hint=${range(row)} problem=${problem}>
          <input autofocus inputmode=${row.min < 0 ? "text" : "decimal"} autocomplete="off" value=${wish} onInput=${(event) => setWish(event.target.value)} onKeyDown=${entered} /><//>`}
    ${values.length > 1 && row.kind === "number" && html`<div class="chips" role="group" aria-label="Take the value of">
      ${values.map(({ value, packs: those }) => html`<${Button} key=${value} onClick=${() => setWish(typed(row, value))}>${shown(row, value)} as ${several(those.map(({ name }) => name))}<//>`)}</div>`}
    <${Pick} legend="For these packs" packs=${there} picked=${picked} onPick=${setPicked} note=${({ key }) => `now ${shown(row, row.values[key])}`} />
  <//>`;
}
