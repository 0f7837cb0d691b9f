// The shell: who may see what (api/me), the navigation, the route in the address, and the banner when the gateway is
// away. A route names its view, which is fetched when it is first wanted.

import { get } from "./api.js";
import { duration } from "./format.js";
import { html, render, useEffect, useLayoutEffect, useRef, useState } from "./lib.js";
import { connect, useLive } from "./live.js";
import { Bar, Rail } from "./nav.js";
import { match } from "./routes.js";
import { Problem, Spinner, announce } from "./ui.js";

function useHash() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return hash;
}

// Who we are; asked again until the gateway answers, and whenever it wants a login.
function useMe() {
  const [me, setMe] = useState(null);
  const [problem, setProblem] = useState(null);
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((n) => n + 1);
  useEffect(() => {
    let timer = 0;
    get("me").then(
      (said) => (setMe(said), setProblem(null)),
      (error) => (setProblem(error.message), (timer = setTimeout(again, 3000))),
    );
    addEventListener("jkbus:login", again);
    return () => (clearTimeout(timer), removeEventListener("jkbus:login", again));
  }, [turn]);
  return { me, problem, again };
}

function useView(load) {
  const [loaded, setLoaded] = useState({ load: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    load().then(
      (View) => wanted && setLoaded({ load, View }),
      () => wanted && setLoaded({ load, problem: "This part of the page could not be fetched; the gateway may be away." }),
    );
    return () => (wanted = false);
  }, [load, turn]);
  return { ...loaded, again: () => setTurn((n) => n + 1) };
}

// While the next view is fetched the one before stays, as it was.
function View({ route, me }) {
  const { load, View: Shown, problem, again } = useView(route.load);
  const ready = load === route.load;
  const last = useRef(route);
  if (ready) last.current = route;
  useArrival(route.path, ready);
  if (ready && problem) return html`<${Problem} sentence=${problem} again=${again} />`;
  if (!Shown) return html`<${Spinner} label="Loading" />`;
  return html`<${Shown} params=${last.current.params} me=${me} key=${last.current.name} />`;
}

let arrived = false;

// On another page the top is shown and its heading gets the focus, so a screen reader reads where one is.
function useArrival(path, ready) {
  useLayoutEffect(() => {
    if (!ready) return;
    if (arrived) {
      scrollTo(0, 0);
      document.querySelector("main h1")?.focus({ preventScroll: true });
    }
    arrived = true;
  }, [path, ready]);
}

function Gone() {
  const { link, lost, now } = useLive(({ link, lost, now }) => ({ link, lost, now: link === "gone" ? now : 0 }));
  useEffect(() => {
    document.documentElement.classList.toggle("is-gone", link === "gone");
    if (link === "gone") announce("The gateway is away. What is shown is old.");
  }, [link]);
  if (link !== "gone") return null;
  return html`<div class="gone"><${Spinner} />No connection for ${duration(Math.max(0, now - lost) / 1000)}, trying again</div>`;
}

// Says aloud what is new in the journal; what stood when the page was opened is seen on the page.
function Crier() {
  const standing = useLive(({ alarms }) => alarms.standing);
  const heard = useLive((live) => live.heard);
  const known = useRef(null);
  useEffect(() => {
    if (!heard) return;
    const fresh = known.current && standing.filter(({ id, severity }) => severity !== "info" && !known.current.has(id));
    known.current = new Set(standing.map(({ id }) => id));
    if (fresh?.length) announce(`Alarm: ${fresh.map(({ message, title }) => message || title).join(". ")}`);
  }, [standing, heard]);
  return null;
}

const LOGIN = { name: "login", path: "login", params: {}, load: () => import("./views/login.js").then((m) => m.default) };
const SETUP = { name: "setup", path: "setup", params: {}, load: () => match("#/setup").load() };

function App() {
  const hash = useHash();
  const { me, problem, again } = useMe();
  useEffect(() => {
    if (me && !me.login && !me.setup) connect();
  }, [me]);
  if (!me) return html`<main class="starting">${problem ? html`<${Problem} sentence=${problem} again=${again} />` : html`<${Spinner} label="Asking the gateway" />`}</main>`;
  if (me.login) return html`<main id="main"><${View} route=${LOGIN} me=${me} /></main>`;
  if (me.setup) return html`<main id="main"><${View} route=${SETUP} me=${me} /></main>`;
  const route = match(hash);
  return html`<div class="shell">
    <${Rail} me=${me} route=${route.name} />
    <${Crier} />
    <div><${Gone} /><main id="main" tabindex="-1"><${View} route=${route} me=${me} /></main></div>
    <${Bar} me=${me} route=${route.name} />
  </div>`;
}

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.querySelector("main h1, main")?.focus();
});
// Home Assistant's ingress has a new path each time: what were kept there would never be used again.
const lasting = !location.pathname.includes("/hassio_ingress/");
if (lasting && isSecureContext) navigator.serviceWorker?.register("sw.js").catch(() => {});
const app = document.getElementById("app");
app.textContent = "";
render(html`<${App} />`, app);
