// What makes the pages quicker where a script may run; each of them works without.
"use strict";

const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);

// A summary of problems is read out first.
document.addEventListener("DOMContentLoaded", () => {
  const problems = document.querySelector(".problems");
  if (problems) problems.focus();
});

// What is being sent cannot be sent twice by an impatient second click.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  setTimeout(() => { button.disabled = true; button.setAttribute("aria-busy", "true"); }, 0);
});
window.addEventListener("pageshow", () => each("button[aria-busy]", (button) => {
  button.disabled = false;
  button.removeAttribute("aria-busy");
}));

// What was typed and not sent is not lost by a wrong click: the browser asks first.
let unsent = false;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[method=post]");
  if (form && !form.matches("[role=search], .inline")) unsent = true;
});
document.addEventListener("submit", () => { unsent = false; }, true);
window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });

// Dialogs: modal with a script; without, the link goes to the dialog and shows it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const closer = event.target.closest("[data-closes]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (!dialog || !dialog.showModal) return;
    event.preventDefault();
    dialog.showModal();
  } else if (closer && closer.closest("dialog[open]")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// A small menu closes by Escape, and when something else is looked at.
document.addEventListener("click", (event) => each("details.menu[open]", (menu) => {
  if (!menu.contains(event.target)) menu.open = false;
}));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each("details.menu[open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

document.addEventListener("DOMContentLoaded", () => {
  // A button that prints is only there where it works.
  each("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  // What was done is said until somebody has read it.
  each("[data-toast]", (toast) => {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn btn-ghost";
    close.textContent = "×";
    close.setAttribute("aria-label", toast.dataset.toast);
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
  });
  // All rows of a table at once.
  each("[data-pick-all]", (box) => box.addEventListener("change", () => {
    each("[data-pick]", (one) => { one.checked = box.checked; }, box.closest("table"));
  }));
});

// A file may be dropped where a file field stands: `data-drop` on what surrounds the field is the hint that says so.
// Without a script it is a plain file field, and the hint is not there.
document.addEventListener("DOMContentLoaded", () => {
  for (const area of document.querySelectorAll("[data-drop]")) {
    const field = area.querySelector("input[type=file]");
    if (!field) continue;
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = area.dataset.drop;
    field.after(hint);
    let depth = 0;
    const over = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    const light = (by) => { depth = Math.max(depth + by, 0); area.classList.toggle("is-over", depth > 0); };
    area.addEventListener("dragenter", (event) => { if (over(event)) { event.preventDefault(); light(1); } });
    area.addEventListener("dragleave", (event) => { if (over(event)) light(-1); });
    area.addEventListener("dragover", (event) => { if (over(event)) event.preventDefault(); });
    area.addEventListener("drop", (event) => {
      if (!over(event)) return;
      event.preventDefault();
      light(-depth);
      const files = event.dataTransfer.files;
      if (files.length === 0 || (files.length > 1 && !field.multiple)) return;
      field.files = files;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      field.focus();
    });
  }
});

// Beside a drop area a file must not make the browser leave the page, and with it what was typed.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (event.defaultPrevented || !document.querySelector("[data-drop]")) return;
    if ([...(event.dataTransfer?.types ?? [])].includes("Files")) event.preventDefault();
  });
}
