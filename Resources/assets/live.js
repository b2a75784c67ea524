// Keeps a page as it would be if it were loaded now: small numbers are changed in place,
// anything larger is fetched again from the server, which alone knows how a job or a task looks.
// Marks in the page that it heeds:
//   data-live             a region (with an id) that is kept fresh
//   data-typed            on a form: holds words of a person that the server gave back, so they count as typed
//   data-follow           a region that shows how far a job is: it is fetched again now and then while the job goes on
//   data-refresh-always   beside data-refresh-seconds: what changes here is told by no stream
//   data-live-hold        on anything: nothing is changed until it is gone; then the event quern:refresh brings what was missed
// It sets data-behind on a form whose etag is no longer the newest, and data-gone on what the server no longer shows but somebody writes in.

const badge = document.querySelector("[data-feed-badge]");
const words = {
  live: "Live: changes show by themselves",
  behind: "Catching up",
  polled: "This page renews itself every few seconds",
  away: "No connection to the server",
  lost: "This page is gone, or you were signed out: copy what you wrote, then reload",
};
// In milliseconds.
const REFRESH_AFTER = 150;
const REFRESH_AT_MOST_EVERY = 500;
const FOLLOW_EVERY = 2_000;
// An answer that takes longer is no answer: the badge says so, and the page asks again.
const ANSWER_WITHIN = 10_000;
// How long to wait before each new try; the last one counts from then on.
const RETRY_AFTER = [1_000, 2_000, 4_000, 8_000, 15_000];
// Where a form was sent, and the next page should be here long before.
const RETRY_AFTER_LEAVING = 5_000;
// While the server answers, but refuses the stream.
const POLL_EVERY = 10_000;

// The state is said to everybody; the seconds that run down are only seen.
function tell(feed) {
  if (badge.dataset.feed === feed) return;
  badge.dataset.feed = feed;
  badge.querySelector("[data-feed-text]").textContent = words[feed];
  count();
}

function count() {
  let left = badge.querySelector("[data-feed-left]");
  if (badge.dataset.feed !== "away" || retryAt === undefined) return left?.remove();
  if (!left) {
    left = document.createElement("span");
    left.dataset.feedLeft = "";
    left.setAttribute("aria-hidden", "true");
    badge.append(left);
  }
  const seconds = Math.ceil((retryAt - Date.now()) / 1000);
  const text = seconds > 0 ? `· trying again in ${seconds} s` : "· trying now";
  if (left.textContent !== text) left.textContent = text;
}

// ── Progress, in place ──

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function bytes(count) {
  const names = ["B", "KB", "MB", "GB", "TB"];
  let power = 0;
  while (count >= 1000 && power < names.length - 1) {
    count /= 1000;
    power += 1;
  }
  return `${power > 0 && count < 10 ? count.toFixed(1) : Math.round(count)} ${names[power]}`;
}

function amount(count, unit) {
  return unit === "bytes" ? bytes(count) : `${whole.format(count)} ${unit ?? "rows"}`;
}

function timeLeft(seconds) {
  if (!Number.isFinite(seconds) || seconds > 86_400 * 3) return "";
  if (seconds < 1.5) return "nearly done";
  if (seconds < 60) return `about ${Math.round(seconds)} s left`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min left`;
}

function put(scope, name, text) {
  for (const element of scope.querySelectorAll(`[data-${name}]`)) {
    if (element.textContent !== text) element.textContent = text;
  }
}

function showProgress({ job_id: id, status, progress }) {
  if (!progress) return;
  for (const scope of document.querySelectorAll(`[data-job-id="${CSS.escape(id)}"]`)) {
    const bar = scope.querySelector("[data-bar]");
    if (!bar) {
      // The page still shows the job as waiting.
      if (scope.dataset.state !== "running" && `${status}`.toLowerCase() === "running") refreshLater();
      continue;
    }
    const { fraction, done, total, unit, rate, message } = progress;
    if (typeof fraction === "number") {
      bar.value = Math.min(1, Math.max(0, fraction));
      put(scope, "percent", `${Math.floor(fraction * 100)} %`);
    } else {
      bar.removeAttribute("value");
      put(scope, "percent", "");
    }
    if (typeof done === "number") {
      const hasRoom = typeof total === "number" && scope.querySelector("[data-left]");
      const start = hasRoom && unit !== "bytes" ? whole.format(done) : amount(done, unit);
      put(scope, "done", hasRoom ? `${start} of ${amount(total, unit)}` : start);
    }
    put(scope, "rate", rate > 0 ? `${amount(rate, unit)}/s` : "");
    put(scope, "left", rate > 0 && total > done ? timeLeft((total - done) / rate) : "");
    put(scope, "message", message ?? "");
    if (unit !== "bytes" && document.querySelector("[data-follow]") && Date.now() - lastRefresh > FOLLOW_EVERY) refreshLater();
  }
}

// ── Everything else, fetched again ──

let timer;
let isFetching = false;
let wantsAnother = false;
let lastRefresh = 0;

function refreshLater() {
  const wait = Math.max(REFRESH_AFTER, lastRefresh + REFRESH_AT_MOST_EVERY - Date.now());
  timer ??= setTimeout(refresh, wait);
}

// A change of one's own is shown at once.
function refreshNow() {
  clearTimeout(timer);
  refresh();
}

const isHeld = () => document.querySelector("[data-live-hold]") !== null;
let holds = 0;

async function refresh() {
  timer = undefined;
  if (isFetching || isHeld()) {
    wantsAnother = true;
    return;
  }
  isFetching = true;
  lastRefresh = Date.now();
  const asked = holds;
  try {
    const answer = await fetch(location.href, {
      headers: { Accept: "text/html" }, cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    // Signed out, or the job was deleted meanwhile: the page that says so is the right one to show, unless it would cost somebody their words.
    if (answer.redirected || answer.status === 401 || answer.status === 404) return leave();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // What was asked for before something was held shows the page as it was then.
    if (isHeld() || holds !== asked) wantsAnother = true;
    else swap(page);
    reached();
  } catch {
    missed();
  } finally {
    isFetching = false;
    if (wantsAnother && !isHeld()) {
      wantsAnother = false;
      if (holds !== asked) refreshNow();
      else refreshLater();
    }
  }
}

function leave() {
  if ([...document.forms].some(isTyped)) return tell("lost");
  location.reload();
}

// Whoever held the page (a card that is dragged, a change on its way) says when it is over.
document.addEventListener("quern:refresh", () => {
  holds += 1;
  wantsAnother = false;
  if (badge) refreshNow();
});

// Words that were taken back leave room for what is new.
document.addEventListener("reset", (event) => {
  event.target.removeAttribute("data-behind");
  event.target.removeAttribute("data-typed");
  if (badge && event.target.closest("[data-live]")) setTimeout(refreshNow);
});

// What the server last wrote into each region, and into each card and row of a list; what was changed in place since then does not count.
const written = new WeakMap();
const isEntry = (element) => element.id && element.matches("[data-task], [data-job-id]");

function swap(page) {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    if (!fresh) continue;
    const text = fresh.innerHTML;
    if (written.get(region) === text) continue;
    const focus = rememberFocus(region);
    const isWhole = renewRegion(region, fresh);
    // A form that was left alone is looked at again next time.
    if (isWhole) written.set(region, text);
    else written.delete(region);
    focus();
  }
  document.title = page.title;
  document.dispatchEvent(new CustomEvent("quern:refreshed"));
}

// ── Renewing in place: what has not changed stays the same element, with its focus, its selection and what was typed ──

// Somebody has changed a field and not sent it yet.
function isTyped(form) {
  if (form.hasAttribute("data-typed")) return true;
  return [...form.elements].some((field) => {
    if (field.type === "hidden") return false;
    if (field.type === "file") return field.files.length > 0;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "TEXTAREA") return field.value !== field.defaultValue;
    // A browser takes line ends, and for some types blanks, out of what the server wrote.
    if (field.tagName === "INPUT") return field.value.trim() !== field.defaultValue.replace(/[\r\n]/g, "").trim();
    if (field.tagName !== "SELECT" || field.options.length === 0) return false;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  });
}

const holdsTyped = (element) => [...element.querySelectorAll("form")].some(isTyped);
const newestTag = (form) => form.querySelector('[name="etag"]')?.value;

// Elements are recognised by their id, others by their place. Answers false when something was left as it was because somebody writes there.
function renewRegion(region, fresh) {
  const known = new Map([...region.querySelectorAll("[id]")].map((element) => [element.id, element]));
  const wanted = new Set([...fresh.querySelectorAll("[id]")].map((element) => element.id));
  let isWhole = true;

  function renew(old, next) {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== next.data) old.data = next.data;
      return;
    }
    if (old.tagName === "FORM" && isTyped(old)) {
      isWhole = false;
      if (newestTag(old) !== newestTag(next)) old.setAttribute("data-behind", "");
      return;
    }
    // Of a long list only the entries that the server writes differently are looked into.
    const text = isEntry(old) ? next.outerHTML : undefined;
    if (text !== undefined && written.get(old) === text) return;
    if (!old.isEqualNode(next)) {
      const before = isWhole;
      isWhole = true;
      renewAttributes(old, next);
      renewChildren(old, next);
      if ("defaultValue" in old || old.tagName === "SELECT") renewField(old, next);
      if (text !== undefined && isWhole) written.set(old, text);
      isWhole &&= before;
    } else if (text !== undefined) {
      written.set(old, text);
    }
  }

  function renewAttributes(old, next) {
    // Whether something is unfolded is the reader's own business.
    const isOurs = (name) => name !== "open" || old.tagName !== "DETAILS";
    for (const { name } of [...old.attributes]) {
      if (isOurs(name) && !next.hasAttribute(name)) old.removeAttribute(name);
    }
    for (const { name, value } of next.attributes) {
      if (isOurs(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
  }

  function renewField(old, next) {
    if (old.type === "file") return;
    if (old.tagName === "SELECT") old.selectedIndex = next.selectedIndex;
    else if (old.type === "checkbox" || old.type === "radio") old.checked = next.checked;
    else if (old.value !== next.value) old.value = next.value;
  }

  function renewChildren(old, next) {
    let at = old.firstChild;
    for (const want of [...next.childNodes]) {
      while (at?.id && !wanted.has(at.id)) at = drop(at);
      const match = twin(want, at, old);
      if (!match) {
        const made = document.importNode(want, true);
        if (want.nodeType === Node.ELEMENT_NODE && isEntry(want)) written.set(made, want.outerHTML);
        old.insertBefore(made, at);
        continue;
      }
      // The element with the focus stays where it is, and the others move around it.
      if (match.parentNode === old && match.contains(document.activeElement)) {
        while (at !== match) at = drop(at);
      } else if (match !== at) {
        old.insertBefore(match, at);
      }
      renew(match, want);
      at = match.nextSibling;
    }
    while (at) at = drop(at);
  }

  function twin(want, at, parent) {
    if (want.id) {
      const match = known.get(want.id);
      return match?.tagName === want.tagName && !match.contains(parent) ? match : undefined;
    }
    const isSame = at && at.nodeType === want.nodeType && at.nodeName === want.nodeName && !at.id;
    return isSame ? at : undefined;
  }

  // Takes a node out and answers with the one after it; one that is wanted elsewhere is put there later.
  function drop(node) {
    const after = node.nextSibling;
    const isElement = node.nodeType === Node.ELEMENT_NODE;
    const comesBack = isElement && node.id && wanted.has(node.id);
    if (isElement && !comesBack && holdsTyped(node)) {
      isWhole = false;
      node.setAttribute("data-gone", "");
    } else {
      node.remove();
    }
    return after;
  }

  renewChildren(region, fresh);
  return isWhole;
}

// Finds the element that has the focus again after its region was replaced: by id, else by its place inside the nearest id, else by its link.
function rememberFocus(region) {
  const element = document.activeElement;
  if (!element || !region.contains(element)) return () => {};
  const holder = element.closest("[id]");
  const inside = holder === element ? -1 : [...holder.querySelectorAll("*")].indexOf(element);
  const href = element.getAttribute("href");
  return () => {
    if (document.activeElement === element) return;
    const twin = document.getElementById(holder.id);
    const target = inside < 0 ? twin : href ? document.querySelector(`a[href="${CSS.escape(href)}"]`) : twin?.querySelectorAll("*")[inside];
    (target ?? document.getElementById("content"))?.focus({ preventScroll: true });
  };
}

// ── The stream, and what the badge says of it ──
//   live      the stream is open and the page is fresh
//   behind    the stream was opened, and the page is being fetched: ends with ANSWER_WITHIN at the latest
//   away      neither answers: tried again, with the seconds until then
//   polled    the server answers, but gives no stream
//   lost      see leave()

let source;
let openTimer;
let retryTimer;
let retryAt;
let misses = 0;
let lastEvent;
let isLeaving = false;

const isOpen = () => source?.readyState === EventSource.OPEN;

function reached() {
  if (isOpen()) {
    misses = 0;
    tell("live");
  } else if (badge.dataset.feed === "away") {
    tell("behind");
    tryNow();
  } else if (misses > 1) {
    tell("polled");
  }
}

function missed() {
  tell("away");
  retry();
}

function retry(after = RETRY_AFTER[Math.min(misses, RETRY_AFTER.length - 1)]) {
  if (retryTimer !== undefined) return;
  misses += 1;
  retryAt = Date.now() + after;
  retryTimer = setTimeout(tryNow, after);
  count();
}

function tryNow() {
  clearTimeout(retryTimer);
  retryTimer = undefined;
  retryAt = undefined;
  count();
  if (isOpen()) refreshNow();
  else listen();
}

// The stream is opened anew by hand and not by the browser, so that the page knows when; it goes on after the last event that was heard.
function listen() {
  close();
  const address = new URL(badge.dataset.events, location.href);
  if (lastEvent) address.searchParams.set("last_event_id", lastEvent);
  const mine = new EventSource(address);
  source = mine;
  const failed = () => {
    if (source !== mine) return;
    close();
    retryAfterFailure();
  };
  openTimer = setTimeout(failed, ANSWER_WITHIN);
  const isAgain = misses > 0;
  mine.addEventListener("open", () => {
    clearTimeout(openTimer);
    if (!isAgain) return tell("live");
    // What happened while nobody listened is in the page.
    tell("behind");
    refreshLater();
  });
  mine.addEventListener("error", failed);
  const heard = (act) => (event) => {
    if (event.lastEventId) lastEvent = event.lastEventId;
    act(event);
  };
  mine.addEventListener("job", heard(refreshLater));
  mine.addEventListener("task", heard(refreshLater));
  mine.addEventListener("progress", heard((event) => {
    try {
      showProgress(JSON.parse(event.data));
    } catch {
      refreshLater();
    }
  }));
}

// Whether the server is gone, or only refuses the stream (too many of them, signed out), shows when the page is asked for.
function retryAfterFailure() {
  // A form that signs out ends the stream before the next page is here. Should the page stay, the stream is tried again.
  if (isLeaving) {
    isLeaving = false;
    return retry(RETRY_AFTER_LEAVING);
  }
  // A stream that ended is opened again at once; one that can not be opened is not.
  if (misses === 0) retry(0);
  else retry(badge.dataset.feed === "polled" ? POLL_EVERY : undefined);
  refreshNow();
}

function close() {
  clearTimeout(openTimer);
  source?.close();
  source = undefined;
}

// The reader's setting for lists: where the stream is silent, the list is loaded again by the clock; and figures, always.
let waitedSeconds = 0;
setInterval(() => {
  const list = document.querySelector("[data-refresh-seconds]");
  const everySeconds = Number(list?.dataset.refreshSeconds ?? 0);
  waitedSeconds += 1;
  if (!badge || everySeconds <= 0 || waitedSeconds < everySeconds || document.hidden) return;
  waitedSeconds = 0;
  if (source?.readyState !== 1 || list.hasAttribute("data-refresh-always")) refreshLater();
}, 1_000);

if (badge && "EventSource" in window) {
  listen();
  setInterval(count, 500);
  // A page brought back from the browser's memory has missed everything since.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    listen();
    refreshLater();
  });
  window.addEventListener("submit", (event) => {
    isLeaving = !event.defaultPrevented;
  });
  window.addEventListener("pagehide", () => {
    isLeaving = false;
    clearTimeout(retryTimer);
    retryTimer = undefined;
    close();
  });
  window.addEventListener("online", tryNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && !isOpen()) tryNow();
  });
}
