// Keys of the page of an alert: whatever carries a key is clicked by it, unless somebody is writing.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
  const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!found || found.closest("[hidden]") || found.disabled) return;
  event.preventDefault();
  found.click();
});
