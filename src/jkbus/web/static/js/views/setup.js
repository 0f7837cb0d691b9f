// The first start: a step at a time from a port to a gateway that runs. What was chosen is kept while one goes back.

import { get } from "../api.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { Access } from "../setup/access.js";
import { Broker } from "../setup/broker.js";
import { Code } from "../setup/code.js";
import { Finish } from "../setup/finish.js";
import { Heard } from "../setup/heard.js";
import { Names } from "../setup/names.js";
import { Port } from "../setup/port.js";
import { Icon, Problem, Spinner } from "../ui.js";

const STEPS = [
  ["port", "Port", Port],
  ["heard", "Bus", Heard],
  ["names", "Names", Names],
  ["mqtt", "MQTT", Broker],
  ["access", "Access", Access],
  ["finish", "Finish", Finish],
];
const EMPTY = { link: "", baudrate: 115200, found: null, names: {}, mqtt: null, user: null, writes: false };

export default function Setup({ me }) {
  const [start, setStart] = useState(null);
  const [problem, setProblem] = useState(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    document.title = "First start · jkbus";
    if (me.role) get("setup").then(setStart, (error) => setProblem(error.message));
  }, [turn, me.role]);
  const again = () => (setProblem(null), setTurn(turn + 1));
  return html`<div class="setup">
    <header class="setup-head"><img src="icons/icon.svg" width="44" height="44" alt="" /><h1 tabindex="-1">Welcome to jkbus</h1></header>
    ${!me.role ? html`<${Code} />` : problem ? html`<${Problem} sentence=${problem} again=${again} />` : start ? html`<${Steps} start=${start} again=${again} />` : html`<${Spinner} label="Looking for ports" />`}
  </div>`;
}

function Steps({ start, again }) {
  const steps = STEPS.filter(([name]) => name !== "access" || start.remote);
  const [at, setAt] = useState(0);
  const [made, setMade] = useState(EMPTY);
  const heading = useRef();
  const [, title, Step] = steps[at];
  const go = (to) => {
    setAt(to);
    scrollTo(0, 0);
    setTimeout(() => heading.current?.focus(), 0);
  };
  const change = (more) => setMade((last) => ({ ...last, ...more }));
  return html`<nav aria-label="Steps"><ol class="setup-steps">
      ${steps.map(([name, shown], index) => html`<li key=${name} class=${index < at ? "setup-done" : ""} aria-current=${index === at ? "step" : null}>
        <span class="setup-number">${index < at ? html`<${Icon} name="good" size="16" label="done" />` : index + 1}</span>${shown}</li>`)}
    </ol></nav>
    <h2 class="unseen" tabindex="-1" ref=${heading}>Step ${at + 1} of ${steps.length}: ${title}</h2>
    <${Step} start=${start} made=${made} change=${change} again=${again} next=${() => go(at + 1)} back=${at ? () => go(at - 1) : null} />`;
}
