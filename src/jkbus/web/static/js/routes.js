// Which view an address after # shows: a pattern with :names (a trailing ? may be missing), the view's module and
// its style sheet. What follows a ? in the address is params.query.

const ROUTES = [
  ["/", "overview"],
  ["/pack/:key/:tab?", "pack", "pack"],
  ["/settings/:tab?", "fleet", "settings"],
  ["/history", "history", "history"],
  ["/health/:key?", "health", "health"],
  ["/alarms", "alarms", "alarms"],
  ["/bus/:name?", "bus", "bus"],
  ["/api", "api", "api"],
  ["/setup", "setup", "setup"],
].map(([pattern, name, css]) => ({ pattern: pattern.split("/").slice(1), name, load: () => fetched(name, css) }));

const sheets = new Map();

async function fetched(name, css) {
  const [module] = await Promise.all([import(`./views/${name}.js`), css && sheet(css)]);
  return module.default;
}

export function sheet(name) {
  if (!sheets.has(name)) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `css/${name}.css` });
    sheets.set(name, new Promise((resolve) => (link.onload = link.onerror = resolve)));
    document.head.append(link);
  }
  return sheets.get(name);
}

// {name, path, params, load} of an address like "#/pack/7/cells?x=1"; the overview if there is no such page.
export function match(hash) {
  const [path, query = ""] = (hash.slice(1) || "/").split("?");
  const parts = path.split("/").slice(1).map(decoded);
  for (const route of ROUTES) {
    const params = matched(route.pattern, parts);
    if (params) return { ...route, path: `/${parts.slice(0, 2).join("/")}`, params: { ...params, query: Object.fromEntries(new URLSearchParams(query)) } };
  }
  return match("#/");
}

function matched(pattern, parts) {
  if (parts.length > pattern.length) return null;
  const params = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (!name.startsWith(":")) {
      if (name !== part) return null;
    } else if (!part && !name.endsWith("?")) return null;
    else params[name.replace(/[:?]/g, "")] = part || null;
  }
  return params;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
