"""What sections share: dialogs that ask, tables that page, and secrets that are shown once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Generic, TypeVar

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Field
from engine.errors import HeedfulError, QuestionError, SignInError

Item = TypeVar("Item")
PAGE = 25
MOST_PAGES = 40
Act = Callable[[], Awaitable[None]]


def handler(context: Context, act: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Return what handles an event: what it shows belongs to the page, also when its button is drawn anew meanwhile."""

    async def handled(*args: object) -> None:
        with context.client.content:
            await context.doing(act)(*args)

    return handled


@contextmanager
def dialog(context: Context, title: str) -> Iterator[ui.dialog]:
    """Open a dialog with a title, and build what is in it."""
    with context.client.content, ui.dialog() as found, ui.card().classes("st-ask"):
        found.props["aria-label"] = title
        look.words("h2", title)
        yield found
    found.on("hide", found.delete)
    found.open()


@contextmanager
def asking(
    context: Context,
    title: str,
    means: Sequence[str],
    yes: str,
    act: Act,
    *,
    grave: bool = False,
    typed: str = "",
    doing: str = "It is being done",
) -> Iterator[None]:
    """Ask before something is done, in a dialog that says what will happen; build the fields that it needs.

    What goes wrong is said in the dialog, which stays open then.

    Parameters
    ----------
    means
        What will happen, a paragraph each.
    yes
        What the button says.
    typed
        What must be typed first, of what cannot be undone.
    doing
        What is said while it is being done.
    """
    with dialog(context, title) as shown:
        for one in means:
            look.words("p", one)
        yield
        confirmed = Field(f"To confirm, type: {typed}", most=300) if typed else None
        wrong = Element("div").props("role=alert").classes("hf-bad")
        under_way = look.words("p", "", "hf-muted").props("role=status")

        async def do() -> None:
            wrong.clear()
            # Said at once, for it may take its time; and a second click does not do it twice.
            under_way.text = doing
            button.disable()
            try:
                if confirmed is not None and confirmed.value.strip() != typed:
                    raise QuestionError("what you typed is not the same; nothing was done")
                await act()
            except SignInError:
                raise
            except HeedfulError as problem:
                said = str(problem)
                with wrong:
                    look.words("p", f"{said[:1].upper()}{said[1:]}")
            else:
                shown.close()
            finally:
                under_way.text = ""
                button.enable()

        with Element("div").classes("hf-row"):
            button = look.button(yes, handler(context, do), main=not grave)
            if grave:
                button.classes("st-grave")
            look.button("Cancel", shown.close)


def secret(context: Context, title: str, said: str, value: str) -> None:
    """Show once what nobody can look up later."""
    with dialog(context, title) as shown:
        look.words("p", said)
        look.words("div", value, "st-secret")

        def copy() -> None:
            ui.run_javascript(f"navigator.clipboard?.writeText({json.dumps(value)})")
            copied.text = "Copied"

        with Element("div").classes("hf-row"):
            look.button("Copy", copy, icon="content_copy", main=True)
            look.button("Close", shown.close)
            copied = look.words("span", "", "hf-small hf-muted").props("role=status")


def pairs(said: Sequence[tuple[str, str | datetime]]) -> None:
    """Show names with their values; of moments, how long ago they were."""
    with Element("dl").classes("hf-pairs"):
        for name, value in said:
            look.words("dt", name)
            with look.words("dd", value if isinstance(value, str) else ""):
                if isinstance(value, datetime):
                    look.moment(value, look.Clock.AGO)


class Cells:
    """One row of a table that is being drawn, cell by cell."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = iter(columns)

    def __call__(self, text: str = "", style: str = "") -> Element:
        """Draw the next cell, with a text or what is built in it."""
        found = look.words("td", text, style)
        found.props["data-label"] = next(self._columns)
        found.props["role"] = "cell"
        return found


class Table(Generic[Item]):
    """A table that is drawn anew only when it shows something else.

    Parameters
    ----------
    columns
        The headings; on a phone each stands before its value. An empty one is for buttons.
    draw
        Draws the cells of one row.
    nothing
        What is said where there are no rows: a title, and why.
    """

    def __init__(
        self, label: str, columns: Sequence[str], draw: Callable[[Item, Cells], None], nothing: tuple[str, str]
    ) -> None:
        self._label, self._columns, self._draw, self._nothing = label, columns, draw, nothing
        self._shown: list[Item] | None = None
        self._titled = False
        self._place = Element("div")

    def show_or_hide(self, items: Sequence[Item]) -> None:
        """Show rows below a title, or nothing where there are none."""
        self._titled = True
        self._place.set_visibility(bool(items))
        self.show(items)

    def show(self, items: Sequence[Item]) -> None:
        """Show rows."""
        if self._shown == list(items):
            return
        self._shown = list(items)
        self._place.clear()
        with self._place:
            if not items:
                look.nothing_here(*self._nothing)
                return
            if self._titled:
                look.words("h3", self._label, "st-group st-after")
            with Element("table").classes("hf-table st-table").props("role=table") as table:
                table.props["aria-label"] = self._label
                self._head()
                with Element("tbody").props("role=rowgroup"):
                    for item in items:
                        with Element("tr").props("role=row"):
                            self._draw(item, Cells(self._columns))

    def _head(self) -> None:
        with Element("thead").props("role=rowgroup"), Element("tr").props("role=row"):
            for name in self._columns:
                head = look.words("th", name).props("scope=col role=columnheader")
                if not name:
                    with head:
                        look.words("span", "Actions", "hf-hidden-text")


class Paged(Generic[Item]):
    """A table whose rows come page by page from the store.

    Parameters
    ----------
    fetch
        Returns a page from a cursor on, and the cursor of the next; run in a thread.
    """

    def __init__(
        self,
        context: Context,
        table: Table[Item],
        fetch: Callable[[str | None], tuple[list[Item], str | None]],
    ) -> None:
        self._context, self._table, self._fetch = context, table, fetch
        self._pages = 1
        self._more = look.button("Show more", handler(context, self._show_more)).classes("st-after")

    async def begin(self) -> None:
        """Show the first page; what is asked for is another thing than before."""
        self._pages = 1
        await self.bring()

    async def bring(self) -> None:
        """Bring what is shown up to date."""
        pages = self._pages
        items, more = await self._context.read(lambda: self._look(pages))
        self._table.show(items)
        self._more.set_visibility(more and pages < MOST_PAGES)

    async def _show_more(self) -> None:
        self._pages += 1
        await self.bring()

    def _look(self, pages: int) -> tuple[list[Item], bool]:
        items: list[Item] = []
        cursor: str | None = None
        for _ in range(pages):
            found, cursor = self._fetch(cursor)
            items += found
            if cursor is None:
                break
        return items, cursor is not None
