// What all views are built of. A view is `export default function View({ params })` in js/views/NAME.js; params are
// the named parts of its route and `query` (an object); `me` (api/me) comes along. Its page begins with <${Page} title="...">, which sets the
// one h1, the document's title and, on narrow screens, the order of things.
//
// Card({title, icon, actions, tone})   a panel; h2           Badge({severity|tone, icon})  a word in a pill
// Value({label, value, note, tone})    a labelled number     Age({of})         how old, amber when late (of: a document)
// Button({kind, icon, busy, ...})      kind: plain|main|danger|quiet; everything else goes to <button>
// Link({href, icon, kind})             an <a> that looks like a button
// Dialog({title, onClose, actions})    modal: focus trapped, Escape closes
// Tabs({label, tabs, current})         tabs: [{name, title, href}] links, or with onSelect(name) buttons
// Table({columns, rows, caption})      columns: [{title, cell: (row) => ..., number: bool}]; rows need `key`; scrolls in itself
// Field({label, hint, problem})        wraps one input, select or textarea: <${Field} label="Name"><input .../><//>
// Switch({label, on, onChange})        Choice({label, options: [[value, title]], value, onChange}) a segmented row
// Empty({icon, title})                 nothing to see, and why     Problem({sentence, again})   what failed, and try again
// Meter({label, value, min, max, tone, text})  a bar with a role   Spinner({label})             Icon({name, label, size})
// useGet(path, params) -> {data, problem, again, busy}; asked anew when params change, and each `every` s if given
// announce("sentence") is read aloud by screen readers and not seen; navigate("#/alarms") goes there.
// Tones: charging discharging resting warning alarm good. Severities: info warning protection fault. Put sizes and
// colours of a view in css/VIEW.css (loaded by index.html), with the variables of style.css; CSP forbids style="...".

import { get } from "./api.js";
import { age } from "./format.js";
import { Icon } from "./icons.js";
import { html, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "./lib.js";
import { ageOf, stateOf, useLive } from "./live.js";

export { Icon };

const names = (...all) => all.filter(Boolean).join(" ");

export function Page({ title, lead, actions, back, children, class: more }) {
  useEffect(() => {
    document.title = `${title} · jkbus`;
  }, [title]);
  return html`<div class=${names("page", more)}>
    <header class="page-head">
      <div class="grow">
        ${back && html`<a class="back" href=${back.href}><${Icon} name="back" size="16" />${back.title}</a>`}
        <h1 tabindex="-1">${title}</h1>
        ${lead && html`<p class="lead">${lead}</p>`}
      </div>
      ${actions && html`<div class="actions">${actions}</div>`}
    </header>
    ${children}
  </div>`;
}

export function Card({ title, icon, actions, tone, children, class: more }) {
  const id = useId();
  return html`<section class=${names("card", tone && `tone-${tone}`, more)} aria-labelledby=${title ? id : null}>
    ${title &&
    html`<div class="card-head">
      <h2 id=${id}>${icon && html`<${Icon} name=${icon} size="18" />`}${title}</h2>
      ${actions && html`<div class="actions">${actions}</div>`}
    </div>`}
    ${children}
  </section>`;
}

const SEVERITY = { info: "info", warning: "warning", protection: "alarm", fault: "alarm" };

export function Badge({ severity, tone, icon, children }) {
  return html`<span class=${names("badge", `tone-${tone ?? SEVERITY[severity] ?? "resting"}`)}>
    ${(icon ?? severity) && html`<${Icon} name=${icon ?? severity} size="14" />`}${children ?? severity}
  </span>`;
}

export function Value({ label, value, note, tone, class: more }) {
  return html`<div class=${names("value", tone && `tone-${tone}`, more)}>
    <span class="value-label">${label}</span><span class="value-number">${value}</span>
    ${note && html`<span class="value-note">${note}</span>`}
  </div>`;
}

export function Age({ of }) {
  const { seconds, state } = useLive((live) => ({ seconds: Math.floor(ageOf(of, live.now) ?? -1), state: of.state ? stateOf(of, live) : "heard" }));
  const said = seconds < 0 ? "never heard" : age(seconds);
  return html`<span class=${names("age", `age-${state}`)}><${Icon} name="clock" size="14" />${said}</span>`;
}

export function Button({ kind = "plain", icon, busy, children, class: more, ...rest }) {
  return html`<button type="button" ...${rest} class=${names("button", `button-${kind}`, !children && "button-icon", more)} aria-busy=${busy ? "true" : null}
    disabled=${rest.disabled || busy}>${busy ? html`<${Spinner} />` : icon && html`<${Icon} name=${icon} size="18" />`}${children}</button>`;
}

export function Link({ kind = "plain", icon, children, class: more, ...rest }) {
  return html`<a ...${rest} class=${names("button", `button-${kind}`, more)}>${icon && html`<${Icon} name=${icon} size="18" />`}${children}</a>`;
}

export function Dialog({ title, onClose, actions, children, class: more }) {
  const box = useRef();
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const cancel = (event) => (event.preventDefault(), onClose());
  return html`<dialog ref=${box} class=${names("dialog", more)} aria-labelledby=${id} onCancel=${cancel}>
    <div class="card-head"><h2 id=${id}>${title}</h2><${Button} kind="quiet" icon="close" aria-label="Close" onClick=${onClose} /></div>
    <div class="dialog-body">${children}</div>
    ${actions && html`<div class="dialog-actions">${actions}</div>`}
  </dialog>`;
}

export function Tabs({ label, tabs, current, onSelect }) {
  const mark = (name) => (name === current ? "page" : null);
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(({ name, title, href }) =>
      onSelect
        ? html`<button type="button" key=${name} aria-current=${mark(name)} onClick=${() => onSelect(name)}>${title}</button>`
        : html`<a key=${name} href=${href} aria-current=${mark(name)}>${title}</a>`,
    )}
  </nav>`;
}

export function Table({ columns, rows, caption, class: more }) {
  return html`<div class=${names("scroll", more)} tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="unseen">${caption}</caption>
      <thead><tr>${columns.map(({ title, number }) => html`<th key=${title} scope="col" class=${number ? "number" : null}>${title}</th>`)}</tr></thead>
      <tbody>
        ${rows.map((row, index) =>
          html`<tr key=${row.key ?? index}>${columns.map(({ title, cell, number }) => html`<td key=${title} class=${number ? "number" : null}>${cell(row)}</td>`)}</tr>`)}
      </tbody>
    </table>
  </div>`;
}

export function Field({ label, hint, problem, children, class: more }) {
  return html`<label class=${names("field", problem && "field-wrong", more)}>
    <span class="field-label">${label}</span>${children}
    ${hint && !problem && html`<span class="field-hint">${hint}</span>`}
    ${problem && html`<span class="field-problem" role="alert"><${Icon} name="warning" size="14" />${problem}</span>`}
  </label>`;
}

export function Switch({ label, on, onChange, disabled }) {
  return html`<button type="button" class="switch" role="switch" aria-checked=${on ? "true" : "false"} aria-label=${label} disabled=${disabled}
    onClick=${() => onChange(!on)}><span class="switch-track"><span class="switch-thumb" /></span><span>${on ? "on" : "off"}</span></button>`;
}

export function Choice({ label, options, value, onChange }) {
  return html`<div class="choice" role="group" aria-label=${label}>
    ${options.map(([name, title]) => html`<button type="button" key=${name} aria-pressed=${name === value ? "true" : "false"} onClick=${() => onChange(name)}>${title}</button>`)}
  </div>`;
}

export function Empty({ icon = "info", title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} size="40" /><h2>${title}</h2>${children}</div>`;
}

export function Problem({ sentence, again }) {
  return html`<div class="problem" role="alert"><${Icon} name="warning" /><p>${sentence}</p>
    ${again && html`<${Button} icon="again" onClick=${again}>Try again<//>`}</div>`;
}

export function Meter({ label, value, min = 0, max = 100, tone = "resting", text }) {
  const part = value === null || value === undefined ? 0 : Math.min(1, Math.max(0, (value - min) / (max - min)));
  return html`<div class=${`meter tone-${tone}`} role="meter" aria-label=${label} aria-valuemin=${min} aria-valuemax=${max} aria-valuenow=${value ?? min} aria-valuetext=${text}>
    <div class="meter-fill" style=${{ width: `${100 * part}%` }} />
  </div>`;
}

export function Spinner({ label }) {
  return html`<span class="spinner" role=${label ? "status" : null}><span class="spinner-wheel" aria-hidden="true" />${label}</span>`;
}

export function useGet(path, params = {}, every = null) {
  const [state, setState] = useState({ data: null, problem: null, busy: true });
  const [turn, setTurn] = useState(0);
  const wish = JSON.stringify([path, params]);
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    setState((last) => ({ ...last, busy: true }));
    get(path, params, stop.signal).then(
      (data) => setState({ data, problem: null, busy: false }),
      (error) => stop.signal.aborted || setState((last) => ({ ...last, problem: error.message, busy: false })),
    );
    return () => stop.abort();
  }, [wish, turn]);
  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => document.hidden || again(), every * 1000);
    return () => clearInterval(timer);
  }, [every]);
  return { ...state, again };
}

export function announce(sentence) {
  const said = document.getElementById("said");
  said.textContent = "";
  setTimeout(() => (said.textContent = sentence), 50);
}

export function navigate(hash) {
  location.hash = hash;
}
