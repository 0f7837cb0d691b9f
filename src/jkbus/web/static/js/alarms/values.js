// What was measured before an alarm, when it came and when it went.

import { shown, title } from "../history/values.js";
import { html } from "../lib.js";
import { Table } from "../ui.js";

export const measured = ({ before, during, after }) => Object.keys({ ...before, ...during, ...after });

export function Values({ entry }) {
  const { before, during, after, went } = entry;
  const cell = (values) => ({ key }) => shown(values[key], key, unit(key));
  const columns = [
    { title: "Value", cell: ({ key }) => title(key) },
    { title: "Before", number: true, cell: cell(before) },
    { title: "When it came", number: true, cell: cell(during) },
    ...(went ? [{ title: "When it went", number: true, cell: cell(after) }] : []),
  ];
  return html`<${Table} caption=${`Values around ${entry.title}`} columns=${columns} rows=${measured(entry).map((key) => ({ key }))} />`;
}

// The journal keeps plain numbers under the names of the protocol, which tell their units.
const UNITS = [[/_on$|_cell$/, ""], [/voltage|spread/, "V"], [/current/, "A"], [/temperature/, "°C"], [/state_of_charge/, "%"], [/resistance/, "Ω"]];
const unit = (key) => UNITS.find(([fits]) => fits.test(key))?.[1] ?? "";
