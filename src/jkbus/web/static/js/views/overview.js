// The state of everything in five seconds: the battery as a whole, a tile for each pack, a line for each bus.

import { html, useEffect } from "../lib.js";
import { useLive } from "../live.js";
import { BusLine } from "../pack/line.js";
import { Tile } from "../pack/tile.js";
import { Whole } from "../pack/whole.js";
import { Card, Empty, Link, Spinner } from "../ui.js";

export default function Overview() {
  const { battery, packs, buses, alarms, heard } = useLive(({ battery, packs, buses, alarms, heard }) => ({ battery, packs, buses, alarms, heard }));
  useEffect(() => {
    document.title = "Battery · jkbus";
  }, []);
  return html`<div class="page overview">
    <h1 class="unseen" tabindex="-1">Battery</h1>
    ${!heard && html`<${Card}><${Empty} icon="battery" title="Listening"><p><${Spinner} label="The first numbers come within seconds." /></p><//><//>`}
    ${heard && !packs.length && html`<${Nothing} buses=${buses} />`}
    ${heard && packs.length > 0 && battery && html`<div class="fresh"><${Whole} battery=${battery} alarms=${alarms} /></div>`}
    ${packs.length > 0 && html`<section aria-label="Packs" class="fresh"><h2 class="unseen">Packs</h2>
      <ul class="tiles" style=${{ "--columns": columns(packs.length) }}>${packs.map((pack) => html`<${Tile} key=${pack.key} pack=${pack} />`)}</ul></section>`}
    ${buses.length > 0 && html`<section aria-label="Buses" class="bus-lines fresh"><h2 class="unseen">Buses</h2>${buses.map((bus) => html`<${BusLine} key=${bus.name} bus=${bus} />`)}</section>`}
  </div>`;
}

// At most so many beside each other, that rows are about equally long: seven packs are four and three.
const columns = (count) => (count <= 4 ? count : Math.min(6, Math.max(3, Math.ceil(count / 2))));

function Nothing({ buses }) {
  const away = buses.filter(({ connected }) => !connected);
  return html`<${Card}><${Empty} icon="unplugged" title="No pack has been heard yet">
    ${away.map(({ name, problem }) => html`<p key=${name}><b>${name}: ${problem}</b></p>`)}
    <p>The gateway runs and listens. As soon as a pack speaks it appears here by itself. If it stays silent, look at these:</p>
    <ul>
      <li>Is the RS485 adapter plugged in, and is it the one that the configuration names?</li>
      <li>Does the cable sit in a free RS485-2 socket of the last pack, and are the packs switched on?</li>
      <li>A to A, B to B, and GND connected? Adapters do not agree on what is A; swapping the two wires harms nothing.</li>
      <li>Has each pack its own address on its DIP switch?</li>
    </ul>
    <${Link} href="#/bus" kind="main" icon="search">Check the wiring<//>
  <//><//>`;
}
