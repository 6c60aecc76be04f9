"use strict";
(() => {
  const button = document.getElementById("theme");
  const names = { "": "as the system", light: "light", dark: "dark" };
  const order = Object.keys(names);
  const stored = () => {
    // Some browsers refuse storage to files.
    try { return localStorage.getItem("s2sguard-theme") || ""; } catch { return ""; }
  };
  const show = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    button.textContent = `Theme: ${names[theme]}`;
  };
  let theme = order.includes(stored()) ? stored() : "";
  show(theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = order[(order.indexOf(theme) + 1) % order.length];
    show(theme);
    try { localStorage.setItem("s2sguard-theme", theme); } catch { /* it holds for this visit */ }
  });
})();
