// Choosing what a chart shows: first whose, then which values; found by typing, in groups that people know.

import { html, useMemo, useState } from "../lib.js";
import { Button, Dialog, Field } from "../ui.js";
import { BATTERY, MOST, split } from "./values.js";

export function Picker({ sources, known, series, onChoose, onClose }) {
  const [chosen, setChosen] = useState(series);
  const [whose, setWhose] = useState(() => first(series, sources));
  const [text, setText] = useState("");
  const offered = useMemo(() => groups(known, whose, text), [known, whose, text]);
  const flip = (key) => setWhose(key === BATTERY || whose.includes(BATTERY) ? [key] : whose.includes(key) ? whose.filter((one) => one !== key || whose.length === 1) : [...whose, key]);
  const ids = (names) => names.flatMap((name) => whose.map((key) => `${key}:${name}`));
  const set = (names, on) => setChosen(on ? [...new Set([...chosen, ...ids(names)])] : chosen.filter((id) => !ids(names).includes(id)));
  const much = chosen.length > MOST;
  const actions = html`
    <p class=${`picker-count ${much ? "picker-much" : "muted"}`} role="status">${much ? `${chosen.length} values; a chart shows ${MOST} at most` : `${chosen.length} chosen`}</p>
    <${Button} onClick=${() => setChosen([])} disabled=${!chosen.length}>Clear<//>
    <${Button} kind="main" disabled=${!chosen.length || much} onClick=${() => onChoose(chosen)}>Show<//>`;
  return html`<${Dialog} title="Choose values" onClose=${onClose} actions=${actions} class="picker">
    <div class="picker-whose" role="group" aria-label="Of whom">${sources.map(({ key, name }) => html`<button type="button" key=${key} aria-pressed=${whose.includes(key) ? "true" : "false"} onClick=${() => flip(key)}>${name}</button>`)}</div>
    <${Field} label="Find a value"><input type="search" value=${text} placeholder="power, cell 7, temperature …" onInput=${(event) => setText(event.currentTarget.value)} /><//>
    <div class="picker-groups">
      ${offered.map(([group, values], index) => html`<${Group} key=${`${group} ${whose.includes(BATTERY)}`} group=${group} values=${values} open=${Boolean(text) || index < 2 || values.some(({ name }) => ids([name]).some((id) => series.includes(id)))}
        state=${(names) => chosenOf(chosen, ids(names))} set=${set} />`)}
      ${!offered.length && html`<p class="muted">No value is called so.</p>`}
    </div>
  <//>`;
}

function Group({ group, values, open, state, set }) {
  const names = values.map(({ name }) => name);
  const all = state(names);
  return html`<details class="picker-group" open=${open}>
    <summary>${group}<span class="muted small"> ${values.length}</span></summary>
    ${values.length > 1 && values.length <= MOST && html`<button type="button" class="picker-all" onClick=${() => set(names, all !== "all")}>${all === "all" ? "None of these" : "All of these"}</button>`}
    <ul>${values.map(({ name, title }) => html`<li key=${name}><${Check} title=${title} state=${state([name])} onChange=${(on) => set([name], on)} /></li>`)}</ul>
  </details>`;
}

function Check({ title, state, onChange }) {
  return html`<label class="picker-check"><input type="checkbox" checked=${state === "all"} indeterminate=${state === "some"} onChange=${(event) => onChange(event.currentTarget.checked)} />${title}</label>`;
}

function chosenOf(chosen, ids) {
  const count = ids.filter((id) => chosen.includes(id)).length;
  return count === ids.length ? "all" : count ? "some" : "none";
}

// Whose values are in the chart now; if that is both the battery and packs, the battery.
function first(series, sources) {
  const keys = sources.map(({ key }) => key).filter((key) => series.some((one) => split(one)[0] === key));
  return keys.includes(BATTERY) || !keys.length ? [sources[0].key] : keys;
}

function groups(known, whose, text) {
  const words = text.toLowerCase().split(/[\s_]+/).filter(Boolean);
  const found = new Map();
  for (const value of known.of(whose[0])) {
    const hay = `${value.title} ${value.name} ${value.group}`.toLowerCase();
    const tokens = hay.split(/[\s_:,]+/);
    if (!words.every((word) => (/^\d+$/.test(word) ? tokens.includes(word) : hay.includes(word)))) continue;
    found.set(value.group, [...(found.get(value.group) ?? []), value]);
  }
  return [...found];
}
