// Where one can go: a rail at the side, or a bar at the bottom whose last item opens the rest.

import { post } from "./api.js";
import { html, useEffect, useState } from "./lib.js";
import { useLive } from "./live.js";
import { Icon } from "./ui.js";

const PLACES = [
  ["overview", "#/", "Overview"],
  ["history", "#/history", "History"],
  ["health", "#/health", "Health"],
  ["alarms", "#/alarms", "Alarms"],
  ["settings", "#/settings", "Settings"],
  ["bus", "#/bus", "Bus"],
  ["api", "#/api", "API"],
];
const IN_BAR = 4;
const OWNER = { pack: "overview", fleet: "settings" };
const THEMES = { auto: ["auto", "Theme: auto"], light: ["light", "Theme: light"], dark: ["dark", "Theme: dark"] };

function Alarms() {
  const standing = useLive((live) => live.alarms.standing).filter(({ severity }) => severity !== "info");
  if (!standing.length) return null;
  const mild = standing.every(({ severity }) => severity === "warning");
  return html`<span class=${`nav-count${mild ? " mild" : ""}`}>${standing.length}<span class="unseen"> standing</span></span>`;
}

function Place({ place: [name, href, title], route }) {
  const here = (OWNER[route] ?? route) === name;
  return html`<a class="nav-item" href=${href} aria-current=${here ? "page" : null}><${Icon} name=${name} /><span>${title}</span>${name === "alarms" && html`<${Alarms} />`}</a>`;
}

function Theme() {
  const [chosen, setChosen] = useState(globalThis.theme.chosen);
  const order = Object.keys(THEMES);
  const next = () => {
    const name = order[(order.indexOf(chosen) + 1) % order.length];
    globalThis.theme.choose(name);
    setChosen(name);
  };
  const [icon, title] = THEMES[chosen] ?? THEMES.auto;
  return html`<button type="button" class="nav-item" onClick=${next}><${Icon} name=${icon} /><span>${title}</span></button>`;
}

function Leave({ me }) {
  if (!me.user) return null;
  const leave = () => post("logout").finally(() => location.reload());
  return html`<button type="button" class="nav-item" onClick=${leave}><${Icon} name="leave" /><span>Log out ${me.user}</span></button>`;
}

export function Rail({ me, route }) {
  return html`<nav class="rail" aria-label="Main">
    <a class="brand" href="#/"><img src="icons/icon.svg" width="28" height="28" alt="" />${me.title || "jkbus"}</a>
    ${PLACES.map((place) => html`<${Place} key=${place[0]} place=${place} route=${route} />`)}
    <div class="rail-foot">
      <${Theme} /><${Leave} me=${me} />
      <p class="rail-note">jkbus ${me.version}${me.role === "read" ? ", read only" : ""}</p>
    </div>
  </nav>`;
}

export function Bar({ me, route }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const close = () => setOpen(false);
    const escape = (event) => event.key === "Escape" && close();
    addEventListener("hashchange", close);
    addEventListener("keydown", escape);
    return () => (removeEventListener("hashchange", close), removeEventListener("keydown", escape));
  }, []);
  const rest = PLACES.slice(IN_BAR);
  const here = rest.some(([name]) => name === (OWNER[route] ?? route));
  return html`<nav class="bar" aria-label="Main">
      ${PLACES.slice(0, IN_BAR).map((place) => html`<${Place} key=${place[0]} place=${place} route=${route} />`)}
      <button type="button" class="nav-item" aria-expanded=${open ? "true" : "false"} aria-controls="more" aria-current=${here ? "page" : null}
        onClick=${() => setOpen(!open)}><${Icon} name="more" /><span>More</span></button>
    </nav>
    ${open &&
    html`<div class="more-sheet" id="more">
      ${rest.map((place) => html`<${Place} key=${place[0]} place=${place} route=${route} />`)}
      <${Theme} /><${Leave} me=${me} />
    </div>`}`;
}
