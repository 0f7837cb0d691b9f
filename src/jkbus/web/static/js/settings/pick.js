// Which packs a change is for. Those that cannot be changed now are listed with the reason, and left out.

import { html } from "../lib.js";
import { Icon } from "../ui.js";

export function Pick({ legend, packs, picked, onPick, note }) {
  const turn = (key) => onPick(picked.includes(key) ? picked.filter((one) => one !== key) : [...picked, key]);
  return html`<fieldset class="pick-set"><legend class="field-label">${legend}</legend><div class="pick">
    ${packs.map((pack) => html`<label key=${pack.key}>
      <input type="checkbox" checked=${picked.includes(pack.key)} disabled=${!pack.settable} onChange=${() => turn(pack.key)} />
      <span>${pack.name}${pack.settable ? note && html` <small>${note(pack)}</small>` : html` <small><${Icon} name="lock" size="14" /> left out: ${pack.why.replace(`${pack.name}: `, "")}</small>`}</span></label>`)}
  </div></fieldset>`;
}
