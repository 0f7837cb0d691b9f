// The numbers behind a chart, for who cannot see it or wants them exactly: a row for every moment, newest first.

import { time, when } from "../format.js";
import { html, useMemo, useState } from "../lib.js";
import { Button, Table } from "../ui.js";
import { at } from "./aligned.js";
import { bare } from "./values.js";

const ROWS = 60;

export function Numbers({ lines, start, end }) {
  const [page, setPage] = useState(0);
  const times = useMemo(() => {
    const all = lines.flatMap(({ curve }) => curve.times.filter((moment) => moment >= start && moment <= end));
    return [...new Set(all)].sort((a, b) => b - a);
  }, [lines, start, end]);
  const pages = Math.max(1, Math.ceil(times.length / ROWS));
  const here = Math.min(page, pages - 1);
  const cell = ({ curve, name, unit, steps }) => (row) => {
    const found = at(curve, row.at, 0.01, steps);
    if (!found || (!steps && found.at !== row.at)) return "";
    const mean = bare(found.mean, name, unit);
    return found.low === found.high ? mean : html`${mean}<small class="muted"> ${bare(found.low, name, unit)} … ${bare(found.high, name, unit)}</small>`;
  };
  const columns = [
    { title: "Time", cell: (row) => `${when(row.at)}${end - start < 7200 ? `:${time(row.at).slice(6)}` : ""}` },
    ...lines.map((line) => ({ title: `${line.label}${line.unit ? `, ${line.unit}` : ""}`, number: true, cell: cell(line) })),
  ];
  const rows = times.slice(here * ROWS, (here + 1) * ROWS).map((moment) => ({ key: moment, at: moment }));
  if (!times.length) return html`<p class="muted">Nothing is known of this time.</p>`;
  return html`<${Table} caption="Values over time: mean, lowest and highest of each point" columns=${columns} rows=${rows} />
    ${pages > 1 && html`<div class="actions history-pages"><${Button} icon="back" aria-label="Newer rows" disabled=${!here} onClick=${() => setPage(here - 1)} />
      <span class="muted">${here + 1} of ${pages}</span><${Button} icon="next" aria-label="Older rows" disabled=${here >= pages - 1} onClick=${() => setPage(here + 1)} /></div>`}`;
}
