// Switches, and every value the pack tells, by group, with a box to find one.

import { any } from "../format.js";
import { html, useState } from "../lib.js";
import { Badge, Card, Empty, Field } from "../ui.js";

export function Switches({ pack: { switches } }) {
  return html`<${Card} title="Switches">
    ${switches.length === 0 && html`<p class="muted">Not heard yet.</p>`}
    <ul class="switches">${switches.map(({ name, title, on }) => html`<li key=${name}><span>${title}</span><${Badge} tone=${on ? "charging" : "resting"} icon=${on ? "good" : "close"}>${on ? "on" : "off"}<//></li>`)}</ul>
  <//>`;
}

const FIRST = ["info", "status", "counters", "temperatures", "cells", "alarms", "settings", "gateway"];

export function Details({ pack: { groups } }) {
  const [wanted, setWanted] = useState("");
  const fits = ({ key, title }) => `${key} ${title}`.toLowerCase().includes(wanted.trim().toLowerCase());
  const found = [...groups]
    .sort((a, b) => FIRST.indexOf(a.name) - FIRST.indexOf(b.name))
    .map((group) => ({ ...group, rows: group.rows.filter(fits) }))
    .filter(({ rows }) => rows.length);
  return html`<div class="details">
    <${Field} label="Find a value"><input type="search" value=${wanted} onInput=${(event) => setWanted(event.target.value)} placeholder="voltage, cycles, serial number" /><//>
    ${found.map(({ name, title, rows }) => html`<${Card} key=${name} title=${title}><dl class="pairs">${rows.map((row) => html`<div key=${row.key}><dt>${row.title}</dt><dd>${any(row.value, row.unit, row.precision)}</dd></div>`)}</dl><//>`)}
    ${!found.length && html`<${Card}><${Empty} icon="search" title="No value of that name"><p>Try a shorter word.</p><//><//>`}
  </div>`;
}
