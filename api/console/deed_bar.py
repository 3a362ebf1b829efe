"""The bar of what can be done with something, and the form of what asks first; the same on every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui.element import Element

from api.console import fields, look
from api.console.alert.fresh import Fresh
from api.console.context import Context
from engine.scope import JUDGES

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do.

    Parameters
    ----------
    name
        What the change is called.
    done
        What is said then.
    key
        Does the same on the keyboard.
    adds
        Whether it takes nothing back that others did meanwhile.
    """

    name: str
    title: str
    done: str
    key: str = ""
    adds: bool = False
    is_main: bool = False


@dataclass
class _Form:
    """An open form: what its fields say, the version that its writer has seen, and the warning of a later one."""

    deed: Deed
    record: Callable[[], Record]
    version: int
    warning: Element


class DeedBar:
    """The bar, for those who may change what it is about.

    Parameters
    ----------
    context
        Who looks.
    what
        What it is about, in sentences: ``alert``.
    version
        Returns the version that is shown.
    ask
        Draws the fields of a deed and returns what they make; None where nothing is asked.
    send
        Does it, unless somebody changed meanwhile what it would take back, and returns whether it did.
    """

    def __init__(
        self,
        context: Context,
        what: str,
        version: Callable[[], int],
        ask: Callable[[Deed], Awaitable[Callable[[], Record]] | None],
        send: Callable[[Deed, Record, int], Awaitable[bool]],
    ) -> None:
        self._context = context
        self._what = what
        self._version = version
        self._ask = ask
        self._send_it = send
        self._form: _Form | None = None
        self._bar: Fresh[Sequence[Deed]] = Fresh(self._draw_bar, "hf-bar")
        self._bar.element.props["role"] = "group"
        self._bar.element.props["aria-label"] = "What to do"
        self._place = Element("div")

    def bring(self, deeds: Sequence[Deed]) -> None:
        """Bring the buttons up to date, and warn whoever writes about what others did."""
        self._bar.show(tuple(deeds), deeds)
        form = self._form
        if form is not None and not form.deed.adds and form.version != self._version():
            form.warning.set_visibility(True)

    def _draw_bar(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            act = self._context.doing(lambda deed=deed: self._begin(deed))
            button = look.button(deed.title, act, main=deed.is_main)
            if deed.key:
                button.props["data-key"] = button.props["aria-keyshortcuts"] = deed.key
                button.props["title"] = f"{deed.title} ({deed.key})"

    async def _begin(self, deed: Deed) -> None:
        self._context.need(JUDGES)
        version, asked = self._version(), self._ask(deed)
        if asked is None:
            if await self._send_it(deed, {}, version):
                self._close()
            return
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._close)
            form.props["aria-label"] = deed.title
            look.words("h3", deed.title)
            record = await asked
            self._form = _Form(deed, record, version, self._draw_foot(deed))
        fields.focus(form)

    def _draw_foot(self, deed: Deed) -> Element:
        """Draw what stands below the fields, and return the warning."""
        said = f"Somebody changed this {self._what} while you were writing; see the history."
        warning = look.words("p", said, "hf-warn")
        warning.props["role"] = "status"
        warning.set_visibility(False)
        with Element("div").classes("hf-row"):
            look.button(deed.title, self._context.doing(self._send), main=True)
            look.button("Cancel", self._close)
        return warning

    def _close(self, _event: object = None) -> None:
        """Close the form, and lead those who work by keyboard back to the bar."""
        if self._form is not None:
            fields.focus(self._bar.element, "button")
        self._form = None
        self._place.clear()

    async def _send(self) -> None:
        form = self._form
        if form is None:
            return
        if await self._send_it(form.deed, form.record(), form.version):
            self._close()
        else:
            form.version = self._version()
