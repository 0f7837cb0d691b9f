// Curves in pieces: time is cut into tiles of 800 points of one of the widths below, so that what was fetched serves
// while one moves, and the neighbours are there before one gets to them. A tile that ends before now never changes.
// Nothing between 4 h and a day: points that tell day from night draw a year as one solid block.

import { get } from "../api.js";
import { DAY } from "./hash.js";

const POINTS = 800;
const WIDTHS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400, 172800, 604800]; // s of a point
const MIDNIGHT = new Date(2001, 0, 1).getTimezoneOffset() * 60; // s after Greenwich's that it comes here, without summer time
const KEPT = 300; // tiles
const SETTLING = 15; // s until the gateway has written what it heard
const AT_ONCE = 4; // questions; the gateway has other things to do

const tiles = new Map(); // what was asked -> {curve, asked: when, unix s}
const waiting = [];
let running = 0;

// The width of a point for a span that is drawn over so many pixels.
export function fineness(start, end, pixels) {
  return WIDTHS.find((width) => (end - start) / width <= Math.max(300, pixels)) ?? WIDTHS.at(-1);
}

// Where the points of this width begin, or pieces of so many s of them: those of whole days at midnight.
export function begin(at, width, long = width) {
  const midnight = width < DAY ? 0 : MIDNIGHT;
  return Math.floor((at - midnight) / long) * long + midnight;
}

function cover(start, end, width) {
  const long = width * POINTS;
  const found = [];
  for (let at = begin(start, width, long); at < end; at += long) found.push(at);
  return found;
}

const address = (series, start, width) => `${series}|${width}|${start}`;

// What is there already of a series, as one curve; null if nothing is.
export function kept(series, start, end, width) {
  const there = cover(start, end, width).flatMap((at) => tiles.get(address(series, at, width))?.curve ?? []);
  if (!there.length) return null;
  const joined = (name) => there.flatMap((curve) => curve[name]);
  return { unit: there[0].unit, step: Math.max(...there.map(({ step }) => step)), times: joined("times"), low: joined("low"), mean: joined("mean"), high: joined("high") };
}

// The tiles of a span that are not there or, being of now, are older than `stale` s.
export function missing(series, start, end, width, stale = Infinity) {
  const now = Date.now() / 1000;
  return cover(start, Math.min(end, now), width).filter((at) => {
    const tile = tiles.get(address(series, at, width));
    return !tile || (tile.asked - SETTLING < at + width * POINTS && now - tile.asked >= stale);
  });
}

// Fetch a tile and keep it.
export async function fetched(series, key, name, at, width, signal) {
  const now = Date.now() / 1000;
  const { curve } = await inTurn(() => get("history/curve", { key, name, start: at, end: at + width * POINTS, points: POINTS }, signal), signal);
  const place = address(series, at, width);
  tiles.delete(place);
  tiles.set(place, { curve, asked: now });
  if (tiles.size > KEPT) tiles.delete(tiles.keys().next().value);
}

async function inTurn(work, signal) {
  if (running >= AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  running += 1;
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}
