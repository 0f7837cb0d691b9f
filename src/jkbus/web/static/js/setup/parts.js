// What the steps have in common.

import { html } from "../lib.js";
import { Button, Card } from "../ui.js";

// A step as a form: Enter goes on. `next` is a word for the button, `ready` whether one can go on.
export function Step({ title, lead, back, next, ready = true, busy, onNext, children }) {
  const submit = (event) => (event.preventDefault(), ready && !busy && onNext());
  return html`<form class="setup-body" onSubmit=${submit} novalidate>
    <${Card} title=${title}>
      <div class="setup-body">${lead && html`<p class="muted">${lead}</p>`}${children}</div>
    <//>
    <div class="setup-buttons">
      ${back && html`<${Button} icon="back" onClick=${back}>Back<//>`}
      ${next && html`<${Button} kind="main" type="submit" disabled=${!ready} busy=${busy}>${next}<//>`}
    </div>
  </form>`;
}

export function Check({ on, onChange, children }) {
  return html`<label class="setup-check"><input type="checkbox" checked=${on} onChange=${(event) => onChange(event.target.checked)} /><span>${children}</span></label>`;
}
