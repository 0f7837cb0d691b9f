// What was changed: who, when, what, and what came of it. The steps of one change stand together, the newest first.

import { date, time } from "../format.js";
import { html, useState } from "../lib.js";
import { Badge, Button, Card, Empty, Problem, Spinner, useGet } from "../ui.js";
import { wayBack } from "./outcome.js";
import { PlanDialog } from "./plan-dialog.js";
import { inWords, listed, plural } from "./words.js";

const EVERY = 5; // s
const FIRST = 200;
const MOST = 1000;
const LONG = 120_000; // ms after which a step without an end is not under way any more
const VIA = { web: "this page", mqtt: "MQTT", "command line": "the command line", local: "a program" };

// Entries as changes: [{id, at, who, steps: [entry], closed: entry | null, expected}], the newest first.
function changesOf(entries) {
  const found = new Map();
  for (const entry of entries) {
    const change = found.get(entry.plan) ?? { id: entry.plan, at: entry.at, who: entry.who ?? {}, steps: new Map(), closed: null, expected: entry.steps };
    found.set(entry.plan, change);
    if (entry.result === "stopped") change.closed = entry;
    else change.steps.set(entry.step, entry);
  }
  return [...found.values()].map((change) => ({ ...change, steps: [...change.steps.values()] })).reverse();
}

export function Log({ titles, full }) {
  const [count, setCount] = useState(FIRST);
  const { data, problem, again } = useGet("log", { count }, EVERY);
  const [asked, setAsked] = useState(null);
  if (problem && !data) return html`<${Problem} sentence=${problem} again=${again} />`;
  if (!data) return html`<${Card}><${Spinner} label="Fetching the log" /><//>`;
  const changes = changesOf(data.entries);
  if (!changes.length) return html`<${Card}><${Empty} icon="pencil" title="Nothing was changed yet"><p>Every change is noted here: from this page, from the command line and from MQTT.</p><//><//>`;
  return html`<ol class="log">${changes.map((change) => html`<li key=${change.id}><${Entry} change=${change} titles=${titles} onUndo=${full ? setAsked : null} /></li>`)}</ol>
    ${data.entries.length >= count && count < MOST && html`<${Button} onClick=${() => setCount(MOST)}>Show older ones<//>`}
    ${asked && html`<${PlanDialog} title="Take the change back" path="plan" body=${{ packs: Object.keys(asked), each: asked }} titles=${titles} onClose=${() => setAsked(null)} onDone=${again} />`}`;
}

function verdict({ steps, expected, at }) {
  const done = steps.filter(({ result }) => result === "done").length;
  const open = steps.some(({ result }) => result === "begun");
  if (open) return Date.now() - Date.parse(at) < LONG ? ["resting", "clock", "under way"] : ["warning", "warning", "end not known"];
  if (done === expected) return ["good", "good", "done"];
  return done ? ["warning", "warning", `stopped after ${done} of ${expected}`] : ["alarm", "fault", "not done"];
}

function Entry({ change, titles, onUndo }) {
  const { at, who, steps, closed } = change;
  const [tone, icon, word] = verdict(change);
  const packs = [...new Set(steps.map(({ pack }) => pack))];
  const back = onUndo ? wayBack(steps) : {};
  const by = who.user ? `${who.user}, ${VIA[who.via] ?? who.via}` : (VIA[who.via] ?? who.via ?? "nobody knows who");
  return html`<article class="card log-entry">
    <div class="log-head"><h2>${packs.length > 4 ? plural(packs.length, "pack") : listed(packs)}</h2><${Badge} tone=${tone} icon=${icon}>${word}<//></div>
    <p class="muted small"><time dateTime=${at}>${date(at)}, ${time(at)}</time>, from ${by}</p>
    <div class="log-lines">${steps.map((entry) => html`<${Line} key=${entry.step} entry=${entry} titles=${titles} named=${packs.length > 1} />`)}
      ${closed && html`<p class="log-why">${inWords(closed.message, titles)}</p>`}</div>
    ${Object.keys(back).length > 0 && html`<div><${Button} icon="back" onClick=${() => onUndo(back)}>Take it back…<//></div>`}
  </article>`;
}

function Line({ entry: { pack, changes = [], action, result, message }, titles, named }) {
  const whose = named && html`<span class="muted small log-pack">${pack}</span>`;
  return html`
    ${action && html`<div class="log-line">${whose}<span>${titles[action] ?? action}</span><b>${result === "done" ? "acknowledged" : result}</b></div>`}
    ${changes.map(({ name, old_text: old, new_text: wish, read_text: got }) => html`<div class="log-line" key=${name}>
      ${whose}<span>${titles[name] ?? name}</span><span>${old} → <b>${wish}</b>${got !== null && got !== undefined && got !== wish && html` (shows ${got})`}</span></div>`)}
    ${!["done", "begun"].includes(result) && html`<p class="log-why">${inWords(message, titles)}</p>`}`;
}
