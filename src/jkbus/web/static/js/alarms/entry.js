// One alarm: whose, what, since when, what to do, who took note of it, and what was measured around it.

import { post } from "../api.js";
import { duration, moment, when } from "../format.js";
import { shown, title as titled } from "../history/values.js";
import { html, useState } from "../lib.js";
import { Badge, Button, Problem, Table } from "../ui.js";

const SERIOUS = ["protection", "fault"]; // their values are open at once
const capital = (sentence) => (sentence ? sentence[0].toUpperCase() + sentence.slice(1) : "");

export function Entry({ entry, may, done, open = false }) {
  const { title, severity, message, remedy, came, went, count, acknowledged, unwatched } = entry;
  const name = entry.pack ?? entry.bus ?? entry.gateway;
  const told = message.startsWith(`${name}: `) ? message.slice(name.length + 2).split("; ").slice(1).filter((part) => !remedy.includes(part)).join("; ") : "";
  const lasted = duration(((went ? moment(went) : Date.now()) - moment(came)) / 1000);
  return html`<li class="alarm-entry">
    <div class="alarm-head"><${Badge} severity=${severity}>${severity}<//>
      <h3>${entry.pack ? html`<a href=${`#/pack/${encodeURIComponent(entry.key)}`}>${name}</a>` : name}: ${title}</h3>
      <span class="alarm-when">${went ? `${when(came)}, for ${lasted}` : `since ${when(came)}, ${lasted} now`}${count > 1 ? `, came ${count} times` : ""}${unwatched ? ", went while nobody watched" : ""}</span></div>
    ${told && html`<p>${capital(told)}.</p>`}
    ${remedy && html`<p>What to do: ${remedy}.</p>`}
    ${acknowledged && html`<p class="muted small">Acknowledged ${when(acknowledged)}${entry.acknowledged_by ? ` by ${entry.acknowledged_by}` : ""}.</p>`}
    ${entry.closed_by && html`<p class="muted small">Closed by ${entry.closed_by}.</p>`}
    ${may && html`<${Deeds} entry=${entry} done=${done} />`}
    <${Values} entry=${entry} open=${open && SERIOUS.includes(severity)} />
  </li>`;
}

function Deeds({ entry, done }) {
  const [{ busy, problem }, setState] = useState({ busy: null, problem: null });
  const go = async (path, sentence) => {
    setState({ busy: path, problem: null });
    try {
      await post(path, { ids: [entry.id] });
      setState({ busy: null, problem: null });
      done(sentence);
    } catch (error) {
      setState({ busy: null, problem: error.message });
    }
  };
  return html`<div class="actions">
    ${!entry.acknowledged && html`<${Button} icon="good" busy=${busy === "alarms/acknowledge"} onClick=${() => go("alarms/acknowledge", `${entry.title} is acknowledged`)}>Acknowledge<//>`}
    <${Button} kind="quiet" busy=${busy === "alarms/close"} onClick=${() => go("alarms/close", `${entry.title} is closed`)}>Say that it is over<//>
    ${problem && html`<${Problem} sentence=${problem} />`}
  </div>`;
}

function Values({ entry, open }) {
  const { before, during, after, went, title } = entry;
  const names = Object.keys({ ...before, ...during, ...after });
  if (!names.length) return null;
  const cell = (values) => ({ key }) => shown(values[key], key, unit(key));
  const columns = [
    { title: "Value", cell: ({ key }) => titled(key) },
    { title: "Before", number: true, cell: cell(before) },
    { title: "When it came", number: true, cell: cell(during) },
    ...(went ? [{ title: "When it went", number: true, cell: cell(after) }] : []),
  ];
  return html`<details class="alarm-values" open=${open}><summary>Values around it</summary>
    <${Table} caption=${`Values around ${title}`} columns=${columns} rows=${names.map((key) => ({ key }))} /></details>`;
}

// The journal keeps plain numbers under the names of the protocol, which tell their units.
const UNITS = [[/_on$|_cell$/, ""], [/voltage|spread/, "V"], [/current/, "A"], [/temperature/, "°C"], [/state_of_charge/, "%"], [/resistance/, "Ω"]];
const unit = (key) => UNITS.find(([fits]) => fits.test(key))?.[1] ?? "";
