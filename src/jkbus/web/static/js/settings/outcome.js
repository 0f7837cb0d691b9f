// How a change ended: all done, stopped in the middle, or nobody knows; and the way back.

import { html, useEffect } from "../lib.js";
import { Button, Icon, announce } from "../ui.js";
import { inWords } from "./words.js";

const MAYBE = new Set(["done", "unlike", "unread", "unknown", "unlogged"]); // outcomes after which a pack may be changed
const UNSURE = new Set(["unknown", "unread"]);

export function Outcome({ end, results, due, titles, onUndo }) {
  const steps = due.reduce((sum, plan) => sum + plan.steps.length, 0);
  const done = results.filter(({ ok }) => ok).length;
  const good = end.ok && done === steps;
  const before = wayBack(results);
  useEffect(() => announce(end.message), [end]);
  const unsure = end.unsure || UNSURE.has(results.at(-1)?.result);
  const nothing = end.nothing || (!unsure && !done && !Object.keys(before).length);
  const title = good ? "All done" : nothing ? "Nothing was changed" : unsure ? "It is not known what was done" : `Stopped after ${done} of ${steps}`;
  const message = good || unsure ? end.message : end.message.replace(/^stopped after \d+ of \d+ writes: /, "");
  return html`<section class=${`plan-outcome tone-${good ? "good" : "alarm"}`} role=${good ? "status" : "alert"}>
    <h3><${Icon} name=${good ? "good" : "fault"} />${title}</h3>
    <p>${inWords(message, titles)}${good && ", and each was read back"}.</p>
    ${!good && done > 0 && html`<p>What was done stays as it is until you take it back.</p>`}
    ${end.undo && html`<p>How it was before is kept on the gateway: <span class="mono">jkbus settings undo ${end.undo}</span></p>`}
    ${Object.keys(before).length > 0 && html`<p><${Button} icon="back" onClick=${() => onUndo(before)}>Take it back…<//></p>`}
  </section>`;
}

// The values before, by pack and setting, of whatever may have been changed.
export function wayBack(results) {
  const each = {};
  for (const { key, changes, result } of results) {
    if (MAYBE.has(result)) for (const { name, old_text: old } of changes ?? []) (each[key] ??= {})[name] = old;
  }
  return each;
}
