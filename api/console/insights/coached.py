"""The figures of coaching: an employee's praise and alerts, by week and by topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, Tile, Tiles, Verbatims, number
from api.console.insights.options import bars_and_line
from api.console.insights.saying import FEW, between, bin_name, counted, interval_said, share_said
from engine.insights.asked import Asked
from engine.insights.bins import Every
from engine.insights.coaching import PRAISE, Coaching, Tally
from engine.insights.telling import Share
from engine.store.searching import FoundPage

ROWS = 60
QUIET = Nothing("No feedback in this time", "Choose a longer time, or take a condition away.")


def short(found: Coaching) -> Shown:
    """Return the numbers that coaching begins with."""
    total = found.total
    if not total.feedback:
        return QUIET
    tiles = [Tile("Feedback", f"{total.feedback:,}", [], Behind("All feedback", total.behind))]
    for name, count, behind in (
        ("Praise", total.praise, total.behind_praise),
        ("With an alert", total.alerts, total.behind_alerts),
    ):
        share = Share(count, total.feedback)
        told = [f"{share_said(share.value)}, 95%: {interval_said(share)}"]
        if total.feedback < FEW:
            told.append(f"fewer than {FEW}: the shares say little")
        tiles.append(Tile(name, f"{count:,}", told, Behind(name, behind)))
    return Tiles(tiles)


def by_week(found: Coaching) -> Shown:
    """Return praise and alerts over time."""
    if not found.total.feedback:
        return QUIET
    names = [bin_name(span.start, Every.WEEK) for span, _ in found.weeks]
    tallies = [one for _, one in found.weeks]
    told = f"{counted(found.total.praise, 'record')} of praise and {found.total.alerts:,} with an alert, "
    told += f"in {counted(len(names), 'week')}."
    counts = {"Praise": [one.praise for one in tallies], "With an alert": [one.alerts for one in tallies]}
    chart = bars_and_line(names, counts, stacked=False)
    points = {}
    for place, one in enumerate(tallies):
        points[0, place] = Behind(f"Praise, week of {names[place]}", one.behind_praise)
        points[1, place] = Behind(f"With an alert, week of {names[place]}", one.behind_alerts)
    rows = [_row(f"Week of {name}", one) for name, one in list(zip(names, tallies, strict=True))[::-1][:ROWS]]
    table = Table(("Week", *COLUMNS), rows, found.as_dict()["weeks"])
    note = "The first and the last week may be cut. One record can be both."
    return Figure("coaching-by-week", told, table, note, chart, points=points)


def verbatims(found: Coaching, what: str, look_up: Callable[[Asked], FoundPage]) -> Shown:
    """Return the newest verbatims: those with praise, or those with an alert."""
    asked = found.total.behind_praise if what == PRAISE else found.total.behind_alerts
    page = look_up(asked)
    if not page.found:
        return Nothing("None in this time")
    return Verbatims(page.found, Behind("Praise" if what == PRAISE else "With an alert", asked))


COLUMNS = ("Feedback", "Praise", "Share", "95%", "With an alert", "Share", "95%")


def by_topic(found: Coaching) -> Shown:
    """Return praise and alerts by topic."""
    if not found.topics:
        return Nothing("No topic was found", f"In {counted(found.total.feedback, 'record')} of feedback.")
    told = _of_topics(found.topics)
    rows = [_row(one.name or "", one) for one in found.topics[:ROWS]]
    table = Table(("Topic", *COLUMNS), rows, found.as_dict()["topics"], is_open=True)
    return Figure("coaching-by-topic", told, table, "A topic counts what is below it too.")


def _of_topics(topics: Sequence[Tally]) -> str:
    best, worst = (max(topics, key=lambda one: (getattr(one, what), one.name)) for what in ("praise", "alerts"))
    said = [f"Most praise is about {best.name} ({best.praise:,})"] if best.praise else []
    said += [f"most alerts are about {worst.name} ({worst.alerts:,})"] if worst.alerts else []
    told = "; ".join(said) or f"{counted(len(topics), 'topic')}, without praise or alerts"
    return f"{told[:1].upper()}{told[1:]}."


def _row(name: str, one: Tally) -> list[Cell]:
    told: dict[str, Any] = one.as_dict()
    cells = [Cell(name), number(f"{one.feedback:,}", Behind(name, one.behind))]
    for what, behind in (("praise", one.behind_praise), ("alerts", one.behind_alerts)):
        title = f"{name}, {'praise' if what == 'praise' else 'with an alert'}"
        cells.append(number(f"{getattr(one, what):,}", Behind(title, behind)))
        cells.append(number(share_said(told[f"{what}_share"], 0)))
        cells.append(number(between(told[f"{what}_low"], told[f"{what}_high"])))
    return cells
