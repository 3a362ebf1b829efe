// What was said, whole: sentences that show what was understood of them to whoever points, taps or uses the arrow keys.
"use strict";

(() => {
  const HOLDS = 2;
  const UNSURE = 1;
  const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const TASKS = { emotion: "Emotion", intent: "Intent", topic: "Topic" };
  let count = 0;

  function element(tag, style, text) {
    const found = document.createElement(tag);
    if (style) found.className = style;
    // Text only: nothing that stands in it is ever read as HTML.
    if (text !== undefined) found.textContent = text;
    return found;
  }

  class Verbatim extends HTMLElement {
    static observedAttributes = ["shown"];

    connectedCallback() {
      if (!this.wired) this.wire();
      this.tell();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.tell();
    }

    wire() {
      this.wired = true;
      this.panelId = `hf-panel-${++count}`;
      const sentence = (event) => event.target.closest?.(".hf-sentence");
      this.addEventListener("pointerover", (event) => {
        if (event.pointerType !== "touch") this.point(sentence(event));
      });
      this.addEventListener("pointerleave", () => this.point(this.contains(document.activeElement) ? this.chosen : null));
      this.addEventListener("focusin", (event) => this.choose(sentence(event)));
      this.addEventListener("focusout", (event) => {
        if (!this.contains(event.relatedTarget)) this.point(null);
      });
      this.addEventListener("click", (event) => sentence(event)?.focus({ preventScroll: true }));
      this.addEventListener("keydown", (event) => this.key(event));
    }

    tell() {
      let shown;
      try {
        shown = JSON.parse(this.getAttribute("shown") ?? "");
      } catch {
        return;
      }
      // Not under the attribute's name: a property of that name would be set in its place.
      this.told = shown;
      this.marks = [];
      this.chosen = null;
      const turns = shown.turns.map((turn) => this.turn(turn));
      this.panel = element("div", "hf-panel");
      this.panel.id = this.panelId;
      this.panel.setAttribute("role", "tooltip");
      this.panel.hidden = true;
      this.replaceChildren(...this.legend(), ...turns, this.panel);
      if (this.marks.length > 0) this.marks[0].tabIndex = 0;
    }

    legend() {
      if (this.told.sentences.length === 0) return [];
      const found = element("div", "hf-legend");
      for (const group of this.told.groups) found.append(element("span", `hf-chip hf-label-${group}`, group));
      if (this.told.sentences.some((one) => one.unsure)) found.append(element("span", "hf-chip hf-unsure", "unsure"));
      if (this.told.turns.some((turn) => turn.pieces.some((piece) => piece[2]))) {
        found.append(element("span", "hf-chip hf-evidence", "evidence"));
      }
      found.append(element("span", "hf-legend-says", "Point at a sentence, tap it, or use the arrow keys."));
      return [found];
    }

    turn(turn) {
      const found = element("div", `hf-turn hf-turn-${turn.speaker}`);
      if (turn.asked) found.append(element("p", "hf-asked", turn.asked));
      if (turn.who || turn.at) {
        const head = element("p", "hf-turn-head");
        if (turn.who) head.append(element("span", "hf-turn-who", turn.who));
        if (turn.at) head.append(element("span", "", turn.at));
        if (turn.heard !== undefined) head.append(element("span", "", `heard at ${turn.heard}%`));
        found.append(head);
      }
      const text = element("p", "hf-turn-text");
      let open = null;
      for (const [words, number = null, shows = "", removed = ""] of turn.pieces) {
        if (number === null || open?.number !== number) {
          open = number === null ? null : { number, mark: this.sentence(number) };
          if (open) text.append(open.mark);
        }
        const into = open ? open.mark : text;
        const piece = removed ? element("span", "hf-removed", removed) : document.createTextNode(words);
        if (!shows) {
          into.append(piece);
          continue;
        }
        const evidence = element("mark", "hf-evidence");
        evidence.append(piece);
        evidence.dataset.shows = shows;
        into.append(evidence);
        if (open) (open.mark.shows ??= []).push(shows);
      }
      found.append(text);
      return found;
    }

    sentence(number) {
      const said = this.told.sentences[number];
      const colour = said.group ? ` hf-label-${said.group}` : said.unsure ? " hf-unsure" : "";
      const found = element("span", `hf-sentence${colour}`);
      found.number = number;
      found.tabIndex = -1;
      found.setAttribute("role", "button");
      this.marks.push(found);
      return found;
    }

    key(event) {
      const step = ARROWS[event.key];
      const ends = { Home: 0, End: this.marks?.length - 1 };
      if (event.key === "Escape" && !this.panel.hidden) {
        this.point(null);
        event.stopPropagation();
        return;
      }
      if (!this.chosen || (step === undefined && !(event.key in ends))) return;
      const place = step === undefined ? ends[event.key] : this.marks.indexOf(this.chosen) + step;
      const next = this.marks[place];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }

    choose(mark) {
      if (!mark) return;
      if (this.chosen !== mark) {
        for (const one of this.marks) one.tabIndex = -1;
        mark.tabIndex = 0;
        this.chosen = mark;
      }
      this.point(mark);
    }

    point(mark) {
      if (mark === undefined || mark === this.pointed) return;
      this.pointed?.removeAttribute("aria-describedby");
      this.pointed = mark;
      this.panel.hidden = !mark;
      if (!mark) return;
      mark.setAttribute("aria-describedby", this.panelId);
      this.panel.replaceChildren(...this.understood(mark));
      const own = this.getBoundingClientRect();
      const boxes = mark.getClientRects();
      const last = boxes[boxes.length - 1] ?? mark.getBoundingClientRect();
      const most = Math.max(0, own.width - this.panel.offsetWidth);
      this.panel.style.left = `${Math.min(Math.max(0, last.left - own.left), most)}px`;
      this.panel.style.top = `${last.bottom - own.top + 4}px`;
    }

    understood(mark) {
      const said = this.told.sentences[mark.number];
      const found = [];
      const facts = [];
      if (said.at) facts.push(said.at);
      if (said.heard !== undefined) facts.push(`heard at ${said.heard}%: what is claimed is less sure`);
      if (facts.length > 0) found.push(element("p", "hf-panel-fact", facts.join(" · ")));
      if (mark.shows) found.push(element("p", "hf-panel-fact", `Evidence: ${[...new Set(mark.shows)].join("; ")}`));
      const list = element("ul", "hf-panel-labels");
      for (const [number, percent, standing] of said.labels) list.append(this.row(number, percent, standing));
      if (said.labels.length === 0) found.push(element("p", "hf-panel-fact", "No label"));
      else found.push(list);
      return found;
    }

    row(number, percent, standing) {
      const [task, label, group] = this.told.labels[number];
      const found = element("li", standing === HOLDS ? "hf-panel-holds" : "");
      found.append(element("span", `hf-chip hf-label-${group}`, label));
      const bar = element("span", "hf-panel-bar");
      bar.append(element("span", `hf-label-${group}`));
      bar.firstChild.style.width = `${percent}%`;
      bar.setAttribute("aria-hidden", "true");
      const stands = standing === HOLDS ? "" : standing === UNSURE ? " unsure" : " no";
      found.append(bar, element("span", "hf-panel-percent", `${percent}%${stands}`));
      found.title = `${TASKS[task] ?? task}: ${label}`;
      return found;
    }
  }

  customElements.define("hf-verbatim", Verbatim);
})();
