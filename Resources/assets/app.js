// What every page shares: the theme switch, times in the reader's own words, menus that close.

// ── Reload ──

// A page that answered a form is in the history as that form: as a plain address, reload and back do not send it again.
history.replaceState(history.state, "", location.href);

// ── Theme ──

const themes = ["auto", "light", "dark"];
const themeNames = { auto: "as the system has it", light: "light", dark: "dark" };
const themeSwitch = document.querySelector("[data-theme-switch]");

function currentTheme() {
  return document.documentElement.dataset.theme ?? "auto";
}

function nameTheme() {
  const name = `Theme: ${themeNames[currentTheme()]}`;
  themeSwitch.querySelector("[data-theme-name]").textContent = name;
  themeSwitch.title = name;
}

if (themeSwitch) {
  themeSwitch.hidden = false;
  nameTheme();
  themeSwitch.addEventListener("click", () => {
    const next = themes[(themes.indexOf(currentTheme()) + 1) % themes.length];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    nameTheme();
    try {
      localStorage.setItem("quern-theme", next);
    } catch {
      // Not remembered, but shown.
    }
  });
}

// ── Times ──

const sameDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const sameYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const anyDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" });
const toTheSecond = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });

function ago(date, now) {
  const seconds = (now - date) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (date.toDateString() === now.toDateString()) return `today, ${sameDay.format(date)}`;
  return (date.getFullYear() === now.getFullYear() ? sameYear : anyDay).format(date);
}

function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${hours} h ${minutes} m`;
  return minutes > 0 ? `${minutes} m ${seconds % 60} s` : `${seconds} s`;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tellTimes() {
  const now = new Date();
  for (const element of document.querySelectorAll("time[datetime][data-ago], time[datetime][data-local]")) {
    const date = new Date(element.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    if (!element.title) element.title = exact.format(date);
    setText(element, "ago" in element.dataset ? ago(date, now) : toTheSecond.format(date));
  }
  for (const element of document.querySelectorAll("time[data-since]")) {
    const start = new Date(element.dataset.since);
    if (!Number.isNaN(start.getTime())) setText(element, duration(now - start));
  }
}

tellTimes();
setInterval(tellTimes, 1000);
document.addEventListener("quern:refreshed", tellTimes);

// ── Menus and forms ──

const menus = "details.account[open], details.ask[open]";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(menus)) {
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
});

// Taking back what was typed in something unfolded also folds it up again.
document.addEventListener("click", (event) => {
  const details = event.target.closest("[data-close]")?.closest("details");
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus();
});

// A second press of the same button sends nothing.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
  for (const button of event.target.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  // The button may stand outside of its form.
  event.submitter?.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-once][data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.elements) button.removeAttribute("aria-disabled");
  }
});
