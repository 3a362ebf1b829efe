"""The conditions of a rule as nested boxes, each with its fields, a menu to add to it, and what is only in the text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.editor import menu
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.field_row import NumberRow, WordRow, draw_attribute
from api.console.editor.fields import choice_field, number_field, small_button, tick
from api.console.editor.label_row import LabelRow
from api.console.editor.text_rows import SaysRow, WindowRow, draw_question, draw_sentiment
from engine.reading import ReadingStatus
from engine.rules.plain_words import plain_name
from engine.rules.writing import flow
from engine.taxonomy import TASKS

GROUPS = ("all", "any", "none")
TOGETHER = ("together", "same_sentence")
WHEN: Path = ("when",)


class Conditions:
    """Draws the conditions of a rule, again whenever other fields are needed."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._count = 0

    def draw(self) -> None:
        """Draw all that stands under ``when``."""
        when = self._bench.draft.get(WHEN)
        if when is not None and not isinstance(when, dict):
            self._only_written(WHEN, when)
            return
        found = when or {}
        if "all" not in found:
            self._group(WHEN, "all", [], top=True)
        for key in sorted(found, key=lambda one: one not in GROUPS):
            self._entry(WHEN, key, inside=False, top=True)
        if "none" not in found:
            with Element("div").classes("hf-row"):
                small_button("Add an exception", self._bench.act(self._except))

    async def _except(self) -> None:
        self._bench.draft.put((*WHEN, "none"), [])
        self._drawn_anew()

    def _drawn_anew(self) -> None:
        self._bench.written()
        self._bench.redraw()

    def _entry(self, path: Path, key: str, *, inside: bool, top: bool = False) -> None:
        """Draw one entry of a mapping of conditions."""
        value = self._bench.draft.get((*path, key))
        if key in GROUPS and isinstance(value, list):
            self._group(path, key, value, inside=inside, top=top)
        elif key in TOGETHER and isinstance(value, list if key == "same_sentence" else dict):
            self._together(path, key, value)
        else:
            self._single(path, key, value, inside=inside)

    def _group(self, path: Path, key: str, value: list[Any], *, inside: bool = False, top: bool = False) -> None:
        here = (*path, key)
        with Element("fieldset").classes("hf-group") as box:
            box.props["aria-label"] = menu.TITLES[key]
            with Element("legend"), Element("span").classes("hf-row"):
                look.words("span", menu.TITLES[key], "hf-strong")
                if value or (path, key) != (WHEN, "all"):
                    self._remove(path, key, menu.TITLES[key])
            self._children(here, value, inside=inside, top=top and key == "all")
            self._add(here, inside=inside, top=top and key == "all")

    def _children(self, here: Path, value: list[Any], *, inside: bool, top: bool = False) -> None:
        for at, child in enumerate(value):
            if not isinstance(child, dict) or not child:
                self._only_written((*here, at), child)
                continue
            for key in child:
                self._entry((*here, at), key, inside=inside, top=top)

    def _together(self, path: Path, key: str, value: Any) -> None:
        here = (*path, key)
        with Element("fieldset").classes("hf-group"):
            with Element("legend"), Element("span").classes("hf-row"):
                look.words(
                    "span", "Together in sentences in a row" if key == "together" else "In one sentence", "hf-strong"
                )
                self._remove(path, key, "this group")
            listed, at = value, here
            if key == "together":
                number_field("Sentences", value.get("sentences"), self._bench.set((*here, "sentences")), low=1)
                listed, at = value.get("all", []), (*here, "all")
            if not isinstance(listed, list):
                self._only_written(at, listed)
                return
            self._children(at, listed, inside=True)
            self._add(at, inside=True)

    def _single(self, path: Path, key: str, value: Any, *, inside: bool) -> None:
        here = (*path, key)
        with Element("div").classes("hf-condition").props("role=group") as box:
            title = self._title(key)
            box.props["aria-label"] = title
            with Element("div").classes("hf-row hf-between"):
                look.words("span", title, "hf-strong")
                self._remove(path, key, title)
            if not self._fields(here, key, scoped=not inside):
                look.words("p", "This is written in a way that only the YAML shows:", "hf-small hf-muted")
                look.words("code", _short(value), "hf-code")

    def _fields(self, here: Path, key: str, *, scoped: bool) -> bool:
        bench, program = self._bench, self._bench.program
        name = self._title(key)
        if key in TASKS:
            return LabelRow(bench, here, key, scoped=scoped).draw()
        if key == "sentiment":
            return draw_sentiment(bench, here, scoped=scoped)
        if key == "says":
            return SaysRow(bench, here, scoped=scoped).draw()
        if key == "question":
            return draw_question(bench, here)
        if key in menu.OVER_TIME:
            return WindowRow(bench, here, key).draw()
        if key == "meets":
            return self._meets(here)
        if key in program.scores:
            spec = program.scores[key]
            return NumberRow(bench, here, spec.min, spec.max).draw(name)
        if key in menu.FACTS:
            values = tuple(one.value for one in ReadingStatus) if key == "status" else ()
            return WordRow(bench, here, values).draw(name)
        plain = key.removeprefix("attribute.")
        if plain in program.attributes or plain != key:
            return draw_attribute(bench, here, name, program.attributes.get(plain))
        return False

    def _meets(self, here: Path) -> bool:
        value = self._bench.draft.get(here)
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list):
            return False
        with Element("div").classes("hf-row"):
            for name in self._bench.definitions:

                async def picked(wanted: Any, name: str = name) -> None:
                    chosen[:] = [*(one for one in chosen if one != name), *([name] if wanted else [])]
                    self._bench.put(here, chosen[0] if len(chosen) == 1 else list(chosen))

                tick(plain_name(name), name in chosen, self._bench.act(picked))
        return True

    def _title(self, key: str) -> str:
        program = self._bench.program
        if key in program.scores:
            return f"{menu.score_name(key)} score"
        said = {
            **menu.LABELS,
            **menu.TEXT,
            **menu.OVER_TIME,
            **menu.FACTS,
            "meets": "Shared condition",
            "says": "What was said",
        }
        return said.get(key, plain_name(key.removeprefix("attribute.")).capitalize())

    def _only_written(self, path: Path, value: Any) -> None:
        with Element("div").classes("hf-condition"):
            look.words("p", "This is written in a way that only the YAML shows:", "hf-small hf-muted")
            look.words("code", _short(value), "hf-code")
            small_button("Remove", self._bench.act(self._removed(path)), says="Remove what only the YAML shows")

    def _remove(self, path: Path, key: str, title: str) -> None:
        small_button("Remove", self._bench.act(self._removed((*path, key))), says=f"Remove: {title}")

    def _removed(self, path: Path) -> Callable[[], Any]:
        async def remove() -> None:
            self._bench.draft.drop(path)
            self._drawn_anew()

        return remove

    def _add(self, here: Path, *, inside: bool, top: bool = False) -> None:
        """Draw what adds a condition to a group."""
        found = menu.menu_of(self._bench.program, self._bench.definitions, inside=inside, top=top)
        state = {"kind": "emotion"}

        async def chosen(kind: Any) -> None:
            state["kind"] = str(kind)

        async def add() -> None:
            key, value = menu.new_condition(state["kind"], self._bench.program, self._bench.definitions)
            self._bench.draft.add(here, {key: value})
            self._drawn_anew()
            ui.run_javascript(f"heedful.editor.focusAdded({self._count})")

        self._count += 1
        with Element("div").classes("hf-row hf-adding"):
            choice_field("Condition to add", found, "emotion", self._bench.act(chosen))
            small_button("Add", self._bench.act(add), says="Add this condition").classes("hf-add")


def _short(value: Any) -> str:
    said = flow(value)
    return said if len(said) <= 300 else f"{said[:300]}…"
