// What the console does in the browser by itself: moments in the viewer's zone, clocks that count, and marked words.
"use strict";

(() => {
  const at = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
  const units = [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
  ];

  // "2 d 3 h", "3 h 5 m", "5 m", "40 s": the two largest units that are not zero.
  function span(seconds) {
    let left = Math.floor(seconds);
    const found = [];
    for (const [name, size] of units) {
      const count = Math.floor(left / size);
      left -= count * size;
      if (count > 0 || found.length > 0) found.push([count, name]);
    }
    if (found.length === 0) return `${left} s`;
    return found
      .slice(0, 2)
      .filter(([count]) => count > 0)
      .map(([count, name]) => `${count} ${name}`)
      .join(" ");
  }

  const shown = new Set();

  class Moment extends HTMLElement {
    static observedAttributes = ["datetime", "clock"];

    connectedCallback() {
      shown.add(this);
      this.tell();
    }

    disconnectedCallback() {
      shown.delete(this);
    }

    attributeChangedCallback() {
      if (this.isConnected) this.tell();
    }

    tell() {
      const moment = new Date(this.getAttribute("datetime"));
      if (Number.isNaN(moment.getTime())) return;
      const left = (moment.getTime() - Date.now()) / 1000;
      const clock = this.getAttribute("clock");
      let said = at.format(moment);
      if (clock === "ago") said = left > -1 ? "just now" : `${span(-left)} ago`;
      if (clock === "due") said = left >= 0 ? `${span(left)} left` : `${span(-left)} late`;
      this.toggleAttribute("late", clock === "due" && left < 0);
      this.toggleAttribute("soon", clock === "due" && left >= 0 && left < 3600);
      if (this.textContent !== said) this.textContent = said;
      const whole = full.format(moment);
      if (this.title !== whole) this.title = whole;
    }
  }

  class Words extends HTMLElement {
    static observedAttributes = ["pieces"];

    connectedCallback() {
      this.tell();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.tell();
    }

    tell() {
      let pieces = [];
      try {
        pieces = JSON.parse(this.getAttribute("pieces") ?? "[]");
      } catch {
        pieces = [];
      }
      // Text nodes only: nothing that stands in a text is ever read as HTML.
      this.replaceChildren(...pieces.map(([text, group, says]) => (group ? marked(text, group, says) : text)));
    }
  }

  function marked(text, group, says) {
    const found = document.createElement("mark");
    found.className = `hf-label-${group}`;
    found.textContent = text;
    if (says) found.title = says;
    return found;
  }

  // Parts that are only shown: texts, and tags with their attributes and what is in them.
  class Drawn extends HTMLElement {
    static observedAttributes = ["parts"];

    connectedCallback() {
      if (!this.firstChild) this.tell();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.tell();
    }

    tell() {
      let parts = [];
      try {
        parts = JSON.parse(this.getAttribute("parts") ?? "[]");
      } catch {
        parts = [];
      }
      this.replaceChildren(...parts.map(built));
    }
  }

  // Text nodes and attributes only, and none that runs anything.
  function built(part) {
    if (typeof part === "string") return part;
    const [tag, attributes, inside] = part;
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (!/^on/i.test(name) && (name !== "href" || value.startsWith("/"))) found.setAttribute(name, value);
    }
    found.append(...inside.map(built));
    return found;
  }

  customElements.define("hf-drawn", Drawn);
  customElements.define("hf-time", Moment);
  customElements.define("hf-text", Words);
  setInterval(() => {
    if (!document.hidden) shown.forEach((one) => one.tell());
  }, 1000);

  function toggle(button, id) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    document.getElementById(id)?.toggleAttribute("data-open", open);
  }

  // What is written and not saved is kept in the browser for whoever wrote it: nobody else who signs in here finds it,
  // and signing out leaves nothing behind.
  const DRAFTS = "heedful-rule:";

  function forgetDrafts(but) {
    try {
      for (const name of Object.keys(localStorage))
        if (name.startsWith(DRAFTS) && !(but && name.startsWith(`${DRAFTS}${but}:`))) localStorage.removeItem(name);
    } catch {
      // Where nothing may be kept, nothing is left.
    }
  }

  forgetDrafts(document.querySelector("meta[name=heedful-account]")?.content);
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/sign-out") forgetDrafts();
  });

  // What a page begins with comes as the text of a script: it has run, and keeps no words that the page lets go of.
  window.addEventListener("load", () => {
    for (const one of document.querySelectorAll("body script:not([src])")) one.textContent = "";
  });

  globalThis.heedful = { toggle, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
})();
