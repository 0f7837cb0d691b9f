// Before anything is drawn: light or dark, as chosen here (kept in this browser) or as the device says.

const device = matchMedia("(prefers-color-scheme: dark)");

globalThis.theme = {
  get chosen() {
    try {
      return localStorage.getItem("jkbus:theme") ?? "auto";
    } catch {
      return "auto";
    }
  },
  choose(name) {
    try {
      localStorage.setItem("jkbus:theme", name);
    } finally {
      paint(name);
    }
  },
};

function paint(name = globalThis.theme.chosen) {
  const dark = name === "dark" || (name === "auto" && device.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.querySelector("meta[name=theme-color]").content = dark ? "#0d1216" : "#f2f4f6";
  dispatchEvent(new Event("jkbus:theme"));
}

device.addEventListener("change", () => paint());
paint();
