// Loaded in the head and without "module", so that the first paint already has the right colours.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("quern-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    // Chosen in this browser, so it counts more than what the settings say.
    if (theme === "auto") delete root.dataset.theme;
  } catch {
    // Storage can be forbidden; then the system's theme stays.
  }
})();
