// One pack: what it does, its cells and temperatures, its settings, and everything it tells.

import { html, useEffect, useState } from "../lib.js";
import { useDetail, useLive } from "../live.js";
import { CellChart } from "../pack/cells.js";
import { Details, Switches } from "../pack/details.js";
import { Head } from "../pack/head.js";
import { Recent } from "../pack/recent.js";
import { Temperatures } from "../pack/temperatures.js";
import { Card, Empty, Link, Page, Problem, Spinner, Tabs } from "../ui.js";

const TABS = [
  ["cells", "Cells"],
  ["settings", "Settings"],
  ["details", "All values"],
];

export default function PackView({ params: { key, tab }, me }) {
  const { pack, heard } = useLive(({ packs, heard }) => ({ pack: packs.find((pack) => called(pack, key)), heard }));
  const detail = useDetail(pack?.key ?? key);
  const shown = tab ?? "cells";
  if (!pack) return html`<${Page} title=${key} back=${{ href: "#/", title: "Overview" }}><${Missing} name=${key} heard=${heard} /><//>`;
  const at = `#/pack/${encodeURIComponent(pack.key)}`;
  const lead = [pack.model, `address ${pack.address} on ${pack.bus}`, pack.role].filter(Boolean).join(" · ");
  return html`<${Page} title=${pack.name} lead=${lead} back=${{ href: "#/", title: "Overview" }}
    actions=${me.history && !pack.key.includes("/") && html`<${Link} href=${`#/history?s=${past(pack.key)}`} icon="history">History<//>`}>
    <${Head} pack=${pack} detail=${detail} />
    <${Tabs} label=${`Parts of ${pack.name}`} current=${shown} tabs=${TABS.map(([name, title]) => ({ name, title, href: `${at}/${name}` }))} />
    ${detail ? html`<div class=${`fresh ${pack.available ? "" : "old"}`}><${Part} name=${shown} pack=${detail} /></div>` : html`<${Card}><${Spinner} label="Fetching the pack" /><//>`}
  <//>`;
}

// The address of its power and charge in the past; a pack that has not told who it is (its key is bus/address) has none.
const past = (key) => ["power", "state_of_charge"].map((name) => encodeURIComponent(`${key}:${name}`)).join(",");

// A pack that told who it is got another key; its place on the bus still finds it.
const called = ({ key, name, bus, address }, wanted) => [key, name, `${bus}/${address}`, `${bus}_${address}`].includes(wanted);

function Part({ name, pack }) {
  if (name === "settings") return html`<${Settings} pack=${pack} />`;
  if (name === "details") return html`<${Details} pack=${pack} />`;
  return html`<div class="pack-parts">
    <${CellChart} pack=${pack} />
    <${Temperatures} probes=${pack.temperatures} />
    <${Switches} pack=${pack} />
    <${Recent} pack=${pack} />
  </div>`;
}

// The settings come from another module, fetched when they are wanted.
function Settings({ pack }) {
  const [part, setPart] = useState({});
  const fetch = () =>
    import("../settings/pack-settings.js").then(
      (module) => setPart({ Shown: module.PackSettings }),
      () => setPart({ problem: "The settings could not be fetched; the gateway may be away." }),
    );
  useEffect(() => void fetch(), []);
  if (part.problem) return html`<${Problem} sentence=${part.problem} again=${fetch} />`;
  return part.Shown ? html`<${part.Shown} pack=${pack} />` : html`<${Spinner} label="Loading" />`;
}

function Missing({ name, heard }) {
  if (!heard) return html`<${Card}><${Spinner} label="Listening" /><//>`;
  return html`<${Card}><${Empty} icon="silent" title="This pack is not known">
    <p>No pack called ${name} has been heard since the gateway was started. It appears by itself as soon as it speaks.</p>
    <${Link} href="#/" kind="main">All packs<//>
  <//><//>`;
}
