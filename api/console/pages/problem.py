"""One problem: from its first alert to its end."""

from __future__ import annotations

from api.addresses import PROBLEMS
from api.console.context import Context
from api.console.page import Page
from api.console.problems.one import ProblemPage

PAGE = Page(f"{PROBLEMS}/{{problem_id}}", "Problem", under=PROBLEMS)


async def page(context: Context, problem_id: str) -> None:
    """Build the page."""
    await ProblemPage(context, problem_id).draw()
