"""Health: how far the service is, what waits, and what does not work as it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.live import Topic
from api.console.settings.parts import pairs
from api.console.settings.section import WHOLE, Section
from engine.store.messages import DEAD, PENDING

MOST_FINDINGS = 30


@dataclass(frozen=True)
class Health:
    """What there is to know of a running service.

    Parameters
    ----------
    last_at
        When the last feedback was received.
    oldest_due
        Since when the message that waits longest is due.
    problems
        What does not work as it should, in words.
    """

    sequence: int
    last_at: datetime | None
    waiting_to_be_read: int
    waiting_to_be_sent: int
    given_up: int
    oldest_due: datetime | None
    model: str
    rules: int
    schema: str
    database: str
    size: int
    problems: tuple[str, ...]
    findings: tuple[str, ...]


def health_of(context: Context) -> Health:
    """Return how the service does; run it in a thread."""
    service, store = context.service, context.service.store
    counts, due = store.outbox.counts(), store.outbox.oldest_due()
    sequence = store.marks.look().feedback
    rules = service.rules
    failing = [one.name for one in store.receivers.all().values() if one.stopped is not None or one.failures]
    told = f"receivers that are stopped or fail: {', '.join(failing)}" if failing else None
    said = (service.reader.problem, service.model_problem, service.published.problem, told)
    findings = dict.fromkeys(map(str, (*service.findings, *rules.findings)))
    return Health(
        sequence=sequence,
        last_at=store.marks.committed_at(sequence),
        waiting_to_be_read=service.reader.depth,
        waiting_to_be_sent=counts.get(PENDING, 0),
        given_up=counts.get(DEAD, 0),
        oldest_due=min(due.values(), default=None),
        model=service.reader.model,
        rules=len(rules.rules),
        schema=store.database.revision(),
        database=store.database.safe_url,
        size=store.database.size(),
        problems=tuple(one for one in said if one),
        findings=tuple(findings),
    )


async def draw(context: Context) -> None:
    """Draw the section."""
    place = Element("div")
    shown: list[Health] = []

    async def bring() -> None:
        found = await context.read(lambda: health_of(context), key="health")
        if shown == [found]:
            return
        shown[:] = [found]
        place.clear()
        with place:
            _draw(found)

    await bring()
    context.follow(bring, Topic.FEEDBACK, Topic.SETTINGS)


def _draw(found: Health) -> None:
    with look.section("Now", 3):
        if not found.problems:
            look.words("p", "Everything works.", "hf-good hf-strong")
        for one in found.problems:
            look.words("p", f"{one[:1].upper()}{one[1:]}", "hf-bad hf-strong")
        said: list[tuple[str, str | datetime]] = [
            ("Waits to be read", f"{found.waiting_to_be_read:,} requests"),
            ("Waits to be sent", f"{found.waiting_to_be_sent:,} messages"),
            ("Given up", f"{found.given_up:,} messages"),
            ("Last commit", f"{found.sequence:,}"),
        ]
        said += [("Last feedback", found.last_at)] if found.last_at else []
        said += [("Oldest message due", found.oldest_due)] if found.oldest_due else []
        pairs(said)
    with look.section("What runs", 3):
        pairs(
            [
                ("Version", version("heedful")),
                ("Model", found.model or "none"),
                ("Rules", f"{found.rules:,}"),
                ("Database", found.database),
                ("Its size", f"{found.size / 1_000_000:,.1f} MB"),
                ("Schema", found.schema),
            ]
        )
    _draw_findings(found.findings)


def _draw_findings(findings: Sequence[str]) -> None:
    with look.section("What the program's files say", 3):
        if not findings:
            look.words("p", "Nothing is wrong in them.", "hf-muted")
        with Element("ul"):
            for one in findings[:MOST_FINDINGS]:
                look.words("li", one)
        if len(findings) > MOST_FINDINGS:
            look.words("p", f"and {len(findings) - MOST_FINDINGS:,} more", "hf-muted")


SECTION = Section("health", "Health", "What runs, how far it is, and what does not work.", WHOLE, draw)
