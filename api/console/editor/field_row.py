"""Conditions on scores, attributes and facts: what a value has to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.fields import choice_field, number_field, number_of, text_field, tick
from engine.program import AttributeSpec

NUMBERS = {
    "at_most": "at most",
    "at_least": "at least",
    "between": "between",
    "is": "exactly",
    "there": "there at all",
    "missing": "missing",
}
WORDS = {"is": "one of", "there": "there at all", "missing": "missing"}
FLAG = {"true": "yes", "false": "no"}


def way_of(value: Any) -> tuple[str, Any] | None:
    """Return how a condition tests its value, and against what; None where the form cannot show it."""
    if not isinstance(value, dict):
        return "is", value
    if value.keys() == {"missing"}:
        return ("missing" if value["missing"] else "there"), None
    if value.keys() == {"at_least", "at_most"}:
        return "between", [value["at_least"], value["at_most"]]
    if len(value) == 1:
        ((way, against),) = value.items()
        return ("is", against) if way in ("is", "in") else (way, against)
    return None


class NumberRow:
    """The fields of a condition on a number."""

    def __init__(self, bench: Bench, path: Path, low: float | None = None, high: float | None = None) -> None:
        self._bench = bench
        self._path = path
        self._low = low
        self._high = high

    def draw(self, name: str) -> bool:
        """Draw them; return False where the form cannot show the condition."""
        found = way_of(self._bench.draft.get(self._path))
        if found is None or not _are_numbers(found[1]):
            return False
        with Element("div").classes("hf-row"):
            choice_field(f"{name} is", NUMBERS, found[0], self._bench.act(self._chosen))
            self._box = Element("div").classes("hf-row")
            if self._low is not None and self._high is not None:
                look.words("span", f"from {self._low:g} to {self._high:g}", "hf-muted hf-small")
        self._show(*found)
        return True

    def _show(self, way: str, against: Any) -> None:
        self._box.clear()
        with self._box:
            if way == "between":
                low, high = against
                self._number("from", low, lambda one: {"between": [one, self._pair()[1]]})
                self._number("to", high, lambda one: {"between": [self._pair()[0], one]})
            elif way == "is" and isinstance(against, list):
                shown = ", ".join(f"{one:g}" for one in against)
                text_field("numbers", shown, self._bench.set(self._path, _numbers))
            elif way in ("at_most", "at_least", "is"):
                self._number("number", against, lambda one: one if way == "is" else {way: one})

    def _number(self, label: str, value: float, meant: Callable[[Any], Any]) -> None:
        async def changed(said: Any) -> None:
            if said is not None:
                self._bench.put(self._path, meant(said))

        number_field(label, value, self._bench.act(changed), low=self._low, high=self._high)

    def _pair(self) -> list[Any]:
        found = way_of(self._bench.draft.get(self._path))
        return found[1] if found is not None and found[0] == "between" else [self._low or 0, self._high or 0]

    async def _chosen(self, way: Any) -> None:
        found = way_of(self._bench.draft.get(self._path))
        old = found[1] if found else None
        number = old if isinstance(old, (int, float)) else old[0] if old else self._low or 0
        fresh: Mapping[str, Any] = {
            "between": {"between": [number, self._high if self._high is not None else number]},
            "is": number,
            "missing": {"missing": True},
            "there": {"missing": False},
        }
        self._bench.put(self._path, fresh.get(way, {way: number}))
        shown = way_of(self._bench.draft.get(self._path))
        if shown is not None:
            self._show(*shown)


class WordRow:
    """The fields of a condition on an attribute or a fact that is no number."""

    def __init__(self, bench: Bench, path: Path, values: tuple[str, ...] = (), hint: str = "") -> None:
        self._bench = bench
        self._path = path
        self._values = values
        self._hint = hint

    def draw(self, name: str) -> bool:
        """Draw them; return False where the form cannot show the condition."""
        found = way_of(self._bench.draft.get(self._path))
        if found is None or found[0] not in WORDS or isinstance(found[1], dict):
            return False
        with Element("div").classes("hf-row"):
            choice_field(f"{name} is", WORDS, found[0], self._bench.act(self._chosen))
            self._box = Element("div").classes("hf-row hf-grow")
        self._show(*found)
        return True

    def _show(self, way: str, against: Any) -> None:
        self._box.clear()
        if way != "is":
            return
        names = against if isinstance(against, list) else [] if against in (None, "") else [against]
        with self._box:
            if not self._values:
                shown = ", ".join(map(str, names))
                props = {"placeholder": self._hint} if self._hint else {}
                text_field(
                    "values, with commas between", shown, self._bench.set(self._path, _words), style="hf-grow", **props
                )
            for value in self._values:
                tick(value, value in map(str, names), self._bench.act(self._picked(value)))

    def _picked(self, value: str) -> Callable[[Any], Any]:
        async def changed(wanted: Any) -> None:
            found = way_of(self._bench.draft.get(self._path))
            old = found[1] if found else []
            names = [str(one) for one in (old if isinstance(old, list) else [old] if old not in (None, "") else [])]
            names = [*(one for one in names if one != value), *([value] if wanted else [])]
            self._bench.put(self._path, names[0] if len(names) == 1 else names)

        return changed

    async def _chosen(self, way: Any) -> None:
        first = self._values[0] if self._values else ""
        fresh: Any = first if way == "is" else {"missing": way == "missing"}
        self._bench.put(self._path, fresh)
        self._show(str(way), first)


def draw_attribute(bench: Bench, path: Path, name: str, spec: AttributeSpec | None) -> bool:
    """Draw the fields of a condition on an attribute, by its kind."""
    if spec is not None and spec.kind == "number":
        return NumberRow(bench, path).draw(name)
    if spec is not None and spec.kind == "flag":
        value = bench.draft.get(path)
        if not isinstance(value, bool):
            return WordRow(bench, path).draw(name)
        choice_field(f"{name} is", FLAG, str(value).lower(), bench.set(path, lambda said: said == "true"))
        return True
    return WordRow(bench, path, spec.values if spec is not None else ()).draw(name)


def _are_numbers(value: Any) -> bool:
    ones = value if isinstance(value, list) else [value]
    return value is None or all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in ones)


def _numbers(text: Any) -> Any:
    found = [number_of(one) for one in str(text).split(",")]
    return [one for one in found if one is not None]


def _words(text: Any) -> Any:
    found = [one.strip() for one in str(text).split(",") if one.strip()]
    return found[0] if len(found) == 1 else found or ""
