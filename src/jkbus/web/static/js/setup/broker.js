// The MQTT broker, tried before one goes on. Without one there is the page alone.

import { post } from "../api.js";
import { html, useState } from "../lib.js";
import { Button, Choice, Field, Icon } from "../ui.js";
import { Step } from "./parts.js";

const NEW = { url: "mqtt://", username: "", password: "", tried: null };

export function Broker({ made, change, next, back }) {
  const { mqtt } = made;
  const [busy, setBusy] = useState(false);
  const set = (name) => (event) => change({ mqtt: { ...mqtt, [name]: event.target.value, tried: null } });
  const test = async () => {
    setBusy(true);
    const { url, username, password } = mqtt;
    const tried = await post("setup/broker", { url: url.trim(), username, password }).catch((error) => ({ ok: false, sentence: error.message }));
    change({ mqtt: { ...mqtt, tried } });
    setBusy(false);
  };
  const whole = !mqtt || mqtt.url.replace(/^\w+:\/*/, "").trim() !== "";
  const tried = mqtt?.tried;
  return html`<${Step} title="Home Assistant and MQTT" lead="Through an MQTT broker every value comes to Home Assistant by itself. Without one there is this page; a broker can be added later."
    next=${!mqtt ? "Go on without" : tried?.ok ? "Go on" : tried ? "Go on all the same" : "Try the broker"} ready=${whole} busy=${busy} onNext=${mqtt && !tried ? test : next} back=${back}>
    <div><${Choice} label="MQTT" options=${[["no", "No broker"], ["yes", "A broker"]]} value=${mqtt ? "yes" : "no"} onChange=${(value) => change({ mqtt: value === "yes" ? (mqtt ?? NEW) : null })} /></div>
    ${mqtt && html`<${Field} label="Broker" hint="mqtt://192.168.1.5 or mqtts://broker.lan:8883 for TLS; that of Home Assistant's add-on is mqtt:// and its address">
        <input value=${mqtt.url} onInput=${set("url")} autocapitalize="none" autocomplete="off" spellcheck=${false} inputmode="url" maxlength="512" /><//>
      <div class="setup-row">
        <${Field} label="User" hint="Empty if the broker asks for none."><input value=${mqtt.username} onInput=${set("username")} autocapitalize="none" autocomplete="off" spellcheck=${false} maxlength="256" /><//>
        <${Field} label="Password" hint="Kept in secrets.yaml."><input type="password" value=${mqtt.password} onInput=${set("password")} autocomplete="new-password" maxlength="1024" /><//>
      </div>
      ${tried && html`<div class=${`setup-finding tone-${tried.ok ? "good" : "alarm"}`} role="status"><strong><${Icon} name=${tried.ok ? "good" : "warning"} size="16" /> ${tried.sentence}</strong></div>
        <div><${Button} icon="again" onClick=${test} busy=${busy}>Try again<//></div>`}`}
  <//>`;
}
