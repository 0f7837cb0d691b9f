// What is shown, as the address says it: s (series), last (s until now) or from and to (unix s), hide, by, table.

import { MOST } from "./values.js";

export const DAY = 86400;
export const FIRST = { series: ["battery:power", "battery:state_of_charge"], last: DAY, from: null, to: null, hidden: [], table: false };

export function read(query) {
  const series = (query.s ?? "").split(",").filter((one) => one.includes(":")).slice(0, MOST);
  const [from, to, last] = [query.from, query.to, query.last].map((text) => (text === undefined ? NaN : Number(text)));
  const span = from >= 0 && to > from ? { from, to, last: null } : { from: null, to: null, last: last >= 60 ? last : FIRST.last };
  const hidden = (query.hide ?? "").split(",").filter(Boolean);
  return { ...FIRST, ...span, hidden, series: series.length ? [...new Set(series)] : FIRST.series, table: query.table === "1" };
}

export function written({ series, last, from, to, hidden, table }) {
  const span = last ? `last=${Math.round(last)}` : `from=${Math.round(from)}&to=${Math.round(to)}`;
  const clean = (list) => list.map((one) => encodeURIComponent(one).replaceAll("%3A", ":")).join(",");
  return `#/history?s=${clean(series)}&${span}${hidden.length ? `&hide=${clean(hidden)}` : ""}${table ? "&table=1" : ""}`;
}

// Keep the address bar telling what is shown, without a step back for every move.
export function keep(choice) {
  const hash = written(choice);
  if (location.hash.startsWith("#/history") && location.hash !== hash) history.replaceState(history.state, "", hash);
}
