"""The form of a verdict, with the right labels where the model misread."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from nicegui.element import Element

from api.console import fields, look
from api.console.alert.telling import VERDICTS
from engine.alerts.verdict import MAX_NOTE_CHARACTERS, VerdictKind
from engine.errors import VerdictError
from engine.reading import Reading
from engine.taxonomy import TASKS, Taxonomy

TITLES = {"emotion": "Emotions", "intent": "Intents", "topic": "Topics"}


class Judging:
    """Asks for a verdict, and for labels by their tree where these were wrong.

    Parameters
    ----------
    taxonomy
        The trees to choose from.
    reading
        What holds by the model, which the labels begin with; None begins with nothing.
    """

    def __init__(self, taxonomy: Taxonomy, reading: Reading | None, given: str | None) -> None:
        self._taxonomy = taxonomy
        self._kind = given or ""
        self._held = _held(reading)
        self._chosen = {task: set(names) for task, names in self._held.items()}
        self._judged: set[str] = set()
        self._boxes: dict[str, fields.Check] = {}

    def draw(self) -> None:
        """Draw the form."""
        with Element("fieldset").classes("hf-section") as group:
            group.props["style"] = "border: 0; padding: 0; margin: 0"
            look.words("legend", "Should this have alerted?", "hf-hidden-text")
            for kind in VerdictKind:
                box = fields.Check(
                    VERDICTS[kind],
                    value=self._kind == kind,
                    changed=lambda _, kind=kind: self._choose(str(kind)),  # type: ignore[misc]
                    kind="radio",
                )
                box.element.props["name"] = group.html_id
        self._trees = Element("div")
        self.note = fields.note("Note", most=MAX_NOTE_CHARACTERS)
        self._choose(self._kind)

    def record(self) -> dict[str, Any]:
        """Return the verdict as the API takes it.

        Raises
        ------
        VerdictError
            If none is chosen, or nothing is said of the labels that were wrong.
        """
        if not self._kind:
            raise VerdictError("choose a verdict")
        found: dict[str, Any] = {"action": "verdict", "verdict": self._kind, "note": self.note.said}
        if self._kind == VerdictKind.WRONG_LABEL:
            if not self._judged:
                raise VerdictError("say which labels are right: open emotions, intents or topics below")
            found["labels"] = {task: sorted(self._chosen[task]) for task in TASKS if task in self._judged}
        return found

    def _choose(self, kind: str) -> None:
        self._kind = kind
        if kind != VerdictKind.WRONG_LABEL:
            self._trees.clear()
        elif not self._trees.default_slot.children:
            with self._trees:
                self._draw_trees()

    def _draw_trees(self) -> None:
        look.words(
            "p",
            "Tick all labels that hold for the whole feedback. What you say of a kind of label counts whole, so tick "
            "its box; kinds without the tick are left as not judged.",
            "hf-small hf-muted",
        )
        for task in TASKS:
            if self._taxonomy.leaves[task]:
                self._draw_tree(task)

    def _draw_tree(self, task: str) -> None:
        held = ", ".join(sorted(self._held[task])) or "none"
        with Element("details"):
            look.words("summary", f"{TITLES[task]}: read as {held}")
            self._boxes[task] = fields.Check(
                f"I have judged the {TITLES[task].lower()}",
                value=task in self._judged,
                changed=lambda on: (self._judged.add if on else self._judged.discard)(task),
            )
            with Element("div").classes("hf-label-tree"):
                for root, leaves in groupby(self._taxonomy.leaves[task], key=lambda leaf: leaf.partition("/")[0]):
                    self._draw_group(task, root, list(leaves))

    def _draw_group(self, task: str, root: str, leaves: list[str]) -> None:
        with Element("fieldset"):
            look.words("legend", root, "hf-hidden-text" if leaves == [root] else "")
            for leaf in leaves:
                fields.Check(
                    leaf.partition("/")[2] or leaf,
                    value=leaf in self._chosen[task],
                    changed=lambda on, leaf=leaf: self._tick(task, leaf, on=on),  # type: ignore[misc]
                )

    def _tick(self, task: str, leaf: str, *, on: bool) -> None:
        (self._chosen[task].add if on else self._chosen[task].discard)(leaf)
        self._judged.add(task)
        self._boxes[task].tick()


def _held(reading: Reading | None) -> Mapping[str, tuple[str, ...]]:
    held = [reading.taxonomy.columns[column] for column in reading.held] if reading is not None else []
    return {task: tuple(leaf for one, leaf in held if one == task) for task in TASKS}
