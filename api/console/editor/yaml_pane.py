"""The text of the rule: an editor that marks lines with mistakes and completes words of the language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.fields import small_button
from engine.errors import Located
from engine.rules.definition_loader import load_definitions
from engine.rules.json_schema import rule_schema
from engine.rules.load import LoadedRules
from engine.taxonomy import TASKS

MOST_SHOWN = 20


class YamlPane:
    """The editor of the text, with what is wrong with it under it.

    Parameters
    ----------
    bench
        What is edited.
    store
        Under which name the browser keeps what is not saved.
    words
        What is completed.
    typed
        Called with the text when somebody typed in it.
    """

    def __init__(self, bench: Bench, store: str, words: Mapping[str, Any], typed: Callable[[str], None]) -> None:
        self._bench = bench
        self._store = store
        self._words = words
        self._typed = typed

    def draw(self) -> None:
        """Draw it."""
        draft = self._bench.draft
        with Element("div").classes("hf-yaml"):
            self._editor = ui.codemirror(
                draft.text, language="YAML", theme="vscodeLight", line_wrapping=True, on_change=self._changed
            )
        look.words("p", "Ctrl+Space completes a word. Esc, then Tab, leaves the editor.", "hf-small hf-muted")
        self._saved = Element("div").props("id=hf-rule-saved hidden")
        self._saved.props["data-text"] = draft.text
        self._marks = Element("div").props("id=hf-rule-marks hidden")
        self._problems = Element("ul").classes("hf-problems")
        self._problems.props["aria-label"] = "What is to be mended"
        options = {"store": self._store, "words": self._words}
        ui.run_javascript(f"heedful.editor.attach({self._editor.id}, {json.dumps(options)})")

    def push(self) -> None:
        """Show the text that the form has changed."""
        if self._editor.value != self._bench.draft.text:
            self._editor.set_value(self._bench.draft.text)

    def saved(self, text: str) -> None:
        """Take note of what is saved: leaving with that text needs no warning."""
        self._saved.props["data-text"] = text
        ui.run_javascript("heedful.editor.saved()")

    def show(self, findings: Sequence[Located]) -> None:
        """Mark the lines that something is wrong with, and say what under the text."""
        # A text that ends too early is wrong after its last line.
        last = self._bench.draft.text.count("\n") + 1
        found = [replace(one, line=max(1, min(one.line, last))) for one in findings]
        # Read from there by the script: what the server sends to the editor itself would take back what is being typed.
        marks = [{"line": one.line, "level": one.level, "said": one.message} for one in found]
        self._marks.props["data-marks"] = json.dumps(marks)
        ui.run_javascript("heedful.editor.mark()")
        self._problems.clear()
        with self._problems:
            for one in found[:MOST_SHOWN]:
                with Element("li").classes(f"hf-row hf-top hf-problem-{one.level}"):
                    small_button(f"Line {one.line}", self._bench.act(self._reveal(one.line)))
                    look.words("span", one.message, "hf-grow hf-small")
            if len(found) > MOST_SHOWN:
                look.words("li", f"and {len(found) - MOST_SHOWN} more", "hf-small hf-muted")

    def _reveal(self, line: int) -> Any:
        async def reveal() -> None:
            self._editor.reveal_line(line)

        return reveal

    def _changed(self, event: ValueChangeEventArguments[str]) -> None:
        # At once: what the form writes next has to find what was typed.
        text = event.value or ""
        if text != self._bench.draft.text:
            self._typed(text)


def words_of(rules: LoadedRules) -> dict[str, Any]:
    """Return the words that are completed: the keys of a rule, and for each key its values."""
    program, taxonomy = rules.program, rules.taxonomy
    schema = rule_schema(program, taxonomy, load_definitions(program, taxonomy)[0].named)
    keys: dict[str, str] = {}
    values: dict[str, list[str]] = {}
    _gather(schema, keys, values)
    for task in TASKS:
        values[task] = list(taxonomy.nodes(task))
    receivers = [name for name, one in program.receivers.items() if one.is_channel]
    values["send_to"] = sorted({*values.get("send_to", []), *receivers})
    return {"keys": keys, "values": {key: found for key, found in values.items() if found}}


def _gather(schema: Any, keys: dict[str, str], values: dict[str, list[str]]) -> None:
    """Gather the names of properties with what they are for, and the words that each can be."""
    if isinstance(schema, list):
        for one in schema:
            _gather(one, keys, values)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    for name, inside in properties.items() if isinstance(properties, dict) else ():
        if isinstance(inside, dict) and (inside.get("description") or name not in keys):
            keys[name] = str(inside.get("description", ""))
        values.setdefault(name, []).extend(one for one in _choices(inside) if one not in values[name])
    for one in schema.values():
        _gather(one, keys, values)


def _choices(schema: Any) -> list[str]:
    if not isinstance(schema, dict) or "properties" in schema:
        return []
    found = [str(one) for one in (schema.get("enum") or []) if isinstance(one, str)]
    if isinstance(schema.get("const"), str):
        found.append(schema["const"])
    for key in ("anyOf", "oneOf", "items"):
        inside = schema.get(key)
        for one in inside if isinstance(inside, list) else [inside]:
            found += _choices(one)
    return found


def on_draft(act: Any) -> None:
    """Call something when the browser has a draft that was not saved."""

    async def found(event: GenericEventArguments) -> None:
        await act(event.args)

    ui.on("heedful-draft", found)
