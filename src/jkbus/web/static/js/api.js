// Asking the gateway. Addresses are relative, so the page works behind a proxy that adds a path.
// Whoever asks gets JSON or an ApiError whose message is a sentence for people; status 0 means nobody answered.

export class ApiError extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

// fetch of api/PATH that throws ApiError; tells the shell (event "jkbus:login") when a login is wanted.
export async function ask(path, { params, body, signal } = {}) {
  const answer = await send(address(path, params), body, signal);
  if (answer.ok) return answer;
  if (answer.status === 401 && path !== "login") dispatchEvent(new Event("jkbus:login"));
  const said = await answer.json().catch(() => null);
  throw new ApiError(said?.error ?? `The gateway answered with error ${answer.status}; look at its log.`, answer.status);
}

export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined) query.append(name, one);
  }
  return `api/${path}${query.size ? `?${query}` : ""}`;
}

export async function get(path, params, signal) {
  return (await ask(path, { params, signal })).json();
}

export async function post(path, body = {}, signal) {
  return (await ask(path, { body, signal })).json();
}

// The objects of an NDJSON answer, as they come: for await (const line of lines("apply", {...})).
export async function* lines(path, body, signal) {
  const reader = (await ask(path, { body, signal })).body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => { throw told(error, signal); });
    const whole = (rest + (done ? "" : decoder.decode(value, { stream: true }))).split("\n");
    rest = done ? "" : whole.pop();
    for (const line of whole) if (line.trim()) yield JSON.parse(line);
    if (done) return;
  }
}

async function send(url, body, signal) {
  const options = { signal, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) Object.assign(options, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  try {
    return await fetch(url, options);
  } catch (error) {
    throw told(error, signal);
  }
}

function told(error, signal) {
  return signal?.aborted ? error : new ApiError("The gateway does not answer; check that it runs and that this device is in its network.", 0);
}
