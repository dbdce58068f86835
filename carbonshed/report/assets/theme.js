// Light or dark, before anything is drawn: what was chosen, else what the system says.
"use strict";
(() => {
  const root = document.documentElement;
  const stored = (action) => {
    try {
      return action(window.localStorage);
    } catch {
      return null; // a browser may keep nothing for pages from disk
    }
  };
  const chosen = stored((storage) => storage.getItem("carbonshed-theme"));
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  window.carbonshedSwitchTheme = () => {
    const system = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : system;
    root.dataset.theme = isDark ? "light" : "dark";
    stored((storage) => storage.setItem("carbonshed-theme", root.dataset.theme));
  };
})();
