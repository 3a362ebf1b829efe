"""Feedback: all of it searched, and what was found as a file."""

from __future__ import annotations

from api.console.context import Context
from api.console.feedback.asking import PATH, asking_of
from api.console.feedback.export import ROUTER
from api.console.feedback.search import SearchPage
from api.console.page import Page

__all__ = ["PAGE", "ROUTER", "page"]

PAGE = Page(PATH, "Feedback", icon="forum", place=3)


async def page(context: Context) -> None:
    """Build the page."""
    await SearchPage(context, asking_of(context.client.request.query_params.multi_items())).draw()
