// One alarm: whose, what, since when, what to do, who took note of it, and what was measured around it.
// One that stands is open; one that is over is a line until somebody wants to know more.

import { post } from "../api.js";
import { capital, duration, moment, when } from "../format.js";
import { html, useState } from "../lib.js";
import { Badge, Button, Problem } from "../ui.js";
import { Values, measured } from "./values.js";

const SERIOUS = ["protection", "fault"]; // their values are open at once

const owner = ({ pack, bus, gateway }) => pack ?? bus ?? gateway;
const lasted = ({ came, went }) => duration(((went ? moment(went) : Date.now()) - moment(came)) / 1000);

export function Standing({ entry, may, done }) {
  const { severity, title, came, key, pack } = entry;
  return html`<li class="alarm-entry">
    <div class="alarm-head"><${Badge} severity=${severity}>${severity}<//>
      <h3>${pack ? html`<a href=${place(key)}>${pack}</a>` : owner(entry)}: ${title}</h3>
      <span class="alarm-when">since ${when(came)}, ${lasted(entry)} now${often(entry)}</span></div>
    <${Words} entry=${entry} />
    ${may && html`<${Deeds} entry=${entry} done=${done} />`}
    ${measured(entry).length > 0 && html`<details class="alarm-values" open=${SERIOUS.includes(severity)}><summary>Values around it</summary><${Values} entry=${entry} /></details>`}
  </li>`;
}

// What is inside is made only once it is opened: there may be a thousand of these.
export function Over({ entry }) {
  const [open, setOpen] = useState(false);
  const { severity, title, came, key, pack } = entry;
  return html`<li><details class="alarm-over" onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><${Badge} severity=${severity}>${severity}<//><b>${owner(entry)}: ${title}</b><span class="alarm-when">${when(came)}, ${lasted(entry)}${often(entry)}</span></summary>
    ${open && html`<div><${Words} entry=${entry} />${measured(entry).length > 0 && html`<${Values} entry=${entry} />`}
      ${pack && html`<p><a href=${place(key)}>To ${pack}</a></p>`}</div>`}
  </details></li>`;
}

const place = (key) => `#/pack/${encodeURIComponent(key)}`;
const often = ({ count }) => (count > 1 ? `, came ${count} times` : "");

function Words({ entry }) {
  const { remedy, message, acknowledged, acknowledged_by, closed_by, unwatched } = entry;
  const begin = `${owner(entry)}: `;
  const told = message.startsWith(begin) ? message.slice(begin.length).split("; ").slice(1).filter((part) => !remedy.includes(part)).join("; ") : "";
  return html`${told && html`<p>${capital(told)}.</p>`}
    ${remedy && html`<p>What to do: ${remedy}.</p>`}
    ${unwatched && html`<p class="muted small">It went while nobody watched.</p>`}
    ${acknowledged && html`<p class="muted small">Acknowledged ${when(acknowledged)}${acknowledged_by ? ` by ${acknowledged_by}` : ""}.</p>`}
    ${closed_by && html`<p class="muted small">Closed by ${closed_by}.</p>`}`;
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
