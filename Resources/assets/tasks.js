// The board of tasks with a keyboard and a mouse. Without this file every act is a form of its own.
// The script moves a card at once, tells the server with the card's ETag, and lets live.js fetch how the board then stands.

const byId = (id) => document.getElementById(id);
const board = byId("board");
const formToken = document.querySelector('meta[name="form-token"]')?.content ?? "";
const ANSWER_WITHIN = 15_000;

const items = () => [...board.querySelectorAll("[data-task]")];
const lanes = () => [...board.querySelectorAll("[data-lane]")];
const itemsOf = (lane) => [...lane.querySelectorAll("[data-task]")];
const laneOf = (item) => item.closest("[data-lane]");
const cardOf = (item) => item.querySelector(".task");
const nameOf = (item) => `“${item.querySelector(".task-name").textContent.trim()}”`;
const laneName = (lane) => byId(lane.getAttribute("aria-labelledby")).textContent;
// A board shows a page of each column.
const beyond = (lane) => ({ skip: Number(lane.dataset.skip), total: Number(lane.dataset.total) });
const isDone = (item) => laneOf(item).dataset.lane === "done";

// ── Words ──

// Heard, not seen: whoever looks sees the card move.
function say(text) {
  const said = byId("board-said");
  // The same words twice are read out twice.
  said.textContent = said.textContent === text ? `${text}\u00a0` : text;
}

// Seen and heard, until the next act succeeds.
function complain(text) {
  const box = byId("board-trouble");
  box.replaceChildren();
  if (!text) return;
  const note = document.createElement("div");
  note.className = "note note-bad note-act";
  const line = document.createElement("p");
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button-small";
  close.textContent = "Close";
  close.addEventListener("click", () => {
    box.replaceChildren();
    focusCard(lastFocused());
  });
  note.append(line, close);
  box.append(note);
}

function placeWords(item) {
  const lane = laneOf(item);
  const all = itemsOf(lane);
  const { skip, total } = beyond(lane);
  return `place ${skip + all.indexOf(item) + 1} of ${Math.max(total, all.length)} in ${laneName(lane)}`;
}

// ── Focus: one card is in the order of Tab, arrows go to the others ──

let lastId = location.hash.startsWith("#card-") ? decodeURIComponent(location.hash.slice("#card-".length)) : undefined;

const lastFocused = () => items().find((item) => item.dataset.task === lastId) ?? items()[0];

function rove() {
  const chosen = lastFocused();
  for (const item of items()) {
    const index = item === chosen ? 0 : -1;
    // Writing what is there already would touch every card.
    if (cardOf(item).tabIndex !== index) cardOf(item).tabIndex = index;
  }
}

function focusCard(item) {
  if (!item) return;
  lastId = item.dataset.task;
  rove();
  cardOf(item).focus({ preventScroll: true });
  cardOf(item).scrollIntoView({ block: "nearest" });
}

board.addEventListener("focusin", (event) => {
  const item = event.target.closest("[data-task]");
  if (!item || item.dataset.task === lastId) return;
  lastId = item.dataset.task;
  rove();
});

document.addEventListener("quern:refreshed", rove);

function goAlong(item, step) {
  const all = itemsOf(laneOf(item));
  focusCard(all[Math.min(all.length - 1, Math.max(0, all.indexOf(item) + step))]);
}

function goAcross(item, step) {
  const all = lanes();
  const target = all[all.indexOf(laneOf(item)) + step];
  const others = target ? itemsOf(target) : [];
  focusCard(others[Math.min(others.length - 1, itemsOf(laneOf(item)).indexOf(item))]);
}

// ── Changes: shown at once, sent one after the other ──

let line = Promise.resolve();
let waiting = 0;
// A failure calls off what was still waiting behind it: it was decided on a board that is not so.
let round = 0;

function hold() {
  waiting += 1;
  board.dataset.liveHold = "";
}

function release() {
  waiting -= 1;
  if (waiting > 0) return;
  delete board.dataset.liveHold;
  document.dispatchEvent(new CustomEvent("quern:refresh"));
}

function snapshot() {
  const places = lanes().map((lane) => [lane, itemsOf(lane)]);
  return () => {
    const hadFocus = document.activeElement?.closest("[data-task]");
    for (const [lane, was] of places) lane.append(...was);
    for (const item of items()) item.removeAttribute("aria-busy");
    if (hadFocus) focusCard(hadFocus);
  };
}

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Moves the card with `show`, then tells the server; `words` are said when it has agreed.
function change(item, fields, show, words) {
  const putBack = snapshot();
  const mine = round;
  const hadFocus = item.contains(document.activeElement);
  hold();
  show();
  item.setAttribute("aria-busy", "true");
  if (hadFocus) focusCard(item);
  line = line
    .then(async () => {
      if (mine !== round) return;
      await send(item, fields);
      complain();
      say(words());
    })
    .catch((error) => {
      round += 1;
      putBack();
      complain(wordsFor(error, item));
    })
    .finally(() => {
      item.removeAttribute("aria-busy");
      release();
    });
}

function wordsFor(error, item) {
  if (!(error instanceof Refusal)) return `The server could not be reached: ${nameOf(item)} is back where it was. Try again in a moment.`;
  switch (error.status) {
    case 401: return "You have been signed out. Sign in in another tab, then try again here.";
    case 404: return `Somebody has deleted ${nameOf(item)} meanwhile.`;
    case 412: return `Somebody else changed ${nameOf(item)} a moment before you, so it was left alone. The board shows how it is now: look, and try again if you still want to.`;
    default: return error.message;
  }
}

async function send(item, fields) {
  const tag = item.dataset.etag;
  const answer = await fetch(`/api/v1/collab/tasks/${encodeURIComponent(item.dataset.task)}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", Accept: "application/json", "If-Match": tag, "X-Form-Token": formToken },
    body: JSON.stringify(fields),
    credentials: "same-origin",
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  });
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, content.error?.message ?? content.detail ?? `The server answered ${answer.status}. ${nameOf(item)} is back where it was.`);
  const fresh = answer.headers.get("ETag");
  if (!fresh) return;
  item.dataset.etag = fresh;
  // What somebody writes in the same card is not made stale by moving it.
  for (const field of item.querySelectorAll('[name="etag"]')) {
    if (field.value === tag) field.value = fresh;
  }
  for (const button of item.querySelectorAll('button[name="version"]')) button.value = content.version;
  rememberChange(content);
}

// The server offers to undo the change that the address names.
function rememberChange({ id, version }) {
  if (id === undefined || version === undefined) return;
  const address = addressOfBoard();
  address.searchParams.set("changed", `${id}.${version}`);
  rename(address);
}

function addressOfBoard() {
  const address = new URL("/dashboard/tasks", location.href);
  if (location.pathname === address.pathname) address.search = location.search;
  address.searchParams.set("show", board.dataset.show);
  return address;
}

// The page is fetched again from its address.
function rename(address) {
  history.replaceState(null, "", address);
}

function moveBy(item, step) {
  const all = itemsOf(laneOf(item));
  const other = all[all.indexOf(item) + step];
  if (!other) {
    const button = moveButton(item, step);
    if (isAtEdgeOfPage(item, step)) return button.form.requestSubmit(button);
    return say(`${nameOf(item)} is the ${step < 0 ? "first" : "last"} one already.`);
  }
  const words = () => `${nameOf(item)} moved ${step < 0 ? "up" : "down"}, ${placeWords(item)}.`;
  // The other card moves, so that this one keeps its focus.
  if (step < 0) change(item, { before: other.dataset.task }, () => item.after(other), words);
  else change(item, { after: other.dataset.task }, () => item.before(other), words);
}

const moveButton = (item, step) => item.querySelector(`[data-act="${step < 0 ? "up" : "down"}"]`);

// The neighbour is on another page: the server moves the card and shows the page where it is then.
function isAtEdgeOfPage(item, step) {
  const all = itemsOf(laneOf(item));
  return all.indexOf(item) + step === (step < 0 ? -1 : all.length) && !moveButton(item, step).disabled;
}

function toggle(item) {
  const done = !isDone(item);
  const target = lanes().find((lane) => (lane.dataset.lane === "done") === done);
  const next = itemsOf(target).find((other) => Number(other.dataset.order) > Number(item.dataset.order));
  change(item, { done }, () => target.insertBefore(item, next ?? null), () => `${nameOf(item)} is ${done ? "done" : "open again"}. It can be undone at the top of the page.`);
}

// ── Buttons ──

board.addEventListener("submit", (event) => {
  const act = event.submitter?.dataset.act;
  const item = event.submitter?.closest("[data-task]");
  if (!act || !item) return;
  const step = act === "up" ? -1 : 1;
  if (act !== "toggle" && isAtEdgeOfPage(item, step)) return;
  event.preventDefault();
  // Not sent, so app.js must not lock the form.
  event.stopPropagation();
  if (act === "toggle") toggle(item);
  else moveBy(item, step);
});

// ── Keys ──

const lettersSwitch = byId("keys-on");

byId("keys").hidden = false;
try {
  lettersSwitch.checked = localStorage.getItem("quern-keys") !== "off";
} catch {
  // Then they are on.
}
lettersSwitch.addEventListener("change", () => {
  try {
    localStorage.setItem("quern-keys", lettersSwitch.checked ? "on" : "off");
  } catch {
    // Counts for this page only.
  }
});

// ── The edit form: the server puts it into the card that the address names; live.js brings it without loading the page anew ──

const openForm = () => board.querySelector(".task-form");

function isTyped(form) {
  if (form.hasAttribute("data-typed")) return true;
  return [...form.elements].some((field) => {
    if (field.tagName === "SELECT") return field.selectedIndex !== [...field.options].findLastIndex((option) => option.defaultSelected);
    return field.type !== "hidden" && field.defaultValue !== undefined && field.value !== field.defaultValue;
  });
}

function show(address, then) {
  rename(address);
  document.addEventListener("quern:refreshed", then, { once: true });
  document.dispatchEvent(new CustomEvent("quern:refresh"));
}

function focusTitle(item) {
  const field = item.querySelector('.task-form [name="title"]');
  if (!field) return focusCard(item);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

function edit(item) {
  const form = openForm();
  if (form && item.contains(form)) return focusTitle(item);
  if (form && isTyped(form)) {
    const other = form.closest("[data-task]");
    complain(`You are still editing ${nameOf(other)}: save that, or close it, first.`);
    return focusTitle(other);
  }
  const address = addressOfBoard();
  address.searchParams.set("edit", item.dataset.task);
  address.searchParams.delete("changed");
  lastId = item.dataset.task;
  show(address, () => focusTitle(item));
}

function closeForm(form) {
  const item = form.closest("[data-task]");
  const address = addressOfBoard();
  address.searchParams.delete("edit");
  // What was typed is given up on purpose.
  form.remove();
  focusCard(item);
  show(address, () => focusCard(item));
}

board.addEventListener("click", (event) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const opener = event.target.closest(".task-edit");
  const closer = event.target.closest("[data-close-edit]");
  if (!opener && !closer) return;
  event.preventDefault();
  if (opener) edit(opener.closest("[data-task]"));
  else closeForm(closer.closest("form"));
});

const isWriting = (element) => element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset])") || element.isContentEditable;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || drag) return;
  const target = event.target instanceof Element ? event.target : document.body;
  const item = target.closest("[data-task]");
  if (event.key === "Escape") {
    const form = target.closest(".task-form");
    if (!form) return;
    event.preventDefault();
    // Words that nobody has saved stay in the form.
    if (isTyped(form)) focusCard(item);
    else closeForm(form);
    return;
  }
  if (isWriting(target)) return;
  const act = actFor(event, target, item);
  if (!act) return;
  event.preventDefault();
  act();
});

function actFor(event, target, item) {
  const { key, altKey, shiftKey } = event;
  if (altKey) {
    if (!item || shiftKey) return undefined;
    return { ArrowUp: () => moveBy(item, -1), ArrowDown: () => moveBy(item, 1) }[key];
  }
  if (shiftKey) return undefined;
  if (item && target === cardOf(item)) {
    const act = {
      ArrowUp: () => goAlong(item, -1),
      ArrowDown: () => goAlong(item, 1),
      ArrowLeft: () => goAcross(item, -1),
      ArrowRight: () => goAcross(item, 1),
      Home: () => focusCard(itemsOf(laneOf(item))[0]),
      End: () => focusCard(itemsOf(laneOf(item)).at(-1)),
      " ": () => toggle(item),
      Enter: () => edit(item),
    }[key];
    if (act) return act;
  }
  // Letters: on a card or what is in it, or when nothing has the focus.
  if (!lettersSwitch.checked || !(item || target === document.body || target.id === "content")) return undefined;
  if (key === "n") return () => byId("add-title").focus();
  if (key === "j") return () => (item ? goAlong(item, 1) : focusCard(lastFocused()));
  if (key === "k") return () => (item ? goAlong(item, -1) : focusCard(lastFocused()));
  if (!item || event.repeat) return undefined;
  if (key === "d") return () => toggle(item);
  if (key === "e") return () => edit(item);
  return undefined;
}

// ── The mouse; a finger takes the grip, so that the page can still be scrolled ──

const DRAG_AFTER = 6;
const EDGE = 70;
let press;
let drag;

board.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  const card = event.target.closest(".task");
  if (!card) return;
  const isGrip = event.target.closest(".task-grip");
  if (!isGrip && (event.pointerType !== "mouse" || event.target.closest("button, form, .task-edit, .task-text"))) return;
  press = { item: card.closest("[data-task]"), pointer: event.pointerId, x: event.clientX, y: event.clientY };
});

addEventListener("pointermove", (event) => {
  if (drag) return dragTo(event);
  if (!press || event.pointerId !== press.pointer) return;
  if (Math.hypot(event.clientX - press.x, event.clientY - press.y) >= DRAG_AFTER) lift(event);
});

addEventListener("pointerup", (event) => {
  if (drag) drop(event);
  press = undefined;
});

addEventListener("pointercancel", () => {
  endDrag();
  press = undefined;
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  event.preventDefault();
  say(`${nameOf(drag.item)} is back where it was.`);
  endDrag();
  press = undefined;
}, { capture: true });

// Letting go over the title must not follow its link.
addEventListener("click", (event) => {
  if (performance.now() - lastDrop > 50) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });
let lastDrop = -Infinity;

function lift(event) {
  const { item, x, y } = press;
  if (!item.isConnected) return;
  hold();
  const card = cardOf(item);
  const box = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  for (const element of [ghost, ...ghost.querySelectorAll("[id]")]) element.removeAttribute("id");
  ghost.removeAttribute("aria-labelledby");
  ghost.setAttribute("aria-hidden", "true");
  ghost.inert = true;
  ghost.classList.add("task-ghost");
  ghost.style.inlineSize = `${box.width}px`;
  ghost.style.blockSize = `${box.height}px`;
  const gap = document.createElement("li");
  gap.className = "task-gap";
  gap.setAttribute("aria-hidden", "true");
  document.body.append(ghost);
  document.body.classList.add("is-dragging");
  item.classList.add("is-lifted");
  getSelection().removeAllRanges();
  drag = { item, ghost, gap, lane: laneOf(item), next: nextOf(item), dx: x - box.left, dy: y - box.top, at: event };
  dragTo(event);
  requestAnimationFrame(scrollAlong);
}

function nextOf(node) {
  let next = node.nextElementSibling;
  while (next && (next === drag?.item || !next.matches("[data-task]"))) next = next.nextElementSibling;
  return next;
}

function dragTo(event) {
  drag.at = event;
  const { item, ghost, gap, dx, dy } = drag;
  ghost.style.transform = `translate(${event.clientX - dx}px, ${event.clientY - dy}px)`;
  // Side by side on a wide page, one above the other on a phone: the nearest lane takes the card.
  const away = (box) => Math.hypot(Math.max(box.left - event.clientX, 0, event.clientX - box.right), Math.max(box.top - event.clientY, 0, event.clientY - box.bottom));
  const lane = lanes().map((each) => ({ each, far: away(each.closest(".lane").getBoundingClientRect()) })).sort((a, b) => a.far - b.far)[0].each;
  const next = itemsOf(lane).find((other) => {
    const box = other.getBoundingClientRect();
    return other !== item && event.clientY < box.top + box.height / 2;
  });
  if (next ? gap.nextElementSibling !== next : gap.parentNode !== lane || gap.nextElementSibling) lane.insertBefore(gap, next ?? null);
}

function scrollAlong() {
  if (!drag) return;
  const y = drag.at.clientY;
  const step = y < EDGE ? -12 : y > innerHeight - EDGE ? 12 : 0;
  if (step !== 0) {
    scrollBy(0, step);
    dragTo(drag.at);
  }
  requestAnimationFrame(scrollAlong);
}

function drop(event) {
  dragTo(event);
  lastDrop = performance.now();
  const { item, gap, lane: from, next: hadNext } = drag;
  const lane = gap.parentNode;
  const next = nextOf(gap);
  const previous = itemsOf(lane).filter((other) => other !== item && gap.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING).at(-1);
  const isMoved = lane !== from || next !== hadNext;
  if (isMoved) {
    const fields = lane === from ? {} : { done: lane.dataset.lane === "done" };
    if (previous) fields.after = previous.dataset.task;
    else if (next) fields.before = next.dataset.task;
    change(item, fields, () => lane.insertBefore(item, next), () => `${nameOf(item)} moved to ${placeWords(item)}.`);
  }
  endDrag();
  focusCard(item);
}

function endDrag() {
  if (!drag) return;
  drag.ghost.remove();
  drag.gap.remove();
  drag.item.classList.remove("is-lifted");
  document.body.classList.remove("is-dragging");
  drag = undefined;
  release();
}

// ── Start ──

rove();
