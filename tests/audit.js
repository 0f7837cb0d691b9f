// What the tests look for in a page. Each function lists what is wrong, in words that find the place.
(() => {
  const shown = (el) => {
    const box = el.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const ancestors = function* (el) {
    for (let at = el; at; at = at.parentElement) yield at;
  };
  const where = (el) => {
    const kind = `${el.tagName.toLowerCase()}${el.id ? `#${el.id}` : ""}`;
    const names = [...el.classList].map((name) => `.${name}`).join("");
    return `${kind}${names} "${(el.textContent || "").trim().replace(/\s+/g, " ").slice(0, 40)}"`;
  };
  const ownText = (el) => [...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const all = () => [...document.querySelectorAll("body *")].filter((el) => !el.closest("[data-unchecked]"));
  const isScrolled = (el) => {
    for (const at of ancestors(el.parentElement)) {
      if (at !== document.body && at !== document.documentElement && getComputedStyle(at).overflowX !== "visible") return true;
    }
    return false;
  };

  const overflows = () => {
    const found = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) {
      found.push(`the page is ${document.documentElement.scrollWidth} px wide, the window ${width}`);
    }
    for (const el of all()) {
      if (!shown(el)) continue;
      const box = el.getBoundingClientRect();
      if ((box.right > width + 1 || box.left < -1) && !isScrolled(el)) {
        found.push(`${where(el)} reaches from ${box.left.toFixed()} to ${box.right.toFixed()} of ${width}`);
      }
      const style = getComputedStyle(el);
      const hides = style.overflowX === "hidden" || style.overflowX === "clip";
      const isPreview = style.textOverflow === "ellipsis" && el.matches(".traffic-hex"); // bytes beside what they say
      if (ownText(el) && hides && !isPreview && el.scrollWidth > el.clientWidth + 1) found.push(`${where(el)} is cut off`);
      const hidesHeight = style.overflowY === "hidden" || style.overflowY === "clip";
      if (ownText(el) && hidesHeight && el.scrollHeight > el.clientHeight + 2) found.push(`${where(el)} is cut off below`);
    }
    return found;
  };

  const rgba = (text) => {
    const canvas = rgba.canvas || (rgba.canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (el) => {
    const layers = [];
    for (const at of ancestors(el)) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] > 0) layers.push(colour);
      if (colour[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const contrasts = () => {
    const found = [];
    for (const el of all()) {
      if (!ownText(el) || !shown(el) || el.closest("[disabled], [aria-disabled=true], option")) continue;
      const style = getComputedStyle(el);
      const below = background(el);
      if (!below) continue;
      const colour = rgba(el instanceof SVGElement ? style.fill : style.color);
      for (const at of ancestors(el)) colour[3] *= Number(getComputedStyle(at).opacity);
      const [a, b] = [light(over(colour, below)), light(below)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5) - 0.01) found.push(`${where(el)} has a contrast of ${ratio.toFixed(2)}`);
    }
    return found;
  };

  const headings = () => {
    const found = [];
    let level = 0;
    const visible = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((el) => el.checkVisibility());
    if (visible.filter((el) => el.tagName === "H1").length !== 1) {
      found.push(`there are ${visible.filter((el) => el.tagName === "H1").length} headings of the first level`);
    }
    for (const el of visible) {
      const next = Number(el.tagName[1]);
      if (next > level + 1) found.push(`${where(el)} comes after a heading of level ${level}`);
      level = next;
    }
    return found;
  };

  const interactive = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=switch]";
  const targets = () => {
    const found = [];
    for (const el of all()) {
      if (!el.matches(interactive) || !shown(el)) continue;
      if (el.tagName === "A" && getComputedStyle(el).display === "inline") continue;
      const area = el.closest("label") || el;
      const boxes = [area, el].map((one) => one.getBoundingClientRect());
      const reach = parseFloat(getComputedStyle(el, "::after").height) || 0;
      const height = Math.max(reach, ...boxes.map((box) => box.height));
      const width = Math.max(...boxes.map((box) => box.width));
      if (height < 43.5 || width < 43.5) found.push(`${where(el)} is ${width.toFixed()} by ${height.toFixed()} px`);
    }
    return found;
  };

  const twice = () => {
    const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
    return ids.filter((id, place) => ids.indexOf(id) !== place).map((id) => `there are two elements #${id}`);
  };

  const focus = () => {
    const el = document.activeElement;
    if (!el || el === document.body) return null;
    const style = getComputedStyle(el);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    const box = el.getBoundingClientRect();
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const covered = middle && middle !== el && !el.contains(middle) && !middle.contains(el) && !middle.closest("label");
    return { where: where(el), ring: outlined || style.boxShadow !== "none", covered: Boolean(covered), href: el.getAttribute("href") };
  };

  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    window.violations.push(`${event.violatedDirective} forbids ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`);
  });
  window.audit = { overflows, contrasts, headings, targets, twice, focus };
})();
