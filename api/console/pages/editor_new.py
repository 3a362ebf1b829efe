"""A new rule, in the editor."""

from __future__ import annotations

from api.console.context import Context
from api.console.editor.begin import begin_new, draw_editor
from api.console.page import Page
from engine.scope import AUTHORS

PAGE = Page("/rules/new", "New rule", roles=AUTHORS, under="/rules")


async def page(context: Context, source: str = "", feedback: str = "") -> None:
    """Build the page; a feedback becomes the first example."""
    await draw_editor(context, await begin_new(context, source, feedback))
