// Who may see the page from other computers.

import { html } from "../lib.js";
import { Field } from "../ui.js";
import { Step } from "./parts.js";

const NEW = { name: "", password: "" };

export function Access({ made, change, next, back }) {
  const user = made.user ?? NEW;
  const set = (name) => (event) => change({ user: { ...user, [name]: event.target.value } });
  const short = user.password.length > 0 && user.password.length < 8;
  return html`<${Step} title="Who may open the page?" lead="Others in your network reach this page, so it will ask who they are. More users can be added in the configuration."
    next="Go on" ready=${Boolean(user.name.trim()) && user.password.length >= 8} onNext=${next} back=${back}>
    <div class="setup-row">
      <${Field} label="Name"><input value=${user.name} onInput=${set("name")} autocomplete="username" autocapitalize="none" spellcheck=${false} maxlength="64" /><//>
      <${Field} label="Password" hint="8 characters or more; only its hash is kept." problem=${short ? "8 characters or more are needed." : null}><input type="password" value=${user.password} onInput=${set("password")} autocomplete="new-password" maxlength="1024" /><//>
    </div>
  <//>`;
}
