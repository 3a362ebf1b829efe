"""One rule, with everything that is known of it."""

from __future__ import annotations

from nicegui import ui

from api.console import assets
from api.console.context import Context
from api.console.page import Page
from api.console.rules.one import RulePage
from engine.scope import READERS

PAGE = Page("/rules/{slug}", "Rule", roles=READERS, under="/rules")


async def page(context: Context, slug: str) -> None:
    """Build the page."""
    ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("rules.css")}">')
    await RulePage(context, slug).draw()
