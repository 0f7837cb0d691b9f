// From another computer the code of the terminal is wanted first.

import { post } from "../api.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { Field, Problem } from "../ui.js";
import { Step } from "./parts.js";

export function Code() {
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef();
  useEffect(() => field.current.focus(), []);
  const tell = async () => {
    setBusy(true);
    const digits = code.replace(/\D/g, "");
    try {
      await post("login", { name: "setup", password: `${digits.slice(0, 4)}-${digits.slice(4)}` });
      location.reload();
    } catch (error) {
      setProblem(error.status === 401 ? "This is not the code; look again in the terminal where jkbus runs." : error.message);
      setBusy(false);
    }
  };
  return html`<${Step} title="Is this gateway yours?" lead="jkbus has printed a code of eight digits in the terminal (or in its log) where it was started." next="Go on" ready=${code.replace(/\D/g, "").length === 8} busy=${busy} onNext=${tell}>
    ${problem && html`<${Problem} sentence=${problem} />`}
    <${Field} label="Code"><input class="setup-code" ref=${field} value=${code} onInput=${(event) => setCode(event.target.value)} inputmode="numeric" autocomplete="one-time-code" maxlength="12" placeholder="0000-0000" /><//>
  <//>`;
}
