// What the pages of an account can do with scripts: copy, save and print what is shown once, mark the section that is being read.

// ── Copy, save, print ──

const linesOf = (element) => [...element.querySelectorAll("li")].map((item) => item.textContent.trim());

// A list is a line for each entry; a key can be shown in groups and copied without the blanks.
function textOf(element) {
  if (element.dataset.copyText) return element.dataset.copyText;
  const lines = linesOf(element);
  return lines.length > 0 ? lines.join("\n") : element.textContent.trim();
}

function tell(button, text) {
  button.dataset.text ??= button.textContent;
  button.textContent = text;
  clearTimeout(button.dataset.timer);
  button.dataset.timer = setTimeout(() => (button.textContent = button.dataset.text), 2_500);
  const said = button.parentElement.querySelector("[role=status]") ?? button.parentElement.appendChild(silent());
  said.textContent = text;
}

function silent() {
  const element = document.createElement("span");
  element.className = "unseen";
  element.setAttribute("role", "status");
  return element;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  // Browsers give the clipboard to secure addresses only; elsewhere one click on the text selects it.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(textOf(source));
      tell(button, "Copied");
    } catch {
      getSelection().selectAllChildren(source);
      tell(button, "Selected: copy it by hand");
    }
  });
}

for (const button of document.querySelectorAll("[data-save]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = `${button.dataset.saveHead}\n\n${linesOf(document.querySelector(button.dataset.save)).join("\n")}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = button.dataset.saveName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell(button, "Saved");
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// ── Theme ──

// A theme that is chosen here wins over what this browser was told with the switch.
document.querySelector("[data-theme-choice]")?.form.addEventListener("submit", (event) => {
  const theme = event.target.elements.theme.value;
  try {
    if (theme === "auto") localStorage.removeItem("quern-theme");
    else localStorage.setItem("quern-theme", theme);
  } catch {
    // Then the server's word alone counts.
  }
});

// ── The section that is being read ──

const side = document.querySelector("[data-side]");

if (side) {
  const links = [...side.querySelectorAll("a[href^='#']")];
  const sections = links.map((link) => document.querySelector(link.hash));
  let isDue = false;

  const mark = () => {
    isDue = false;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const passed = sections.filter((section) => section.getBoundingClientRect().top < innerHeight * 0.35);
    const current = atEnd && scrollY > 0 ? sections.at(-1) : (passed.at(-1) ?? sections[0]);
    for (const [index, link] of links.entries()) {
      if (sections[index] !== current) link.removeAttribute("aria-current");
      else if (!link.hasAttribute("aria-current")) {
        link.setAttribute("aria-current", "true");
        // On a phone the links are one line that scrolls sideways.
        side.scrollTo({ left: link.offsetLeft - side.clientWidth / 3 });
      }
    }
  };

  const markSoon = () => {
    if (!isDue) requestAnimationFrame(mark);
    isDue = true;
  };
  addEventListener("scroll", markSoon, { passive: true });
  addEventListener("resize", markSoon);
  mark();
}
