// All cells of a pack as tiny bars. The scale is that of what is there, at least SPAN wide: differences between
// cells are what matters, and a few millivolts must not look like a disaster.

import { volts } from "../format.js";
import { html } from "../lib.js";

const SPAN = 0.03; // V

export function scaleOf(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max(SPAN - (high - low), (high - low) * 0.3) / 2;
  return { low, high, bottom: Math.max(0, low - margin), top: high + margin };
}

export function CellStrip({ cells, lowest, highest }) {
  if (!cells.length) return null;
  const { low, high, bottom, top } = scaleOf(cells);
  const label = `${cells.length} cells from ${volts(low, 3)} (cell ${lowest}) to ${volts(high, 3)} (cell ${highest})`;
  const kind = (number) => (low === high ? "" : number === lowest ? "strip-low" : number === highest ? "strip-high" : "");
  return html`<div class="strip" role="img" aria-label=${label} title=${label}>
    ${cells.map((value, index) => html`<span key=${index} class=${kind(index + 1)} style=${{ height: `${Math.max(6, (100 * (value - bottom)) / (top - bottom))}%` }} />`)}
  </div>`;
}
