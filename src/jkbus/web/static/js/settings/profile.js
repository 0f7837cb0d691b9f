// A profile: settings in a YAML file, uploaded or pasted, and applied as a plan.

import { html, useRef, useState } from "../lib.js";
import { Button, Card, Field } from "../ui.js";
import { Pick } from "./pick.js";
import { PlanDialog } from "./plan-dialog.js";

const EXAMPLE = "settings:\n  cell_overvoltage_protection_voltage: 3.600 V\n  balancing_enabled: on\npacks:\n  rs485-bms2:\n    charge_current_limit: 100 A\n";
const LONGEST = 65536; // characters that the gateway takes

export function Profile({ fleet: { packs }, titles, again }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState(null);
  const [left, setLeft] = useState([]);
  const [asked, setAsked] = useState(null);
  const upload = useRef();
  const picked = packs.filter(({ key, settable }) => settable && !left.includes(key)).map(({ key }) => key);
  const change = (next) => (setText(next), setProblem(next.length > LONGEST ? "This is longer than any profile can be" : null));
  const chosen = async (event) => {
    const [file] = event.target.files;
    if (file) change(file.size > LONGEST * 4 ? "" : await file.text());
    if (file && file.size > LONGEST * 4) setProblem(`${file.name} is too long to be a profile`);
    event.target.value = "";
  };
  return html`<${Card} title="Apply a profile">
    <p class="muted">A profile states what settings shall be; what it does not name stays as it is. <code>settings:</code> is for every pack chosen below, <code>packs:</code> for one. Save one from the settings of a pack, or write it here. You see the plan before anything is written.</p>
    <div class="wish-field settings-gap">
      <${Field} label="Profile in YAML" problem=${problem}>
        <textarea class="profile-text" spellcheck="false" placeholder=${EXAMPLE} value=${text} onInput=${(event) => change(event.target.value)} /><//>
      <p><${Button} icon="up" onClick=${() => upload.current.click()}>Open a file<//>
        <input ref=${upload} type="file" hidden accept=".yaml,.yml,text/yaml,text/plain" aria-label="Profile file" onChange=${chosen} /></p>
      <${Pick} legend="For these packs" packs=${packs} picked=${picked} onPick=${(keys) => setLeft(packs.map(({ key }) => key).filter((key) => !keys.includes(key)))} />
      <div class="actions"><${Button} kind="main" disabled=${!text.trim() || Boolean(problem) || !picked.length} onClick=${() => setAsked({ text, packs: picked })}>Review<//></div>
    </div>
    ${asked && html`<${PlanDialog} title="Apply the profile" path="profile" body=${asked} titles=${titles} onClose=${() => setAsked(null)} onDone=${again} />`}
  <//>`;
}
