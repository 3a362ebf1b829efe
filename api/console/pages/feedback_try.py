"""A text that is tried: read and judged as it is typed, and not stored."""

from __future__ import annotations

from api.console.context import Context
from api.console.feedback.asking import PATH
from api.console.feedback.trying import TryPage
from api.console.page import Page

PAGE = Page(f"{PATH}/try", "Try a text", under=PATH)


async def page(context: Context) -> None:
    """Build the page."""
    TryPage(context).draw()
