// A setting: what it is, what it may be, and where it may be changed a field or switch for it.

import { html, useId } from "../lib.js";
import { Button, Icon, Switch } from "../ui.js";
import { range, read, shown, typed } from "./topics.js";

// `draft` is what is wished of it, undefined for nothing; onDraft(value) with undefined takes the wish back.
export function SettingRow({ row, value, draft, editable, onDraft }) {
  const id = useId();
  const can = editable && value !== null;
  const changed = can && draft !== undefined;
  const problem = changed && row.kind === "number" ? read(row, draft).problem : null;
  const parts = { id, row, value, draft, onDraft, problem };
  return html`<li class=${`setting ${changed ? "setting-changed" : ""}`}>
    <div class="setting-text">
      ${can && row.kind === "number" ? html`<label for=${id}>${row.title}</label>` : html`<h3>${row.title}</h3>`}
      <p class="muted small" id=${`${id}-help`}>${row.text}${row.kind === "number" && html` <span class="setting-range">${range(row)}.</span>`}</p>
    </div>
    <div class="setting-edit">
      ${!can ? html`<b class="setting-value">${value === null ? "not heard yet" : shown(row, value)}</b>` : row.kind === "switch" ? html`<${OnOff} ...${parts} />` : html`<${NumberField} ...${parts} />`}
      ${changed && html`<p class="setting-was"><span>was ${shown(row, value)}</span><${Button} kind="quiet" icon="close" aria-label="Keep it as it is" aria-describedby=${`${id}-help`} onClick=${() => onDraft(undefined)} /></p>`}
      ${problem && html`<p class="field-problem" id=${`${id}-problem`} role="alert"><${Icon} name="warning" size="14" />${problem}</p>`}
    </div>
  </li>`;
}

function OnOff({ row, value, draft, onDraft }) {
  return html`<${Switch} label=${row.title} on=${draft ?? value} onChange=${(on) => onDraft(on === value ? undefined : on)} />`;
}

function NumberField({ id, row, value, draft, onDraft, problem }) {
  const input = (event) => onDraft(event.target.value);
  const tidy = () => draft !== undefined && !draft.trim() && onDraft(undefined);
  return html`<span class=${`number-field ${problem ? "field-wrong" : ""}`}>
    <input id=${id} inputmode=${row.min < 0 ? "text" : "decimal"} autocomplete="off" value=${draft ?? typed(row, value)} aria-describedby=${problem ? `${id}-problem` : `${id}-help`}
      aria-invalid=${problem ? "true" : null} onInput=${input} onBlur=${tidy} onFocus=${(event) => event.target.select()} />
    <span class="number-unit" aria-hidden="true">${row.unit}</span></span>`;
}
