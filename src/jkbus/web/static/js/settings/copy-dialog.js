// Make packs as one of them is: only what differs is planned.

import { html, useState } from "../lib.js";
import { Button, Dialog, Field } from "../ui.js";
import { Pick } from "./pick.js";
import { plural } from "./words.js";

const has = (row, key) => row.values[key] !== undefined && row.values[key] !== null;

export function CopyDialog({ rows, packs, onClose, onPlan }) {
  const [source, setSource] = useState(packs[0].key);
  const differing = (key) => rows.filter((row) => has(row, key) && has(row, source) && row.values[key] !== row.values[source]);
  const others = packs.filter(({ key }) => key !== source);
  const [left, setLeft] = useState([]); // packs that somebody took out
  const picked = others.filter(({ key, settable }) => settable && !left.includes(key)).map(({ key }) => key);
  const due = picked.filter((key) => differing(key).length);
  const name = packs.find(({ key }) => key === source).name;
  const review = () => {
    const wishes = (key) => Object.fromEntries(differing(key).map((row) => [row.name, row.values[source]]));
    onPlan({ title: `As ${name}: ${plural(due.length, "pack")}`, body: { packs: due, each: Object.fromEntries(due.map((key) => [key, wishes(key)])) } });
  };
  const pick = (keys) => setLeft(others.map(({ key }) => key).filter((key) => !keys.includes(key)));
  return html`<${Dialog} title="Make all alike" class="plan-dialog" onClose=${onClose}
    actions=${html`<${Button} onClick=${onClose}>Cancel<//><${Button} kind="main" disabled=${!due.length} onClick=${review}>Review<//>`}>
    <${Field} label="As this pack is set"><select value=${source} onChange=${(event) => setSource(event.target.value)}>
      ${packs.map(({ key, name: title }) => html`<option key=${key} value=${key}>${title}</option>`)}</select><//>
    <${Pick} legend="These packs get its settings" packs=${others} picked=${picked} onPick=${pick} note=${({ key }) => (differing(key).length ? `${plural(differing(key).length, "setting")} to change` : "is so already")} />
    ${!due.length && html`<p class="muted">There is nothing to change.</p>`}
  <//>`;
}
