// The page of the API: sends requests with the session that the reader has, and copies them for a shell.

const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const mostShown = 100_000;

const field = (form, name) => [...form.querySelectorAll(`[data-in="${name}"]`)];

function address(route, form) {
  let path = route.dataset.path;
  for (const input of field(form, "path")) {
    path = path.replace(`{${input.name}}`, input.value ? encodeURIComponent(input.value) : `{${input.name}}`);
  }
  const query = new URLSearchParams(field(form, "query").filter((input) => input.value).map((input) => [input.name, input.value]));
  return query.size > 0 ? `${path}?${query}` : path;
}

const body = (form) => field(form, "body")[0]?.value.trim() ?? "";

// A quote ends the quoted word, stands escaped, and begins the next (POSIX shell, section 2.2.2).
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

function curl(route, form) {
  const words = ["curl"];
  if (route.dataset.method !== "GET") words.push("-X", route.dataset.method);
  words.push(quoted(location.origin + address(route, form)), "-H", '"Authorization: Bearer $TOKEN"');
  if (body(form)) words.push("-H", quoted("Content-Type: application/json"), "-d", quoted(body(form)));
  return words.join(" ");
}

function say(form, text) {
  form.querySelector("[role=status]").textContent = text;
}

async function send(route, form) {
  const missing = field(form, "path").find((input) => !input.value);
  if (missing) {
    missing.focus();
    say(form, `Fill in ${missing.name} first.`);
    return;
  }
  const answer = form.querySelector(".api-answer");
  const status = answer.querySelector("[data-status]");
  const shown = answer.querySelector("[data-answer]");
  const start = performance.now();
  answer.hidden = false;
  status.textContent = "Sending…";
  shown.textContent = "";
  try {
    const headers = { Accept: "application/json", "X-Form-Token": formToken };
    if (body(form)) headers["Content-Type"] = "application/json";
    const response = await fetch(address(route, form), {
      method: route.dataset.method, headers, body: body(form) || undefined, redirect: "manual",
    });
    const text = response.type === "opaqueredirect" ? "" : await response.text();
    status.textContent = response.type === "opaqueredirect" ? "Leads to another address" : `${response.status} ${response.statusText}`;
    let pretty = text;
    try {
      pretty = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not JSON: shown as it came.
    }
    shown.textContent = pretty.length > mostShown ? `${pretty.slice(0, mostShown)}\n…` : pretty;
  } catch {
    status.textContent = "The server could not be reached.";
  }
  answer.querySelector("[data-time]").textContent = `${Math.round(performance.now() - start)} ms`;
  say(form, status.textContent);
}

for (const route of document.querySelectorAll(".api-route")) {
  const form = route.querySelector("form");
  form.querySelector(".api-acts").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(route, form);
  });
  const copy = form.querySelector("[data-curl]");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(curl(route, form));
    say(form, "Copied");
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy as curl"), 2_500);
  });
}

// A link to a route opens it.
function open() {
  const route = document.getElementById(location.hash.slice(1));
  if (route instanceof HTMLDetailsElement) route.open = true;
}
addEventListener("hashchange", open);
open();
