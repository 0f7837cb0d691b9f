// Which time is shown: buttons for common spans, a step back and on, in and out, and back to now.

import { date, duration, time, when } from "../format.js";
import { html } from "../lib.js";
import { Button, Choice, Spinner } from "../ui.js";
import { moved } from "./gestures.js";
import { DAY } from "./hash.js";

const SPANS = [[3600, "1 h"], [6 * 3600, "6 h"], [DAY, "Day"], [7 * DAY, "Week"], [30 * DAY, "Month"], [365 * DAY, "Year"]];
const NEAR = 0.02; // of all there is: so much of it still is all

export function Spans({ start, end, now, choice, change, span, first, selecting, setSelecting, busy }) {
  const all = Math.max(3600, now - first);
  const follow = (last) => change({ last: last === "all" ? all : last, from: null, to: null });
  const current = SPANS.find(([seconds]) => choice.last && Math.abs(choice.last - seconds) < 1)?.[0] ?? (choice.last && Math.abs(choice.last - all) < Math.max(60, NEAR * all) ? "all" : null);
  return html`<div class="spans">
    <${Choice} label="Time until now" options=${[...SPANS, ["all", "All"]]} value=${current} onChange=${follow} />
    <p class="span-words" aria-live="polite">${words(start, end)} <span class="muted">${duration(end - start)}</span>
      ${choice.last ? html` <span class="span-live"><span class="span-dot" aria-hidden="true" />live</span>` : null}${busy && html`<${Spinner} />`}</p>
    <div class="span-buttons">
      <${Button} icon="back" aria-label="Earlier" title="Earlier" onClick=${() => span(...moved(start, end, -0.5))} />
      <${Button} icon="next" aria-label="Later" title="Later" onClick=${() => span(...moved(start, end, 0.5))} disabled=${Boolean(choice.last)} />
      <${Button} icon="plus" aria-label="Zoom in" title="Zoom in" onClick=${() => span(...moved(start, end, 0, 0.5, choice.last ? 1 : 0.5))} />
      <${Button} aria-label="Zoom out" title="Zoom out" onClick=${() => span(...moved(start, end, 0, 2, choice.last ? 1 : 0.5))}><span aria-hidden="true">−</span><//>
      <${Button} icon="search" aria-label="Zoom to a selection" title="Zoom to a selection: drag over the chart" aria-pressed=${selecting ? "true" : "false"} onClick=${() => setSelecting(!selecting)} />
      <${Button} icon="play" onClick=${() => follow(Math.min(end - start, all))} disabled=${Boolean(choice.last)}>Now<//>
    </div>
  </div>`;
}

function words(start, end) {
  if (end - start > 60 * DAY) return `${date(start)} – ${date(end)}`;
  const same = date(start) === date(end);
  const clock = end - start < 7200 ? time : (at) => time(at).slice(0, 5);
  return same ? `${date(start)}, ${clock(start)} – ${clock(end)}` : `${when(start)} – ${when(end)}`;
}
