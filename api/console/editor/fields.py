"""Fields of the editor's form: the browser's own controls, which keep what is typed until somebody rebuilds them.

Their values stand in attributes and not in properties: what the server draws around them never takes back a letter
that was typed meanwhile.

They share with `api.console.fields` what browsers are asked and how choices are drawn, and no more, since they are
another kind: a field there holds its value until a form is sent; a field here has none, but tells the draft of the
rule at each pause in typing, which draws the YAML beside it, and is drawn anew from that. So here are numbers that may
be empty, titled groups of choices, ticks that the draft can take back, and labels that fit into a row of conditions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console import look
from api.console.fields import CHECKED, VALUE, Changed, draw_options

TYPED_S = 0.15


def text_field(label: str, value: str, changed: Changed, *, style: str = "", **props: str) -> Element:
    """Draw a field of one line."""
    with _labelled(label, style):
        found = Element("input").classes("hf-input")
        found.props["type"] = "text"
        found.props["^value"] = value
        _set(found, props)
        _typed(found, changed)
    return found


def area_field(label: str, value: str, changed: Changed, *, rows: int = 2, style: str = "", hint: str = "") -> Element:
    """Draw a field of several lines."""
    with _labelled(label, style):
        found = look.words("textarea", value, "hf-input")
        found.props["rows"] = str(rows)
        if hint:
            found.props["placeholder"] = hint
        _typed(found, changed)
    return found


def number_field(
    label: str, value: float | None, changed: Changed, *, low: float | None = None, high: float | None = None
) -> Element:
    """Draw a field of a number; it says None while it is empty."""

    async def said(text: Any) -> None:
        await changed(number_of(str(text)))

    limits = {name: f"{one:g}" for name, one in (("min", low), ("max", high)) if one is not None}
    shown = "" if value is None else f"{value:.12g}"
    return text_field(label, shown, said, style="hf-number", type="number", step="any", **limits)


def choice_field(
    label: str,
    options: Mapping[str, str] | Sequence[tuple[str, Mapping[str, str]]],
    value: str,
    changed: Changed | None = None,
    *,
    style: str = "",
) -> Element:
    """Draw a field that offers some words, also in titled groups."""
    groups = [("", options)] if isinstance(options, Mapping) else options
    with _labelled(label, style):
        found = Element("select").classes("hf-input")
        with found:
            for title, inside in groups:
                with _group(title):
                    draw_options(inside, value)
        if changed is not None:
            _on(found, "change", changed, VALUE)
    return found


def tick(label: str, value: bool, changed: Changed, *, style: str = "") -> Element:
    """Draw a box to tick."""
    with Element("label").classes(f"hf-tick {style}"):
        found = Element("input")
        found.props["type"] = "checkbox"
        found.props["checked"] = value
        _on(found, "change", changed, CHECKED)
        look.words("span", label)
    return found


def small_button(text: str, act: Callable[[], Awaitable[None]], *, says: str = "") -> Element:
    """Draw a quiet button; ``says`` is what it does, for those who do not see what it stands beside."""
    found = look.words("button", text, "hf-small-button")
    found.props["type"] = "button"
    if says:
        found.props["aria-label"] = found.props["title"] = says

    async def pressed() -> None:
        await act()

    found.on("click", pressed)
    return found


def number_of(text: str) -> int | float | None:
    """Return the number that a text means, or None."""
    try:
        found = float(text)
    except ValueError:
        return None
    if found != found or abs(found) > 1e15:
        return None
    return int(found) if found.is_integer() else found


def _group(title: str) -> AbstractContextManager[object]:
    """Return the titled group of some choices; without a title they stand in none."""
    if not title:
        return nullcontext()
    found = Element("optgroup")
    found.props["label"] = title
    return found


@contextmanager
def _labelled(label: str, style: str) -> Iterator[None]:
    """Draw a label; the field that is drawn inside is the one it names."""
    with Element("div").classes(f"hf-labelled {style}") as box:
        said = look.words("label", label, "hf-label-text")
        yield
    said.props["for"] = box.default_slot.children[1].html_id


def _set(found: Element, props: Mapping[str, str]) -> None:
    for name, value in props.items():
        found.props[name] = value


def _typed(found: Element, changed: Changed) -> None:
    _on(found, "input", changed, VALUE, throttle=TYPED_S)
    # Whoever leaves a field has said all: a button pressed next finds it written.
    _on(found, "change", changed, VALUE)


def _on(found: Element, event: str, changed: Changed, script: str, throttle: float = 0.0) -> None:
    async def handled(said: GenericEventArguments) -> None:
        await changed(said.args)

    found.on(event, handled, js_handler=script, throttle=throttle, leading_events=not throttle)
