// Moving and zooming a chart with a mouse, fingers or keys. Each tells the new span; drawing it is not done here.

export const SHORTEST = 60; // s
export const LONGEST = 20 * 366 * 86400; // s
const PIXELS = 6; // a selection that is narrower was a click
const KEYS = { ArrowLeft: [-0.2, 1], ArrowRight: [0.2, 1], "+": [0, 0.6], "=": [0, 0.6], "-": [0, 1 / 0.6], PageUp: [-1, 1], PageDown: [1, 1] };

// The span that is `by` of itself later and `times` as long, around a place in it (0 left, 1 right).
export function moved(start, end, by, times = 1, around = 0.5) {
  const width = end - start;
  const wide = Math.min(LONGEST, Math.max(SHORTEST, width * times));
  const first = start + by * width + (width - wide) * around;
  return [first, first + wide];
}

export function gestures(chart, asked) {
  const over = chart.over;
  const touches = new Map();
  let held = null; // what a gesture began with
  const place = (event) => event.clientX - over.getBoundingClientRect().left;
  const tell = (span) => asked.current.onSpan(...span);
  const begun = () => ({ start: asked.current.start, end: asked.current.end, ...reach(touches) });

  function down(event) {
    if (event.button > 0) return;
    over.parentElement.closest(".chart")?.focus({ preventScroll: true });
    touches.set(event.pointerId, place(event));
    over.setPointerCapture(event.pointerId);
    held = { ...begun(), selecting: touches.size === 1 && (event.shiftKey || asked.current.selecting) };
  }

  function move(event) {
    if (!held || !touches.has(event.pointerId)) return;
    touches.set(event.pointerId, place(event));
    const now = reach(touches);
    if (held.selecting) return select(chart, held.middle, now.middle);
    const width = over.clientWidth || 1;
    const times = held.apart > 10 && now.apart > 10 ? held.apart / now.apart : 1;
    const [start, end] = moved(held.start, held.end, 0, times, held.middle / width);
    const shift = ((held.middle - now.middle) / width) * (end - start);
    tell([start + shift, end + shift]);
  }

  function up(event) {
    if (!touches.has(event.pointerId)) return;
    const last = held;
    const now = reach(touches);
    touches.delete(event.pointerId);
    held = touches.size ? begun() : null;
    if (!last?.selecting) return;
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    const [left, right] = [last.middle, now.middle].sort((a, b) => a - b).map((x) => Math.min(over.clientWidth, Math.max(0, x)));
    if (event.type === "pointerup" && right - left > PIXELS) {
      const [start, end] = [chart.posToVal(left, "x"), chart.posToVal(right, "x")];
      tell(moved(start, end, 0, 1));
    }
  }

  function wheel(event) {
    event.preventDefault();
    const { start, end } = asked.current;
    const unit = event.deltaMode === 1 ? 30 : 1;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) return tell(moved(start, end, (event.deltaX * unit) / over.clientWidth));
    const times = Math.exp(Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.006);
    tell(moved(start, end, 0, times, place(event) / over.clientWidth));
  }

  function key(event) {
    const { start, end } = asked.current;
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    if (event.shiftKey && event.key.startsWith("Arrow")) return point(chart, event.key === "ArrowLeft" ? -8 : 8);
    tell(moved(start, end, ...KEYS[event.key]));
  }

  const stop = new AbortController();
  const options = { signal: stop.signal };
  over.addEventListener("pointerdown", down, options);
  over.addEventListener("pointermove", move, options);
  for (const name of ["pointerup", "pointercancel"]) over.addEventListener(name, up, options);
  over.addEventListener("wheel", wheel, { ...options, passive: false });
  over.closest(".chart").addEventListener("keydown", key, options);
  return () => stop.abort();
}

// Where the fingers are in the middle, and how far apart.
function reach(touches) {
  const all = [...touches.values()];
  const [left, right] = [Math.min(...all), Math.max(...all)];
  return { middle: (left + right) / 2, apart: right - left };
}

function select(chart, from, to) {
  chart.setSelect({ left: Math.min(from, to), width: Math.abs(to - from), top: 0, height: chart.over.clientHeight }, false);
}

function point(chart, by) {
  const width = chart.over.clientWidth;
  const left = chart.cursor.left >= 0 ? chart.cursor.left : width / 2;
  chart.setCursor({ left: Math.min(width - 1, Math.max(0, left + by)), top: 1 });
}
