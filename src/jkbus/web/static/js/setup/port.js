// Where the bus is: a serial port of this computer, or another link.

import { html, useState } from "../lib.js";
import { Button, Field, Icon } from "../ui.js";
import { Step } from "./parts.js";

const RATES = [115200, 9600, 19200, 38400, 57600];

export function Port({ start, made, change, again, next }) {
  const known = start.ports.map((port) => port.link);
  const usable = start.ports.filter((port) => !port.problem);
  const [other, setOther] = useState(made.link && !known.includes(made.link) ? made.link : "");
  const [chosen, setChosen] = useState(known.includes(made.link) ? made.link : made.link || !usable.length ? "" : usable[0].link);
  const link = chosen || other.trim();
  const go = () => {
    change({ link, found: link === made.link ? made.found : null, ask: false });
    next();
  };
  return html`<${Step} title="Where is the bus?" lead="The RS485 adapter of the packs is plugged into this computer, or reached through the network." next="Listen" ready=${Boolean(link)} onNext=${go}>
    <fieldset class="setup-ports">
      <legend>${start.ports.length ? "Serial ports of this computer" : "No serial port was found. Plug the adapter in and look again, or name another link."}</legend>
      ${start.ports.map((port) => html`<${Choice} key=${port.link} port=${port} on=${chosen === port.link} choose=${() => setChosen(port.link)} />`)}
      <label class="setup-port"><input type="radio" name="port" checked=${!chosen} onChange=${() => setChosen("")} /><strong>Another link</strong>
        <small>A network gateway, an ESP32, or simulated packs to try it out</small></label>
    </fieldset>
    ${!chosen && html`<${Field} label="Link" hint="socket://192.168.1.7:8899 · esphome://bus.local · sim:7 for seven simulated packs">
      <input value=${other} onInput=${(event) => setOther(event.target.value)} autocapitalize="none" autocomplete="off" spellcheck=${false} maxlength="512" /><//>`}
    <details><summary>Another baud rate than 115200</summary>
      <${Field} label="Bits a second" hint="The RS485-2 sockets of JK-PB boards speak at 115200.">
        <select value=${made.baudrate} onChange=${(event) => change({ baudrate: Number(event.target.value), found: null })}>${RATES.map((rate) => html`<option key=${rate} value=${rate}>${rate}</option>`)}</select><//>
    </details>
    <div><${Button} kind="quiet" icon="again" onClick=${again}>Look for ports again<//></div>
  <//>`;
}

function Choice({ port, on, choose }) {
  return html`<label class="setup-port"><input type="radio" name="port" checked=${on} onChange=${choose} /><strong>${port.title}</strong><small>${port.link}</small>
    ${port.problem && html`<span class="field-problem"><${Icon} name="warning" size="14" />${port.problem}</span>`}</label>`;
}
