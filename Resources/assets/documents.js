// Sends a document of a job with progress: asks for an address, puts the file there, says that it is there.
// The list beside it is kept fresh by live.js, which shows how the check goes. The page works without this file.

const byId = (id) => document.getElementById(id);
const form = byId("document-form");
const fileInput = byId("document-file");
const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const LEAST_SILENCE_BETWEEN_WORDS = 10_000;

let stopper;

class Refusal extends Error {
  // Without a status the server did not answer, or what it answered is not known.
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

function bytes(count) {
  const names = ["B", "KB", "MB", "GB"];
  let power = 0;
  while (count >= 1000 && power < names.length - 1) {
    count /= 1000;
    power += 1;
  }
  return `${power > 0 && count < 10 ? count.toFixed(1) : Math.round(count)} ${names[power]}`;
}

// Says next to the form what went wrong; without words it takes them back.
function complain(text) {
  const box = byId("document-problem");
  box.replaceChildren();
  fileInput.removeAttribute("aria-invalid");
  if (!text) return;
  const words = document.createElement("p");
  words.className = "problem";
  words.textContent = text;
  box.append(words);
}

const say = (text) => (byId("document-said").textContent = text);

async function ask(method, path, body, signal) {
  let answer;
  try {
    answer = await fetch(`/api/v1/jobs/${encodeURIComponent(form.dataset.job)}/documents${path}`, {
      method,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Form-Token": formToken },
      body: body && JSON.stringify(body),
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal("The server could not be reached. The file is still chosen: try again in a moment.");
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  if (answer.status === 401) throw new Refusal("You have been signed out. Sign in in another tab, then add the document again here.", 401);
  const wait = Number(answer.headers.get("Retry-After"));
  const detail = typeof content.detail === "string" ? content.detail : (content.error?.message ?? `The server answered ${answer.status}.`);
  throw new Refusal(answer.status === 429 && wait > 0 ? `${detail} Try again in ${wait < 90 ? `${wait} s` : `${Math.ceil(wait / 60)} min`}.` : detail, answer.status);
}

function put(url, file, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    // The address is signed for this type; without one the browser must not add its own guess.
    if (file.type) request.setRequestHeader("Content-Type", file.type);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.lengthComputable ? event.total : file.size));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const words = /<Message>([^<]*)<\/Message>/.exec(request.responseText)?.[1];
      reject(new Refusal(words ?? `The file was not accepted (status ${request.status}).`));
    });
    request.addEventListener("error", () => reject(new Refusal("The upload broke off. The file is still chosen: check the connection and try again.")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function showSending(isShown) {
  byId("document-sending").hidden = !isShown;
  byId("document-stop").hidden = !isShown;
  byId("document-send").hidden = isShown;
  for (const field of form.querySelectorAll("select, input:not([type=hidden])")) field.disabled = isShown;
}

function stage(what, fraction) {
  byId("document-what").textContent = what;
  byId("document-done").textContent = "";
  if (fraction === undefined) byId("document-bar").removeAttribute("value");
  else byId("document-bar").value = fraction;
  say(what);
}

const warn = (event) => event.preventDefault();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (stopper) return;
  complain();
  const [file] = fileInput.files;
  const type = form.elements.doc_type.value;
  const limit = Number(form.dataset.sizeLimit);
  const isTooLarge = file && limit > 0 && file.size > limit;
  if (!file || file.size === 0 || isTooLarge) {
    complain(!file ? "Choose a file first." : isTooLarge ? `${file.name} has ${bytes(file.size)}; the most that is taken is ${form.dataset.sizeLimitText}.` : `${file.name} is empty.`);
    fileInput.setAttribute("aria-invalid", "true");
    return fileInput.focus();
  }

  stopper = new AbortController();
  const { signal } = stopper;
  let made;
  let isHandedOver = false;
  showSending(true);
  addEventListener("beforeunload", warn);
  stage("Preparing");
  byId("document-stop").focus();
  try {
    const wish = { doc_type: type, filename: file.name, size_bytes: file.size };
    if (file.type) wish.content_type = file.type;
    const { document: entry, upload_url: url } = await ask("POST", "/presign-upload", wish, signal);
    made = entry.id;
    stage(`Uploading ${file.name}`, 0);
    let lastSaid = performance.now();
    await put(url, file, signal, (loaded, total) => {
      const percent = total > 0 ? Math.floor((loaded / total) * 100) : 100;
      byId("document-bar").value = total > 0 ? loaded / total : 1;
      byId("document-done").textContent = `${percent} %, ${bytes(loaded)} of ${bytes(total)}`;
      if (performance.now() - lastSaid > LEAST_SILENCE_BETWEEN_WORDS) {
        lastSaid = performance.now();
        say(`${percent} % uploaded`);
      }
    });
    stage("Handing it over");
    byId("document-stop").hidden = true;
    // From here on it may be the server's, even when its answer is lost.
    isHandedOver = true;
    await ask("POST", "/confirm-upload", { document_id: made, size_bytes: file.size }, signal);
    finish();
    form.reset();
    say(`${file.name} is here and is being checked.`);
    fileInput.focus();
  } catch (error) {
    finish();
    if (signal.aborted) complain("The upload was cancelled. The file is still chosen.");
    else if (error instanceof Refusal) complain(error.message);
    else {
      console.error(error);
      complain("Something went wrong in this page. Reload it and try again.");
    }
    say("");
    byId("document-send").focus();
    // What was begun is not left lying about.
    if (made && (!isHandedOver || error.status)) await ask("DELETE", `/${encodeURIComponent(made)}`).catch(() => {});
  }
  document.dispatchEvent(new CustomEvent("quern:refresh"));
});

function finish() {
  stopper = undefined;
  removeEventListener("beforeunload", warn);
  showSending(false);
}

byId("document-stop").addEventListener("click", () => stopper?.abort());

fileInput.addEventListener("change", () => complain());
