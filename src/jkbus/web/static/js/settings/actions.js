// What a pack can be told to do at once. Each becomes a plan, and is confirmed there like any change.

import { html, useState } from "../lib.js";
import { Button, Card, Field } from "../ui.js";
import { PlanDialog } from "./plan-dialog.js";
import { ACTIONS } from "./words.js";

// A card of actions for these packs (keys); `only` names those that are offered.
export function Actions({ packs, names, titles, only, onDone }) {
  const [asked, setAsked] = useState(null);
  const offered = ACTIONS.filter(({ name }) => !only || only.includes(name));
  return html`<${Card} title="Actions">
    <p class="muted small">An action does something at once. You see what it does and confirm it before anything is sent.</p>
    <ul class="setting-list">${offered.map((action) => html`<${Action} key=${action.name} action=${action} onAsk=${(value) => setAsked({ action, value })} />`)}</ul>
    ${asked &&
    html`<${PlanDialog} title=${`${asked.action.title}: ${names}`} path="action" body=${{ packs, action: asked.action.name, value: asked.value }} titles=${titles}
      go=${asked.action.title} onClose=${() => setAsked(null)} onDone=${onDone} />`}
  <//>`;
}

function Action({ action: { title, text, unit, danger }, onAsk }) {
  const [value, setValue] = useState("");
  const ask = (event) => (event.preventDefault(), onAsk(value.trim()));
  return html`<li class="setting">
    <div class="setting-text"><h3>${title}</h3><p class="muted small">${text}</p></div>
    <form class="setting-edit action-edit" onSubmit=${ask}>
      ${unit && html`<${Field} label=${`True value in ${unit}`}><input inputmode="decimal" autocomplete="off" required value=${value} onInput=${(event) => setValue(event.target.value)} /><//>`}
      <${Button} type="submit" kind=${danger ? "danger" : "plain"}>${title}…<//>
    </form>
  </li>`;
}
