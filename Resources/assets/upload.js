// The form of a new job: looks into the file before it leaves, sends it with progress.
// The page works without this file; the server then reads the same fields from the form.

const form = document.getElementById("build");
const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const fileInput = document.getElementById("file");
const byId = (id) => document.getElementById(id);

const LOOK_BYTES = 64 * 1024;
const LOOK_ROWS = 6;
const LOOK_COLUMNS = 60;
const LEAST_SILENCE_BETWEEN_WORDS = 10_000;

// ── Order: with a script the file comes first ──

form.querySelector(".build-parts").prepend(form.querySelector(".part-file"));

// ── Conditions ──

const rules = byId("rules");
const listOperators = new Set(["in", "not_in", "between"]);
const bareOperators = new Set(["is_null", "not_null"]);
const placeholders = { in: "one, another", not_in: "one, another", between: "from, to", regex: "^A.*z$" };
let ruleNumber = rules.children.length;

function dressRule(rule) {
  const operator = rule.querySelector('[name="filter_operator"]').value;
  const value = rule.querySelector('[name="filter_value"]');
  // Read-only and not disabled: a disabled field would be missing from the form and shift the others.
  value.readOnly = bareOperators.has(operator);
  value.placeholder = bareOperators.has(operator) ? "no value needed" : placeholders[operator] ?? "";
}

function countRules() {
  for (const button of rules.querySelectorAll("[data-drop-rule]")) button.hidden = rules.children.length < 2;
}

byId("add-rule").hidden = false;
byId("add-rule").addEventListener("click", () => {
  const rule = rules.lastElementChild.cloneNode(true);
  ruleNumber += 1;
  for (const field of rule.querySelectorAll("input, select")) {
    const stem = field.id.replace(/-\d+$/, "");
    rule.querySelector(`label[for="${field.id}"]`).htmlFor = `${stem}-${ruleNumber}`;
    field.id = `${stem}-${ruleNumber}`;
    if (field.tagName === "SELECT") field.selectedIndex = 0;
    else field.value = "";
    field.removeAttribute("aria-invalid");
  }
  rules.append(rule);
  dressRule(rule);
  countRules();
  rule.querySelector("input").focus();
});

rules.addEventListener("click", (event) => {
  const rule = event.target.closest("[data-drop-rule]")?.closest("[data-rule]");
  if (!rule || rules.children.length < 2) return;
  const next = rule.nextElementSibling ?? rule.previousElementSibling;
  rule.remove();
  countRules();
  next.querySelector("input").focus();
});

rules.addEventListener("change", (event) => dressRule(event.target.closest("[data-rule]")));

// Empty rows beyond the first are only there for those without scripts.
for (const rule of [...rules.children].slice(1)) {
  if (!rule.querySelector('[name="filter_column"]').value && !rule.querySelector('[name="filter_value"]').value) rule.remove();
}
for (const rule of rules.children) dressRule(rule);
countRules();

// ── Lists written by a person: commas between, quotes around what holds a comma ──

function splitList(text) {
  const values = [];
  let value = "";
  let wasQuoted = false;
  let inQuotes = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inQuotes) {
      if (character !== '"') value += character;
      else if (text[index + 1] === '"') value += text[(index += 1)];
      else inQuotes = false;
    } else if (character === '"' && value.trim() === "") {
      value = "";
      inQuotes = wasQuoted = true;
    } else if (character === ",") {
      values.push(wasQuoted ? value : value.trim());
      value = "";
      wasQuoted = false;
    } else if (!wasQuoted || character.trim()) {
      value += character;
    }
  }
  values.push(wasQuoted ? value : value.trim());
  return values.filter((each) => each !== "");
}

function joinList(values) {
  return values.map((each) => (/[",]/.test(each) || each !== each.trim() ? `"${each.replaceAll('"', '""')}"` : each)).join(", ");
}

// ── A look into the file ──

function decode(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    // Streaming, so that a character cut at the end is no error.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function readRows(text, delimiter, limit) {
  const rows = [];
  let row = [];
  let value = "";
  let inQuotes = false;
  for (let index = 0; index < text.length && rows.length < limit; index += 1) {
    const character = text[index];
    if (inQuotes) {
      if (character !== '"') value += character;
      else if (text[index + 1] === '"') value += text[(index += 1)];
      else inQuotes = false;
    } else if (character === '"' && value === "") {
      inQuotes = true;
    } else if (character === delimiter) {
      row.push(value);
      value = "";
    } else if (character === "\n" || character === "\r") {
      if (character === "\r" && text[index + 1] === "\n") index += 1;
      row.push(value);
      if (row.length > 1 || row[0] !== "") rows.push(row);
      row = [];
      value = "";
    } else {
      value += character;
    }
  }
  return { rows, rest: [...row, value] };
}

function findDelimiter(text) {
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of [",", ";", "\t", "|"]) {
    const { rows, rest } = readRows(text, delimiter, 25);
    const lengths = (rows.length ? rows : [rest]).map((row) => row.length);
    const most = lengths[0];
    const agreeing = lengths.filter((length) => length === most).length / lengths.length;
    const score = most > 1 ? agreeing * 100 + Math.min(most, 50) : 0;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

function lookAtLines(text, isWhole) {
  const lines = text.split("\n");
  if (!isWhole) lines.pop();
  const objects = [];
  for (const line of lines.filter((each) => each.trim())) {
    if (objects.length === LOOK_ROWS) break;
    const object = JSON.parse(line);
    if (object === null || typeof object !== "object" || Array.isArray(object)) throw new Error("not an object");
    objects.push(object);
  }
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const cell = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
  return { columns, rows: objects.map((object) => columns.map((column) => cell(object[column]))) };
}

function lookAtTable(text, isWhole) {
  const { rows, rest } = readRows(text, findDelimiter(text), LOOK_ROWS + 1);
  if (isWhole && rows.length <= LOOK_ROWS && (rest.length > 1 || rest[0] !== "")) rows.push(rest);
  const [columns = [], ...others] = rows;
  return { columns: columns.map((name, index) => name.trim() || `column ${index + 1}`), rows: others.slice(0, LOOK_ROWS) };
}

const fileKinds = JSON.parse(form.dataset.fileKinds || "[]");

// What a file is that can not be read as a table, by its first bytes; the server looks in the same way.
function problemOf(start) {
  const hex = (offset, count) => [...start.subarray(offset, offset + count)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return fileKinds.find((kind) => hex(kind.offset, kind.hex.length / 2) === kind.hex)?.problem;
}

let looks = 0;
let columns = [];
// Why the chosen file is not sent.
let fileProblem = "";

async function lookInto(file) {
  looks += 1;
  const thisLook = looks;
  const look = byId("look");
  const region = look.querySelector(".scroll");
  region.hidden = true;
  look.hidden = false;
  columns = [];
  fileProblem = "";
  let words = `${file.name}, ${bytes(file.size)}.`;
  try {
    const start = new Uint8Array(await file.slice(0, LOOK_BYTES).arrayBuffer());
    if (thisLook !== looks) return;
    const problem = problemOf(start);
    if (file.size === 0) {
      words = `${file.name} is empty.`;
    } else if (problem) {
      fileProblem = `${file.name} can not be used. ${problem}`;
      say(fileProblem, undefined, fileInput);
    } else {
      const text = decode(start).replace(/^\uFEFF/, "");
      const isWhole = file.size <= LOOK_BYTES;
      const found = text.trimStart().startsWith("{") ? lookAtLines(text, isWhole) : lookAtTable(text, isWhole);
      columns = found.columns;
      showRows(found);
      region.hidden = columns.length === 0;
      words += columns.length ? ` ${columns.length} ${columns.length === 1 ? "column" : "columns"} found; these are the first rows.` : " No columns could be seen.";
    }
  } catch {
    words += " It could not be looked into here; the server will try.";
  }
  byId("look-text").textContent = words;
  byId("known-columns").replaceChildren(...columns.map((name) => Object.assign(document.createElement("option"), { value: name })));
  showPicks();
}

function showRows({ columns, rows }) {
  const line = (values, name) => {
    const row = document.createElement("tr");
    for (const value of values.slice(0, LOOK_COLUMNS)) {
      const cell = document.createElement(name);
      if (name === "th") cell.scope = "col";
      cell.textContent = value.length > 120 ? `${value.slice(0, 120)}…` : value;
      row.append(cell);
    }
    return row;
  };
  const head = document.createElement("thead");
  head.append(line(columns, "th"));
  const body = document.createElement("tbody");
  body.append(...rows.map((values) => line(values, "td")));
  byId("look-table").replaceChildren(head, body);
}

function showPicks() {
  for (const box of document.querySelectorAll("[data-picks]")) {
    const field = byId(box.dataset.picks);
    const chosen = splitList(field.value);
    box.hidden = columns.length === 0;
    box.replaceChildren(
      ...columns.slice(0, LOOK_COLUMNS).map((name) => {
        const pick = document.createElement("button");
        pick.type = "button";
        pick.className = "chip";
        pick.textContent = name;
        pick.setAttribute("aria-pressed", chosen.includes(name));
        return pick;
      }),
    );
  }
}

for (const box of document.querySelectorAll("[data-picks]")) {
  const field = byId(box.dataset.picks);
  box.addEventListener("click", (event) => {
    const pick = event.target.closest("button");
    if (!pick) return;
    const name = pick.textContent;
    const chosen = splitList(field.value);
    field.value = joinList(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
    pick.setAttribute("aria-pressed", !chosen.includes(name));
  });
  field.addEventListener("input", () => {
    const chosen = splitList(field.value);
    for (const pick of box.children) pick.setAttribute("aria-pressed", chosen.includes(pick.textContent));
  });
}

// ── Choosing and dropping ──

const drop = byId("drop");
drop.querySelector("[data-drop-text]").textContent = "Drop a file here, or choose one";

function chosenFile() {
  return fileInput.files[0];
}

function fileChosen() {
  const file = chosenFile();
  drop.classList.toggle("has-file", Boolean(file));
  showRecipe();
  say();
  if (!file) {
    looks += 1;
    columns = [];
    fileProblem = "";
    byId("look").hidden = true;
    showPicks();
    return;
  }
  const limit = Number(form.dataset.sizeLimit);
  if (limit > 0 && file.size > limit) say(`${file.name} is larger than ${form.dataset.sizeLimitText}, the most that this server takes.`);
  lookInto(file);
}

fileInput.addEventListener("change", fileChosen);
// A file can be dropped anywhere on the page, so that a near miss does not open it.
let dragDepth = 0;
const holdsFile = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragenter", (event) => {
  if (holdsFile(event)) drop.classList.toggle("is-over", (dragDepth += 1) > 0);
});
document.addEventListener("dragleave", (event) => {
  if (holdsFile(event)) drop.classList.toggle("is-over", (dragDepth -= 1) > 0);
});
document.addEventListener("dragover", (event) => {
  if (holdsFile(event)) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!holdsFile(event)) return;
  event.preventDefault();
  dragDepth = 0;
  drop.classList.remove("is-over");
  if (isBusy || event.dataTransfer.files.length === 0) return;
  const only = new DataTransfer();
  only.items.add(event.dataTransfer.files[0]);
  fileInput.files = only.files;
  fileChosen();
  if (event.dataTransfer.files.length > 1) say("One job takes one file: the first of them was taken.");
});

// ── Words ──

function bytes(count) {
  const names = ["B", "KB", "MB", "GB", "TB"];
  let power = 0;
  while (count >= 1000 && power < names.length - 1) {
    count /= 1000;
    power += 1;
  }
  return `${power > 0 && count < 10 ? count.toFixed(1) : Math.round(count)} ${names[power]}`;
}

function timeLeft(seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 1.5) return "nearly done";
  if (seconds < 60) return `about ${Math.round(seconds)} s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min left`;
}

// Says what went wrong: at its field, or at the top of the page; without an argument it takes the words back.
function say(text, requestId, field) {
  const box = byId("problem");
  for (const marked of form.querySelectorAll("[aria-invalid]")) {
    marked.removeAttribute("aria-invalid");
    describe(marked, []);
  }
  byId("problem-text")?.remove();
  box.replaceChildren();
  if (!text) return;
  const line = document.createElement("p");
  line.id = "problem-text";
  line.textContent = text;
  if (field) {
    line.className = "problem";
    line.setAttribute("role", "alert");
    field.closest(".field, .drop").append(line);
    field.setAttribute("aria-invalid", "true");
    describe(field, ["problem-text"]);
    field.focus();
    return;
  }
  const note = document.createElement("div");
  note.className = "note note-bad";
  line.className = "note-title";
  note.append(line);
  if (requestId) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = `Request ${requestId}`;
    note.append(hint);
  }
  box.append(note);
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

// What a field is described by, with or without the problem.
function describe(field, more) {
  const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "problem-text");
  if (ids.length + more.length) field.setAttribute("aria-describedby", [...ids, ...more].join(" "));
  else field.removeAttribute("aria-describedby");
}

class Refusal extends Error {
  constructor(message, requestId, field) {
    super(message);
    this.requestId = requestId;
    this.field = field;
  }
}

// ── Steps ──

// With each step the field that it was written in, so that a refusal of the server can stand there.
let stepFields = [];

function readSteps() {
  const steps = [];
  stepFields = [];
  const written = byId("steps");
  if (written) {
    try {
      const list = JSON.parse(written.value);
      if (!Array.isArray(list)) throw new SyntaxError("not a list");
      stepFields = list.map(() => written);
      return list;
    } catch {
      throw new Refusal("The steps are not a list in JSON: check quotes, commas and brackets.", undefined, written);
    }
  }
  for (const rule of rules.children) {
    const [columnField, valueField] = [rule.querySelector('[name="filter_column"]'), rule.querySelector('[name="filter_value"]')];
    const operator = rule.querySelector('[name="filter_operator"]').value;
    const column = columnField.value.trim();
    const isBare = bareOperators.has(operator);
    if (!column) {
      if (valueField.value.trim() && !isBare) throw new Refusal("This condition has a value but no column.", undefined, columnField);
      continue;
    }
    const params = { column, operator };
    if (listOperators.has(operator)) {
      params.value = splitList(valueField.value);
      if (params.value.length === 0) throw new Refusal("This condition needs at least one value.", undefined, valueField);
      if (operator === "between" && params.value.length !== 2) throw new Refusal("“Between” needs two values with a comma between them.", undefined, valueField);
    } else if (!isBare) {
      params.value = valueField.value;
    }
    steps.push({ type: "filter", params });
    stepFields.push(valueField);
  }
  for (const [type, id] of [["select_columns", "select-columns"], ["drop_columns", "drop-columns"]]) {
    const names = splitList(byId(id).value);
    if (names.length) {
      steps.push({ type, params: { columns: names } });
      stepFields.push(byId(id));
    }
  }
  const mapping = Object.create(null);
  for (const line of byId("rename-columns").value.split("\n").filter((each) => each.trim())) {
    const cut = line.indexOf("=");
    const [old, fresh] = [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
    if (cut < 0 || !old || !fresh) throw new Refusal(`Write each new name as old=new; this line is not: ${line.trim()}`, undefined, byId("rename-columns"));
    mapping[old] = fresh;
  }
  if (Object.keys(mapping).length) {
    steps.push({ type: "rename_columns", params: { mapping: { ...mapping } } });
    stepFields.push(byId("rename-columns"));
  }
  const limit = byId("limit").value.trim();
  if (limit) {
    const count = Number(limit);
    if (!/^\d+$/.test(limit) || !Number.isSafeInteger(count)) throw new Refusal("The number of rows is written in digits only.", undefined, byId("limit"));
    steps.push({ type: "limit", params: { n: count } });
    stepFields.push(byId("limit"));
  }
  const format = form.querySelector('[name="to_format"]:checked')?.value;
  if (format) steps.push({ type: "convert_format", params: { to_format: format } });
  return steps;
}

// ── The recipe: what the form says, in words ──

function quoted(values) {
  return values.map((value) => `“${value}”`).join(", ");
}

function recipe() {
  const lines = [];
  const fileName = chosenFile()?.name ?? form.dataset.originFile;
  if (fileName) lines.push(`Take ${fileName}`);
  if (byId("steps")) return [...lines, "Run the steps as written"];
  for (const rule of rules.children) {
    const column = rule.querySelector('[name="filter_column"]').value.trim();
    if (!column) continue;
    const operator = rule.querySelector('[name="filter_operator"]');
    const value = rule.querySelector('[name="filter_value"]').value;
    const values = listOperators.has(operator.value) ? splitList(value) : [value];
    lines.push(`Keep rows where ${column} ${operator.selectedOptions[0].text}${bareOperators.has(operator.value) ? "" : ` ${quoted(values)}`}`);
  }
  const kept = splitList(byId("select-columns").value);
  if (kept.length) lines.push(`Keep ${kept.join(", ")}`);
  const left = splitList(byId("drop-columns").value);
  if (left.length) lines.push(`Leave out ${left.join(", ")}`);
  for (const line of byId("rename-columns").value.split("\n")) {
    const cut = line.indexOf("=");
    if (cut > 0) lines.push(`Call ${line.slice(0, cut).trim()} ${line.slice(cut + 1).trim()}`);
  }
  const limit = byId("limit").value.trim();
  if (limit) lines.push(`Stop after ${limit} rows`);
  const format = form.querySelector('[name="to_format"]:checked');
  if (format?.value) lines.push(`Write ${format.closest("label").querySelector("b").textContent}`);
  return lines;
}

function showRecipe() {
  const lines = recipe();
  byId("recipe").replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  byId("recipe").hidden = lines.length === 0;
}

form.addEventListener("input", showRecipe);
form.addEventListener("change", showRecipe);
form.addEventListener("click", () => queueMicrotask(showRecipe));
showRecipe();

// ── Sending ──

let isBusy = false;
let stopSending;

async function ask(path, body, signal) {
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-Form-Token": formToken },
      body: JSON.stringify(body),
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refusal("The server could not be reached. Nothing is lost here: try again in a moment.");
  }
  const text = await answer.text();
  let content = {};
  try {
    content = text ? JSON.parse(text) : {};
  } catch {
    // Not JSON: the status has to speak for itself.
  }
  if (answer.ok) return content;
  const detail = typeof content.detail === "string" ? content.detail : `The server answered ${answer.status}.`;
  if (answer.status === 401) throw new Refusal("You have been signed out. Sign in in another tab, then start the job again here.");
  // `processing_steps[1].params.value: Two values are expected.`
  const [, index, words] = /^processing_steps\[(\d+)\][^:]*: (.*)$/s.exec(detail) ?? [];
  if (words && stepFields[index]) throw new Refusal(stepFields[index].id === "steps" ? `Step ${Number(index) + 1}: ${words}` : words, undefined, stepFields[index]);
  throw new Refusal(detail, content.request_id);
}

function put(url, file, signal, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.lengthComputable ? event.total : file.size));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const words = /<Message>([^<]*)<\/Message>/.exec(request.responseText)?.[1] ?? jsonDetail(request.responseText);
      reject(new Refusal(words ?? `The file was not accepted (status ${request.status}).`));
    });
    request.addEventListener("error", () => reject(new Refusal("The upload broke off. Check the connection and start the job again.")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function jsonDetail(text) {
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : undefined;
  } catch {
    return undefined;
  }
}

// "/bucket/input/…" → "input/…"
function objectKey(url) {
  return decodeURIComponent(new URL(url, location.href).pathname.replace(/^\/[^/]+\//, ""));
}

// The speed of the last few seconds, so that it neither jumps nor remembers a slow start for ever.
function speedometer() {
  const marks = [];
  return (loaded) => {
    const now = performance.now();
    marks.push({ now, loaded });
    while (marks.length > 2 && now - marks[0].now > 5_000) marks.shift();
    const seconds = (now - marks[0].now) / 1000;
    return seconds > 0.4 ? (loaded - marks[0].loaded) / seconds : 0;
  };
}

function showSending(isShown) {
  isBusy = isShown;
  byId("sending").hidden = !isShown;
  byId("stop").hidden = !isShown;
  byId("leave").hidden = isShown;
  byId("start").hidden = isShown;
  for (const part of form.querySelectorAll(".part")) part.inert = isShown;
}

function stage(what, fraction) {
  byId("sending-what").textContent = what;
  if (fraction === undefined) byId("sending-bar").removeAttribute("value");
  else byId("sending-bar").value = fraction;
  for (const id of ["sending-rate", "sending-done", "sending-left"]) byId(id).textContent = "";
  byId("sending-said").textContent = what;
}

const warn = (event) => event.preventDefault();

// The file of the other job is on the server already: the form goes as it would without this script.
function sendWithoutFile() {
  try {
    readSteps();
  } catch (error) {
    return say(error.message, undefined, error.field);
  }
  // Here the field for a file stands before the steps, and the server reads nothing behind a file.
  fileInput.disabled = true;
  form.submit();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isBusy) return;
  say();
  const file = chosenFile();
  if (!file && form.dataset.originFile) return sendWithoutFile();
  if (!file) return say("Choose a file first.", undefined, fileInput);
  if (fileProblem) return say(fileProblem, undefined, fileInput);
  const limit = Number(form.dataset.sizeLimit);
  if (limit > 0 && file.size > limit) return say(`${file.name} is larger than ${form.dataset.sizeLimitText}, the most that this server takes.`, undefined, fileInput);

  const stopper = new AbortController();
  stopSending = () => stopper.abort();
  let job;
  let isHandedOver = false;
  try {
    const steps = readSteps();
    showSending(true);
    addEventListener("beforeunload", warn);
    stage("Preparing");
    byId("stop").focus();
    job = await ask("jobs", { file_name: file.name, original_file_size_bytes: file.size, processing_steps: steps }, stopper.signal);
    const { upload_url: url } = await ask(`jobs/${job.id}/upload-url`, {}, stopper.signal);

    stage(`Uploading ${file.name}`, 0);
    const speed = speedometer();
    let lastSaid = performance.now();
    await put(url, file, stopper.signal, (loaded, total) => {
      const rate = speed(loaded);
      const percent = total > 0 ? Math.floor((loaded / total) * 100) : 100;
      byId("sending-bar").value = total > 0 ? loaded / total : 1;
      byId("sending-rate").textContent = rate > 0 ? `${bytes(rate)}/s` : "";
      byId("sending-done").textContent = `${percent} %, ${bytes(loaded)} of ${bytes(total)}`;
      byId("sending-left").textContent = rate > 0 ? timeLeft((total - loaded) / rate) : "";
      if (performance.now() - lastSaid > LEAST_SILENCE_BETWEEN_WORDS) {
        lastSaid = performance.now();
        byId("sending-said").textContent = `${percent} % uploaded`;
      }
    });

    stage("Starting the job");
    // From here on it is the server's: cancelling is done on the page of the job.
    isHandedOver = true;
    byId("stop").hidden = true;
    await ask(`jobs/${job.id}/mark-uploaded`, { object_key: objectKey(url) }, stopper.signal);
    removeEventListener("beforeunload", warn);
    location.assign(`/dashboard/jobs/${encodeURIComponent(job.id)}`);
  } catch (error) {
    removeEventListener("beforeunload", warn);
    const focusWasInside = byId("sending").parentElement.contains(document.activeElement);
    showSending(false);
    if (stopper.signal.aborted) {
      say("The upload was cancelled. The form is as you left it.");
    } else if (error instanceof Refusal) {
      say(error.message, error.requestId, error.field);
    } else {
      console.error(error);
      say("Something went wrong in this page. Reload it and try again.");
    }
    if (focusWasInside && document.activeElement === document.body) byId("start").focus();
    // What was begun is not left lying about.
    if (job && !isHandedOver) {
      ask(`jobs/${job.id}/cancel`, {}, new AbortController().signal).catch(() => {});
    }
  }
});

byId("stop").addEventListener("click", () => stopSending?.());

// A page that comes back from the browser's memory after the job was made starts afresh.
addEventListener("pageshow", (event) => {
  if (event.persisted && isBusy) showSending(false);
  if (event.persisted) fileInput.disabled = false;
});

// A reload can bring a chosen file back.
if (chosenFile()) fileChosen();
