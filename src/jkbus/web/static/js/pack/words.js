// What a pack or the battery is doing, as a word, an icon and a tone: the same everywhere.

import { duration, known } from "../format.js";
import { ageOf } from "../live.js";

const RESTS_BELOW = 5; // W a pack: what a board measures where nothing flows
const LOW = 15; // % from which on the charge is shown as a warning

const DOING = {
  charging: { word: "Charging", icon: "up", tone: "charging" },
  discharging: { word: "Discharging", icon: "down", tone: "discharging" },
  resting: { word: "Resting", icon: "rest", tone: "resting" },
  unknown: { word: "Not known", icon: "rest", tone: "resting" },
};

export function doing(power, packs = 1) {
  if (!known(power)) return DOING.unknown;
  if (Math.abs(power) < RESTS_BELOW * packs) return DOING.resting;
  return power > 0 ? DOING.charging : DOING.discharging;
}

export const chargeTone = (soc, { tone }) => (known(soc) && soc < LOW && tone !== "charging" ? "warning" : tone);

// Why the values of a pack are not of now: {word, icon, said}; null while they are.
export function staleness(pack, state, now) {
  if (state === "heard") return null;
  const age = ageOf(pack, now);
  if (state === "late") return { word: "Late", icon: "clock", said: `nothing heard for ${duration(age)}` };
  if (age === null) return { word: "Silent", icon: "silent", said: "has not told its values yet" };
  return { word: state === "gone" ? "Gone" : "Silent", icon: "silent", said: `silent for ${duration(age)}` };
}

const RANK = ["info", "warning", "protection", "fault"];

export const worst = (alarms) => alarms.reduce((found, { severity }) => (RANK.indexOf(severity) > RANK.indexOf(found) ? severity : found), null);

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
