// What the values of the history are called, which belong together, and how they are written.
// A series is "key:name", `key` that of a pack or "battery" for all of them together.

import { amps, celsius, duration, hours, known, number, ohms, percent, quantity, volts, watts } from "../format.js";

export const BATTERY = "battery";
export const MOST = 32; // lines in a chart

const LAST_MEASURED = "cell_voltage_max"; // what comes after it in a pack's list are its settings
const TITLES = {
  power: "Power", battery_current: "Current", battery_voltage: "Voltage", state_of_charge: "SoC", state_of_health: "SoH", remaining_capacity: "Remaining capacity",
  full_charge_capacity: "Full capacity", cell_voltage_min: "Lowest cell", cell_voltage_max: "Highest cell", cell_voltage_delta: "Cell spread", cell_voltage_average: "Average cell",
  temperature_min: "Coldest probe", temperature_max: "Hottest probe", mosfet_temperature: "MOSFET temperature", packs_heard: "Packs heard", packs_alarmed: "Packs with an alarm",
  cell_voltage_max_index: "Number of the highest cell", cell_voltage_min_index: "Number of the lowest cell",
  cell_voltage_max_cell: "Number of the highest cell", cell_voltage_min_cell: "Number of the lowest cell", charge_mosfet_on: "Charge MOSFET", discharge_mosfet_on: "Discharge MOSFET",
};
const WORDS = { soc: "SoC", mosfet: "MOSFET", gps: "GPS", uart: "UART", uart1: "UART1", uart2: "UART2", uart3: "UART3", uart4: "UART4", can: "CAN", lcd: "LCD", rtc: "RTC", mcu: "MCU", id: "ID", pwm: "PWM", rs485: "RS485", acc: "ACC" };
const BIT = /^(user_)?alarm_(?!2$|1$)|_(on|active|enabled|present|plugged|disabled|flag|lock|rs485|fault)$|^user_alarm_2_/;

// Groups in the order people look for them; the first that fits takes a value.
const GROUPS = [
  ["Charge and energy", /^(state_of_(charge|health)|remaining_capacity|full_charge_capacity|cycle_|design_capacity)/],
  ["Power, voltage, current", /^(power|battery_voltage|battery_current)$/],
  ["Cells together", /^cell_voltage_(min|max|delta|average)|^cell_present/],
  ["Each cell", /^cell_voltage_\d+$/],
  ["Temperatures", /^(mosfet_|battery_)?temperature(_\d|_min|_max|$)/],
  ["Balancing and heating", /^balancing_(?!enabled)|^heating_(current|active)/],
  ["Balance wires", /^cell_wire_resistance/],
  ["Alarms", /alarm/],
  ["Switches and stages", BIT],
  ["Everything else", /./],
];
const SETTINGS = "Settings, as they were changed";

export const group = (name, set) => (set ? SETTINGS : GROUPS.find(([, fits]) => fits.test(name))[0]);

export function title(name) {
  if (TITLES[name]) return TITLES[name];
  const cell = /^cell_voltage_(\d+)$/.exec(name);
  if (cell) return `Cell ${cell[1]}`;
  const wire = /^cell_wire_resistance_(\d+)$/.exec(name);
  if (wire) return `Wire of cell ${wire[1]}`;
  const text = name.replace(/^battery_(?=temperature)/, "").replace(/^(user_)?alarm_/, "alarm_").split("_").map((word) => WORDS[word] ?? word).join(" ");
  return text[0].toUpperCase() + text.slice(1);
}

// Which axis a value belongs to: its unit, but cells and packs do not share volts, nor balancer and pack amperes.
export function scale(name, unit) {
  if (unit === "V") return /delta|spread/.test(name) ? "V spread" : /^cell_|_cell_voltage/.test(name) ? "V cell" : "V";
  if (unit === "A") return /^balancing/.test(name) ? "A balancing" : /_limit$/.test(name) ? "A limit" : "A";
  if (!unit) return BIT.test(name) ? "bit" : "count";
  return unit;
}

// A value in words of its unit; a share of time for what is on or off.
export function shown(value, name, unit, wide = false) {
  if (!known(value)) return "–";
  if (BIT.test(name) && !unit) return value === 0 ? "off" : value === 1 ? "on" : `on ${percent(value * 100)} of the time`;
  if (unit === "V") return volts(value, scale(name, unit) === "V" ? 2 : 3);
  const write = { A: (v) => amps(v, 2), W: watts, "%": (v) => percent(v, 1), "°C": celsius, Ω: ohms, Ah: hours, s: duration }[unit];
  return write ? write(value) : quantity(value, unit, Number.isInteger(value) || wide ? 0 : 2);
}

// What a number is written like in a table: no unit, as many digits as mean something.
export const bare = (value, name, unit) => number(value, { V: 3, A: 2, W: 0, "%": 1, "°C": 1, Ω: 4, Ah: 1 }[unit] ?? (Number.isInteger(value) ? 0 : 2));

// {name, title, group, set} of every value of a source, without cells that it does not have.
export function catalogue(names, cells) {
  const settings = names.indexOf(LAST_MEASURED);
  const last = names.includes("cell_voltage_1") ? settings : names.length;
  const missing = (name) => Number(/^cell_(?:voltage|wire_\w+)_(\d+)$/.exec(name)?.[1] ?? 0) > cells;
  const found = names.filter((name) => !missing(name)).map((name) => {
    const set = names.indexOf(name) > last;
    return { name, title: title(name), group: group(name, set), set };
  });
  const order = [...GROUPS.map(([word]) => word), SETTINGS];
  return found.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
}

export const split = (series) => [series.slice(0, series.lastIndexOf(":")), series.slice(series.lastIndexOf(":") + 1)];
export const stepped = (name, set) => set || BIT.test(name);
