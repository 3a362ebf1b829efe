"""The settings: what there is, and what needs somebody."""

from __future__ import annotations

from api.console.context import Context
from api.console.page import Page
from api.console.settings.frame import draw_overview

PAGE = Page("/settings", "Settings", icon="settings", place=7)


async def page(context: Context) -> None:
    """Build the page."""
    await draw_overview(context)
