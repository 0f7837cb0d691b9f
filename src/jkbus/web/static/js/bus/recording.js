// A recording of the bus as a download: it is streamed while it is made, and can be given up.

import { ApiError, ask } from "../api.js";
import { duration } from "../format.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { Button, Dialog, announce } from "../ui.js";

const LENGTHS = [10, 60, 300, 900];

export function Recording({ bus }) {
  const [open, setOpen] = useState(false);
  return html`<${Button} icon="download" onClick=${() => setOpen(true)}>Record<//>
    ${open && html`<${Box} bus=${bus} onClose=${() => setOpen(false)} />`}`;
}

function Box({ bus, onClose }) {
  const [seconds, setSeconds] = useState(60);
  const [left, setLeft] = useState(null);
  const [problem, setProblem] = useState(null);
  const stop = useRef(null);
  useEffect(() => () => stop.current?.abort(), []);
  const record = async () => {
    stop.current = new AbortController();
    setProblem(null);
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000))), 250);
    setLeft(seconds);
    try {
      const answer = await ask(`bus/${encodeURIComponent(bus.name)}/capture`, { params: { seconds }, signal: stop.current.signal });
      save(await answer.blob(), answer.headers.get("Content-Disposition"));
      announce("The recording is saved.");
      onClose();
    } catch (error) {
      if (!stop.current?.signal.aborted) setProblem(error instanceof ApiError ? error.message : "The recording broke off; try again.");
      setLeft(null);
    } finally {
      clearInterval(timer);
    }
  };
  const busy = left !== null;
  const actions = html`<${Button} onClick=${onClose}>${busy ? "Give up" : "Cancel"}<//>
    <${Button} kind="main" icon="download" busy=${busy} onClick=${record}>${busy ? `${duration(left)} left` : "Record"}<//>`;
  return html`<${Dialog} title=${`Record ${bus.name}`} onClose=${onClose} actions=${actions}>
    <p>Everything that is said on the bus, for <code>jkbus replay</code> and <code>jkbus decode</code>, or to send to somebody who helps. PINs, passwords, serial numbers and names are blanked.</p>
    <label class="field"><span class="field-label">How long</span>
      <select value=${seconds} disabled=${busy} onChange=${(event) => setSeconds(Number(event.target.value))}>
        ${LENGTHS.map((one) => html`<option key=${one} value=${one}>${duration(one)}</option>`)}
      </select></label>
    ${problem && html`<p class="field-problem" role="alert">${problem}</p>`}
  <//>`;
}

function save(blob, disposition) {
  const name = /filename="([^"]+)"/.exec(disposition ?? "")?.[1] ?? "jkbus.jkc";
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
