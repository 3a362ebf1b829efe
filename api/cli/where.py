"""Conditions and spans of commands that look at stored feedback, and the feedback of before there was a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Context, context_of
from api.cli.output import progress
from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.asking import parse_asked, parse_where
from engine.moments import parse_since
from engine.ports import SystemClock
from engine.scope import Scope
from engine.store.insights import Who, spanned

HELP = (
    "KEY=VALUE, several times: label=topic:digital, score=nps:..6, attribute=store:Leeds, unit=emea/uk, channel=email, "
    "alerted=true, rule=late-delivery, sentiment=negative, missing=nps ..."
)
Where = Annotated[list[str] | None, typer.Option("--where", "-w", metavar="KEY=VALUE", help=HELP)]
Since = Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="occurred since: 30d or 2026-03-01")]
Until = Annotated[str | None, typer.Option(metavar="SPAN|MOMENT", help="and before; else now")]
As = Annotated[str | None, typer.Option("--as", metavar="PERSON", help="who looks: the id of a person")]
Unit = Annotated[str | None, typer.Option(metavar="UNIT", help="see only what belongs to this unit and below")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT.csv", help="write the table as CSV")]


@dataclass(frozen=True, slots=True)
class Looking:
    """What a command looks at: the store, what is asked of it, and who asks."""

    context: Context
    asked: Asked
    who: Who

    @property
    def spanned(self) -> Asked:
        """The conditions with a span: 30 days where none was given."""
        return spanned(self.asked, self.context.now, self.context.program)


@contextmanager
def looking(
    db: str | None,
    where: list[str] | None,
    since: str | None = None,
    until: str | None = None,
    *,
    words: str | None = None,
    person: str | None = None,
    unit: str | None = None,
) -> Iterator[Looking]:
    """Open a store for a command; feedback that is not entered yet is entered first."""
    context = context_of(db, None)
    try:
        now, zone = context.now, context.program.zone
        given = parse_where(where or ()) | {"words": words}
        given["customer"] = _customers(context, given.get("customer", ()))
        for name, text in (("since", since), ("until", until)):
            given[name] = None if text is None else parse_since(text, now, zone)
        _catch_up(context)
        yield Looking(context, parse_asked(context.program, given), Who(Scope(unit), person))
    finally:
        context.store.close()


def _customers(context: Context, said: Sequence[str]) -> list[str]:
    """Return under which names a customer is stored."""
    from api.privacy import asking_redactor, customers_asked
    from api.settings import settings_of

    if not said:
        return []
    if len(said) > 1:
        raise QuestionError("name one customer", "where")
    redactor = asking_redactor(context.program, settings_of(), context.store, SystemClock())
    return list(customers_asked(said[0], redactor) or ())


def _catch_up(context: Context) -> None:
    search = context.store.search
    if not (waiting := search.waiting()):
        return
    with progress() as bar:
        task = bar.add_task("entering older feedback for search", total=waiting)
        while left := search.catch_up():
            bar.update(task, completed=waiting - left)
