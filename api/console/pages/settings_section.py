"""One section of the settings."""

from __future__ import annotations

from api.console.context import Context
from api.console.page import Page
from api.console.settings.frame import draw_section

PAGE = Page("/settings/{slug}", "Settings", under="/settings")


async def page(context: Context, slug: str) -> None:
    """Build the page."""
    await draw_section(context, slug)
