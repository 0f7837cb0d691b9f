// Settings as people look for them: by topic, with values as the board keeps them, and what may be typed.

import { NONE, known, quantity } from "../format.js";

const TOPICS = [
  ["switches", "Switches", ({ kind }) => kind === "switch"],
  ["balancing", "Balancing", ({ name }) => name.startsWith("balancing_")],
  ["inverter", "Asked of the inverter", ({ name }) => name.startsWith("requested_")],
  ["temperatures", "Temperatures", ({ unit }) => unit === "°C"],
  ["cells", "Cell voltages", ({ unit }) => unit === "V"],
  ["currents", "Currents and their times", ({ name }) => /^(charge|discharge|short_circuit|precharge)_/.test(name)],
  ["board", "Pack and board", () => true],
];
const ORDER = ["switches", "cells", "balancing", "currents", "temperatures", "inverter", "board"];

const topicOf = (row) => TOPICS.find(([, , holds]) => holds(row))[0];

// [{name, title, rows}] of the topics that have any of these rows.
export function byTopic(rows) {
  return ORDER.map((name) => ({ name, title: TOPICS.find(([topic]) => topic === name)[1], rows: rows.filter((row) => topicOf(row) === name) })).filter(
    (topic) => topic.rows.length,
  );
}

const decimals = ({ step }) => (String(step ?? 1).split(".")[1] ?? "").length;
const bare = ({ unit }) => unit === "A" || unit === "Ah";

// A value with its unit, as the command line shows it; `unit` false leaves the unit out.
export function shown(row, value, unit = true) {
  if (!known(value)) return NONE;
  if (typeof value === "boolean") return value ? "on" : "off";
  const text = quantity(value, "", decimals(row));
  const short = bare(row) ? text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") : text;
  return unit && row.unit ? `${short}\u202f${row.unit}` : short;
}

// A value as one would type it.
export function typed(row, value) {
  if (!known(value)) return "";
  const text = value.toFixed(decimals(row));
  return bare(row) ? String(Number(text)) : text;
}

export const range = (row) => `${shown(row, row.min, false)} to ${shown(row, row.max)}`;

const NUMBER = /^([-+−]?)(\d+(?:[.,]\d*)?|[.,]\d+)\s*\D*$/;

// {value, problem} of what was typed, with a point or a comma. The gateway judges again, and its word counts.
export function read(row, text) {
  const found = NUMBER.exec(text.trim());
  if (!found) return { value: null, problem: `A number is expected, ${range(row)}` };
  if (row.unit !== "V" && /^\d+,\d{3}$/.test(found[2])) return { value: null, problem: `Write ${found[2].replace(",", "")} or ${found[2].replace(",", ".")}, a comma can mean both` };
  const value = (found[1] === "-" || found[1] === "−" ? -1 : 1) * Number(found[2].replace(",", "."));
  const steps = Math.round(value / row.step);
  if (steps < Math.round(row.min / row.step) || steps > Math.round(row.max / row.step)) return { value, problem: `Allowed: ${range(row)}` };
  return { value, problem: null };
}

export const same = (row, a, b) => a === b || (typeof a === "number" && typeof b === "number" && Math.round(a / row.step) === Math.round(b / row.step));

// The packs of a row by value, the most common value first: [{value, packs}]; packs without one are last.
export function valuesOf({ values }, packs) {
  const found = new Map();
  for (const pack of packs) {
    const value = values[pack.key] ?? null;
    found.set(value, [...(found.get(value) ?? []), pack]);
  }
  const rank = ({ value, packs: those }) => (value === null ? -1 : those.length);
  return [...found].map(([value, those]) => ({ value, packs: those })).sort((a, b) => rank(b) - rank(a));
}
