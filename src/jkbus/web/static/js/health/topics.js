// What each topic of the health report means, when to act, and the values whose course shows it; `note` says how it
// follows from them where that is not plain.

const STEPS = "Worked out from how the voltage gives way at each step of the current.";

const CELLS = ["cell_resistance", "weak_cell", "behind_cell", "charge_end", "spread_top", "spread_bottom", "spread_trend"];

export const TOPICS = {
  contact: { title: "Contact", means: "The pack carries current when the others do. If not, a MOSFET is open, a fuse is blown or a cable is off.", act: "At once when nothing flows.", series: ["battery_current"] },
  cable: { title: "Cable to the busbar", means: "Resistance between this board and the busbar, above that of the other packs. A loose lug gets hot.", act: "From 10 mΩ or 30 W on: switch off, tighten the lugs and fuse holder.", series: ["battery_voltage", "battery_current"], note: STEPS },
  share: { title: "Share of the current", means: "Which part of a load this pack takes. Packs of one size should take about the same.", act: "See cable and cells.", series: ["battery_voltage", "battery_current"], note: STEPS },
  circulating: { title: "Current from pack to pack", means: "Packs at different charge push current into each other. It fades by itself once they are alike.", act: "Act if it goes on for days or is a tenth of the capacity.", series: ["battery_current"] },
  sensor: { title: "Current sensor", means: "A reading that never moves although the load does is no current.", act: "Calibrate the board or have it replaced.", series: ["battery_current"] },
  usage: { title: "Use", means: "How much of the charge this pack moves, compared with its capacity.", act: "Look for resistance.", series: ["state_of_charge"] },
  spread_top: { title: "Cells when full", means: "How far apart the cells are at the end of a charge. There the differences show first.", act: "From 150 mV on: keep it full for some hours with the balancer on.", series: ["cell_voltage_delta"] },
  charge_end: { title: "End of the charge", means: "One cell that reaches its protection first ends the charge for all.", act: "Balance; or lower the charge voltage a little.", series: ["cell_voltage_max", "cell_voltage_average"] },
  spread_trend: { title: "Trend of the cells", means: "Whether the cells drift apart from week to week, and which one does.", act: "From 5 mV a week on: look after the balancer and its wires.", series: ["cell_voltage_delta"] },
  spread_bottom: { title: "Cells when empty", means: "How far apart the cells are near empty. A wide gap means different capacities.", act: "From 300 mV on: discharge less deeply, and find the weak cell.", series: ["cell_voltage_delta", "state_of_charge"] },
  weak_cell: { title: "Weak cell", means: "A cell that is full first and empty first holds less than the others.", act: "Plan to replace it.", series: ["cell_voltage_min", "cell_voltage_max"] },
  behind_cell: { title: "Cell that is behind", means: "A cell that is low at both ends lacks charge, not capacity.", act: "Let the balancer work at full charge, or charge the cell by itself.", series: ["cell_voltage_min", "cell_voltage_max"] },
  cell_resistance: { title: "Cell resistance", means: "A cell that gives way more than its neighbours has a loose connection or is ageing.", act: "From 2.5 times on: check its busbars and bolts.", series: ["battery_voltage", "battery_current"], note: STEPS },
  resistance: { title: "Resistance of the pack", means: "How much the voltage gives way under load. It grows slowly with age and with cold.", act: "Compare it at the same temperature.", series: ["battery_voltage", "battery_current"], note: STEPS },
  balancing: { title: "Balancer", means: "How long the balancer works. Many hours for one cell mean that it loses charge.", act: "From 10 hours a week on: watch that cell.", series: ["balancing_current"] },
  capacity: { title: "Capacity", means: "What the pack really held between full and empty, over what it was made for.", act: "Below 70 %: plan its replacement.", series: ["state_of_charge"] },
  count: { title: "Counting of the charge", means: "How far the board's SoC drifts between two full charges.", act: "Charge it to full now and then; that sets the count right.", series: ["state_of_charge"] },
  efficiency: { title: "Efficiency", means: "Energy out over energy in. Cold, high currents and age cost some of it.", act: "Below 88 %: look for resistance.", series: ["power"], note: "Worked out between full charges; the energy bars of the history show both sides." },
  limits: { title: "Hard use", means: "Hours outside of what cells like: nearly full or empty, hot, or charged below 0 °C.", act: "Charging below 0 °C does lasting harm.", series: ["cell_voltage_max", "cell_voltage_min", "temperature_max"] },
};

export const topic = (name) => TOPICS[name] ?? { title: name.replaceAll("_", " "), means: "", act: "", series: ["state_of_charge"] };

// The values that show a finding: about one cell, that cell beside the average of all.
export function series({ topic: name, subject, sentence }) {
  const cell = /\bcell (\d+)/.exec(`${subject} ${sentence}`);
  return cell && CELLS.includes(name) ? [`cell_voltage_${cell[1]}`, "cell_voltage_average"] : topic(name).series;
}

export const KINDS = {
  act: { word: "Act", tone: "alarm", icon: "fault" },
  watch: { word: "Keep an eye on it", tone: "warning", icon: "warning" },
  fine: { word: "Fine", tone: "good", icon: "good" },
  unknown: { word: "Not known yet", tone: "resting", icon: "clock" },
};
const ORDER = ["act", "watch", "fine", "unknown"];

// How a pack is, in one word: the worst of what is known of it.
export const verdict = (findings) => ORDER.find((kind) => findings.some((finding) => finding.kind === kind)) ?? "unknown";
export const urgency = (kind) => ORDER.indexOf(kind);
