// The alarm centre: what stands, the worst first, and what came and went before; live.

import { Over, Standing } from "../alarms/entry.js";
import { post } from "../api.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { useLive } from "../live.js";
import { Badge, Button, Card, Choice, Empty, Field, Page, Problem, Spinner, announce, useGet } from "../ui.js";

const PAGE = 30;
const MOST = 1000;
const RANK = ["fault", "protection", "warning", "info"];
const SEVERITIES = [["all", "All"], ["warning", "Warnings and worse"], ["protection", "Protections and worse"]];

export default function Alarms({ me }) {
  const standing = useLive((live) => live.alarms.standing);
  const heard = useLive((live) => live.heard);
  const packs = useLive((live) => live.packs);
  const [count, setCount] = useState(PAGE);
  const [whose, setWhose] = useState("");
  const [least, setLeast] = useState("all");
  const known = packs.some(({ key }) => key === whose);
  const { data, problem, busy, again } = useGet("alarms", { count, packs: known ? [whose] : [] });
  const changed = JSON.stringify(standing.map(({ id, acknowledged }) => [id, acknowledged]));
  const first = useRef(changed);
  useEffect(() => {
    if (first.current !== changed) again();
    first.current = changed;
  }, [changed]);
  const may = me?.role === "full";
  const fits = ({ key, severity }) => (!whose || key === whose) && (least === "all" || RANK.indexOf(severity) <= RANK.indexOf(least));
  const now = standing.filter(fits);
  const before = (data?.entries ?? []).filter((entry) => entry.went && fits(entry));
  const done = (sentence) => (again(), announce(sentence));
  return html`<${Page} title="Alarms" actions=${may && html`<${All} entries=${now.filter(({ acknowledged }) => !acknowledged)} done=${done} />`}>
    <div class="alarm-filter">
      <${Field} label="Whose"><select value=${whose} onChange=${(event) => setWhose(event.currentTarget.value)}>
        <option value="">Every pack and bus</option>${packs.map(({ key, name }) => html`<option key=${key} value=${key}>${name}</option>`)}</select><//>
      <${Choice} label="How bad at least" options=${SEVERITIES} value=${least} onChange=${setLeast} />
    </div>
    <${Card} title="Now" icon="alarms" tone=${tone(now)} class="fresh">
      ${!heard && html`<${Spinner} label="Listening" />`}
      ${heard && !now.length && html`<p class="alarm-calm"><${Badge} tone="good" icon="good">No alarm stands${whose || least !== "all" ? " among these" : ""}<//></p>`}
      <ul class="alarm-list">${now.map((entry) => html`<${Standing} key=${entry.id} entry=${entry} may=${may} done=${done} />`)}</ul>
    <//>
    <${Card} title="Before" icon="clock">
      ${problem && html`<${Problem} sentence=${problem} again=${again} />`}
      ${!data && !problem && html`<${Spinner} label="Reading the journal" />`}
      ${data && !before.length && html`<${Empty} icon="good" title="Nothing has been written down"><p>Alarms that came and went are listed here, with what was measured around them.</p><//>`}
      <ul class="alarm-list">${before.map((entry) => html`<${Over} key=${entry.id} entry=${entry} />`)}</ul>
      ${data && data.entries.length >= count && count < MOST && html`<${Button} busy=${busy} onClick=${() => setCount(Math.min(MOST, count + 2 * PAGE))}>Show older ones<//>`}
    <//>
  <//>`;
}

const tone = (entries) => (entries.some(({ severity }) => RANK.indexOf(severity) < 2) ? "alarm" : entries.some(({ severity }) => severity === "warning") ? "warning" : null);

function All({ entries, done }) {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await post("alarms/acknowledge", { ids: entries.map(({ id }) => id) });
      setProblem(null);
      done("All alarms are acknowledged");
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  return html`${problem && html`<${Problem} sentence=${problem} />`}
    ${entries.length > 1 && html`<${Button} icon="good" busy=${busy} onClick=${go}>Acknowledge all ${entries.length}<//>`}`;
}
