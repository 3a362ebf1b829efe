"""Languages: in which ones feedback came, what reads them, and how much of it nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.console import look
from api.console.context import Context
from api.console.settings.parts import Cells, Table, pairs
from api.console.settings.section import Access, Section
from engine.reading import ReadingStatus
from engine.scope import READERS
from engine.store.languages import LanguageReport

SPAN = timedelta(days=30)
ACCESS = Access(READERS, everywhere=False)


@dataclass(frozen=True)
class Line:
    """A language with how much came in it, and how much of that was not read."""

    language: str
    feedback: int
    unread: int
    of: int


async def draw(context: Context) -> None:
    """Draw the section."""
    service, now = context.service, context.now()
    main = ", ".join(service.engine.program.languages)
    readers = [(f"In {main}", service.reader.model), *service.reader.others.items()]
    with look.section("Readers", 3):
        pairs([(name, model or "not loaded") for name, model in readers])
        look.words(
            "p",
            "Which languages are read, and by which model, is declared in program.yaml.",
            "hf-small hf-muted st-after",
        )
    with look.section(f"The last {SPAN.days} days", 3):
        report = await context.read(lambda: service.store.languages.report(now - SPAN, now, context.caller.scope))
        nothing = ("No feedback came in this time", "")
        Table("Languages", ("Language", "Feedback", "Share", "Not read"), _draw, nothing).show(lines_of(report))


def lines_of(report: LanguageReport) -> Sequence[Line]:
    """Return a line a language, the most feedback first."""
    counts: dict[str, list[int]] = {}
    for one in report.counts:
        line = counts.setdefault(one.language or "could not be told", [0, 0])
        line[0] += one.count
        line[1] += 0 if one.status is ReadingStatus.READ else one.count
    lines = [Line(language, count, unread, report.feedback) for language, (count, unread) in counts.items()]
    return sorted(lines, key=lambda line: (-line.feedback, line.language))


def _draw(one: Line, cells: Cells) -> None:
    cells(one.language, "hf-strong")
    cells(f"{one.feedback:,}", "st-count")
    cells(f"{one.feedback / one.of:.1%}", "st-count")
    cells(f"{one.unread:,}" if one.unread else "", "st-count hf-warn")


SECTION = Section("languages", "Languages", "In which languages customers write, and what reads them.", ACCESS, draw)
