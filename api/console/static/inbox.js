// The inbox in the browser: which alert is looked at, the keys, and that nothing moves under the reader's finger.
"use strict";

(() => {
  const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
  const ACTS = { a: "acknowledge", e: "assign", r: "resolve", d: "dismiss", v: "verdict" };
  const SCROLLED = 80;
  let current = null;
  let place = 0;
  // Whether the reader is in the list: what is rebuilt there takes the focus along.
  let inside = false;
  let held = false;
  let waiting = 0;

  const root = () => document.querySelector("[data-inbox]");
  const list = () => document.querySelector("[data-inbox-list]");
  const rows = () => [...(list()?.querySelectorAll("[data-alert]") ?? [])];
  const row = (id) => rows().find((one) => one.dataset.alert === id);
  const title = (one) => one?.querySelector("a");
  const asked = () => document.querySelector(".q-dialog");
  const tell = (detail) => root()?.dispatchEvent(new CustomEvent("inbox", { detail }));

  function look(one, focus) {
    if (!one) return;
    current = one.dataset.alert;
    place = rows().indexOf(one);
    show();
    if (focus) {
      title(one)?.focus({ preventScroll: true });
      one.scrollIntoView({ block: "nearest" });
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (document.querySelector("[data-inbox-preview]")?.offsetParent) tell({ kind: "choose", id: current });
    }, 60);
  }

  function show() {
    for (const one of rows()) one.toggleAttribute("data-current", one.dataset.alert === current);
  }

  function step(by) {
    const all = rows();
    const at = all.findIndex((one) => one.dataset.alert === current);
    const started = inside || at > 0;
    look(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : started ? at + by : at))], true);
  }

  // What was looked at may have been rebuilt, or be gone: then the one in its place is next.
  function back() {
    const all = rows();
    const one = row(current) ?? all[Math.min(place, all.length - 1)];
    if (one) look(one, true);
    else document.getElementById("main")?.focus({ preventScroll: true });
  }

  function changed() {
    const all = rows();
    const one = row(current);
    if (one) place = all.indexOf(one);
    else if (!inside) look(all[Math.min(place, all.length - 1)], false);
    show();
    if (inside && !asked() && !list()?.contains(document.activeElement) && idle()) back();
  }

  const idle = () => document.activeElement === document.body || document.activeElement === null;

  function hold() {
    const now = window.scrollY > SCROLLED || Boolean(list()?.contains(document.activeElement));
    if (now !== held) tell({ kind: "hold", on: (held = now) });
  }

  function act(name, id, one) {
    tell({ kind: "act", act: name, id: id ?? current ?? "", one });
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: () => row(current)?.querySelector("[data-pick]")?.click(),
    n: () => document.querySelector("[data-inbox-news]")?.click(),
    "/": () => document.querySelector("[data-inbox-search]")?.focus(),
    "?": () => tell({ kind: "help" }),
    Escape: () => tell({ kind: "clear" }),
  };

  document.addEventListener("keydown", (event) => {
    if (!root() || asked() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.matches?.(FIELDS)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const known = KEYS[event.key] ?? (ACTS[event.key] && (() => act(ACTS[event.key], null, false)));
    if (known) {
      event.preventDefault();
      known();
    } else if (event.key === "Enter" && idle()) {
      title(row(current))?.click();
    }
  });

  document.addEventListener("focusin", (event) => {
    if (!root() || event.target.closest(".q-dialog")) return;
    const one = event.target.closest("[data-alert]");
    inside = Boolean(one);
    if (one && one.dataset.alert !== current) look(one, false);
    hold();
  });
  document.addEventListener("focusout", () => setTimeout(hold, 0));
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-inbox-list], .q-dialog")) inside = false;
  });
  window.addEventListener("scroll", hold, { passive: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (button) {
      const own = button.dataset.id ?? button.closest("[data-alert]")?.dataset.alert;
      act(button.dataset.act, own ?? null, own !== undefined);
      return;
    }
    const one = event.target.closest("[data-alert]");
    if (one && !event.target.closest("a, button, input, label") && !String(getSelection())) look(one, true);
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset?.pick !== undefined) {
      tell({ kind: "pick", id: event.target.closest("[data-alert]").dataset.alert, on: event.target.checked });
    }
  });

  function begin() {
    if (!list()) return;
    new MutationObserver(changed).observe(list(), { childList: true, subtree: true });
    if (current === null) look(rows()[0], false);
    hold();
  }

  Object.assign(globalThis.heedful, { inbox: { begin, back } });
})();
