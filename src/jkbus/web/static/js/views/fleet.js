// The settings of all packs: side by side, a profile for them, and the log of what was changed.

import { html } from "../lib.js";
import { Fleet } from "../settings/fleet.js";
import { Log } from "../settings/log.js";
import { Profile } from "../settings/profile.js";
import { several, titlesOf } from "../settings/words.js";
import { Card, Icon, Page, Problem, Spinner, Tabs, useGet } from "../ui.js";

const TABS = [
  { name: "all", title: "All packs", href: "#/settings" },
  { name: "profile", title: "Profile", href: "#/settings/profile" },
  { name: "log", title: "Log", href: "#/settings/log" },
];
const EVERY = 20; // s: what the gateway heard meanwhile

export default function FleetView({ params: { tab }, me }) {
  const full = me.role === "full";
  const shown = tab === "log" || (tab === "profile" && full) ? tab : "all";
  const { data, problem, again } = useGet("settings", {}, EVERY);
  const titles = titlesOf(data?.rows ?? []);
  const parts = { fleet: data, titles, full, again };
  return html`<${Page} title="Settings" lead=${data && lead(data.packs, data.rows)}>
    <${Tabs} label="Parts of the settings" current=${shown} tabs=${TABS.filter(({ name }) => full || name !== "profile")} />
    ${problem && html`<${Problem} sentence=${problem} again=${again} />`}
    ${!data && !problem && html`<${Card}><${Spinner} label="Fetching the settings" /><//>`}
    ${data && shown !== "log" && html`<${Permission} packs=${data.packs} full=${full} />`}
    ${data && shown === "all" && html`<${Fleet} ...${parts} />`}
    ${data && shown === "profile" && html`<${Profile} ...${parts} />`}
    ${shown === "log" && html`<${Log} titles=${titles} full=${full} />`}
  <//>`;
}

function lead(packs, rows) {
  if (packs.length < 2) return "";
  const differing = rows.filter(({ differs }) => differs).length;
  return differing ? `${differing} of ${rows.length} settings are not the same in all ${packs.length} packs` : `All ${packs.length} packs are set alike`;
}

// Why nothing, or not everything, can be changed; each reason once, with the packs it is for.
function Permission({ packs, full }) {
  const reasons = new Map();
  for (const { name, why } of packs.filter(({ settable }) => !settable)) {
    const reason = why.startsWith(`${name}: `) ? why.slice(name.length + 2) : why;
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  if (!full) return html`<p class="settings-note"><${Icon} name="lock" /><span>You may look at the settings, not change them.</span></p>`;
  return [...reasons].map(([reason, names]) =>
    names.length === packs.length
      ? html`<p class="settings-note" key=${reason}><${Icon} name="lock" /><span>Nothing can be changed now: ${reason}</span></p>`
      : html`<details class="settings-note" key=${reason}><summary><${Icon} name="lock" /> ${several(names)} cannot be changed now</summary><p>${names.join(", ")}: ${reason}</p></details>`,
  );
}
