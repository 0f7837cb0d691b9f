// Titles of settings and actions, and sentences of the gateway with these in place of their names.

// As in control/actions.py; the gateway knows what is allowed and which word is asked for.
export const ACTIONS = [
  { name: "set_clock", title: "Set clock", text: "Sets the clock of the board to the local time." },
  { name: "emergency_start", title: "Emergency start", text: "Gives power in spite of the under-voltage protection, for the emergency time of the board.", danger: true },
  { name: "calibrate_voltage", title: "Calibrate voltage", text: "Tells the board the true voltage of the pack, as a good meter at its terminals shows it.", unit: "V", danger: true },
  { name: "calibrate_current", title: "Calibrate current", text: "Tells the board the true current while it charges, as a good meter shows it.", unit: "A", danger: true },
  { name: "preset_lifepo4", title: "LiFePO4 preset", text: "Replaces all cell voltage limits by the board's own ones for LiFePO4 cells.", danger: true },
  { name: "preset_li_ion", title: "Li-ion preset", text: "Replaces all cell voltage limits by the board's own ones for Li-ion cells.", danger: true },
  { name: "preset_lto", title: "LTO preset", text: "Replaces all cell voltage limits by the board's own ones for LTO cells.", danger: true },
];

export const titlesOf = (rows) => ({ ...Object.fromEntries(ACTIONS.map(({ name, title }) => [name, title])), ...Object.fromEntries(rows.map(({ name, title }) => [name, title])) });

export function inWords(sentence, titles) {
  const told = sentence.replace(/\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b/g, (name) => (titles[name] ? `“${titles[name]}”` : name)).replaceAll("`", "");
  return /^[a-z]+ /.test(told) ? told.charAt(0).toUpperCase() + told.slice(1) : told;
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

// a; a and b; a, b and c
export const listed = (names) => [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");

export const several = (names) => (names.length > 4 ? `${names.length} packs` : listed(names));
