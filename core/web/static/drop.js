// A file may be dropped where a file field stands: `data-drop` on what surrounds the field is the hint that says so.
// Without a script it is a plain file field, and the hint is not there.
"use strict";

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
