// The icons: one stroke path each on a 24 px grid, drawn in the colour of the text beside them.
// A `label` is read aloud; without one the icon is decoration.

import { html } from "./lib.js";

const PATHS = {
  overview: "M3 12l9-8 9 8M5.5 10v10h13V10M10 20v-6h4v6",
  history: "M3 3v18h18M7 15l4-5 4 3 5-7",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.5v5M8 14.5v5M4 12h0",
  health: "M3 12h4l2.5-6 4.5 12 2.5-6H21",
  alarms: "M6 16V11a6 6 0 0112 0v5l2 2H4zM10 21h4",
  bus: "M3 12h18M7 12V6M12 12v6M17 12V6M5 4h4M10 20h4M15 4h4",
  api: "M8 7l-5 5 5 5M16 7l5 5-5 5M14 4l-4 16",
  more: "M4 12a1 1 0 102 0 1 1 0 10-2 0M11 12a1 1 0 102 0 1 1 0 10-2 0M18 12a1 1 0 102 0 1 1 0 10-2 0",
  up: "M12 20V4M5 11l7-7 7 7",
  down: "M12 4v16M5 13l7 7 7-7",
  rest: "M5 9h14M5 15h14",
  minimum: "M12 4v12M6.5 11l5.5 5.5 5.5-5.5M5 20h14",
  maximum: "M12 20V8M6.5 13L12 7.5l5.5 5.5M5 4h14",
  balance: "M12 4v16M6 20h12M4 8h16M4 8l-2 6h5zM20 8l-3 6h5z",
  info: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v6M12 7.5v.01",
  warning: "M12 4L2.5 20h19zM12 10v5M12 17.5v.01",
  protection: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM12 8v5M12 16v.01",
  fault: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6",
  good: "M4 12.5l5.5 5.5L20 6.5",
  clock: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2",
  silent: "M4 4l16 16M9 5.5A9 9 0 0120 12M12 17.5a3 3 0 01-2-1M6 9.5A9 9 0 004 12",
  heat: "M12 14V5a2 2 0 00-4 0v9a4 4 0 104 0zM16 6h3M16 10h3",
  close: "M6 6l12 12M18 6L6 18",
  next: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  light: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
  dark: "M20 14A8.5 8.5 0 1110 4a7 7 0 0010 10z",
  auto: "M12 3a9 9 0 100 18 9 9 0 000-18zM12 3v18M12 7l6 0M12 12h9M12 17h6",
  leave: "M10 4H4v16h6M9 12h12M17 8l4 4-4 4",
  download: "M12 4v11M6.5 10.5L12 16l5.5-5.5M4 20h16",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 017 0v3",
  search: "M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l5 5",
  play: "M7 4l12 8-12 8z",
  pause: "M8 4v16M16 4v16",
  plus: "M12 5v14M5 12h14",
  pencil: "M4 20l1-5L16 4l4 4L9 19z",
  again: "M20 11A8 8 0 105.5 17.5M20 4v7h-7",
  battery: "M3 8h15v9H3zM21 11v3M6.5 11v3M10 11v3",
  unplugged: "M9 7l8 8-2 2a5 5 0 01-7-7zM17 7l3-3M13 11l2-2M4 20l4-4",
};

export function Icon({ name, label, size = 20 }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} fill="none" stroke="currentColor" stroke-width="2"
    stroke-linecap="round" stroke-linejoin="round" role=${label ? "img" : null} aria-label=${label} aria-hidden=${label ? null : "true"}
    focusable="false"><path d=${PATHS[name] ?? PATHS.info} /></svg>`;
}
