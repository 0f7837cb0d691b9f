// One message in full: the values of a report, and all bytes.

import { time } from "../format.js";
import { html } from "../lib.js";
import { Dialog, Problem, Spinner, useGet } from "../ui.js";

const PLUMBING = /^(preamble|frame_type|frame_counter|checksum|unknown|reserved|unused)/;

export function Message({ bus, line, onClose }) {
  const { data, problem } = useGet(`bus/${encodeURIComponent(bus.name)}/traffic/${line.number}`);
  const who = line.address === null ? "" : `, address ${line.address}`;
  return html`<${Dialog} title=${`${line.kind}${who}, ${time(line.at)}`} onClose=${onClose} class="wire-message">
    <p>${line.text}</p>
    ${problem && html`<${Problem} sentence=${problem} />`}
    ${!data && !problem && html`<${Spinner} label="Fetching" />`}
    ${data?.rows.length > 0 && html`<dl class="pairs">${data.rows.filter(({ name }) => !PLUMBING.test(name)).map(({ name, value, unit }) =>
      html`<div key=${name}><dt>${title(name)}</dt><dd>${value === "" ? "–" : `${value}${unit ? `\u202f${unit}` : ""}`}</dd></div>`)}</dl>`}
    ${data && html`<h3>Bytes</h3><p class="mono" tabindex="0">${data.hex}</p>`}
  <//>`;
}

const title = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ").replace(/\bsoc\b/gi, "SoC").replace(/\bmosfet\b/gi, "MOSFET");
