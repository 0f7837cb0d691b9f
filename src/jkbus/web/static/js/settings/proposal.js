// A plan as its owner reads it: what is to be heard before, and every write in its order, old -> new; and, while it
// is carried out, how far it is.

import { duration } from "../format.js";
import { html } from "../lib.js";
import { useLive } from "../live.js";
import { Field, Icon, Spinner } from "../ui.js";
import { inWords, plural, several } from "./words.js";

const SLOW = 4; // s after which it is said how long a step takes

export function Proposal({ state, due, titles, needed, word, onWord, go }) {
  const { stage, answer, results } = state;
  const open = stage === "shown";
  let before = 0;
  return html`
    ${open && !due.length && html`<p><b>Nothing to change.</b> That is how ${several(answer.plans.map(({ pack }) => pack))} ${answer.plans.length === 1 ? "is" : "are"} set already.</p>`}
    ${open && html`<${Cautions} plans=${answer.plans} titles=${titles} />`}
    ${due.map((plan) => {
      const part = html`<${Writes} key=${plan.key} plan=${plan} titles=${titles} state=${state} results=${results.slice(before, before + plan.steps.length)} current=${results.length - before} />`;
      before += plan.steps.length;
      return part;
    })}
    ${open && html`<${Aside} plans=${answer.plans} leftOut=${answer.left_out ?? []} due=${due} titles=${titles} />`}
    ${open && needed && html`<${Field} label=${`Type ${needed} to confirm`} hint=${`This cannot be done by accident: the button ${go} works once the word is there.`}>
      <input class="plan-word" autocomplete="off" autocapitalize="off" spellcheck="false" value=${word} onInput=${(event) => onWord(event.target.value)} /><//>`}`;
}

// Every caution once, with the packs it is for where there are several plans.
function Cautions({ plans, titles }) {
  const found = new Map();
  for (const { pack, warnings } of plans) for (const sentence of warnings) found.set(sentence, [...(found.get(sentence) ?? []), pack]);
  if (!found.size) return null;
  return html`<section class="plan-cautions tone-warning"><h3><${Icon} name="warning" size="18" />Before you go on</h3><ul>
    ${[...found].map(([sentence, packs]) => html`<li key=${sentence}>${inWords(sentence, titles)}.${plans.length > 1 && html` <span class="small">(${several(packs)})</span>`}</li>`)}
  </ul></section>`;
}

function Writes({ plan, titles, state, results, current }) {
  return html`<section class="plan-pack"><h3>${plan.pack} <span class="muted small">address ${plan.address} on ${plan.bus}</span></h3>
    <ol class="plan-steps">${plan.steps.map((step, index) => html`<${Write} key=${index} step=${step} plan=${plan} titles=${titles} stage=${state.stage} result=${results[index]} current=${index === current} since=${state.since} end=${state.end} />`)}</ol>
  </section>`;
}

function Write({ step, plan, titles, stage, result, current, since, end }) {
  const { tone, icon, said } = fate(result, stage, current, end);
  const changes = result?.changes ?? step.changes;
  return html`<li class=${`plan-step tone-${tone}`}>
    <span class="plan-mark">${stage === "writing" && current && !result ? html`<${Spinner} />` : html`<${Icon} name=${icon} size="18" />`}</span>
    <div>
      ${step.action && html`<p><b>${titles[step.action] ?? step.action}</b>${plan.value && ` ${plan.value}`}</p>`}
      ${changes.map((change) => html`<${Change} key=${change.name} change=${change} title=${titles[change.name] ?? change.name} />`)}
      ${said && html`<p class="plan-said">${said}${stage === "writing" && current && html`<${Since} since=${since} />`}</p>`}
      ${result && !result.ok && !end?.message.includes(result.message) && html`<p class="plan-said">${inWords(result.message, titles)}</p>`}
      ${stage === "shown" && html`<p class="mono muted">${step.bytes}</p>`}
    </div>
  </li>`;
}

const UNKNOWN = { tone: "warning", icon: "warning", said: "nobody knows whether it was done" };
const FAILED = {
  unknown: UNKNOWN,
  unread: { ...UNKNOWN, said: "acknowledged, but not read back" },
  unlike: { tone: "alarm", icon: "fault", said: "acknowledged, but the pack shows something else" },
  unlogged: { ...UNKNOWN, said: "written, but the log of changes could not be" },
};

// What became of a step. Without a result it was not done, whatever is hoped.
function fate(result, stage, current, end) {
  if (result?.ok) return { tone: "good", icon: "good", said: result.action ? "done, the pack has acknowledged it" : `written, and read back as ${result.changes.map(({ read_text: text }) => text).join(", ")}` };
  if (result) return FAILED[result.result] ?? { tone: "alarm", icon: "fault", said: "not done, it stays as it was" };
  if (stage === "writing") return { tone: "resting", icon: "clock", said: current ? "writing, then reading back" : "waits" };
  if (stage !== "ended") return { tone: "resting", icon: "pencil", said: "" };
  return end.unsure ? UNKNOWN : { tone: "resting", icon: "close", said: "not begun" };
}

function Since({ since }) {
  const seconds = useLive(({ now }) => Math.floor((now - since) / 1000));
  return seconds < SLOW ? null : html` (for ${duration(seconds)})`;
}

function Change({ change: { old_text: old, new_text: wish, unit, old: before, new: after }, title }) {
  const way = typeof after !== "number" ? "" : after > before ? "raised" : "lowered";
  return html`<p class="plan-change"><span>${title}</span>
    <span class="plan-values"><s><span class="unseen">from </span>${old || unit}</s><${Icon} name="next" size="14" label="to" /><b>${wish}</b>${way && html`<span class="muted small"> ${way}</span>`}</span></p>`;
}

function Aside({ plans, leftOut, due, titles }) {
  const steps = due.reduce((sum, plan) => sum + plan.steps.length, 0);
  const unchanged = plans.filter((plan) => plan.unchanged.length);
  const undone = due.some((plan) => !plan.action || plan.action.startsWith("preset_"));
  return html`
    ${leftOut.map((why) => html`<p key=${why} class="plan-left tone-warning"><${Icon} name="lock" size="16" /><span>Left out: ${inWords(why, titles)}</span></p>`)}
    ${unchanged.length > 0 && html`<details><summary>As wished already: ${several(unchanged.map(({ pack }) => pack))}</summary>
      <ul class="hints small">${unchanged.map((plan) => html`<li key=${plan.key}>${plan.pack}: ${plan.unchanged.map((name) => titles[name] ?? name).join(", ")}</li>`)}</ul></details>`}
    ${steps > 0 && html`<p class="muted small">${steps > 1 ? `${plural(steps, "write")}, one after the other in this order, each read back before the next; at the first that fails it stops.` : "One write, which is read back afterwards."}
      ${undone && " Before that the present values are saved on the gateway, so that it can be taken back."}</p>`}`;
}
