// From curves, each with times of its own, to the one table of columns that uPlot draws.
// A gap is a null between two points; undefined is a time that only other lines have, the line goes on over it.

const APART = 3; // times as far apart as most around it: a gap
const AROUND = 4; // distances on either side that tell what is usual
const LEAST = 10; // s that are no gap yet, boards are asked now and then only
const HOUR = 3600; // s of the coarsest points there are

// Whether something is missing between points `index` and `index + 1` of these times.
function gap(times, index, step) {
  const apart = times[index + 1] - times[index];
  if (apart <= Math.max(APART * step, LEAST)) return false;
  const around = [];
  for (let other = Math.max(0, index - AROUND); other <= index + AROUND && other + 1 < times.length; other += 1) {
    if (other !== index) around.push(times[other + 1] - times[other]);
  }
  const usual = around.sort((a, b) => a - b)[around.length >> 1] ?? 0;
  return apart > APART * Math.min(Math.max(usual, step), Math.max(step, HOUR));
}

// The points of a curve as [time, low, mean, high], snapped to a grid of `fine` s, with a null where a gap is.
export function points(curve, fine, steps, end) {
  const found = [];
  const { times, low, mean, high, step } = curve;
  const snap = (at) => Math.round(at / fine) * fine;
  for (let index = 0; index < times.length; index += 1) {
    found.push([snap(times[index]), low[index], mean[index], high[index]]);
    if (!steps && index + 1 < times.length && gap(times, index, step)) found.push([snap((times[index] + times[index + 1]) / 2), null, null, null]);
  }
  if (steps && found.length) found.push([snap(Math.min(end, Date.now() / 1000)), ...found.at(-1).slice(1)]);
  return found;
}

// Columns for uPlot: times, then the mean of every line, then low and high of every line that has a band.
export function aligned(lines, fine, end) {
  const all = lines.map(({ curve, steps }) => points(curve, fine, steps, end));
  const times = [...new Set(all.flatMap((one) => one.map(([at]) => at)))].sort((a, b) => a - b);
  const place = new Map(times.map((at, index) => [at, index]));
  const column = (found, which) => {
    const values = new Array(times.length);
    for (const point of found) values[place.get(point[0])] ??= point[which];
    return values;
  };
  const means = all.map((found) => column(found, 2));
  const bands = all.flatMap((found, index) => (lines[index].band ? [column(found, 1), column(found, 3)] : []));
  return [times, ...means, ...bands];
}

// Whether points of a curve stand for more than one reading, so that there is a band to draw.
export const banded = ({ low, high }) => low.some((value, index) => value !== high[index]);

// The point of a curve nearest to a time, or null where there is none near enough.
export function at(curve, moment, reach, steps = false) {
  const { times } = curve;
  let [first, last] = [0, times.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (times[middle] <= moment) first = middle + 1;
    else last = middle;
  }
  const before = first - 1;
  const index = steps ? before : before >= 0 && (first >= times.length || moment - times[before] <= times[first] - moment) ? before : first;
  if (index < 0 || index >= times.length) return null;
  if (!steps && Math.abs(times[index] - moment) > Math.max(reach, curve.step)) return null;
  return { at: times[index], low: curve.low[index], mean: curve.mean[index], high: curve.high[index] };
}
