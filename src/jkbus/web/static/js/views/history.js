// The past: any values of packs and of the whole battery over one another, from a minute to years.

import { address, get } from "../api.js";
import { Chart, useWidth } from "../chart.js";
import { Energy } from "../history/energy.js";
import { useCurves } from "../history/curves.js";
import { DAY, keep, read } from "../history/hash.js";
import { Legend } from "../history/legend.js";
import { Numbers } from "../history/numbers.js";
import { Picker } from "../history/picker.js";
import { Presets } from "../history/presets.js";
import { Spans } from "../history/spans.js";
import { begin } from "../history/tiles.js";
import { BATTERY, catalogue, scale, split, stepped, title } from "../history/values.js";
import { html, useEffect, useMemo, useRef, useState } from "../lib.js";
import { useLive } from "../live.js";
import { Button, Card, Empty, Link, Page, Problem, Spinner, useGet } from "../ui.js";

const COLORS = 8;
const NEAR = 0.02; // of the span: an end so near to now follows it

export default function History({ params }) {
  const { data, problem, again } = useGet("history");
  if (problem && !data) return html`<${Page} title="History"><${Problem} sentence=${problem} again=${again} /><//>`;
  if (!data) return html`<${Page} title="History"><${Card}><${Spinner} label="Looking what is kept" /><//><//>`;
  if (!data.sources.length) {
    return html`<${Page} title="History"><${Card}><${Empty} icon="history" title="Nothing is kept yet">
      <p>The gateway writes down what it hears. A minute after the first pack has spoken its curves begin here.</p><${Button} icon="again" onClick=${again}>Look again<//>
    <//><//><//>`;
  }
  return html`<${Shown} sources=${ordered(data.sources)} query=${params.query} />`;
}

const ordered = (sources) => [...sources].sort((a, b) => (b.key === BATTERY) - (a.key === BATTERY) || a.name.localeCompare(b.name, "en", { numeric: true }))
  .map((source) => (source.key === BATTERY ? { ...source, name: "Battery" } : source));

function Shown({ sources, query }) {
  const [choice, setChoice] = useState(() => read(query));
  const change = (part) => setChoice((last) => ({ ...last, ...part }));
  useEffect(() => setChoice(read(query)), [JSON.stringify(query)]);
  useEffect(() => {
    const timer = setTimeout(() => keep(choice), 250);
    return () => clearTimeout(timer);
  }, [choice]);
  const now = useNow(choice.last ?? choice.to - choice.from);
  const [start, end] = choice.last ? [now - choice.last, now] : [choice.from, choice.to];
  const span = (from, to) => {
    const near = Math.max(NEAR * (to - from), 1);
    change(Math.abs(to - now) < near || (choice.last && to > now) ? { last: to - from, from: null, to: null } : { from, to, last: null });
  };
  const known = useCatalogue(sources);
  const box = useRef();
  const width = useWidth(box);
  const { curves, width: step, busy, problem } = useCurves(choice.series, start, end, width || 800);
  const lines = useMemo(() => linesOf(choice.series, curves, sources, known), [choice.series, curves, sources, known]);
  const visible = useMemo(() => lines.filter(({ id }) => !choice.hidden.includes(id)), [lines, choice.hidden]);
  const [cursor, setCursor] = useState(null);
  const [picking, setPicking] = useState(false);
  const [selecting, setSelecting] = useState(false);
  const nothing = !busy && lines.length > 0 && visible.every(({ curve }) => !curve.times.some((at) => at >= start && at <= end));
  const empty = !visible.length ? html`<p>${lines.length ? "Every line is hidden." : "Nothing is chosen."}</p>` : nothing ? html`<p>Nothing is known of this time.</p>` : null;
  const sheet = address("history/csv", { series: visible.map(({ id }) => id), start: begin(start, step), end: begin(end, step) + step, points: Math.round((begin(end, step) - begin(start, step)) / step) + 1 });
  return html`<${Page} title="History" class="history" actions=${html`<${Link} icon="download" href=${sheet} download>CSV<//><${Button} icon="plus" kind="main" onClick=${() => setPicking(true)}>Choose values<//>`}>
    <${Presets} sources=${sources} change=${change} choice=${choice} cells=${known.cells} />
    <${Card} class="history-card">
      <${Spans} start=${start} end=${end} now=${now} choice=${choice} change=${change} span=${span} first=${Math.min(...sources.map((source) => source.first))}
        selecting=${selecting} setSelecting=${setSelecting} busy=${busy} />
      ${problem && html`<${Problem} sentence=${problem} />`}
      <div ref=${box} class="history-chart">
        <${Chart} lines=${visible} start=${start} end=${end} height=${width < 560 ? 300 : Math.round(Math.min(620, Math.max(360, innerHeight * 0.48)))} selecting=${selecting} empty=${empty}
          onSpan=${(from, to) => (setSelecting(false), span(from, to))} onCursor=${setCursor} label="Chart of the chosen values. Arrow keys move it, plus and minus zoom, shift with arrows reads values; the table below has the same numbers." />
      </div>
      <${Legend} lines=${lines} hidden=${choice.hidden} cursor=${cursor} start=${start} end=${end} step=${step} change=${change} series=${choice.series} />
      <details class="history-numbers" open=${choice.table} onToggle=${(event) => change({ table: event.currentTarget.open })}>
        <summary>The numbers as a table</summary>${choice.table && html`<${Numbers} lines=${visible} start=${start} end=${end} />`}
      </details>
    <//>
    <${Energy} sources=${sources} start=${start} end=${Math.min(end, now)} now=${now} series=${choice.series} />
    ${picking && html`<${Picker} sources=${sources} known=${known} series=${choice.series} onClose=${() => setPicking(false)} onChoose=${(series) => (change({ series, hidden: [] }), setPicking(false))} />`}
  <//>`;
}

// The clock, as often as one would see it move.
function useNow(span) {
  const [now, setNow] = useState(Date.now() / 1000);
  useEffect(() => {
    const tick = () => document.hidden || setNow(Date.now() / 1000);
    const timer = setInterval(tick, Math.max(1, Math.min(60, span / 800)) * 1000);
    return () => clearInterval(timer);
  }, [span > 2 * DAY, Math.round(Math.log2(span))]);
  return now;
}

// {pack: catalogue of a pack, battery: of the whole, cells: how many the packs have, of(key)}.
function useCatalogue(sources) {
  const cells = useLive((live) => Math.max(0, ...live.packs.map((pack) => pack.cells.length)));
  const [names, setNames] = useState({});
  useEffect(() => {
    const stop = new AbortController();
    const pack = sources.find(({ key }) => key !== BATTERY);
    const load = async (kind, key) => {
      const { names: found } = await get("history/names", { key }, stop.signal);
      setNames((last) => ({ ...last, [kind]: found }));
    };
    if (pack) load("pack", pack.key).catch(() => {});
    load(BATTERY, BATTERY).catch(() => {});
    return () => stop.abort();
  }, [sources.length]);
  return useMemo(() => {
    const made = { pack: catalogue(names.pack ?? [], cells || 16), battery: catalogue(names.battery ?? [], 0), cells: cells || 16 };
    return { ...made, of: (key) => (key === BATTERY ? made.battery : made.pack) };
  }, [names, cells]);
}

function linesOf(series, curves, sources, known) {
  return series.map((id, index) => {
    const [key, name] = split(id);
    const curve = curves[id] ?? { unit: "", step: 0, times: [], low: [], mean: [], high: [] };
    const set = known.of(key).find((one) => one.name === name)?.set ?? false;
    const source = sources.find((one) => one.key === key)?.name ?? key;
    return {
      id, key, name, source, curve, unit: curve.unit, label: `${title(name)}, ${source}`, title: title(name), scale: scale(name, curve.unit),
      color: 1 + (index % COLORS), dash: Math.floor(index / COLORS), steps: stepped(name, set),
    };
  });
}
