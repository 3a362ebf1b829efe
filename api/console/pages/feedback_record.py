"""One feedback: what was said, what was understood, and how every rule judged it."""

from __future__ import annotations

from api.console.context import Context
from api.console.feedback.asking import PATH
from api.console.feedback.record import RecordPage
from api.console.page import Page

PAGE = Page(f"{PATH}/{{source}}/{{feedback_id}}", "Feedback", under=PATH)


async def page(context: Context, source: str, feedback_id: str, now: str = "") -> None:
    """Build the page; ``now`` begins with today's rules."""
    await RecordPage(context, (source, feedback_id), today=now.lower() in ("1", "true", "yes")).draw()
