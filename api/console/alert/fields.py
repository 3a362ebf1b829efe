"""Fields of a form, in the browser's own kinds: they work by keyboard, by touch, and for those who listen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

from api.console import look

VALUE = "(event) => emit(event.target.value)"
CHECKED = "(event) => emit(event.target.checked)"


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
    """

    def __init__(self, tag: str, label: str, value: str = "", *, most: int | None = None) -> None:
        self.value = value
        with Element("div").classes("hf-field-row"):
            named = look.words("label", label)
            self.element = TextElement(tag=tag, text=value if tag == "textarea" else "").classes("hf-native")
        named.props["for"] = self.element.html_id
        if tag == "input":
            self.element.props["value"] = value
        if most is not None:
            self.element.props["maxlength"] = most
        self.element.on("change" if tag == "select" else "input", self._take, js_handler=VALUE)

    def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args or "")

    @property
    def said(self) -> str | None:
        """What it says, without spaces around it; None where that is nothing."""
        return self.value.strip() or None


def text(label: str, value: str = "", *, most: int = 200) -> Field:
    """Show a field for a line."""
    return Field("input", label, value, most=most)


def note(label: str, *, most: int = 2_000) -> Field:
    """Show a field for some sentences."""
    return Field("textarea", label, most=most)


def choice(label: str, options: Mapping[str, str], value: str = "") -> Field:
    """Show a field to choose in; an empty name is the choice of nothing."""
    found = Field("select", label, value)
    with found.element:
        for name, said in options.items():
            option = look.words("option", said)
            option.props["value"] = name
            if name == value:
                option.props["selected"] = True
    return found


def declared(label: str, names: tuple[str, ...], value: str = "") -> Field:
    """Show a field for what a program may declare: a choice of it, or a line where it declares nothing."""
    if not names:
        return text(label, value)
    return choice(label, {"": "Choose", **{name: name for name in names}}, value if value in names else "")


def tick(box: Element) -> None:
    """Tick a box from here: what it was drawn with says nothing once somebody has used it."""
    ui.run_javascript(f"document.getElementById('{box.html_id}').checked = true")


def focus(place: Element, first: str = "input, textarea, select") -> None:
    """Move on to the first field of what has just been drawn; or to the first of something else."""
    ui.run_javascript(f"document.getElementById('{place.html_id}')?.querySelector('{first}')?.focus()")


def check(label: str, *, value: bool, on_change: Callable[[bool], None], kind: str = "checkbox") -> Element:
    """Show a box to tick, or with the kind ``radio`` one of several."""
    with Element("label").classes("hf-check"):
        box = Element("input").props(f"type={kind}")
        if value:
            box.props["checked"] = True
        box.on("change", lambda event: on_change(bool(event.args)), js_handler=CHECKED)
        look.words("span", label)
    return box
