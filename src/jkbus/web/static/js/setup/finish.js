// Writes the configuration, shows it, and waits for the gateway that starts with it.

import { get, post } from "../api.js";
import { html, useEffect, useState } from "../lib.js";
import { Problem, Spinner, announce } from "../ui.js";
import { nameOf } from "./names.js";
import { Step } from "./parts.js";

const SLOW = 20; // tries of a second each, after which the log is worth a look

export function Finish({ start, made, back }) {
  const [written, setWritten] = useState(null);
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const write = async () => {
    setBusy(true);
    try {
      setWritten(await post("setup/write", wanted(made)));
      announce("The configuration is written. The gateway starts.");
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  if (written) return html`<${Step} title="Done"><${Waiting} /><p>The configuration is in <span class="mono">${written.file}</span>, with a remark on everything that can be set:</p><pre class="setup-text" tabindex="0" aria-label="The configuration">${written.text}</pre><//>`;
  return html`<${Step} title="All that is needed" next="Write it and start" busy=${busy} onNext=${write} back=${back}>
    ${problem && html`<${Problem} sentence=${problem} />`}
    <dl class="pairs">${summary(start, made).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <p class="muted">The configuration becomes a file that can be edited at any time. A file that is there already is never replaced.</p>
  <//>`;
}

function wanted({ link, baudrate, found, names, mqtt, user, writes }) {
  const packs = found.packs.map((pack) => ({ address: pack.address, name: nameOf({ names }, pack).trim() }));
  const broker = mqtt && { url: mqtt.url.trim(), username: mqtt.username, password: mqtt.password };
  return { link, baudrate, packs, mqtt: broker, user, writes };
}

function summary(start, made) {
  const names = made.found.packs.map((pack) => nameOf(made, pack).trim());
  return [
    ["Bus", made.link],
    ["Packs", names.join(", ") || "as they are found"],
    ["Settings", made.writes ? "may be changed" : "are only shown"],
    ["MQTT", made.mqtt ? made.mqtt.url : "none"],
    ["File", start.file],
  ];
}

// The wizard goes and the gateway comes at the same address; then the page is loaded anew.
function Waiting() {
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const me = await get("me").catch(() => null);
      if (me && !me.setup) {
        location.hash = "#/";
        location.reload();
      } else setTries(tries + 1);
    }, 1000);
    return () => clearTimeout(timer);
  }, [tries]);
  if (tries > SLOW) return html`<${Problem} sentence="The gateway has not started yet; look at its log in the terminal, and load this page again." />`;
  return html`<${Spinner} label="The gateway starts; the overview follows by itself" />`;
}
