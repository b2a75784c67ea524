// The form of a new job: looks into the file before it leaves, sends it with progress.
// The page works without this file; the server then reads the same fields from the form.

const form = document.getElementById("build");
const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const fileInput = document.getElementById("file");
const byId = (id) => document.getElementById(id);

const LOOK_BYTES = 1024 * 1024;
const LOOK_ROWS = 6;
const LOOK_COLUMNS = 60;
const LOOK_PAUSE = 500;
const LEAST_SILENCE_BETWEEN_WORDS = 10_000;

// ── Order: with a script the file comes first ──

form.querySelector(".build-parts").prepend(form.querySelector(".part-file"), form.querySelector(".part-reading"));

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

// What the fields of one kind say: what is empty is found out, or is as usual.
function readOptions(prefix) {
  const options = {};
  for (const field of form.querySelectorAll(`[data-option][name^="${prefix}_"]`)) {
    const text = field.value.trim();
    if (text) options[field.name.slice(prefix.length + 1)] = ["input-types", "input-null-words"].includes(field.id) ? text.replace(/,\s+/g, ",") : text;
  }
  return options;
}

const hasMembers = (object) => Object.keys(object).length > 0;

// Asks the server how it would read the file, by its first bytes.
async function lookInto(file) {
  looks += 1;
  const thisLook = looks;
  const look = byId("look");
  look.hidden = false;
  fileProblem = "";
  let words = `${file.name}, ${bytes(file.size)}.`;
  let found;
  try {
    const part = file.slice(0, LOOK_BYTES);
    const start = new Uint8Array(await part.slice(0, 64).arrayBuffer());
    if (thisLook !== looks) return;
    const problem = problemOf(start);
    if (file.size === 0) {
      words = `${file.name} is empty.`;
    } else if (problem) {
      fileProblem = `${file.name} can not be used. ${problem}`;
      say(fileProblem, undefined, fileInput);
    } else {
      const query = new URLSearchParams({ file_name: file.name, input_options: JSON.stringify(readOptions("input")) });
      if (file.size > LOOK_BYTES) query.set("is_part", "true");
      const answer = await fetch(`/api/v1/transform/sniff?${query}`, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/octet-stream", "X-Form-Token": formToken },
        body: part,
        credentials: "same-origin",
      });
      const content = await answer.json();
      if (thisLook !== looks) return;
      if (answer.ok) found = content;
      else if (content.error === "invalid_input_options") throw optionRefusal(content.detail) ?? new Refusal(content.detail);
      else words += ` ${content.detail}`;
      if (found) words += ` ${found.column_count} ${found.column_count === 1 ? "column" : "columns"}; ${dialectWords(found.dialect)}.`;
    }
  } catch (error) {
    if (thisLook !== looks) return;
    if (error instanceof Refusal) say(error.message, undefined, error.field);
    words += " It could not be looked into.";
  }
  columns = found?.columns.map((column) => column.name) ?? [];
  byId("look-text").textContent = words;
  showNotes(found);
  showRows(found?.columns ?? [], found?.rows ?? []);
  look.querySelector(".scroll").hidden = columns.length === 0;
  byId("known-columns").replaceChildren(...columns.map((name) => Object.assign(document.createElement("option"), { value: name })));
  showPicks();
}

const delimiterWords = { "\t": "tabs", " ": "spaces", ",": "commas", ";": "semicolons", "|": "vertical bars" };

function dialectWords(dialect) {
  const packed = dialect.compression === "none" ? "" : `, packed by ${dialect.compression}`;
  if (dialect.format !== "csv") return `${dialect.format === "json" ? "JSON" : "JSON Lines"} in ${dialect.encoding}${packed}`;
  const header = dialect.header_lines === 0 ? "no header" : dialect.header_lines === 1 ? "a header" : `${dialect.header_lines} lines of header`;
  return `CSV in ${dialect.encoding} with ${delimiterWords[dialect.delimiter] ?? dialect.delimiter} and ${header}${packed}`;
}

function showNotes(found) {
  const notes = [...(found?.dialect.notes ?? [])];
  if (found?.null_word_columns.length) notes.push(`Words such as NA are null in ${found.null_word_columns.join(", ")}.`);
  if (found?.rejected_at_head > 0) notes.push(`${found.rejected_at_head} of the first rows would be rejected.`);
  const guessed = Object.entries(found?.dialect.confidence ?? {}).filter(([, sure]) => sure < 0.8);
  for (const [name, sure] of guessed) notes.push(`Not sure of the ${name}: ${Math.round(sure * 100)} %.`);
  byId("look-notes").replaceChildren(...notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  byId("look-notes").hidden = notes.length === 0;
}

function showRows(columns, rows) {
  const shown = columns.slice(0, LOOK_COLUMNS);
  const text = (value) => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
  const head = document.createElement("thead");
  const names = document.createElement("tr");
  for (const column of shown) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.append(column.name, Object.assign(document.createElement("small"), { textContent: column.type.replace("_", " ") }));
    names.append(cell);
  }
  head.append(names);
  const body = document.createElement("tbody");
  for (const row of rows.slice(0, LOOK_ROWS)) {
    const line = document.createElement("tr");
    for (const column of shown) {
      const value = text(row[column.name]);
      line.append(Object.assign(document.createElement("td"), { textContent: value.length > 120 ? `${value.slice(0, 120)}…` : value }));
    }
    body.append(line);
  }
  byId("look-table").replaceChildren(head, body);
}

// `input_options.delimiter: …` as a refusal at its field.
function optionRefusal(detail) {
  const [, prefix, name, words] = /^(input|output)_options\.([a-z_]+): (.*)$/s.exec(detail) ?? [];
  const field = words && byId(`${prefix}-${name.replaceAll("_", "-")}`);
  if (!field) return undefined;
  field.closest("details").open = true;
  return new Refusal(words, undefined, field);
}

let lookTimer;
form.addEventListener("input", (event) => {
  if (!event.target.matches('[data-option][name^="input_"]') || !chosenFile()) return;
  clearTimeout(lookTimer);
  say();
  lookTimer = setTimeout(() => chosenFile() && lookInto(chosenFile()), LOOK_PAUSE);
});

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
  const option = optionRefusal(detail);
  if (option) throw option;
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
    const body = { file_name: file.name, original_file_size_bytes: file.size, processing_steps: steps };
    const [reading, writing] = [readOptions("input"), readOptions("output")];
    if (hasMembers(reading)) body.input_options = reading;
    if (hasMembers(writing)) body.output_options = writing;
    job = await ask("jobs", body, stopper.signal);
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
