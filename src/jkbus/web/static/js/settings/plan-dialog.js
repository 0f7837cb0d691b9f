// From a wish to changed packs: ask for the plan, show it, have it confirmed, carry it out step by step, and tell
// what was read back. Nothing is sent to a pack before "Write" is pressed. What failed never looks like success:
// only an end of the gateway that says ok does.

import { ApiError, lines, post } from "../api.js";
import { html, useEffect, useId, useRef, useState } from "../lib.js";
import { useLive } from "../live.js";
import { Button, Dialog, Problem, Spinner } from "../ui.js";
import { Outcome } from "./outcome.js";
import { Proposal } from "./proposal.js";
import { inWords } from "./words.js";

const SLOW = 4000; // ms after which one may leave
const LOG = "the log of changes (Settings, Log) tells what was written";
const LOST = `The connection to the gateway broke before the end. It goes on with what it began; ${LOG}.`;
const UNSURE = `The gateway did not answer, and nobody knows whether it began to write; ${LOG}.`;

// `path` and `body` are the request for the plan (plan, action or profile); `go` is what the button says.
// onDone(results, ok) is called once something may have been written.
export function PlanDialog({ title, path, body, titles, go = "Write", onClose, onDone }) {
  const [asked, setAsked] = useState({ path, body, title, go });
  const [state, setState] = usePlan(asked);
  const [word, setWord] = useState("");
  const form = useId();
  const due = (state.answer?.plans ?? []).filter((plan) => plan.steps.length);
  const needed = due.find((plan) => plan.word)?.word ?? "";
  const { stage } = state;

  async function write(event) {
    event.preventDefault();
    if (stage !== "shown" || word.trim().toLowerCase() !== needed) return;
    const results = [];
    const tell = (more) => setState((last) => ({ ...last, results: [...results], ...more }));
    tell({ stage: "writing", since: performance.now() });
    const end = await carriedOut(due, needed, results, tell);
    tell({ stage: "ended", end });
    if (!end.nothing) onDone?.(results, end.ok);
  }
  const renew = () => (setWord(""), setAsked({ ...asked }));
  const undo = (each) => (setWord(""), setAsked({ path: "plan", body: { packs: Object.keys(each), each }, title: "Take the change back", go: "Write" }));
  const close = () => stage !== "writing" && onClose();
  const parts = { stage, state, due, needed, word, form, go: asked.go, onClose, renew };
  return html`<${Dialog} title=${asked.title} class="plan-dialog" onClose=${close} actions=${html`<${Buttons} ...${parts} />`}>
    ${stage === "planning" && html`<${Spinner} label="Reading the packs and making a plan. Nothing is written yet." />`}
    ${stage === "problem" && html`<${Refused} sentence=${state.sentence} titles=${titles} />`}
    ${state.answer && html`<form id=${form} class="plan" onSubmit=${write}>
      ${state.end && html`<${Outcome} end=${state.end} results=${state.results} due=${due} titles=${titles} onUndo=${undo} />`}
      <${Proposal} state=${state} due=${due} titles=${titles} needed=${needed} word=${word} onWord=${setWord} go=${asked.go} />
    </form>`}
  <//>`;
}

// The plan for what is asked; asked anew whenever `asked` is another object.
function usePlan(asked) {
  const [state, setState] = useState({ stage: "planning" });
  useEffect(() => {
    const stop = new AbortController();
    setState({ stage: "planning" });
    post(asked.path, asked.body, stop.signal).then(
      (answer) => setState({ stage: "shown", answer, results: [] }),
      (error) => stop.signal.aborted || setState({ stage: "problem", sentence: error.message, lasting: error.status === 400 }),
    );
    return () => stop.abort();
  }, [asked]);
  return [state, setState];
}

// Carry plans out; `results` grows while it goes on. How it ended: {ok, message, undo, nothing: nothing was written}.
async function carriedOut(plans, word, results, tell) {
  const undo = () => results.findLast((result) => result.undo)?.undo ?? "";
  try {
    for await (const line of lines("apply", { plans, word })) {
      if (line.end) return { ...line.end, undo: line.end.undo || undo(), nothing: false };
      if (line.error) return { ok: false, message: line.error, undo: undo(), nothing: false };
      if (line.result) results.push(line.result);
      tell({});
    }
  } catch (error) {
    const nothing = error instanceof ApiError && error.status > 0 && !results.length;
    const message = nothing ? error.message : results.length ? LOST : UNSURE;
    return { ok: false, message, undo: undo(), nothing, unsure: !nothing };
  }
  return { ok: false, message: LOST, undo: undo(), nothing: false, unsure: true };
}

function Refused({ sentence, titles }) {
  const faults = sentence.split("\n").filter(Boolean);
  return html`<div class="plan-refused"><h3>This cannot be done so. Nothing was written.</h3>
    ${faults.map((fault) => html`<${Problem} key=${fault} sentence=${inWords(fault, titles)} />`)}</div>`;
}

// The focus stays where a keyboard goes on from, and a second click of a double click does nothing: what it would
// hit is not what was seen.
function Buttons({ stage, state, due, needed, word, form, go, onClose, renew }) {
  const box = useRef();
  const open = stage === "shown" && due.length > 0;
  useEffect(() => {
    if (stage === "writing") box.current.focus();
    else if (open && needed) focusIfSeen(document.getElementById(form));
    else if (!open && stage !== "planning") box.current.querySelector("button:last-child").focus();
  }, [stage]);
  const once = (call) => (event) => event.detail < 2 && call();
  const again = (stage === "problem" && !state.lasting) || (stage === "ended" && !state.end.ok);
  return html`<div class="actions plan-buttons" ref=${box} tabindex="-1">
    ${stage === "writing" && html`<${Leave} since=${state.since} onClose=${onClose} />`}
    ${open && html`<${Button} onClick=${onClose}>Cancel<//>
      <${Button} kind=${needed ? "danger" : "main"} type="submit" form=${form} disabled=${word.trim().toLowerCase() !== needed} onClick=${(event) => event.detail > 1 && event.preventDefault()}>${go}<//>`}
    ${again && html`<${Button} icon="again" onClick=${once(renew)}>Make a new plan<//>`}
    ${stage !== "writing" && !open && html`<${Button} kind="main" onClick=${once(onClose)}>${stage === "planning" ? "Cancel" : "Close"}<//>`}
  </div>`;
}

// The field for the word, unless one would have to scroll past the cautions to see it.
function focusIfSeen(form) {
  const body = form.closest(".dialog-body");
  if (body.scrollHeight <= body.clientHeight) form.querySelector(".plan-word").focus();
}

function Leave({ since, onClose }) {
  const slow = useLive(({ now }) => now - since > SLOW);
  return slow ? html`<${Button} onClick=${onClose}>Leave, the gateway goes on<//>` : html`<${Spinner} label="Writing" />`;
}
