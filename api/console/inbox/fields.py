"""Fields in the browser's own kinds: they work by keyboard, by touch, and for those who listen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

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
    tag
        ``input``, ``textarea`` or ``select``.
    value
        What it begins with.
    most
        How many characters it takes.
    changed
        Is told of each change that is complete.
    """

    def __init__(
        self, tag: str, label: str, value: str = "", *, most: int | None = None, changed: Changed | None = None
    ) -> None:
        self.value = value
        self._changed = changed
        with Element("div").classes("hf-field-row"):
            named = look.words("label", label)
            self.element = TextElement(tag=tag, text=value if tag == "textarea" else "").classes("hf-native")
        named.props["for"] = self.element.html_id
        if tag == "input":
            self.element.props["value"] = value
        if most is not None:
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


def choice(label: str, options: Mapping[str, str], value: str = "", *, changed: Changed | None = None) -> Field:
    """Show a field to choose in."""
    found = Field("select", label, value, changed=changed)
    with found.element:
        for name, said in options.items():
            option = look.words("option", said)
            option.props["value"] = name
            if name == value:
                option.props["selected"] = True
    return found


def declared(label: str, names: tuple[str, ...]) -> Field:
    """Show a field for what a program may declare: a choice of it, or a line where it declares nothing."""
    if not names:
        return Field("input", label, most=200)
    return choice(label, {"": "Not said", **{name: name for name in names}})


def check(label: str, *, value: bool, changed: Changed) -> None:
    """Show a box to tick."""
    with Element("label").classes("hf-check"):
        box = Element("input").props("type=checkbox")
        if value:
            box.props["checked"] = True
        box.on("change", lambda event: changed(bool(event.args)), js_handler=CHECKED)
        look.words("span", label)
