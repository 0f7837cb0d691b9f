// What the gateway knows now, kept up to date by its stream (server-sent events).
//
// The stream is read with fetch and not with EventSource: so the heartbeat is seen, a connection that died in
// silence is noticed after DEAF ms, and a refused login is told from a gateway that is away.
// `live` is replaced, never changed; components watch a part of it with useLive(selector) and are drawn again only
// if that part changed. Every pack and the battery carry `received` (ms of this page's own clock), so ageOf() goes
// on counting when nothing comes any more.

import { ask } from "./api.js";
import { useEffect, useRef, useState } from "./lib.js";

const DEAF = 15000;
const LATE_AFTER = 12; // s, or three cycles of its bus: what was fresh and is no longer sent looks late
const FIRST = { battery: null, packs: [], buses: [], alarms: { standing: [] }, details: {}, heard: false, version: null };

let live = { ...FIRST, link: "connecting", lost: null, now: performance.now() };
const watchers = new Set();
const keys = new Map(); // pack whose details are wanted -> how many want it
let stop = null;
let pending = false;

export const current = () => live;

function change(part) {
  live = { ...live, ...part };
  if (pending) return;
  pending = true;
  (document.hidden ? (call) => setTimeout(call, 1000) : requestAnimationFrame)(() => {
    pending = false;
    for (const watcher of [...watchers]) watcher();
  });
}

export function useLive(select = (state) => state) {
  const [, again] = useState(0);
  const seen = useRef({});
  seen.current = { select, value: select(live) };
  useEffect(() => {
    const watcher = () => {
      if (!same(seen.current.select(live), seen.current.value)) again((n) => n + 1);
    };
    watchers.add(watcher);
    watcher();
    return () => watchers.delete(watcher);
  }, []);
  return seen.current.value;
}

function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.is(a[name], b[name]));
}

// The Pack document of a pack, live; null until it came.
export function useDetail(key) {
  useEffect(() => {
    keys.set(key, (keys.get(key) ?? 0) + 1);
    restart();
    return () => {
      if (keys.get(key) > 1) keys.set(key, keys.get(key) - 1);
      else keys.delete(key);
    };
  }, [key]);
  return useLive((state) => state.details[key] ?? null);
}

// Seconds since a document's values were heard, counted on by this page's clock; null if they never were.
export function ageOf(document, now = live.now) {
  if (document?.age_s === null || document?.age_s === undefined) return null;
  return document.age_s + Math.max(0, now - document.received) / 1000;
}

// heard, late, silent or gone: as the gateway said, but late if that is long ago or the gateway is away.
export function stateOf(pack, state = live) {
  if (pack.state !== "heard") return pack.state;
  const unheard = (state.now - pack.received) / 1000;
  const cycle = state.buses.find(({ name }) => name === pack.bus)?.cycle ?? 0;
  return state.link === "gone" || unheard > Math.max(LATE_AFTER, 3 * cycle) ? "late" : "heard";
}

const TAKE = {
  hello: ({ version }) => {
    forgetUnsent(performance.now());
    return { version };
  },
  battery: (battery) => ({ battery: stamped(battery), heard: true }),
  pack: (pack) => ({ packs: placed(live.packs, stamped(pack)) }),
  bus: (bus) => ({ buses: [...live.buses.filter((known) => known.name !== bus.name), stamped(bus)].sort((a, b) => a.name.localeCompare(b.name)) }),
  alarms: (alarms) => ({ alarms }),
  detail: (pack) => ({ details: { ...live.details, [pack.key]: stamped(pack) } }),
};

const stamped = (document) => ({ ...document, received: performance.now() });

function placed(packs, pack) {
  const others = packs.filter((known) => known.key !== pack.key && !(known.bus === pack.bus && known.address === pack.address));
  return [...others, pack].sort((a, b) => a.bus.localeCompare(b.bus) || a.address - b.address);
}

// After each connecting everything is sent; packs and buses that were not are no longer there.
function forgetUnsent(since) {
  const sent = (document) => document.received >= since;
  setTimeout(() => change({ heard: true, packs: live.packs.filter(sent), buses: live.buses.filter(sent) }), 3000);
}

export function connect() {
  if (stop) return;
  setInterval(() => change({ now: performance.now() }), 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && live.link === "gone" && restart());
  addEventListener("online", restart);
  stop = new AbortController();
  follow();
}

export function restart() {
  stop?.abort();
}

async function follow() {
  for (let pause = 500; ; pause = live.link === "gone" ? Math.min(pause * 1.7, 5000) : 500) {
    stop = new AbortController();
    const wanted = [...keys.keys()];
    const { signal } = stop;
    try {
      await read(await within(ask("stream", { params: { pack: wanted.at(-1) }, signal })));
    } catch (error) {
      if (error.status === 401) return (stop = null);
      if (signal.aborted && live.link === "live") continue;
      stop.abort();
    }
    if (live.link !== "gone") change({ link: "gone", lost: performance.now() });
    await pausing(pause);
  }
}

const pausing = (ms) =>
  new Promise((resolve) => {
    stop = new AbortController();
    stop.signal.onabort = resolve;
    setTimeout(resolve, ms);
  });

async function read(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await within(reader.read());
    if (done) return;
    if (live.link !== "live") change({ link: "live", lost: null });
    const events = (rest + value.replaceAll("\r", "")).split("\n\n");
    rest = events.pop();
    events.forEach(take);
  }
}

function within(answer) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, DEAF, new Error("deaf"));
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function take(event) {
  let name = "message";
  let data = "";
  for (const line of event.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5);
  }
  if (data && TAKE[name]) change(TAKE[name](JSON.parse(data)));
}
