// The last hour of a bus in steps of ten seconds: how busy the line was, and in which steps something was damaged.
// A small drawing of its own, so that nothing has to be fetched for it.

import { number, percent, quantity, time } from "../format.js";
import { html, useState } from "../lib.js";
import { Card, Choice, Empty, Problem, useGet } from "../ui.js";

const EVERY = 10; // s
const STEP = 10; // s
const HOUR = 3600;
const SHOWN = {
  load: ["Load", 100, (value) => percent(value, 1)],
  gap: ["Gap", 0.25, (value) => quantity(value === null ? null : value * 1000, "ms")],
  reports: ["Reports", 10, (value) => number(value)],
  noise: ["Noise", 10, (value) => quantity(value, "B")],
  bad_sums: ["Damaged", 4, (value) => number(value)],
};

export function Load({ bus }) {
  const [shown, setShown] = useState("load");
  const [at, setAt] = useState(null);
  const { data, problem, again } = useGet(`bus/${encodeURIComponent(bus.name)}/load`, {}, EVERY);
  const options = Object.entries(SHOWN).map(([name, [title]]) => [name, title]);
  const [title, , told] = SHOWN[shown];
  const choice = html`<${Choice} label="What is shown" options=${options} value=${shown} onChange=${setShown} />`;
  return html`<${Card} title="The last hour" icon="history" actions=${choice} class="wire-load">
    ${problem && !data && html`<${Problem} sentence=${problem} again=${again} />`}
    ${data && data.times.length < 2 && html`<${Empty} icon="clock" title="The first minute is not over yet" />`}
    ${data && data.times.length > 1 && html`<${Drawing} data=${data} name=${shown} at=${at} onPoint=${setAt} />
      <p class="wire-point small">${pointed(data, shown, at, title, told)}</p>`}
  <//>`;
}

function pointed(data, name, at, title, told) {
  const index = at ?? data.times.length - 1;
  const bad = data.bad_sums[index];
  const more = bad && name !== "bad_sums" ? `, ${number(bad)} damaged` : "";
  return html`<strong>${title} ${told(data[name][index])}</strong>${more} <span class="muted">${at === null ? "just now" : `at ${time(data.times[index])}`}</span>`;
}

function Drawing({ data, name, at, onPoint }) {
  const [title, least, told] = SHOWN[name];
  const values = data[name];
  const end = data.times.at(-1);
  const start = Math.min(data.times[0] - STEP, end - HOUR / 4);
  const top = name === "load" ? 100 : Math.max(least, ...values.map((value) => value ?? 0));
  const x = (moment) => (1000 * (moment - start)) / (end - start);
  const y = (value) => 100 - (100 * value) / top;
  const bars = values.map((value, index) => (value === null ? "" : `M${x(data.times[index] - STEP).toFixed(1)} 100V${y(value).toFixed(1)}H${x(data.times[index]).toFixed(1)}V100Z`));
  const bad = data.times.filter((_, index) => data.bad_sums[index]);
  const point = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const moment = start + ((event.clientX - box.left) / box.width) * (end - start);
    const index = data.times.findIndex((one) => one >= moment);
    onPoint(index < 0 ? null : index);
  };
  const label = `${title} from ${time(start)} to ${time(end)}: ${told(Math.min(...values.filter((v) => v !== null)))} to ${told(Math.max(...values.filter((v) => v !== null)))}`;
  return html`<div class="wire-chart">
    <span class="wire-top small muted" aria-hidden="true">${name === "load" ? percent(top) : told(top)}</span>
    <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label=${label} onPointerMove=${point} onPointerLeave=${() => onPoint(null)}>
      <path class="wire-grid" d="M0 0H1000M0 50H1000M0 100H1000" />
      <path class="wire-bars" d=${bars.join("")} />
      ${bad.map((moment) => html`<path key=${moment} class="wire-bad" d=${`M${x(moment - STEP / 2).toFixed(1)} 0V100`} />`)}
      ${at !== null && html`<path class="wire-cursor" d=${`M${x(data.times[at] - STEP / 2).toFixed(1)} 0V100`} />`}
    </svg>
    <div class="wire-times small muted" aria-hidden="true"><span>${time(start)}</span><span>${time(end)}</span></div>
  </div>`;
}
