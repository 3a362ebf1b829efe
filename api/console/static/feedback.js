// The pages of feedback: the way back, the focus, and files that are tried.
"use strict";

globalThis.heedfulFeedback = (() => {
  const MOST_BYTES = 600_000;
  // The page says all that it asks for in its address: the way back and forth is another page.
  window.addEventListener("popstate", () => window.location.reload());

  // What is drawn again gets the focus again, unless somebody has moved on.
  function keep(key) {
    setTimeout(() => {
      const active = document.activeElement;
      if (active && active !== document.body && active.id !== "main") return;
      const found = document.querySelector(`[data-keep="${key}"]`) ?? document.getElementById("main");
      found?.focus({ preventScroll: true });
    }, 80);
  }

  function focusOn(selector) {
    setTimeout(() => document.querySelector(selector)?.focus({ preventScroll: true }), 80);
  }

  function top() {
    window.scrollTo({ top: 0 });
    document.getElementById("main")?.focus({ preventScroll: true });
  }

  // A text is read once somebody pauses.
  function paused(event, emit, wait) {
    const field = event.target;
    clearTimeout(field.pause);
    field.pause = setTimeout(() => emit(field.value), wait);
  }

  // A file becomes the text that is tried: it is looked at here, and sent as if it had been pasted.
  async function open(event, id) {
    const file = event.target.files[0];
    const field = document.getElementById(id);
    if (!file || !field) return "";
    event.target.value = "";
    if (file.size > MOST_BYTES) return `${file.name} has ${Math.ceil(file.size / 1000)} kB; up to 600 kB can be tried here.`;
    field.value = await file.text();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return "";
  }

  return { keep, focusOn, top, paused, open };
})();
