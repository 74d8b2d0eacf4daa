// Hands on the keyboard: search from anywhere, keys for pages, a card reader. Every page works without.
"use strict";
{
  const FIELDS = "input, select, textarea, [contenteditable]";
  const isTyping = (target) => Boolean(target.closest && target.closest(FIELDS));
  const byId = (id) => document.getElementById(id);

  // ---- Search as one types: a combobox with a list below it ----
  const input = byId("search");
  const panel = byId("search-found");
  let active = -1;
  const hits = () => [...panel.querySelectorAll("[data-hit]")];

  const mark = (index) => {
    active = index;
    hits().forEach((hit, place) => hit.setAttribute("aria-selected", String(place === index)));
    const hit = hits()[index];
    if (!hit) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", hit.id);
    hit.scrollIntoView({ block: "nearest" });
  };
  const show = (isOpen) => {
    panel.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    mark(-1);
  };
  const open = (hit) => {
    const form = hit.querySelector("form");
    if (form) form.requestSubmit();
    else hit.querySelector("a").click();
  };
  const dress = () => {
    panel.querySelectorAll("section").forEach((group) => group.setAttribute("role", "group"));
    panel.querySelectorAll("ul, h2").forEach((inner) => inner.setAttribute("role", "presentation"));
    hits().forEach((hit, place) => {
      hit.id = `search-hit-${place}`;
      hit.setAttribute("role", "option");
      hit.querySelectorAll("a, button").forEach((inner) => { inner.tabIndex = -1; });
    });
    show(panel.textContent.trim() !== "" && input.value.trim() !== "" && document.activeElement === input);
  };
  const steer = (event) => {
    const last = hits().length - 1;
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (panel.hidden) input.blur();
      else show(false);
    } else if (event.key === "ArrowDown" && last >= 0) {
      if (panel.hidden) show(true);
      mark(active >= last ? 0 : active + 1);
    } else if (event.key === "ArrowUp" && last >= 0 && !panel.hidden) {
      mark(active <= 0 ? last : active - 1);
    } else if (event.key === "Enter" && active >= 0 && !panel.hidden) {
      open(hits()[active]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  if (input && panel) {
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": panel.id, "aria-expanded": "false", "aria-keyshortcuts": "/" })) input.setAttribute(name, value);
    panel.setAttribute("role", "listbox");
    panel.setAttribute("aria-label", input.labels[0].textContent);
    panel.addEventListener("htmx:afterSwap", dress);
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    panel.addEventListener("click", (event) => {
      const hit = event.target.closest("[data-hit]");
      if (hit && !event.target.closest("a, button")) open(hit);
    });
    input.addEventListener("keydown", steer);
    input.addEventListener("blur", () => show(false));
  }

  // ---- A card reader types a whole number within a moment and ends it with Enter ----
  const LENGTH = 18;
  const FAST = 500;
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  let typed = [];
  const isNumber = (text) => /^\d{17}[\dX]$/.test(text)
    && "10X98765432"[WEIGHTS.reduce((sum, weight, place) => sum + weight * Number(text[place]), 0) % 11] === text[17];
  const scanned = (event) => {
    if (event.key !== "Enter") {
      typed = event.key.length === 1 ? [...typed, { key: event.key.toUpperCase(), at: event.timeStamp }].slice(-LENGTH) : typed;
      return "";
    }
    const number = typed.map((one) => one.key).join("");
    const isFast = typed.length === LENGTH && event.timeStamp - typed[0].at <= FAST;
    typed = [];
    return isFast && isNumber(number) ? number : "";
  };

  // ---- Keys that do something by themselves; whoever does not want them switches them off ----
  const list = byId("keys");
  const GOES = 1500;
  let wentAt = -GOES;
  const doKey = (event) => {
    const isGoing = event.timeStamp - wentAt < GOES;
    wentAt = -GOES;
    const goal = isGoing && /^[a-z]$/.test(event.key) ? list.querySelector(`[data-key="${event.key}"]`) : null;
    if (isGoing) {
      if (goal) goal.click();
      return Boolean(goal);
    }
    if (event.key === "g") {
      wentAt = event.timeStamp;
    } else if (event.key === "/" && input) {
      input.focus();
      input.select();
    } else if (event.key === "?") {
      list.showModal();
    } else if (event.key === "n" && document.querySelector("[data-main]")) {
      document.querySelector("[data-main]").click();
    } else {
      return false;
    }
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const number = scanned(event);
    if (number && input) {
      event.preventDefault();
      input.value = number;
      input.form.requestSubmit();
    } else if (list && list.dataset.keys === "on" && doKey(event)) {
      event.preventDefault();
    }
  });

  // ---- Forms: `data-enter` names the field where Enter leads, `data-number` is grouped for reading ----
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.target.closest) return;
    const next = event.target.closest("[data-enter]");
    const kept = event.target.closest("[data-last-used]");
    if (event.key === "Enter" && next && event.target.value.trim()) {
      event.preventDefault();
      byId(next.dataset.enter).focus();
    } else if (event.key === "Escape" && kept && event.target.value) {
      event.preventDefault();
      event.target.value = "";
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (event.key === "Escape" && event.target.matches("input[type=search]") && !event.target.value) {
      event.target.blur(); // so that keys are keys again
    }
  });
  const GROUPED = /^\d{7,17}[\dXx]?$/;
  const grouped = (text) => [text.slice(0, 6), text.slice(6, 14), text.slice(14)].filter(Boolean).join(" ");
  document.addEventListener("input", (event) => {
    const field = event.target;
    if (event.isTrusted) field.dataset.touched = "1";
    if (event.isComposing || !field.closest("[data-number]") || field.selectionStart === null) return;
    const bare = field.value.replace(/\s/g, "");
    if (!GROUPED.test(bare) || bare.length > LENGTH) return;
    const before = field.value.slice(0, field.selectionStart).replace(/\s/g, "").length;
    field.value = grouped(bare);
    const at = grouped(bare.slice(0, before)).length;
    field.setSelectionRange(at, at);
  });

  document.querySelectorAll("[data-number] input").forEach((field) => {
    if (GROUPED.test(field.value)) field.value = grouped(field.value);
  });

  // What an answer knows of fields is put where nobody has typed; `data-focus` is what Enter is for next.
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    event.target.querySelectorAll("[data-fill]").forEach((told) => {
      const field = form.elements[told.dataset.fill];
      if (field && !field.dataset.touched) field.value = told.value;
    });
    const next = event.target.querySelector("[data-focus]");
    if (next) next.focus();
  });
}
