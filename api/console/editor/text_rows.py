"""Conditions on what was said: words, a meaning, the sentiment, the question; and conditions over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.fields import area_field, choice_field, number_field, text_field, tick
from api.console.editor.scope_row import draw_scope
from engine.rules.scope_loader import SCOPE_KEYS
from engine.rules.sentiment_condition import SENTIMENTS

WAYS = {"is": "any of these", "all": "all of these", "about": "something that means"}
BY_LINE = "one a line"
# The fields of a condition over time: what it says, in the words of the form.
WINDOW_FIELDS: Mapping[str, tuple[str, ...]] = {
    "count": ("at_least", "within", "per"),
    "distinct": ("at_least", "what", "within", "per"),
    "share": ("at_least", "within", "volume", "per"),
    "spike": ("at_least", "within", "against", "p", "per"),
    "flatline": ("within", "against", "usual", "per"),
}
WINDOW_SAID = {
    "at_least": "at least",
    "within": "within (24h, 7d)",
    "per": "counted apart for each (customer, unit)",
    "what": "different (customer, unit)",
    "volume": "once so many came",
    "against": "compared with so many spans before",
    "p": "by chance less often than",
    "usual": "usually at least",
}


def says_in(value: Any) -> tuple[str, list[str], dict[str, Any]] | None:
    """Return the way something is said, the lines, and the other tests; None where the form cannot show it."""
    if not isinstance(value, dict):
        value = {"is": value}
    ways = [way for way in WAYS if way in value]
    if len(ways) != 1:
        return None
    lines = value[ways[0]]
    lines = lines if isinstance(lines, list) else [lines]
    if any(isinstance(one, (dict, list)) or one is None for one in lines):
        return None
    rest = {key: one for key, one in value.items() if key != ways[0]}
    return ways[0], [one if isinstance(one, str) else f"{one}".lower() for one in lines], rest


def says_out(way: str, lines: list[str], rest: Mapping[str, Any]) -> Any:
    """Return what such a condition says, as briefly as it can."""
    near = {key: one for key, one in rest.items() if key in SCOPE_KEYS or (key, way) in _BESIDE}
    said: Any = lines[0] if len(lines) == 1 and way != "all" else lines
    return said if way == "is" and not near else {way: said, **near}


_BESIDE = {("near", "all"), ("at_least", "about")}


class SaysRow:
    """The fields of a condition on words, or on what they mean."""

    def __init__(self, bench: Bench, path: Path, *, scoped: bool) -> None:
        self._bench = bench
        self._path = path
        self._scoped = scoped

    def draw(self) -> bool:
        """Draw them; return False where the form cannot show the condition."""
        found = says_in(self._bench.draft.get(self._path))
        if found is None:
            return False
        self._way, self._lines, _ = found
        with Element("div").classes("hf-row hf-top"):
            choice_field("It says", WAYS, self._way, self._bench.act(self._chosen))
            area_field(
                f"Words, {BY_LINE}",
                "\n".join(self._lines),
                self._bench.act(self._said),
                style="hf-grow",
                hint="refund\nmoney back\ncancel*",
            )
            self._box = Element("div")
        self._show()
        if self._scoped:
            draw_scope(self._bench, self._path)
        return True

    def _rest(self) -> dict[str, Any]:
        found = says_in(self._bench.draft.get(self._path))
        return found[2] if found else {}

    def _show(self) -> None:
        self._box.clear()
        rest = self._rest()
        with self._box:
            if self._way == "all":
                near = rest.get("near")
                words = near.get("words") if isinstance(near, dict) else None
                number_field("words apart, at most", words, self._bench.act(self._near), low=1)
            if self._way == "about":
                number_field("how like it (0 to 1)", rest.get("at_least"), self._bench.act(self._like), low=0, high=1)

    async def _chosen(self, way: Any) -> None:
        self._way = str(way)
        self._write(self._rest())
        self._show()

    async def _said(self, text: Any) -> None:
        self._lines = [one.strip() for one in str(text).splitlines() if one.strip()] or [""]
        self._write(self._rest())

    async def _near(self, words: Any) -> None:
        self._write({**self._rest(), "near": None if words is None else {"words": words}})

    async def _like(self, value: Any) -> None:
        self._write({**self._rest(), "at_least": value})

    def _write(self, rest: Mapping[str, Any]) -> None:
        told = {key: one for key, one in rest.items() if one is not None}
        self._bench.put(self._path, says_out(self._way, self._lines, told))


def draw_sentiment(bench: Bench, path: Path, *, scoped: bool) -> bool:
    """Draw the fields of a condition on the sentiment."""
    value = bench.draft.get(path)
    names = value.get("is", []) if isinstance(value, dict) else value
    chosen = [names] if isinstance(names, str) else names
    if not isinstance(chosen, list):
        return False
    with Element("div").classes("hf-row"):
        for name in SENTIMENTS:

            async def picked(wanted: Any, name: str = name) -> None:
                told = bench.draft.get(path)
                rest = {k: v for k, v in told.items() if k != "is"} if isinstance(told, dict) else {}
                chosen[:] = [*(one for one in chosen if one != name), *([name] if wanted else [])]
                said: Any = chosen[0] if len(chosen) == 1 else list(chosen)
                bench.put(path, {"is": said, **rest} if rest else said)

            tick(name, name in chosen, bench.act(picked))
    if scoped:
        draw_scope(bench, path)
    return True


def draw_question(bench: Bench, path: Path) -> bool:
    """Draw the field of a condition on the question that was answered."""
    value = bench.draft.get(path)
    lines = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in lines):
        return False
    area_field(f"Questions, {BY_LINE}; * stands for any words", "\n".join(lines), bench.set(path, _lines))
    return True


class WindowRow:
    """The fields of a condition over time."""

    def __init__(self, bench: Bench, path: Path, kind: str) -> None:
        self._bench = bench
        self._path = path
        self._kind = kind

    def draw(self) -> bool:
        """Draw them; return False where the form cannot show the condition."""
        value = self._bench.draft.get(self._path)
        known = {*WINDOW_FIELDS[self._kind], "of"}
        if not isinstance(value, dict) or not value.keys() <= known:
            return False
        with Element("div").classes("hf-row"):
            for name in WINDOW_FIELDS[self._kind]:
                self._field(name, value.get(name))
        of = value.get("of")
        if isinstance(of, dict) and of.keys() == {"rule"}:
            look.words("p", f"It counts what the rule {of['rule']} holds for.", "hf-small")
        elif of is not None:
            look.words("p", "What it counts is written in the YAML, under 'of'.", "hf-small hf-muted")
        return True

    def _field(self, name: str, value: Any) -> None:
        path = (*self._path, name)
        if name in ("at_least", "volume", "against", "usual", "p") and self._kind != "share":
            shown = value if isinstance(value, (int, float)) else None
            number_field(WINDOW_SAID[name], shown, self._bench.set(path), low=0)
            return
        shown_text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        text_field(WINDOW_SAID[name], shown_text, self._bench.set(path, _meant(name)), style="hf-short")


def _meant(name: str) -> Any:
    def meant(text: Any) -> Any:
        said = str(text).strip()
        names = [one.strip() for one in said.split(",") if one.strip()]
        if name == "per" and len(names) > 1:
            return names
        return int(said) if name == "volume" and said.isdecimal() else said or None

    return meant


def _lines(text: Any) -> Any:
    found = [one.strip() for one in str(text).splitlines() if one.strip()]
    return found[0] if len(found) == 1 else found or ""
