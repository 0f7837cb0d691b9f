// The settings of one pack. Where it may be written to, what is typed is only collected; "Review" makes a plan of it.
// Wishes outlive a look at another tab: they are kept here until they are written or discarded.

import { ApiError, ask } from "../api.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib.js";
import { sheet } from "../routes.js";
import { Button, Card, Icon, Problem, Spinner, useGet } from "../ui.js";
import { Actions } from "./actions.js";
import { PlanDialog } from "./plan-dialog.js";
import { SettingRow } from "./row.js";
import { byTopic, read, same } from "./topics.js";
import { plural, titlesOf } from "./words.js";

const COLUMN = 28; // rem, the least width of a column
const kept = new Map(); // by key of a pack: {setting: what is wished of it}

// {wishes: {name: what was typed}, wish(name, value), clear(names)} of a pack.
function useWishes(key) {
  const [wishes, setWishes] = useState(kept.get(key) ?? {});
  useEffect(() => setWishes(kept.get(key) ?? {}), [key]);
  const change = (next) => (kept.set(key, next), setWishes(next));
  const now = () => kept.get(key) ?? {};
  const without = (names) => Object.fromEntries(Object.entries(now()).filter(([name]) => !names.includes(name)));
  return {
    wishes,
    wish: (name, value) => change(value === undefined ? without([name]) : { ...now(), [name]: value }),
    clear: (names = Object.keys(now())) => change(without(names)),
  };
}

// How many columns there is room for in an element that is there once `ready`: [ref, number].
function useColumns(ready) {
  const box = useRef();
  const [columns, setColumns] = useState(1);
  useLayoutEffect(() => {
    if (!ready) return undefined;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const fit = () => setColumns(Math.max(1, Math.floor(box.current.clientWidth / (COLUMN * rem))));
    const watcher = new ResizeObserver(fit);
    watcher.observe(box.current);
    fit();
    return () => watcher.disconnect();
  }, [Boolean(ready)]);
  return [box, columns];
}

// Topics in columns of about the same length; by their rows, so that nothing jumps while somebody types.
function inColumns(topics, count) {
  const columns = Array.from({ length: count }, () => ({ rows: 0, topics: [] }));
  for (const topic of topics) {
    const shortest = columns.reduce((least, column) => (column.rows < least.rows ? column : least));
    shortest.topics.push(topic);
    shortest.rows += topic.rows.length + 1;
  }
  return columns.filter(({ rows }) => rows).map((column) => column.topics);
}

// What is wished and not so already: {name: value}.
function changesOf(rows, wishes) {
  const changed = rows.filter((row) => wishes[row.name] !== undefined && row.value !== null && isChange(row, wishes[row.name]));
  return Object.fromEntries(changed.map(({ name }) => [name, wishes[name]]));
}

const isChange = (row, wish) => (typeof wish === "string" ? wish.trim() !== "" && !same(row, read(row, wish).value, row.value) : wish !== row.value);

export function PackSettings({ pack }) {
  const [ready, setReady] = useState(false);
  const { data: me } = useGet("me");
  const { data: fleet, again } = useGet("settings");
  const { wishes, wish, clear } = useWishes(pack.key);
  const [reviewed, setReviewed] = useState(null);
  const [box, columns] = useColumns(ready && me);
  useEffect(() => void sheet("settings").then(() => setReady(true)), []);
  useEffect(again, [pack.settable]);
  if (!ready || !me) return html`<${Card}><${Spinner} label="Fetching the settings" /><//>`;
  const full = me.role === "full";
  const editable = full && pack.settable;
  const changes = changesOf(pack.settings, wishes);
  const titles = titlesOf(pack.settings);
  const review = (event) => (event.preventDefault(), Object.keys(changes).length && setReviewed(changes));
  const line = (row) => html`<${SettingRow} key=${row.name} row=${row} value=${row.value} draft=${wishes[row.name]} editable=${editable} onDraft=${(value) => wish(row.name, value)} />`;
  const done = (results, ok) => clear(ok ? undefined : results.filter((result) => result.ok).flatMap((result) => result.changes.map(({ name }) => name)));
  return html`<div class="settings">
    <${Permission} full=${full} pack=${pack} why=${fleet?.packs.find(({ key }) => key === pack.key)?.why} />
    <div class="settings-topics" ref=${box} onKeyDown=${(event) => event.key === "Enter" && event.target.matches("input") && review(event)}>
      ${inColumns(byTopic(pack.settings), columns).map((topics, index) => html`<div class="settings" key=${index}>
        ${topics.map(({ name, title, rows }) => html`<${Card} key=${name} title=${title}><ul class="setting-list">${rows.map(line)}</ul><//>`)}</div>`)}
    </div>
    ${editable && html`<${Actions} packs=${[pack.key]} names=${pack.name} titles=${titles} />`}
    <${Export} pack=${pack} />
    ${editable && html`<${Bar} changes=${changes} rows=${pack.settings} onReview=${review} onDiscard=${() => clear()} />`}
    ${reviewed && html`<${PlanDialog} title=${`${plural(Object.keys(reviewed).length, "change")} of ${pack.name}`} path="plan" body=${{ packs: [pack.key], wishes: reviewed }} titles=${titles}
      onClose=${() => setReviewed(null)} onDone=${done} />`}
  </div>`;
}

function Permission({ full, pack, why }) {
  if (!full) return html`<p class="settings-note"><${Icon} name="lock" /><span>You may look at the settings, not change them.</span></p>`;
  if (pack.settable) return null;
  return html`<p class="settings-note"><${Icon} name="lock" /><span>Nothing can be changed here now: ${(why ?? "").replace(`${pack.name}: `, "")}</span></p>`;
}

function Bar({ changes, rows, onReview, onDiscard }) {
  const names = Object.keys(changes);
  if (!names.length) return null;
  const wrong = names.filter((name) => typeof changes[name] === "string" && read(rows.find((row) => row.name === name), changes[name]).problem).length;
  return html`<section class="changes-bar" aria-label="Changes not written yet">
    <p role="status"><b>${plural(names.length, "change")}</b>${wrong > 0 && html`<span class="changes-wrong"><${Icon} name="warning" size="16" />${wrong} out of range</span>`}<span class="muted small changes-hint">nothing is written yet</span></p>
    <${Button} onClick=${onDiscard}>Discard<//><${Button} kind="main" onClick=${onReview}>Review<//>
  </section>`;
}

// The settings as a file that can be changed and given back, here or with `jkbus settings apply`.
function Export({ pack }) {
  const [state, setState] = useState({});
  async function fetched() {
    setState({ busy: true });
    try {
      const answer = await ask(`packs/${encodeURIComponent(pack.key)}/profile`);
      save(await answer.text(), `${pack.name}.yaml`);
      setState({});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState({ problem: error.message });
    }
  }
  return html`<${Card} title="Profile"><p class="muted small">All settings of this pack as a YAML file, to keep, or to change and apply under <a href="#/settings/profile">Settings, Profile</a>.</p>
    <p class="settings-gap"><${Button} icon="download" busy=${state.busy} onClick=${fetched}>Save as a file<//></p>
    ${state.problem && html`<${Problem} sentence=${state.problem} again=${fetched} />`}<//>`;
}

function save(text, name) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
