// Before anything is drawn: as the computer is set, unless this browser was told otherwise.
"use strict";

(() => {
  const page = document.documentElement;
  if (page.dataset.theme !== "auto" || !window.matchMedia) return;
  const wish = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { page.dataset.bsTheme = wish.matches ? "dark" : "light"; };
  follow();
  wish.addEventListener("change", follow);
})();
