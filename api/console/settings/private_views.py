"""Who looked at what was taken out of feedback: each look, when, and why."""

from __future__ import annotations

from api.console import look
from api.console.context import Context
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table
from api.console.settings.section import WHOLE, Section
from engine.store.private_views import PrivateView


async def draw(context: Context) -> None:
    """Draw the section."""
    views = context.service.store.private_views

    def fetch(cursor: str | None) -> tuple[list[PrivateView], str | None]:
        found = views.page(limit=PAGE + 1, before=int(cursor) if cursor else None)
        return found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None

    kept = context.service.engine.program.privacy.keep_originals
    why = "Each look is written down here." if kept else "The program keeps nothing of what it takes out."
    table = Table("Looks", ("When", "Who", "Feedback", "Why"), _draw, ("Nobody looked", why))
    paged = Paged(context, table, fetch)
    await paged.begin()
    context.follow(paged.bring, Topic.ERASURES)


def _draw(one: PrivateView, cells: Cells) -> None:
    with cells():
        look.moment(one.at)
    cells(one.who, "hf-strong")
    cells(f"{one.source} {one.feedback_id}", "st-id")
    cells(one.why)


SECTION = Section(
    "private-views", "Looks at personal data", "Who saw what had been taken out, when and why.", WHOLE, draw
)
