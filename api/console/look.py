"""The look: what pages are made of. Everything here shows text as text, whatever stands in it.

Never give a customer's words to `ui.html`, `ui.markdown`, `.props(f"...")`, `.style(f"...")`, JavaScript or a chart's
own HTML. Words go into `words`, `highlighted`, `ui.label`, or a value of ``element.props[...]``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from api.console.highlight import Mark, pieces_said
from api.console.palette import group_of
from engine.alerts.severity import Severity

Item = TypeVar("Item")


class Clock(StrEnum):
    """How a moment is said: as a date and time, as how long ago, or as how long until it is due."""

    AT = "at"
    AGO = "ago"
    DUE = "due"


def words(tag: str, text: str, style: str = "") -> TextElement:
    """Show text in an HTML element such as ``p``, ``h2`` or ``span``."""
    found = TextElement(tag=tag, text=text)
    return found.classes(style) if style else found


def link(text: str, path: str, style: str = "hf-link") -> TextElement:
    """Show a link to a page of the console."""
    found = words("a", text, style)
    found.props["href"] = path
    return found


def section(title: str, level: int = 2) -> Element:
    """Show a titled part of a page, and return the element that it is built in."""
    with Element("section").classes("hf-section") as found:
        heading = words(f"h{level}", title)
        found.props["aria-labelledby"] = heading.html_id
    return found


def highlighted(text: str, marks: Iterable[Mark] = ()) -> Element:
    """Show a customer's words with parts of them marked; one element, however many marks."""
    found = Element("hf-text")
    found.props["pieces"] = pieces_said(text, marks)
    return found


def moment(at: datetime, clock: Clock = Clock.AT) -> Element:
    """Show a moment in the viewer's own zone; it counts by itself, without asking the service."""
    found = Element("hf-time")
    found.props["datetime"] = at.astimezone(UTC).isoformat()
    found.props["clock"] = str(clock)
    return found


def severity(of: Severity | str) -> TextElement:
    """Show how grave an alert is; by its word as much as by its colour."""
    return words("span", str(of).capitalize(), f"hf-chip hf-severity-{Severity(of)}")


def label_chip(task: str, label: str, confidence: float | None = None) -> TextElement:
    """Show a label, with the model's confidence where it is given."""
    said = label if confidence is None else f"{label} {confidence:.0%}"
    found = words("span", said, f"hf-chip hf-label-{group_of(task, label)}")
    found.props["title"] = f"{task}: {label}" if confidence is None else f"{task}: {label}, confidence {confidence:.2f}"
    return found


def chip(text: str, group: str = "neutral") -> TextElement:
    """Show a word or two in a box, in the colours of a group of the palette."""
    return words("span", text, f"hf-chip hf-label-{group}")


def nothing_here(title: str, said: str = "", *, to: str | None = None, to_said: str = "") -> Element:
    """Say that there is nothing to show, why, and where to go from here."""
    with Element("div").classes("hf-state") as found:
        ui.icon("inbox").props("aria-hidden=true").classes("hf-state-icon")
        words("p", title, "hf-state-title")
        if said:
            words("p", said)
        if to is not None:
            link(to_said or to, to)
    return found


def went_wrong(said: str, *, back: bool = True) -> Element:
    """Say that the page, or a part of it, could not be shown, and how to go on."""
    with Element("div").classes("hf-state").props("role=alert") as found:
        ui.icon("error_outline").props("aria-hidden=true").classes("hf-state-icon")
        words("p", "This could not be shown", "hf-state-title")
        words("p", f"{said[:1].upper()}{said[1:]}")
        if back:
            link("To the inbox", "/")
    return found


def busy(said: str = "Loading") -> Element:
    """Show that something is being done; delete it or clear what it is in once that is done."""
    with Element("div").classes("hf-state").props("role=status") as found:
        ui.spinner(size="2rem").props("aria-hidden=true")
        words("p", said)
    return found


def button(text: str, on_click: Callable[..., object], *, icon: str | None = None, main: bool = False) -> ui.button:
    """Show a button; the main one of a page stands out."""
    # Without a colour of Quasar's, which no style of ours could outdo.
    found = ui.button(text, on_click=on_click, icon=icon, color=None).props("no-caps unelevated")
    return found.classes("hf-button hf-main-button" if main else "hf-button")


class Listed(Generic[Item]):
    """A list that is brought up to date piece by piece: what did not change is not sent again.

    Parameters
    ----------
    build
        Builds the content of one entry.
    label
        What the list is, for those who listen.
    """

    def __init__(self, build: Callable[[Item], None], label: str, style: str = "hf-list") -> None:
        self._build = build
        self._shown: dict[Hashable, tuple[Hashable, Element]] = {}
        self.element = Element("ul").classes(style)
        self.element.props["aria-label"] = label

    def __len__(self) -> int:
        return len(self._shown)

    def show(self, items: Sequence[tuple[Hashable, Hashable, Item]]) -> bool:
        """Show items, each with its key and its version, in order; return whether anything changed."""
        wanted = {key: (version, item) for key, version, item in items}
        before = [(key, version) for key, (version, _) in self._shown.items()]
        if before == [(key, version) for key, (version, _) in wanted.items()]:
            return False
        for key in [one for one in self._shown if one not in wanted]:
            self._shown.pop(key)[1].delete()
        self._shown = {key: self._brought(key, version, item) for key, (version, item) in wanted.items()}
        self._sort()
        return True

    def _brought(self, key: Hashable, version: Hashable, item: Item) -> tuple[Hashable, Element]:
        known = self._shown.get(key)
        if known is not None and known[0] == version:
            return known
        if known is None:
            with self.element:
                entry = Element("li").classes("hf-list-entry")
        else:
            entry = known[1]
            entry.clear()
        with entry:
            self._build(item)
        return version, entry

    def _sort(self) -> None:
        entries = [entry for _, entry in self._shown.values()]
        children = self.element.default_slot.children
        if children != entries:
            children[:] = entries
            self.element.update()
