// Asks who is there. On success the page is loaded anew, so nothing of before the login is left.

import { post } from "../api.js";
import { html, useEffect, useRef, useState } from "../lib.js";
import { Button, Card, Field, Problem } from "../ui.js";

export default function Login({ me }) {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const first = useRef();
  useEffect(() => {
    document.title = "Log in · jkbus";
    first.current.focus();
  }, []);
  const enter = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post("login", Object.fromEntries(new FormData(event.target)));
      location.reload();
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
      first.current.focus();
    }
  };
  return html`<div class="login">
    <img src="icons/icon.svg" width="64" height="64" alt="" />
    <h1 tabindex="-1">${me.title || "jkbus"}</h1>
    <${Card}>
      <form onSubmit=${enter}>
        ${problem && html`<${Problem} sentence=${problem} />`}
        <${Field} label="Name"><input name="name" ref=${first} autocomplete="username" autocapitalize="none" spellcheck=${false} required /><//>
        <${Field} label="Password"><input name="password" type="password" autocomplete="current-password" required /><//>
        <${Button} kind="main" type="submit" busy=${busy}>Log in<//>
      </form>
    <//>
    <p class="muted small">Users are listed under <code>web: users:</code> in the gateway's configuration.</p>
  </div>`;
}
