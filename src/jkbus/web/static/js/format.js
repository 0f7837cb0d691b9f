// Numbers as people read them: a narrow space before the unit, a real minus, "–" for what is not known.
// `signed` shows + too. Nothing here knows what is good or bad.

export const NONE = "–";
const SPACE = "\u202f";

export const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

export function number(value, digits = 0) {
  if (!known(value)) return NONE;
  const text = Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const zero = !/[1-9]/.test(text);
  return (value < 0 && !zero ? "−" : "") + text.replaceAll(",", SPACE);
}

export const signed = (text) => (/^[1-9]|^0.*[1-9]/.test(text) ? `+${text}` : text);
export const quantity = (value, unit, digits = 0) => (known(value) ? `${number(value, digits)}${unit ? SPACE + unit : ""}` : NONE);

export const volts = (value, digits = 2) => quantity(value, "V", digits);
export const millivolts = (value) => quantity(known(value) ? value * 1000 : null, "mV");
export const amps = (value, digits = 1) => quantity(value, "A", digits);
export const watts = (value) => (known(value) && Math.abs(value) >= 1000 ? quantity(value / 1000, "kW", Math.abs(value) >= 10000 ? 1 : 2) : quantity(value, "W"));
export const percent = (value, digits = 0) => quantity(value, "%", digits);
export const celsius = (value, digits = 1) => quantity(value, "°C", digits);
export const ohms = (value) => (known(value) && Math.abs(value) < 1 ? quantity(value * 1000, "mΩ", 0) : quantity(value, "Ω", 2));
export const hours = (value, digits = 1) => quantity(value, "Ah", digits);
export const energy = (value) => quantity(value, "kWh", known(value) && Math.abs(value) >= 100 ? 0 : 1);

// A span in at most two parts: "45 s", "3 min", "2 h 05 min", "3 d 4 h".
export function duration(seconds) {
  if (!known(seconds)) return NONE;
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return quantity(s, "s");
  const min = Math.round(s / 60);
  if (min < 60) return quantity(min, "min");
  const h = Math.floor(min / 60);
  if (h < 24) return min % 60 ? `${h}${SPACE}h ${String(min % 60).padStart(2, "0")}${SPACE}min` : `${h}${SPACE}h`;
  const d = Math.floor(h / 24);
  return h % 24 && d < 10 ? `${d}${SPACE}d ${h % 24}${SPACE}h` : `${d}${SPACE}d`;
}

export const age = (seconds) => (known(seconds) ? (seconds < 1.5 ? "just now" : `${duration(Math.floor(seconds))} ago`) : "never");

// Times: unix seconds, or ISO 8601 text as alarms have it.
export const moment = (at) => (known(at) ? new Date(typeof at === "number" ? at * 1000 : at) : null);

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const time = (at) => (known(at) ? CLOCK.format(moment(at)) : NONE);
export const date = (at) => (known(at) ? DAY.format(moment(at)) : NONE);
export const when = (at) => (known(at) ? SHORT.format(moment(at)) : NONE);

export const capital = (sentence) => (sentence ? sentence[0].toUpperCase() + sentence.slice(1) : "");

// A value of an entity or setting with its unit and precision, whatever its type.
export function any(value, unit = "", precision = null) {
  if (!known(value) || value === "") return NONE;
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "string") return value;
  if (unit === "s" && value >= 7200) return duration(value);
  return quantity(value, unit, precision ?? (Number.isInteger(value) ? 0 : 2));
}
