"""A published rule, in the editor."""

from __future__ import annotations

from api.console.context import Context
from api.console.editor.begin import begin_change, draw_editor, draw_managed
from api.console.page import Page
from engine.scope import AUTHORS

PAGE = Page("/rules/{slug}/edit", "Edit rule", roles=AUTHORS, under="/rules")


async def page(context: Context, slug: str) -> None:
    """Build the page."""
    version = await context.read(lambda: begin_change(context, slug))
    if version.draft.managed:
        draw_managed(version)
    else:
        await draw_editor(context, version)
