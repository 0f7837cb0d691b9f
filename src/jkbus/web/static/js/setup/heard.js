// What is on the bus. It only listens; the packs are asked when somebody says so.

import { lines } from "../api.js";
import { percent, volts } from "../format.js";
import { html, useEffect, useState } from "../lib.js";
import { Button, Icon, Meter, Problem, Table, announce } from "../ui.js";
import { Step } from "./parts.js";

const SILENT = "silent"; // what it is called where nobody speaks; as long as packs can be asked it is no fault

export function Heard({ made, change, next, back }) {
  const { found, link, baudrate } = made;
  const [wish, setWish] = useState(found ? null : { ask: false });
  const [progress, setProgress] = useState(null);
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    if (!wish) return undefined;
    const stop = new AbortController();
    setProblem(null);
    setProgress({ seconds: 0, of: 12, bytes: 0, packs: [] });
    listen({ link, baudrate, ask: wish.ask }, stop.signal, setProgress).then(
      (heard) => (change({ found: heard }), setWish(null), announce(heard.verdict)),
      (error) => stop.signal.aborted || (setProblem(error.message), setWish(null)),
    );
    return () => stop.abort();
  }, [wish]);
  const begin = (ask) => (change({ found: null }), setWish({ ask }));
  if (wish && progress) return html`<${Step} title=${wish.ask ? "Asking the packs" : "Listening"} back=${back}>
    <${Progress} progress=${progress} ask=${wish.ask} /><//>`;
  if (!found) return html`<${Step} title="That did not work" back=${back}><${Problem} sentence=${problem ?? ""} again=${() => begin(false)} /><//>`;
  const findings = found.wiring.findings.filter((finding) => !(found.can_ask && finding.kind === SILENT));
  return html`<${Step} title="What is on the bus" next=${found.packs.length ? "These are my packs" : "Go on without packs"} onNext=${next} back=${back}>
    <p class="setup-heard">${found.verdict}</p>
    ${findings.map((finding) => html`<${Finding} key=${finding.kind} finding=${finding} />`)}
    ${found.packs.length > 0 && html`<${Packs} packs=${found.packs} />`}
    ${(found.packs.length > 0 || !(findings.length || found.can_ask)) && found.hints.length > 0 && html`<ul class="hints muted">${found.hints.map((hint) => html`<li key=${hint}>${hint}</li>`)}</ul>`}
    ${found.can_ask && html`<p>Nobody was heard. Packs without a JK master say nothing by themselves: shall jkbus ask them, as a master does? If an inverter or another gateway polls this bus, end that first.</p>`}
    <div class="actions">${found.can_ask && html`<${Button} kind="main" icon="bus" onClick=${() => begin(true)}>Ask the packs<//>`}
      <${Button} icon="again" onClick=${() => begin(false)}>Listen again<//></div>
  <//>`;
}

async function listen(body, signal, setProgress) {
  for await (const line of lines("setup/listen", body, signal)) {
    if (line.error) throw new Error(line.error);
    if (line.found) return line.found;
    setProgress(line.progress);
  }
  throw new Error("The gateway stopped listening before it was done; try again.");
}

function Progress({ progress, ask }) {
  const { seconds, of, bytes, packs } = progress;
  const heard = packs.length ? `heard so far: ${packs.length === 1 ? "pack" : "packs"} ${packs.join(", ")}` : bytes ? `${bytes} bytes, no pack yet` : "not a byte yet";
  return html`<p class="muted">${ask ? "jkbus asks addresses 1 to 15, one after the other." : "Nothing is sent to the bus."} This takes ${of} seconds at most.</p>
    <${Meter} label="Progress" value=${seconds} max=${of} text=${`${Math.round(seconds)} of ${of} seconds`} tone="discharging" /><p class="setup-heard">${heard}</p>`;
}

function Packs({ packs }) {
  const columns = [
    { title: "Address", cell: (pack) => (pack.role === "master" ? `${pack.address} (master)` : pack.address) },
    { title: "Model", cell: (pack) => pack.model ?? "–" },
    { title: "SoC", number: true, cell: (pack) => percent(pack.state_of_charge) },
    { title: "Voltage", number: true, cell: (pack) => volts(pack.battery_voltage, 2) },
  ];
  return html`<${Table} caption="Packs that were heard" columns=${columns} rows=${packs.map((pack) => ({ ...pack, key: pack.address }))} />`;
}

function Finding({ finding }) {
  return html`<div class="setup-finding tone-warning"><strong><${Icon} name="warning" size="16" /> ${finding.sentence}</strong><span>${finding.remedy}</span>${finding.evidence && html`<small class="muted">${finding.evidence}</small>`}</div>`;
}
