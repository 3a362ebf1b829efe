"""Fields in the browser's own kinds: they work by keyboard, by touch, and for those who listen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from api.console import look

VALUE = "(event) => emit(event.target.value)"
CHECKED = "(event) => emit(event.target.checked)"
Changed = Callable[[Any], Awaitable[None]]


class Field:
    """A field with its label, whose value follows what is written or chosen.

    Parameters
    ----------
    value
        What it begins with.
    tag
        ``input``, ``textarea`` or ``select``.
    hint
        What is to be written, below it.
    most
        How many characters it takes.
    kind
        Of an ``input``: ``text``, ``number`` and what else the browser knows.
    wide
        Whether it has a row of its form to itself.
    changed
        Is told of each change that is complete.
    """

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        tag: str = "input",
        hint: str = "",
        most: int = 200,
        kind: str = "text",
        wide: bool = False,
        changed: Changed | None = None,
    ) -> None:
        self.value = value
        self._changed = changed
        with Element("div").classes("hf-field-row" + " hf-wide" * wide):
            named = look.words("label", label)
            self.element = TextElement(tag=tag, text=value if tag == "textarea" else "").classes("hf-native")
            named.props["for"] = self.element.html_id
            if hint:
                told = look.words("span", hint, "hf-hint")
                self.element.props["aria-describedby"] = told.html_id
        if tag == "input":
            # The attribute, not the property: that would be set again, over what is typed, whenever the page changes.
            self.element.props["^value"] = value
            self.element.props["type"] = kind
            self.element.props["autocomplete"] = "off"
        if tag != "select":
            self.element.props["maxlength"] = most
        whole = tag == "select" or changed is not None
        self.element.on("change" if whole else "input", self._take, js_handler=VALUE)

    async def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args or "")
        if self._changed is not None:
            await self._changed(self.value)

    def first(self) -> Field:
        """Let a dialog begin here."""
        self.element.props["autofocus"] = True
        return self

    @property
    def said(self) -> str | None:
        """What it says, without spaces around it; None where that is nothing."""
        return self.value.strip() or None

    @property
    def listed(self) -> list[str]:
        """What it says, cut at commas."""
        return [one.strip() for one in self.value.split(",") if one.strip()]


def note(label: str, *, most: int = 2_000, value: str = "") -> Field:
    """Show a field for some sentences."""
    return Field(label, value, tag="textarea", most=most)


def choice(
    label: str, options: Mapping[str, str], value: str = "", *, hint: str = "", changed: Changed | None = None
) -> Field:
    """Show a field to choose in; an empty name is the choice of nothing."""
    found = Field(label, value, tag="select", hint=hint, changed=changed)
    with found.element:
        draw_options(options, value)
    return found


def draw_options(options: Mapping[str, str], value: str) -> None:
    """Draw what can be chosen, inside the field that it is chosen in."""
    for name, said in options.items():
        option = look.words("option", said)
        option.props["value"] = name
        if name == value:
            option.props["selected"] = True


def declared(label: str, names: tuple[str, ...], value: str = "") -> Field:
    """Show a field for what a program may declare: a choice of it, or a line where it declares nothing."""
    if not names:
        return Field(label, value)
    return choice(label, {"": "Not said", **{name: name for name in names}}, value if value in names else "")


class Check:
    """A box to tick, or with the kind ``radio`` one of several.

    Parameters
    ----------
    wide
        Whether it has a row of its form to itself.
    changed
        Is told whether it is ticked, whenever that changes.
    """

    def __init__(
        self,
        label: str,
        *,
        value: bool = False,
        kind: str = "checkbox",
        wide: bool = False,
        changed: Callable[[bool], object] | None = None,
    ) -> None:
        self.value = value
        self._changed = changed
        with Element("label").classes("hf-check" + " hf-wide" * wide):
            self.element = Element("input").props(f"type={kind}")
            if value:
                self.element.props["checked"] = True
            self.element.on("change", self._take, js_handler=CHECKED)
            look.words("span", label)

    async def _take(self, event: GenericEventArguments) -> None:
        self.value = bool(event.args)
        if self._changed is not None:
            done = self._changed(self.value)
            if isawaitable(done):
                await done

    def tick(self) -> None:
        """Tick it from here: what it was drawn with says nothing once somebody has used it."""
        self.value = True
        ui.run_javascript(f"document.getElementById('{self.element.html_id}').checked = true")


def focus(place: Element, first: str = "input, textarea, select") -> None:
    """Move on to the first field of what has just been drawn; or to the first of something else."""
    ui.run_javascript(f"document.getElementById('{place.html_id}')?.querySelector('{first}')?.focus()")
