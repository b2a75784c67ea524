// Keeps a page as it would be if it were loaded now: small numbers are changed in place,
// anything larger is fetched again from the server, which alone knows how a job looks.

const badge = document.querySelector("[data-feed-badge]");
const words = {
  live: "Live: changes show by themselves",
  behind: "Catching up",
  stale: "Not connected: reload the page to see changes",
};
const STALE_AFTER = 12_000;
const REFRESH_AFTER = 150;
const REFRESH_AT_MOST_EVERY = 1_000;

function tell(feed) {
  if (badge.dataset.feed === feed) return;
  badge.dataset.feed = feed;
  badge.querySelector("[data-feed-text]").textContent = words[feed];
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

async function refresh() {
  timer = undefined;
  if (isFetching) {
    wantsAnother = true;
    return;
  }
  isFetching = true;
  lastRefresh = Date.now();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    // Signed out, or the job was deleted meanwhile: the page that says so is the right one to show.
    if (answer.redirected || answer.status === 401 || answer.status === 404) return location.reload();
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (source.readyState === EventSource.OPEN) tell("live");
  } catch {
    tell("behind");
    setTimeout(refreshLater, 3_000);
  } finally {
    isFetching = false;
    if (wantsAnother) {
      wantsAnother = false;
      refreshLater();
    }
  }
}

// What the server last wrote into each region; progress changed in place since then does not count.
const written = new WeakMap();

function swap(page) {
  for (const region of document.querySelectorAll("[data-live][id]")) {
    const fresh = page.getElementById(region.id);
    if (!fresh) continue;
    const text = fresh.innerHTML;
    if (written.get(region) === text) continue;
    written.set(region, text);
    keepOpen(region, fresh);
    const focus = rememberFocus(region);
    region.replaceChildren(...fresh.childNodes);
    focus();
  }
  document.title = page.title;
  document.dispatchEvent(new CustomEvent("quern:refreshed"));
}

// A question that is open stays open.
function keepOpen(region, fresh) {
  for (const details of region.querySelectorAll("details[open][id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(details.id)}`);
    if (twin) twin.open = true;
  }
}

// Finds the element that has the focus again after its region was replaced: by id, else by its place inside the nearest id, else by its link.
function rememberFocus(region) {
  const element = document.activeElement;
  if (!element || !region.contains(element)) return () => {};
  const holder = element.closest("[id]");
  const inside = holder === element ? -1 : [...holder.querySelectorAll("*")].indexOf(element);
  const href = element.getAttribute("href");
  return () => {
    const twin = document.getElementById(holder.id);
    const target = inside < 0 ? twin : href ? document.querySelector(`a[href="${CSS.escape(href)}"]`) : twin?.querySelectorAll("*")[inside];
    (target ?? document.getElementById("content"))?.focus({ preventScroll: true });
  };
}

// ── The stream ──

let source;
let staleTimer;

function listen() {
  source = new EventSource(badge.dataset.events);
  let wasOpen = false;
  source.addEventListener("open", () => {
    clearTimeout(staleTimer);
    staleTimer = undefined;
    tell("live");
    // What happened while nobody listened is in the page, not in the stream.
    if (wasOpen) refreshLater();
    wasOpen = true;
  });
  source.addEventListener("error", () => {
    tell("behind");
    staleTimer ??= setTimeout(() => tell("stale"), STALE_AFTER);
    // A browser gives up for good when the answer was not a stream; try again, slowly.
    if (source.readyState === EventSource.CLOSED) {
      source.close();
      setTimeout(() => {
        listen();
        refreshLater();
      }, 10_000);
    }
  });
  source.addEventListener("job", refreshLater);
  source.addEventListener("progress", (event) => {
    try {
      showProgress(JSON.parse(event.data));
    } catch {
      refreshLater();
    }
  });
}

if (badge && "EventSource" in window) {
  listen();
  // A page brought back from the browser's memory has missed everything since.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    source.close();
    listen();
    refreshLater();
  });
  window.addEventListener("pagehide", () => source.close());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && source.readyState !== EventSource.OPEN) refreshLater();
  });
}
