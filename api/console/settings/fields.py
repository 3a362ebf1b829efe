"""Fields in the browser's own kinds: they work by keyboard, by touch, and for those who listen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from api.console import look

VALUE = "(event) => emit(event.target.value)"
CHECKED = "(event) => emit(event.target.checked)"
Changed = Callable[[], Awaitable[None]]


class Field:
    """A field with its label, whose value follows what is written or chosen.

    Parameters
    ----------
    tag
        ``input``, ``textarea`` or ``select``.
    hint
        What is to be written, below it.
    most
        How many characters it takes.
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
        with Element("div").classes("st-field" + " st-wide" * wide):
            named = look.words("label", label)
            self.element = TextElement(tag=tag, text=value if tag == "textarea" else "").classes("st-input")
            named.props["for"] = self.element.html_id
            if hint:
                told = look.words("span", hint, "st-hint")
                self.element.props["aria-describedby"] = told.html_id
        if tag == "input":
            # As an attribute, which is what it begins with: a property would be set again whenever the page is drawn.
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
            await self._changed()

    @property
    def said(self) -> str | None:
        """What it says, without spaces around it; None where that is nothing."""
        return self.value.strip() or None

    @property
    def listed(self) -> list[str]:
        """What it says, cut at commas."""
        return [one.strip() for one in self.value.split(",") if one.strip()]


def choice(
    label: str, options: Mapping[str, str], value: str = "", *, hint: str = "", changed: Changed | None = None
) -> Field:
    """Show a field to choose in."""
    found = Field(label, value, tag="select", hint=hint, changed=changed)
    with found.element:
        for name, said in options.items():
            option = look.words("option", said)
            option.props["value"] = name
            if name == value:
                option.props["selected"] = True
    return found


class Check:
    """A box to tick."""

    def __init__(self, label: str, *, value: bool = False, wide: bool = False, changed: Changed | None = None) -> None:
        self.value = value
        self._changed = changed
        with Element("label").classes("st-check" + " st-wide" * wide):
            box = Element("input").props("type=checkbox")
            if value:
                box.props["checked"] = True
            box.on("change", self._take, js_handler=CHECKED)
            look.words("span", label)

    async def _take(self, event: GenericEventArguments) -> None:
        self.value = bool(event.args)
        if self._changed is not None:
            await self._changed()
