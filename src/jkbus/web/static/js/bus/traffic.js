// What is said on a bus, a line a message: time, way, address, kind and what matters most; a click shows all of it.

import { number } from "../format.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { useLive } from "../live.js";
import { Button, Card, Choice, Empty, Problem } from "../ui.js";
import { Message } from "./message.js";
import { useTraffic } from "./listening.js";

const KINDS = {
  reports: ["status", "settings", "about", "noise", "write", "refused"],
  all: [],
  faults: ["noise", "refused", "write"],
};
const OPTIONS = [["reports", "Reports"], ["all", "Everything"], ["faults", "Noise and writes"]];
const ARROWS = { to: ["→", "to"], from: ["←", "from"], none: ["·", ""] };
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });

export function Traffic({ bus, actions }) {
  const [shown, setShown] = useState("reports");
  const [address, setAddress] = useState("");
  const [paused, setPaused] = useState(false);
  const [open, setOpen] = useState(null);
  const { lines, leftOut, problem } = useTraffic(bus.name, address === "" ? null : Number(address), KINDS[shown], paused);
  const list = useStuck(lines, paused);
  const pause = html`<${Button} icon=${paused ? "play" : "pause"} aria-pressed=${paused ? "true" : "false"} onClick=${() => setPaused(!paused)}>${paused ? "Go on" : "Pause"}<//>`;
  return html`<${Card} title="Traffic" icon="api" actions=${html`${pause}${actions}`} class="wire-traffic wide">
    <div class="wire-filters">
      <${Choice} label="Which messages" options=${OPTIONS} value=${shown} onChange=${setShown} />
      <${Packs} bus=${bus} value=${address} onChange=${setAddress} />
    </div>
    ${problem && html`<${Problem} sentence=${problem} />`}
    <div class="traffic-lines" ref=${list} tabindex="0" role="log" aria-live="off" aria-label="Messages, the newest last">
      ${lines.length === 0 && html`<${Empty} icon="clock" title="Nothing was said yet"><p>${hint(shown)}</p><//>`}
      ${lines.map((line) => html`<${Line} key=${line.number} line=${line} onOpen=${() => (setPaused(true), setOpen(line))} />`)}
    </div>
    <p class="small muted">${paused ? "Paused. " : ""}${leftOut ? `${number(leftOut)} messages were left out: too many a second to read. ` : ""}Choose a line to see all of it; names, PINs and serial numbers are blanked.</p>
    ${open && html`<${Message} bus=${bus} line=${open} onClose=${() => setOpen(null)} />`}
  <//>`;
}

const hint = (shown) => (shown === "faults" ? "No noise and no writes: that is good." : "Messages appear here as they are heard.");

function Packs({ bus, value, onChange }) {
  const packs = useLive((live) => live.packs);
  const here = packs.filter((pack) => pack.bus === bus.name);
  return html`<label class="wire-pack"><span class="unseen">Pack</span>
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      <option value="">Every pack</option>
      ${here.map((pack) => html`<option key=${pack.address} value=${pack.address}>${pack.address} · ${pack.name}</option>`)}
    </select></label>`;
}

function Line({ line, onOpen }) {
  const [arrow, way] = ARROWS[line.way];
  const to = line.address === null ? "" : line.address;
  return html`<button type="button" class=${`traffic-line traffic-${line.kind.split(" ")[0]}`} onClick=${onOpen}>
    <span class="traffic-time">${CLOCK.format(line.at * 1000)}</span>
    <span class="traffic-way"><span aria-hidden="true">${arrow}</span><span class="unseen">${way}</span> ${to}</span>
    <span class="traffic-kind">${line.kind}${line.ours ? html` <span class="traffic-ours">ours</span>` : ""}</span>
    <span class="traffic-text">${line.text}</span>
    <span class="traffic-hex" aria-hidden="true">${line.hex}</span>
  </button>`;
}

// Keeps the newest line in sight, unless somebody has scrolled away from it.
function useStuck(lines, paused) {
  const list = useRef();
  const stuck = useRef(true);
  useEffect(() => {
    const box = list.current;
    const note = () => (stuck.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60);
    box.addEventListener("scroll", note, { passive: true });
    return () => box.removeEventListener("scroll", note);
  }, []);
  useEffect(() => {
    if (stuck.current && !paused) list.current.scrollTop = list.current.scrollHeight;
  }, [lines, paused]);
  return list;
}
