// The curves of some series over a span: at once what is there, then what is fetched; live where the span ends now.

import { useEffect, useMemo, useRef, useState } from "../lib.js";
import { fetched, fineness, kept, missing } from "./tiles.js";
import { split } from "./values.js";

const PAUSE = 120; // ms of rest before anything is asked, while one moves
const FEW = 10; // series up to which the neighbours are fetched too
const NOTHING = { unit: "", step: 0, times: [], low: [], mean: [], high: [] };

// {curves: {series: curve}, width: s of a point, busy, problem}; `problem` is of the last thing that failed.
export function useCurves(series, start, end, pixels) {
  const width = fineness(start, end, pixels);
  const [turn, setTurn] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(null);
  const asked = useRef({});
  asked.current = { series, start, end, width };
  const long = 400 * width;
  const want = JSON.stringify([series, width, Math.floor(start / long), Math.ceil(end / long)]);

  useEffect(() => {
    const stop = new AbortController();
    const every = Math.max(3, Math.min(60, width)) * 1000;
    const round = () => document.hidden || load(asked.current, stop.signal, every / 1000, setBusy, setProblem, () => setTurn((n) => n + 1));
    const first = setTimeout(round, PAUSE);
    const timer = setInterval(round, every);
    return () => (stop.abort(), clearTimeout(first), clearInterval(timer), setBusy(false));
  }, [want]);

  const last = useRef({ width, curves: {} });
  const curves = useMemo(() => {
    const margin = Math.max(end - start, long);
    const found = series.map((one) => {
      const whole = width === last.current.width || !missing(one, start, end, width).length;
      const curve = whole ? kept(one, start - margin, end + margin, width) : null;
      return [one, curve ?? last.current.curves[one] ?? kept(one, start - margin, end + margin, width) ?? NOTHING];
    });
    if (found.every(([one]) => !missing(one, start, end, width).length)) last.current.width = width;
    return (last.current.curves = Object.fromEntries(found));
  }, [want, turn]);
  return { curves, width, busy, problem };
}

async function load({ series, start, end, width }, signal, stale, setBusy, setProblem, done) {
  const wanted = series.flatMap((one) => missing(one, start, end, width, stale).map((at) => [one, at]));
  const one = async ([name, at]) => {
    await fetched(name, ...split(name), at, width, signal);
    if (!signal.aborted) done();
  };
  const failed = (error) => signal.aborted || setProblem(error.message);
  if (wanted.length) {
    setBusy(true);
    const problems = (await Promise.allSettled(wanted.map(one))).filter(({ reason }) => reason);
    if (signal.aborted) return;
    setBusy(false);
    if (problems.length) return failed(problems[0].reason);
    setProblem(null);
  }
  if (series.length > FEW) return;
  const span = end - start;
  const beside = series.flatMap((name) => missing(name, start - span / 2, end + span / 2, width).map((at) => [name, at]));
  await Promise.allSettled(beside.map(one));
}
