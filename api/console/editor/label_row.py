"""Conditions on labels: which, how sure, and where in the text; with a list to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.editor.bench import Bench
from api.console.editor.draft import Path
from api.console.editor.fields import choice_field, number_field, small_button, text_field, tick
from api.console.editor.scope_row import draw_scope
from engine.rules.plain_words import plain_name

MOST_LISTED = 150
SURE = {"model": "as sure as the model needs", "at_least": "at least", "at_most": "at most"}


def labels_in(value: Any) -> tuple[list[str], dict[str, Any]] | None:
    """Return the labels that a condition names and its other tests; None where the form cannot show it."""
    rest: dict[str, Any] = {}
    if isinstance(value, dict):
        rest = {key: one for key, one in value.items() if key != "is"}
        value = value.get("is", [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        return None
    return names, rest


def labels_out(names: list[str], rest: dict[str, Any]) -> Any:
    """Return what a condition says, as briefly as it can."""
    said = names[0] if len(names) == 1 else names
    return {"is": said, **rest} if rest else said


class LabelRow:
    """The fields of one condition on labels."""

    def __init__(self, bench: Bench, path: Path, task: str, *, scoped: bool) -> None:
        self._bench = bench
        self._path = path
        self._task = task
        self._scoped = scoped
        self._listed: Element | None = None
        self._wanted = ""

    def draw(self) -> bool:
        """Draw them; return False where the form cannot show the condition."""
        found = labels_in(self._bench.draft.get(self._path))
        if found is None:
            return False
        names, rest = found
        with Element("div").classes("hf-row"):
            self._chips = Element("div").classes("hf-row hf-picked")
            self._choose = small_button(f"Choose {self._task}s", self._toggle)
            self._choose.props["aria-expanded"] = "false"
            _Sureness(self._bench, self._path, rest).draw()
        self._panel = Element("div").classes("hf-picker")
        self._panel.set_visibility(False)
        self._show_chips(names)
        if self._scoped:
            draw_scope(self._bench, self._path)
        return True

    def _names(self) -> list[str]:
        found = labels_in(self._bench.draft.get(self._path))
        return found[0] if found else []

    def _show_chips(self, names: list[str]) -> None:
        self._chips.clear()
        with self._chips:
            if not names:
                look.words("span", f"no {self._task} chosen yet", "hf-muted hf-small")
            for name in names:
                with look.label_chip(self._task, name).classes("hf-removable"):
                    small_button("×", self._bench.act(self._without(name)), says=f"Remove {name}")

    def _without(self, name: str) -> Callable[[], Any]:
        async def remove() -> None:
            await self._pick(name, False)
            if self._listed is not None:
                self._fill(self._wanted)

        return remove

    async def _pick(self, name: str, wanted: bool) -> None:
        found = labels_in(self._bench.draft.get(self._path)) or ([], {})
        names = [*(one for one in found[0] if one != name), *([name] if wanted else [])]
        self._bench.put(self._path, labels_out(names, found[1]))
        self._show_chips(names)

    async def _toggle(self) -> None:
        shown = not self._panel.visible
        self._panel.set_visibility(shown)
        self._choose.props["aria-expanded"] = str(shown).lower()
        if shown and self._listed is None:
            with self._panel:

                async def search(text: Any) -> None:
                    # Leaving the field says its text again: what is listed stays, under the very pointer.
                    if str(text) != self._wanted:
                        self._fill(str(text))

                text_field(f"Search {self._task}s", "", self._bench.act(search), type="search")
                self._listed = Element("div").classes("hf-picker-list")
                self._listed.props["role"] = "group"
                self._listed.props["aria-label"] = f"{self._task.capitalize()}s"
            self._fill("")

    def _fill(self, wanted: str) -> None:
        """List the labels whose name or description has some words, as a tree."""
        taxonomy, listed, self._wanted = self._bench.taxonomy, self._listed, wanted
        if listed is None:
            return
        chosen, parts = set(self._names()), wanted.lower().split()
        listed.clear()
        with listed:
            shown = 0
            for node in sorted(taxonomy.nodes(self._task)):
                said = taxonomy.descriptions.get(f"{self._task}:{node}", "")
                text = f"{node} {plain_name(node)} {said}".lower()
                if all(part in text for part in parts) and shown < MOST_LISTED:
                    shown += 1
                    self._option(node, said, node in chosen)
            if not shown:
                look.words("p", "No label has these words.", "hf-muted hf-small")
            if shown == MOST_LISTED:
                look.words("p", f"The first {MOST_LISTED}; search for others.", "hf-muted hf-small")

    def _option(self, node: str, said: str, chosen: bool) -> None:
        leaf = len(self._bench.taxonomy.columns_under(self._task, node)) == 1

        async def picked(wanted: Any) -> None:
            await self._pick(node, bool(wanted))

        with Element("div").classes(f"hf-picker-entry hf-depth-{min(3, node.count('/'))}"):
            tick(node if leaf else f"{node} (all below)", chosen, self._bench.act(picked))
            if said:
                look.words("span", said, "hf-muted hf-small")


class _Sureness:
    """How sure the model has to be."""

    def __init__(self, bench: Bench, path: Path, rest: dict[str, Any]) -> None:
        self._bench = bench
        self._path = path
        self._rest = rest

    def draw(self) -> None:
        kind = next((one for one in ("at_least", "at_most") if one in self._rest), "model")
        choice_field("The model is", SURE, kind, self._bench.act(self._chosen))
        self._box = Element("div")
        self._show(kind)

    def _show(self, kind: str) -> None:
        self._box.clear()
        if kind == "model":
            return
        with self._box:
            value = labels_in(self._bench.draft.get(self._path))
            sure = value[1].get(kind) if value else None
            shown = float(sure) if isinstance(sure, (int, float)) else None
            number_field("sure (0 to 1)", shown, self._bench.act(self._sure(kind)), low=0, high=1)

    async def _chosen(self, kind: Any) -> None:
        found = labels_in(self._bench.draft.get(self._path))
        if found is not None:
            rest = {key: one for key, one in found[1].items() if key not in ("at_least", "at_most")}
            extra = {} if kind == "model" else {str(kind): 0.8 if kind == "at_least" else 0.2}
            self._bench.put(self._path, labels_out(found[0], extra | rest))
            self._show(str(kind))

    def _sure(self, kind: str) -> Callable[[Any], Any]:
        async def changed(value: Any) -> None:
            found = labels_in(self._bench.draft.get(self._path))
            if found is not None and value is not None:
                self._bench.put(self._path, labels_out(found[0], {**found[1], kind: value}))

        return changed
