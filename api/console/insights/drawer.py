"""The drawer: the verbatims behind a number, beside the page that they were asked from."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from api.conditions import who_of
from api.console import look
from api.console.asked import address, params_of
from api.console.context import Context
from api.console.insights.figure import Behind
from api.console.insights.verbatims import draw_verbatim
from engine.store.searching import Found, FoundPage

AT_ONCE = 20
MOST = 200
SEARCH = "/feedback"


class Drawer:
    """The drawer of a page.

    Parameters
    ----------
    context
        Who looks.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._behind: Behind | None = None
        self._cursor: str | None = None
        self._shown = 0
        self._items: list[tuple[int, int, Found]] = []
        with ui.dialog().props("position=right full-height") as self._dialog, Element("div").classes("hf-drawer"):
            with Element("div").classes("hf-row"):
                self._title = look.words("h2", "", "hf-drawer-title hf-grow")
                look.button("Close", self._dialog.close)
            self._dialog.props["aria-labelledby"] = self._title.html_id
            self._count = look.words("p", "", "hf-muted hf-small").props("role=status")
            self._list = Element("div")
            self._more = look.button("Show more", context.doing(self._bring))

    async def open(self, behind: Behind) -> None:
        """Show what stands behind a number."""
        self._behind, self._cursor, self._shown = behind, None, 0
        self._title.text, self._count.text = behind.title, "Loading"
        self._more.set_visibility(False)
        self._list.clear()
        with self._list:
            self._verbatims = look.Listed(draw_verbatim, "Verbatims, the last received first")
            self._bottom = Element("div")
        self._items = []
        self._dialog.open()
        await self._bring()

    def close(self) -> None:
        """Close it, and forget what it showed."""
        self._behind, self._items = None, []
        self._list.clear()
        self._dialog.close()

    async def _bring(self) -> None:
        behind, cursor = self._behind, self._cursor
        if behind is None:
            return
        page = await self._context.read(lambda: self._look(behind, cursor))
        if behind is not self._behind:
            # Another number was chosen meanwhile.
            return
        self._items += [(one.sequence, one.revision, one) for one in page.found]
        self._verbatims.show(self._items)
        self._cursor = page.cursor
        if page.count is not None:
            more = " or more" if page.count.more else ""
            self._count.text = (
                f"{page.count.count:,}{more} found, the last received first" if page.count.count else "None found"
            )
            self._draw_bottom(behind, page)
        self._more.set_visibility(page.cursor is not None and len(self._items) < MOST)

    def _look(self, behind: Behind, cursor: str | None) -> FoundPage:
        who = who_of(self._context.caller)
        search = self._context.service.store.search
        counted = cursor is None
        return search.page(
            behind.asked, limit=AT_ONCE, cursor=cursor, counted=counted, scope=who.scope, person=who.person
        )

    def _draw_bottom(self, behind: Behind, page: FoundPage) -> None:
        with self._bottom:
            if not page.found:
                look.nothing_here("Nothing to show", "It may be out of your unit, or changed since it was counted.")
            elif _has_page(SEARCH):
                look.link("Open in the feedback search", address(SEARCH, params_of(behind.asked)))


def _has_page(path: str) -> bool:
    # The registry imports every page.
    from api.console.registry import all_pages

    return any(one.page.path == path for one in all_pages())
