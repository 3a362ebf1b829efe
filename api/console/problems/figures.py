"""Whether a problem went away: the rate of its topic before and since, and its alerts by the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.console.context import Context
from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, Tile, Tiles, number
from api.console.insights.looking import Part
from api.console.insights.options import bars_and_line, marked
from api.console.insights.saying import bin_name, counted, span_said
from api.console.problems.telling import said_interval, said_rate, said_share
from engine.alerts.problem import Problem
from engine.alerts.rates import Rate, RateChange
from engine.insights.asked import Asked, LabelAsked
from engine.insights.bins import Bin, Every
from engine.store.problem_weeks import ProblemWeeks


def figures_of(context: Context, problem: Problem) -> Sequence[Part]:
    """Return the figures of a problem, as far as somebody may see what is counted."""
    service, scope, now = context.service, context.caller.scope, context.now()
    zone = service.engine.program.zone
    return (
        Part("Did it go away?", lambda: rates(problem, service.store.problems.rate(problem, now))),
        Part("Alerts a week", lambda: weeks(problem, service.store.problems.weeks(problem, now, zone, scope))),
    )


def rates(problem: Problem, rate: RateChange | None) -> Shown:
    """Return the rate of the topic before and since."""
    if rate is None:
        return Nothing("It has no topic", said_rate(problem, None))
    since = "Since it was solved" if problem.solved_at else "Since it was opened"
    tiles = [
        _tile(f"In the {span_said(rate.before.since, rate.before.until)} before it was opened", rate.before, problem),
        _tile(since, rate.after, problem),
    ]
    return Tiles(tiles, said_rate(problem, rate))


def _tile(name: str, rate: Rate, problem: Problem) -> Tile:
    asked = Asked(labels=(LabelAsked("topic", problem.topic or ""),), unit=problem.unit)
    behind = Behind(f"{name}: {problem.topic}", asked.within(rate.since, rate.until)) if rate.count else None
    return Tile(name, said_share(rate), [said_interval(rate)], behind)


def weeks(problem: Problem, found: ProblemWeeks) -> Shown:
    """Return its alerts by the week, with when it was opened and solved."""
    if not sum(found.linked) and not sum(found.about or ()):
        return Nothing("No alerts yet", "Alerts that are linked to it are counted here by the week.")
    names = [bin_name(week.start, Every.WEEK) for week in found.weeks]
    counts = {"Linked to it": list(found.linked)}
    if found.about is not None:
        counts["All alerts about its topic"] = list(found.about)
    chart = marked(bars_and_line(names, counts, stacked=False), _marks(problem, found.weeks))
    columns = ("Week of", "Linked to it", *(("All about its topic",) if found.about is not None else ()))
    rows = [[Cell(name), *(number(f"{counts[what][place]:,}") for what in counts)] for place, name in enumerate(names)]
    note = "Weeks begin on Monday; the first and the last may be cut."
    return Figure(
        "problem-weeks", _told(problem, found), Table(columns, rows[::-1], found.as_rows()), note, chart, height=14.0
    )


def _told(problem: Problem, found: ProblemWeeks) -> str:
    shown = found.about if found.about is not None else found.linked
    what = "about its topic" if found.about is not None else "linked to it"
    told = f"{counted(sum(found.linked), 'alert')} linked to it"
    told += f", of {sum(shown):,} about its topic" if found.about is not None else ""
    solved = _place(found.weeks, problem.solved_at) if problem.solved_at else None
    if solved is None:
        return f"{told}, in {counted(len(shown), 'week')}."
    return f"{told}. In the weeks after it was solved: {counted(sum(shown[solved + 1 :]), 'alert')} {what}."


def _marks(problem: Problem, weeks: Sequence[Bin]) -> dict[str, int]:
    """Return in which week it was opened, and in which it was solved; what fell in one week is one mark."""
    moments = {"opened": problem.created_at, "solved": problem.solved_at}
    places = {said: _place(weeks, at) for said, at in moments.items() if at is not None}
    if places["opened"] is not None and places["opened"] == places.get("solved"):
        return {"opened and solved": places["opened"]}
    return {said: place for said, place in places.items() if place is not None}


def _place(weeks: Sequence[Bin], at: datetime) -> int | None:
    return next((place for place, week in enumerate(weeks) if week.start <= at < week.end), None)
