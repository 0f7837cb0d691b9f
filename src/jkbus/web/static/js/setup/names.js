// A name for each pack, as Home Assistant and the page will show it.

import { html } from "../lib.js";
import { Field } from "../ui.js";
import { Check, Step } from "./parts.js";

export const nameOf = (made, pack) => made.names[pack.address] ?? pack.name;

export function Names({ made, change, next, back }) {
  const packs = made.found.packs;
  const faults = faultsOf(made, packs);
  const name = (address) => (event) => change({ names: { ...made.names, [address]: event.target.value } });
  return html`<${Step} title="Names for the packs" lead=${packs.length ? "Garage, cellar left, whatever tells them apart. Home Assistant shows them, and history is kept under them." : "Nobody was heard. Packs that are found later are added by themselves."}
    next="Go on" ready=${!Object.keys(faults).length} onNext=${next} back=${back}>
    <div class="setup-row">${packs.map((pack) => html`<${Field} key=${pack.address} label=${`Address ${pack.address}`} problem=${faults[pack.address]}>
      <input value=${nameOf(made, pack)} onInput=${name(pack.address)} maxlength="64" autocomplete="off" spellcheck=${false} /><//>`)}</div>
    <${Check} on=${made.writes} onChange=${(writes) => change({ writes })}>Let settings of the packs be changed from the page and from Home Assistant. Each change is confirmed and read back; leave this off to look only.<//>
  <//>`;
}

function faultsOf(made, packs) {
  const faults = {};
  const seen = new Map();
  for (const pack of packs) {
    const name = nameOf(made, pack).trim();
    const known = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    if (!name) faults[pack.address] = "Every pack needs a name.";
    else if (seen.has(known)) faults[pack.address] = `Address ${seen.get(known)} is called so already.`;
    seen.set(known, pack.address);
  }
  return faults;
}
