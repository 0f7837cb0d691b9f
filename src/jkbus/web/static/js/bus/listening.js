// The traffic of a bus as it is said: server-sent events, read until it is closed, begun anew when they end.

import { ask } from "../api.js";
import { useEffect, useRef, useState } from "../lib.js";

const KEPT = 200; // lines
const AGAIN = 2000; // ms

// {lines, leftOut, problem}: the last lines, oldest first, of an address and of kinds; still while `paused`.
export function useTraffic(name, address, kinds, paused) {
  const [state, setState] = useState({ lines: [], leftOut: 0, problem: null });
  const held = useRef({});
  held.current.paused = paused;
  const wish = JSON.stringify([name, address, kinds]);
  useEffect(() => {
    const stop = new AbortController();
    let seen = { lines: [], leftOut: 0, problem: null };
    let due = null;
    const show = (part) => {
      seen = { ...seen, ...part };
      if (!held.current.paused) due ??= requestAnimationFrame(() => ((due = null), setState(seen)));
    };
    held.current.resume = () => setState(seen);
    setState(seen);
    follow(name, { address, kind: kinds }, stop.signal, {
      begin: () => show({ lines: [], leftOut: 0, problem: null }),
      message: (line) => show({ lines: [...seen.lines, line].slice(-KEPT) }),
      left_out: ({ count }) => show({ leftOut: seen.leftOut + count }),
      problem: (sentence) => show({ problem: sentence }),
    });
    return () => (stop.abort(), cancelAnimationFrame(due));
  }, [wish]);
  useEffect(() => {
    if (!paused) held.current.resume?.();
  }, [paused]);
  return state;
}

async function follow(name, params, signal, take) {
  while (!signal.aborted) {
    try {
      const answer = await ask(`bus/${encodeURIComponent(name)}/traffic`, { params, signal });
      take.begin();
      await read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), take);
    } catch (error) {
      if (signal.aborted) return;
      take.problem(error.message);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

async function read(reader, take) {
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const kind = /^event: (\w+)$/m.exec(event)?.[1];
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (take[kind] && data) take[kind](JSON.parse(data));
    }
  }
}
