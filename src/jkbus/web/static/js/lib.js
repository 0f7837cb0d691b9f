// The one door to the vendored libraries. `html` is preact's createElement behind a tagged template; preact 11
// adds no unit to numbers in style objects, so lengths there are strings ("4px").
// `plot()` fetches uPlot when the first chart is drawn: it is half of what the page weighs.

import htm from "../vendor/htm.js";
import { Fragment, createContext, h, render } from "../vendor/preact.js";

export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "../vendor/hooks.js";
export { Fragment, createContext, h, render };

export const html = htm.bind(h);

let plotting = null;

export function plot() {
  plotting ??= Promise.all([element("link", { rel: "stylesheet", href: "vendor/uPlot.css" }), element("script", { src: "vendor/uPlot.js" })])
    .then(() => globalThis.uPlot)
    .catch((error) => {
      plotting = null;
      throw error;
    });
  return plotting;
}

function element(tag, attributes) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.onload = resolve;
    made.onerror = () => reject(new Error("The gateway did not send the chart library; try again when it is back."));
    document.head.append(made);
  });
}
