// The form for documents: gathers files and whole folders, shows which, and sends them with progress.
// The page works without this file; the server then reads the same fields from the form.

const form = document.getElementById("gather");
const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const fileInput = document.getElementById("files");
const byId = (id) => document.getElementById(id);

const SHOWN = 50;
const LEAST_SILENCE_BETWEEN_WORDS = 10_000;

const limits = {
  file: Number(form.dataset.fileLimit),
  fileText: form.dataset.fileLimitText,
  job: Number(form.dataset.jobLimit),
  jobText: form.dataset.jobLimitText,
  count: Number(form.dataset.countLimit),
};

// With a script the files come first.
form.querySelector(".build-parts").prepend(form.querySelector(".part-file"));

// ── What was chosen ──

// By path, so that the same file is not sent twice.
let gathered = new Map();

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function bytes(count) {
  const names = ["bytes", "kB", "MB", "GB"];
  let power = 0;
  while (count >= 999.5 && power < names.length - 1) {
    count /= 1000;
    power += 1;
  }
  return `${power > 0 && count < 99.5 ? count.toFixed(1) : Math.round(count)} ${names[power]}`;
}

function isHiddenFile(path) {
  return path.split("/").some((part) => part.startsWith("."));
}

function add(file, path) {
  if (!isHiddenFile(path)) gathered.set(path, file);
}

// The entries of a dropped folder come in batches; an empty batch is the end.
async function walk(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    add(file, path + entry.name);
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const each of batch) await walk(each, `${path}${entry.name}/`);
  }
}

function problem() {
  let total = 0;
  for (const [path, file] of gathered) {
    if (file.size > limits.file) return `${path} has ${bytes(file.size)}; a document may have ${limits.fileText}.`;
    total += file.size;
  }
  if (gathered.size > limits.count) return `These are ${whole.format(gathered.size)} files; one job takes ${whole.format(limits.count)}.`;
  if (total > limits.job) return `Together they have ${bytes(total)}; the files of one job may have ${limits.jobText}.`;
  return "";
}

function show() {
  const files = [...gathered];
  const total = files.reduce((sum, [, file]) => sum + file.size, 0);
  byId("gathered").hidden = files.length === 0;
  byId("drop").classList.toggle("has-file", files.length > 0);
  byId("gathered-text").textContent = files.length === 0 ? "" : `${whole.format(files.length)} file${files.length === 1 ? "" : "s"}, ${bytes(total)}`;
  const lines = files.slice(0, SHOWN).map(([path, file]) => {
    const line = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: path, className: "gathered-name" });
    const size = Object.assign(document.createElement("span"), { textContent: bytes(file.size), className: "quiet number" });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "button button-bare gathered-drop" });
    drop.append(Object.assign(document.createElement("span"), { textContent: "×", ariaHidden: "true" }));
    drop.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: `Leave out ${path}` }));
    drop.addEventListener("click", () => {
      gathered.delete(path);
      show();
      (byId("gathered-list").querySelector("button") ?? fileInput).focus();
    });
    line.append(name, size, drop);
    return line;
  });
  if (files.length > SHOWN) {
    lines.push(Object.assign(document.createElement("li"), { textContent: `and ${whole.format(files.length - SHOWN)} more`, className: "quiet" }));
  }
  byId("gathered-list").replaceChildren(...lines);
  // The browser's own check knows only its own field.
  fileInput.required = files.length === 0;
  say(problem());
}

fileInput.addEventListener("change", () => {
  for (const file of fileInput.files) add(file, file.webkitRelativePath || file.name);
  // What is in the field is gathered now; the same file can be chosen again.
  fileInput.value = "";
  show();
});

byId("gathered-clear").addEventListener("click", () => {
  gathered = new Map();
  show();
  fileInput.focus();
});

const drop = byId("drop");
drop.querySelector("[data-drop-text]").textContent = "Drop files or folders here, or choose files";
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  // Asked for at once: after the first wait the browser has forgotten them.
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...event.dataTransfer.files];
  try {
    if (entries.length > 0) for (const entry of entries) await walk(entry, "");
    else for (const file of files) add(file, file.name);
    show();
  } catch {
    show();
    say("A file could not be read; it may have been moved meanwhile.");
  }
});
// A file that misses the field would replace the page.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());

// ── Words ──

function say(text, requestId) {
  const box = byId("problem");
  box.replaceChildren();
  if (!text) return;
  const note = Object.assign(document.createElement("div"), { className: "note note-bad" });
  note.append(Object.assign(document.createElement("p"), { className: "note-title", id: "problem-text", textContent: text }));
  if (requestId) note.append(Object.assign(document.createElement("p"), { className: "hint", textContent: `Request ${requestId}` }));
  box.append(note);
  box.scrollIntoView({ block: "nearest" });
}

// ── Sending ──

let request;

function showSending(isShown) {
  byId("sending").hidden = !isShown;
  byId("stop").hidden = !isShown;
  byId("leave").hidden = isShown;
  byId("start").hidden = isShown;
  for (const part of form.querySelectorAll(".part")) part.inert = isShown;
}

const warn = (event) => event.preventDefault();

function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (request) return;
  say(gathered.size === 0 ? "Choose at least one file first." : problem());
  if (gathered.size === 0) return fileInput.focus();
  if (byId("problem-text")) return;
  const body = new FormData();
  for (const name of ["preset", "output_format", "title", "chunk_size", "chunk_overlap"]) {
    const value = (form.elements[name]?.value ?? "").trim();
    if (value) body.append(name, value);
  }
  for (const [path, file] of gathered) body.append("files", file, path);
  request = new XMLHttpRequest();
  request.open("POST", "/api/v1/jobs/process");
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-Form-Token", formToken);
  showSending(true);
  addEventListener("beforeunload", warn);
  byId("stop").focus();
  let lastSaid = performance.now();
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    const share = lengthComputable && total > 0 ? loaded / total : 0;
    byId("sending-bar").value = share;
    byId("sending-done").textContent = `${Math.floor(share * 100)} %, ${bytes(loaded)} of ${bytes(total)}`;
    if (performance.now() - lastSaid > LEAST_SILENCE_BETWEEN_WORDS) {
      lastSaid = performance.now();
      byId("sending-said").textContent = `${Math.floor(share * 100)} % uploaded`;
    }
  });
  const end = (text, requestId) => {
    removeEventListener("beforeunload", warn);
    request = undefined;
    showSending(false);
    say(text, requestId);
    byId("start").focus();
  };
  request.addEventListener("load", () => {
    const answer = answerOf(request);
    if (request.status >= 200 && request.status < 300 && answer.job_id) {
      removeEventListener("beforeunload", warn);
      location.assign(`/dashboard/jobs/${encodeURIComponent(answer.job_id)}`);
      return;
    }
    if (request.status === 401) return end("You have been signed out. Sign in in another tab, then start again here.");
    end(typeof answer.detail === "string" ? answer.detail : `The server answered ${request.status}.`, answer.request_id);
  });
  request.addEventListener("error", () => end("The upload broke off. Nothing is lost here: check the connection and start again."));
  request.addEventListener("abort", () => end("The upload was cancelled. Your files are still chosen."));
  request.send(body);
});

byId("stop").addEventListener("click", () => request?.abort());

// A page that comes back from the browser's memory after the job was made starts afresh.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  request = undefined;
  showSending(false);
});

// A reload can bring chosen files back.
for (const file of fileInput.files) add(file, file.webkitRelativePath || file.name);
if (gathered.size > 0) show();
