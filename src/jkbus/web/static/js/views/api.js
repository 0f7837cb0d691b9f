// The API as its own document (api/openapi.json) tells it, for people: what to ask, with what, what comes back.

import { html } from "../lib.js";
import { Badge, Card, Link, Page, Problem, Spinner, Table, useGet } from "../ui.js";
import { curl, operations, shape } from "../openapi.js";

export default function Api() {
  const { data, problem, again } = useGet("openapi.json");
  const lead = "Everything this page shows and does, for programs of your own: JSON over HTTP, and a stream of changes.";
  return html`<${Page} title="API" lead=${lead} actions=${html`<${Link} href="api/openapi.json" icon="download" target="_blank">OpenAPI document<//>`}>
    ${problem && html`<${Problem} sentence=${problem} again=${again} />`}
    ${!data && !problem && html`<${Card}><${Spinner} label="Fetching the document" /><//>`}
    ${data && html`<${Manner} /><${Tags} document=${data} />`}
  <//>`;
}

function Manner() {
  return html`<${Card} title="Before you begin">
    <ul class="hints">
      <li>Values have the same names, units and signs as everywhere: current and power are positive while charging. What is not known is null, never 0.</li>
      <li>Where users are configured, programs send a token: <code>Authorization: Bearer TOKEN</code>, listed under <code>web: tokens:</code>.</li>
      <li>An error is <code>{"error": "a sentence", "asked_wrong": true}</code>; asked_wrong tells whether the question has to be changed.</li>
      <li>A write is first a plan, which says what it would do, and then applied; it passes the same checks as the command line.</li>
    </ul>
  <//>`;
}

function Tags({ document }) {
  return [...operations(document)].map(
    ([tag, list]) => html`<${Card} key=${tag} title=${tag[0].toUpperCase() + tag.slice(1)}>
      <ul class="routes">${list.map((one) => html`<${Route} key=${one.method + one.path} one=${one} document=${document} />`)}</ul>
    <//>`,
  );
}

const COLUMNS = [
  { title: "Name", cell: ({ name, required }) => html`<code>${name}</code>${required ? "" : html` <span class="muted">optional</span>`}` },
  { title: "What", cell: ({ type, where, description }) => html`${type}${where === "path" ? ", in the address" : ""}${description ? html`<br /><span class="muted">${description}</span>` : ""}` },
];

function Route({ one, document }) {
  const { method, path, summary, description, parameters, body, answers } = one;
  return html`<li><details>
    <summary><${Badge} tone=${method === "GET" ? "resting" : "discharging"}>${method}<//><code>${path}</code><span class="muted">${summary}</span></summary>
    ${description.split("\n\n").map((text, index) => html`<p key=${index}>${text}</p>`)}
    ${parameters.length > 0 && html`<${Table} caption=${`Parameters of ${path}`} columns=${COLUMNS} rows=${parameters.map((parameter) => ({ key: parameter.name, ...parameter }))} />`}
    ${body && html`<h3>Body</h3><pre tabindex="0">${shape(body, document)}</pre>`}
    ${answers.map(({ status, type, schema, said, example }) => html`<h3>Answer ${status}${type ? `, ${type}` : ""}</h3>${example || !schema ? html`<p>${said}</p>` : html`<pre tabindex="0">${shape(schema, document)}</pre>`}
      ${example && html`<pre tabindex="0">${example}</pre>`}`)}
    <h3>Try it</h3><pre tabindex="0">${curl(one, document)}</pre>
  </details></li>`;
}
