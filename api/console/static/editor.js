// The editor of rules in the browser: completion, colours, names for screen readers, drafts, and a warning on leaving.
"use strict";

(() => {
  const KEPT_MS = 7 * 24 * 3600 * 1000;
  let view = null;
  let component = null;
  let store = "";

  const text = () => view.state.doc.toString();
  const savedText = () => document.getElementById("hf-rule-saved")?.dataset.text ?? "";
  const isDirty = () => view !== null && view.dom.isConnected && text() !== savedText();

  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(store) ?? "null");
      if (found && typeof found.text === "string" && Date.now() - Date.parse(found.at) < KEPT_MS) return found;
    } catch {
      // What cannot be read is no draft.
    }
    return null;
  }

  function keep() {
    try {
      if (isDirty()) localStorage.setItem(store, JSON.stringify({ text: text(), at: new Date().toISOString() }));
      else localStorage.removeItem(store);
    } catch {
      // A browser that keeps nothing still edits.
    }
  }

  function replace(found) {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: found } });
  }

  // The key whose value stands before the cursor: on its line, or above with less indentation.
  function keyBefore(state, pos, words) {
    const line = state.doc.lineAt(pos);
    const before = line.text.slice(0, pos - line.from);
    for (const [, key] of [...before.matchAll(/([\w.-]+)\s*:/g)].reverse()) if (words.values[key]) return key;
    if (/:/.test(before) || !/^\s*-\s/.test(before)) return null;
    let indent = before.search(/\S/);
    for (let number = line.number - 1; number > 0; number -= 1) {
      const found = /^(\s*)(?:-\s+)?([\w.-]+)\s*:/.exec(state.doc.line(number).text);
      if (!found || found[1].length > indent) continue;
      if (words.values[found[2]]) return found[2];
      if (found[1].length < indent) return null;
      indent = found[1].length;
    }
    return null;
  }

  function completer(words) {
    const keys = Object.entries(words.keys).map(([label, info]) => ({ label, info, apply: `${label}: `, type: "property" }));
    return (context) => {
      const word = context.matchBefore(/[\w./-]*/);
      if (!context.explicit && (!word || word.from === word.to)) return null;
      const key = keyBefore(context.state, word.from, words);
      const line = context.state.doc.lineAt(context.pos);
      const start = line.text.slice(0, word.from - line.from);
      const isKey = /(^|[{,]|-)\s*$/.test(start) && !(key && /\[[^\]]*$/.test(start));
      const values = key ? words.values[key].map((label) => ({ label, type: "enum" })) : [];
      const options = isKey ? [...keys, ...(key && /^\s*-\s*$/.test(start) ? values : [])] : values;
      return options.length ? { from: word.from, options, validFor: /^[\w./-]*$/ } : null;
    };
  }

  // Marks the lines that something is wrong with; the worst of a line counts.
  function mark() {
    if (!view) return;
    const marks = JSON.parse(document.getElementById("hf-rule-marks")?.dataset.marks ?? "[]");
    const levels = new Map();
    const said = {};
    for (const one of marks.filter(({ line }) => line <= view.state.doc.lines)) {
      if (levels.get(one.line) !== "error") levels.set(one.line, one.level);
      said[one.line] = said[one.line] ? `${said[one.line]}; ${one.said}` : one.said;
    }
    component.setDecorations([...levels].map(([line, level]) => ({ kind: "line", line, class: `hf-line-${level}` })));
    component.setLineTooltips(said);
  }

  async function attach(id, options) {
    const CM = await import("nicegui-codemirror");
    component = getElement(id);
    view = component.editor ?? (await component.editorPromise);
    store = options.store;
    const complete = completer(options.words);
    view.dispatch({
      effects: CM.StateEffect.appendConfig.of([
        CM.EditorView.contentAttributes.of({ "aria-label": "The rule as YAML", tabindex: "0", spellcheck: "false" }),
        CM.EditorState.languageData.of(() => [{ autocomplete: complete }]),
        CM.EditorView.updateListener.of((update) => {
          if (update.docChanged) keep();
        }),
      ]),
    });
    const colour = () => component.setTheme(document.body.classList.contains("body--dark") ? "vscodeDark" : "vscodeLight");
    colour();
    new MutationObserver(colour).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    window.addEventListener("beforeunload", (event) => {
      if (isDirty()) event.preventDefault();
    });
    mark();
    const left = kept();
    if (left && left.text !== text()) emitEvent("heedful-draft", left.at);
    document.documentElement.dataset.editor = "ready";
  }

  function focusFirst(element) {
    element?.querySelector("input, select, textarea, button:not(.hf-remove)")?.focus();
  }

  // The server draws first: what it drew is there one turn of the browser later.
  const soon = (act) => setTimeout(act, 80);

  globalThis.heedful.editor = {
    attach,
    mark: () => soon(mark),
    saved: () => soon(keep),
    restore: () => {
      const left = kept();
      if (left) replace(left.text);
    },
    discard: () => localStorage.removeItem(store),
    focusIn: (id) => soon(() => focusFirst(getHtmlElement(id))),
    focusAdded: (number) =>
      soon(() => {
        const added = [...document.querySelectorAll(".hf-when .hf-adding")];
        const box = added[Math.min(number, added.length) - 1]?.previousElementSibling;
        focusFirst(box?.matches(".hf-condition, .hf-group") ? box : added[0]);
      }),
    focusExample: (fires) =>
      soon(() => {
        const box = document.querySelectorAll(".hf-examples")[fires ? 0 : 1];
        [...(box?.querySelectorAll("textarea") ?? [])].pop()?.focus();
      }),
  };
})();
