"""The overview: how much comes, how much of it alerts, how people feel, and whether alerts stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, Tile, Tiles, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import bars_and_line
from api.console.insights.saying import (
    FEW,
    between,
    bin_name,
    change_said,
    counted,
    interval_said,
    share_said,
)
from api.console.insights.scores import net_said
from engine.alerts.attainment import Counts, Question
from engine.insights.bins import Every
from engine.insights.telling import Share
from engine.insights.volume import Volume, VolumeReport, alerted
from engine.targets import Clock

SHOWN = 60
QUIET = Nothing("No feedback in this time", "Choose a longer time, or take a condition away.")


def parts(looking: Looking) -> Sequence[Part]:
    """Return the parts of the overview."""
    return (
        Part("In short", lambda: _short(looking)),
        Part("Feedback and alerts over time", lambda: _volume(looking)),
        Part("One-off or pattern", lambda: _patterns(looking)),
    )


def _short(looking: Looking) -> Shown:
    insights, who, program = looking.insights, looking.who, looking.program
    total, before = (
        insights.volume(asked, Every.WEEK, program, who).total for asked in (looking.asked, looking.before())
    )
    if not total.share.of and not before.share.of:
        return QUIET
    return Tiles([*_counts(looking, total.share, before.share), *_scores(looking), *_kept(looking)])


def _counts(looking: Looking, now: Share, before: Share) -> list[Tile]:
    span, asked = looking.span_said, looking.asked
    than = f"{before.of:,} in the {span} before"
    with_alert = [f"{counted(now.count, 'record')}, 95%: {interval_said(now)}"] if now.of else []
    return [
        Tile("Feedback", f"{now.of:,}", [than], Behind("All feedback", asked)),
        Tile(
            "With an alert",
            share_said(now.value),
            [*with_alert, change_said(now, before, span)],
            Behind("Feedback with an alert", alerted(asked)),
        ),
    ]


def _scores(looking: Looking) -> list[Tile]:
    """Return a number for the first declared score that was given at all."""
    for spec in list(looking.program.scores.values())[:3]:
        total = looking.insights.segments(looking.asked, spec, None, looking.who)
        told = total.total.as_dict(total.bands)
        if total.total.answers:
            return [Tile(spec.name.upper(), *_score(told), Behind(f"Answers to {spec.name}", total.total.behind))]
    return []


def _score(told: dict[str, Any]) -> tuple[str, list[str]]:
    answers = counted(told["answers"], "answer")
    if told["net_value"] is not None:
        low, high = told["net_low"], told["net_high"]
        return net_said(told["net_value"]), [f"{answers}, 95%: {net_said(low)} to {net_said(high)}"]
    if told["mean_low"] is None:
        return f"{told['mean_value']:.2f}", [answers]
    return f"{told['mean_value']:.2f}", [f"mean of {answers}, 95%: {told['mean_low']:.2f} to {told['mean_high']:.2f}"]


def _kept(looking: Looking) -> list[Tile]:
    since, until = looking.span
    asked = Question(since, until, unit=looking.asked.unit)
    line = looking.service.store.attainment.report(asked, looking.now, looking.who.scope).total
    names = {Clock.FOLLOW_UP: "Followed up in time", Clock.CLOSE: "Closed in time"}
    return [Tile(name, *kept_said(line.clocks[clock])) for clock, name in names.items() if clock in line.clocks]


def kept_said(counts: Counts) -> tuple[str, list[str]]:
    """Return how many alerts met a target, and how many are still to."""
    told = counts.as_dict()
    waiting = [f"{counts.pending:,} still in time"] if counts.pending else []
    if not counts.decided:
        return "none yet", waiting or ["no alert had to be"]
    of = f"{counts.met:,} of {counts.decided:,}, 95%: {between(told['low'], told['high'])}"
    return share_said(counts.share, 0), [of, *waiting]


def _volume(looking: Looking) -> Shown:
    found = looking.insights.volume(looking.asked, looking.every, looking.program, looking.who)
    coarser = looking.coarser([one.share.of for one in found.bins])
    if coarser is not None:
        return _volume(coarser)
    total = found.total.share
    if not total.of:
        return QUIET
    names = _names(looking, found)
    most = max(range(len(names)), key=lambda place: found.bins[place].share.of)
    on = "in the week of" if looking.every is Every.WEEK else "on"
    told = f"{counted(total.of, 'record')} of feedback; {share_said(total.value)} of it with an alert"
    told += f" (95%: {interval_said(total)}). The most came {on} {names[most]}: {found.bins[most].share.of:,}."
    # A share of a few records jumps between 0% and 100%: the line is drawn where there are enough.
    shares = [one.share.value if one.share.of >= FEW else None for one in found.bins]
    has_line = 2 * sum(one is not None for one in shares) > len(shares) > 1
    note = "Bars are all feedback; the line is the share with an alert" if has_line else "Bars are all feedback"
    note += f", where a {looking.every} has {FEW} records or more." if has_line else "; too few for shares over time."
    chart = bars_and_line(
        names,
        {"Feedback": [one.share.of for one in found.bins]},
        ("Share with an alert", shares) if has_line else None,
    )
    points = {}
    for place, one in enumerate(found.bins):
        points[0, place] = Behind(f"Feedback of {names[place]}", one.behind)
        points[1, place] = Behind(f"Feedback with an alert of {names[place]}", one.marked)
    columns = ("From", "Feedback", "With an alert", "Share", "95%")
    return Figure("feedback", told, _table(found, names, columns, ""), _zoned(looking, note), chart, points=points)


def _patterns(looking: Looking) -> Shown:
    weekly = replace(looking, every=Every.WEEK if looking.every is Every.DAY else looking.every)
    found = weekly.insights.patterns(weekly.asked, weekly.every, weekly.program, weekly.who)
    total = found.total.share
    if not total.of:
        return Nothing("No alerts in this time", "Nothing to tell apart.")
    names = _names(weekly, found)
    told = f"Of {counted(total.of, 'record')} with an alert "
    told += (
        f"{total.count:,} {'is' if total.count == 1 else 'are'} part of a pattern, {_of(total)}; the rest stand alone."
    )
    if total.count == total.of > 1:
        told = f"All of {counted(total.of, 'record')} with an alert are part of a pattern."
    if not total.count:
        told = f"None of {counted(total.of, 'record')} with an alert is part of a pattern: each stands alone."
    alone = [one.share.of - one.share.count for one in found.bins]
    chart = bars_and_line(names, {"Alone": alone, "Part of a pattern": [one.share.count for one in found.bins]})
    points = {}
    for place, one in enumerate(found.bins):
        points[0, place] = Behind(f"Alone, {names[place]}", replace(one.behind, pattern=False))
        points[1, place] = Behind(f"Part of a pattern, {names[place]}", one.marked)
    columns = ("From", "With an alert", "Part of a pattern", "Share", "95%")
    note = "Part of a pattern: the alert is linked to a problem, or a signal has the feedback behind it."
    table = _table(found, names, columns, "with an alert")
    return Figure("patterns", told, table, _zoned(weekly, note), chart, points=points)


def _of(share: Share) -> str:
    return f"{share_said(share.value)} (95%: {interval_said(share)})"


def _names(looking: Looking, found: VolumeReport) -> list[str]:
    return [bin_name(datetime.fromisoformat(one.start), looking.every) for one in found.bins]


def _zoned(looking: Looking, note: str) -> str:
    return f"{note} Times are of {looking.program.zone.key}."


def _table(found: VolumeReport, names: Sequence[str], columns: Sequence[str], of: str) -> Table:
    last = list(zip(names, found.bins, strict=True))[::-1]
    rows = [_row(name, one, columns, of) for name, one in last[:SHOWN]]
    return Table(columns, rows, [one.as_dict() for one in found.bins])


def _row(name: str, one: Volume, columns: Sequence[str], of: str) -> list[Cell]:
    told = one.share.as_dict()
    return [
        Cell(name),
        number(f"{one.share.of:,}", Behind(f"Feedback {of} of {name}".replace("  ", " "), one.behind)),
        number(f"{one.share.count:,}", Behind(f"{columns[2]}, {name}", one.marked)),
        number(share_said(one.share.value)),
        number(between(told["low"], told["high"])),
    ]
