"""The examples of a rule: records that it should fire on or stay quiet on, each with whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.fields import area_field, choice_field, number_field, small_button, text_field
from api.console.editor.menu import score_name
from api.console.editor.outcome import Outcome, Shown
from engine.program import Program
from engine.rules.plain_words import plain_name

KINDS = {"fires": "Should fire", "stays_quiet": "Should stay quiet"}
ENOUGH = 3
RECORD = ("channel", "unit", "source", "customer", "employee")
HINTS = {
    "fires": "What a customer writes that this rule is for",
    "stays_quiet": "What a customer writes that looks like it, and is not",
}


def fields_of(values: Any, program: Program) -> list[str]:
    """Return the scores, attributes and facts that conditions ask about, each once, in their order."""
    known = {*program.scores, *program.attributes, "channel", "unit", "source"}
    return list(dict.fromkeys(key for key in _keys(values) if key in known or key.startswith("attribute.")))


def _keys(values: Any) -> Iterator[str]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield str(key)
            yield from _keys(value)
    elif isinstance(values, list):
        for one in values:
            yield from _keys(one)


def draw_fields(
    names: Sequence[str], values: Mapping[str, Any], program: Program, changed: Callable[[str], Callable[[Any], Any]]
) -> None:
    """Draw a field for each score, attribute and fact of a record."""
    for name in names:
        value, attribute = values.get(name), program.attributes.get(name)
        if name in program.scores:
            spec = program.scores[name]
            shown = value if isinstance(value, (int, float)) else None
            number_field(score_name(name), shown, changed(name), low=spec.min, high=spec.max)
        elif attribute is not None and attribute.kind in ("flag", "one_of"):
            options = attribute.values or ("true", "false")
            said = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            choice_field(plain_name(name), {"": "not said", **{one: one for one in options}}, said, changed(name))
        else:
            text_field(
                plain_name(name.removeprefix("attribute.")),
                "" if value is None else str(value),
                changed(name),
                style="hf-short",
            )


def meant(name: str, value: Any, program: Program) -> Any:
    """Return what a field of a record means: a number, a flag or text; None where it is empty."""
    attribute = program.attributes.get(name)
    if attribute is not None and attribute.kind == "flag":
        return {"true": True, "false": False}.get(str(value))
    if name in program.scores or value is None:
        return value
    return str(value).strip() or None


class Examples:
    """Draws the examples, and shows what becomes of them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._marks: dict[str, list[tuple[Element, Element]]] = {}
        self._counts: dict[str, Any] = {}
        self.fields: list[str] = []

    def draw(self) -> None:
        """Draw them all."""
        self.fields = fields_of(self._bench.draft.get(("when",)), self._bench.program)
        for kind, title in KINDS.items():
            self._marks[kind] = []
            with Element("section").classes("hf-examples").props(f"aria-label='{title}'"):
                with Element("div").classes("hf-row hf-between"):
                    look.words("h3", title)
                    self._counts[kind] = look.words("span", "", "hf-small hf-muted")
                listed = self._bench.draft.get(("examples", kind), [])
                for at, example in enumerate(listed if isinstance(listed, list) else []):
                    self._one(kind, at, example)
                small_button(
                    "Add an example", self._bench.act(self._added(kind)), says=f"Add an example that {title.lower()}"
                ).classes("hf-add")
                self._count(kind)

    def show(self, outcome: Outcome) -> None:
        """Show which of them do what they should."""
        for kind in KINDS:
            shown: list[Shown | None] = [one for one in outcome.examples if one.fires is (kind == "fires")]
            marks = self._marks.get(kind, [])
            shown += [None] * (len(marks) - len(shown))
            for (mark, said), one in zip(marks, shown, strict=False):
                _mark(mark, said, one)
            self._count(kind)

    def _count(self, kind: str) -> None:
        listed = self._bench.draft.get(("examples", kind), [])
        many = len(listed) if isinstance(listed, list) else 0
        self._counts[kind].text = f"{many} of {ENOUGH} that a live rule needs" if many < ENOUGH else f"{many} examples"

    def _one(self, kind: str, at: int, example: Any) -> None:
        path: Path = ("examples", kind, at)
        with Element("div").classes("hf-example"):
            if not isinstance(example, dict):
                look.words("p", "This example is written in a way that only the YAML shows.", "hf-small hf-muted")
            elif "parts" in example or "sentences" in example:
                look.words("p", f"{_text_of(example)}", "hf-strong")
                look.words("p", "Its parts and sentences are written in the YAML.", "hf-small hf-muted")
            else:
                title = f"Example {at + 1}"
                area_field(title, str(example.get("text", "")), self._set(path, "text"), hint=HINTS[kind])
            with Element("div").classes("hf-row"):
                if isinstance(example, dict):
                    self._fields(path, example)
                mark = look.words("span", "", "hf-chip hf-mark")
                small_button("Remove", self._bench.act(self._removed(path)), says=f"Remove example {at + 1}")
            said = look.words("p", "", "hf-small")
            self._marks[kind].append((mark, said))
            _mark(mark, said, None)

    def _fields(self, path: Path, example: Mapping[str, Any]) -> None:
        program = self._bench.program
        extra = [
            key for key, one in example.items() if key in RECORD or key in program.scores or key in program.attributes
        ]
        names = list(dict.fromkeys([*self.fields, *extra]))
        draw_fields(names, example, program, lambda name: self._set(path, name))
        if "labels" in example:
            look.words("span", "its labels are pinned in the YAML", "hf-small hf-muted")

    def _set(self, path: Path, name: str) -> Callable[[Any], Any]:
        def said(value: Any) -> Any:
            return str(value) if name == "text" else meant(name, value, self._bench.program)

        return self._bench.set((*path, name), said)

    def _added(self, kind: str) -> Callable[[], Any]:
        async def add() -> None:
            self._bench.draft.add(("examples", kind), {"text": ""})
            self._bench.written()
            self._bench.redraw_examples()
            ui.run_javascript(f"heedful.editor.focusExample({str(kind == 'fires').lower()})")

        return add

    def _removed(self, path: Path) -> Callable[[], Any]:
        async def remove() -> None:
            self._bench.draft.drop(path)
            self._bench.written()
            self._bench.redraw_examples()

        return remove


def _mark(mark: Any, said: Any, shown: Shown | None) -> None:
    """Show whether one example does what it should."""
    text, style, why = "Not tried yet", "hf-label-neutral", ""
    if shown is not None:
        ok = not shown.wrong
        what = "fires" if shown.fires else "stays quiet"
        text = f"✓ It {what}" if ok else f"✗ It does not {'fire' if shown.fires else 'stay quiet'}"
        style, why = ("hf-pass", "") if ok else ("hf-fail", shown.wrong)
    if mark.text != text:
        mark.text = text
        mark.classes(replace=f"hf-chip hf-mark {style}")
    if said.text != why:
        said.text = why
    said.set_visibility(bool(why))


def _text_of(example: Mapping[str, Any]) -> str:
    listed = example.get("parts") or example.get("sentences")
    texts = [str(one.get("text", "")) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return " / ".join(texts)[:400]
