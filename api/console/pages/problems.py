"""Problems: the causes behind many alerts, what may be one, and the files of them."""

from __future__ import annotations

from api.addresses import PROBLEMS
from api.console.context import Context
from api.console.page import Page
from api.console.problems.asking import asking_of
from api.console.problems.export import ROUTER
from api.console.problems.listing import ProblemsPage

__all__ = ["PAGE", "ROUTER", "page"]

PAGE = Page(PROBLEMS, "Problems", icon="hub", place=2)


async def page(context: Context) -> None:
    """Build the page."""
    request = context.client.request
    await ProblemsPage(context, asking_of(request.query_params.multi_items() if request else ())).draw()
