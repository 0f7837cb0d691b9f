// How axes are divided and written. A scale is a unit, and what it is of where one unit has several sizes ("V cell").

import { number } from "../format.js";

const DAY = 86400;
const MONTH = 28 * DAY;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat("en-GB", { month: "short" });
const KIND = { W: ["kW", 1000, 2000], Ω: ["mΩ", 0.001, 0], "V spread": ["mV", 0.001, 0] };

// Marks of the axis of time: what changes stands above, and below it what it is part of, where that changed.
export function splits(made, marks, _axis, _space, step) {
  let last = null;
  return marks.map((at) => {
    const moment = new Date(at * 1000);
    const [upper, lower] = written(moment, step);
    const said = lower === last ? upper : `${upper}\n${lower}`;
    last = lower;
    return said;
  });
}

function written(moment, step) {
  if (step < 60) return [seconds.format(moment), day.format(moment)];
  if (step < DAY) return [clock.format(moment), day.format(moment)];
  if (step < MONTH) return [day.format(moment), String(moment.getFullYear())];
  return [month.format(moment), String(moment.getFullYear())];
}

// The writer of the marks of a scale.
export function values(scale) {
  return (made, marks) => {
    const most = Math.max(...marks.map(Math.abs));
    const [unit, per] = most >= (KIND[scale]?.[2] ?? Infinity) ? KIND[scale] : [scale.split(" ")[0], 1];
    const step = marks.length > 1 ? Math.abs(marks[1] - marks[0]) / per : 1;
    const digits = Math.min(4, Math.max(0, Math.ceil(-Math.log10(step) - 1e-6)) + (Number.isInteger(step * 10 ** Math.max(0, Math.ceil(-Math.log10(step) - 1e-6))) ? 0 : 1));
    return marks.map((mark) => (unit === "bit" ? { 0: "off", 1: "on" }[mark] ?? "" : `${number(mark / per, digits)}${unit === "count" ? "" : `\u202f${unit}`}`));
  };
}

// What a scale spans: all of 0 to 100 % and of on and off, else what there is and a little more.
export function range(scale) {
  if (scale === "bit") return () => [-0.05, 1.05];
  return (made, low, high) => {
    if (low === null || low === undefined) return scale === "%" ? [0, 100] : [0, 1];
    if (scale === "%" && low >= 0 && high <= 100) return [0, 100];
    const room = Math.max((high - low) * 0.08, LEAST[scale] ?? Math.abs(high) * 0.01, 1e-6);
    return [low >= 0 && low < room ? 0 : low - room, high <= 0 && -high < room ? 0 : high + room];
  };
}

const LEAST = { W: 20, A: 0.5, "°C": 1, V: 0.2, "V cell": 0.003, "V spread": 0.001, Ω: 0.002, Ah: 1 };
