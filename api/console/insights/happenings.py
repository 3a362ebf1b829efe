"""Signals and problems: what happened in a span that is more than one customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.addresses import alert_path, problem_path
from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import Options, forest, height_of_forest, time_spread
from api.console.insights.saying import counted, listed
from api.tables import happening_rows
from engine.insights.happenings import Happenings, ProblemLine, SignalLine

DRAWN = 16
ROWS = 100
NOTE = "Of the conditions only the unit applies."


def parts(looking: Looking) -> Sequence[Part]:
    """Return the parts of the view."""
    return (Part("Signals", lambda: _signals(looking)), Part("Problems", lambda: _problems(looking)))


def _found(looking: Looking) -> Happenings:
    return looking.insights.happenings(*looking.span, looking.in_unit)


def _signals(looking: Looking) -> Shown:
    found = _found(looking)
    if not found.signals:
        return Nothing("No signals in this time", "A rule that counts over time, such as a spike, opens one.")
    open_ = sum(one.ended_at is None for one in found.signals)
    told = f"{counted(len(found.signals), 'signal')}{' or more' if found.more else ''}, {open_:,} of them not ended. "
    told += f"The newest: {listed(list(dict.fromkeys(one.title for one in found.signals)))}."
    drawn = found.signals[:DRAWN]
    columns = ("Signal", "Severity", "About", "Opened", "Ended", "State", "Feedback", "Problem")
    data = [one for one in happening_rows(found.as_dict(), looking.base) if one["what"] == "signal"]
    table = Table(columns, [_signal(one) for one in found.signals[:ROWS]], data, is_open=True)
    chart, height = _chart(drawn, looking), height_of_forest(len(drawn))
    points = {(len(drawn), place): _behind(one) for place, one in enumerate(drawn)}
    note = f"From when a signal began to when it ended. {NOTE}"
    return Figure("signals", told, table, note, chart, height, points)


def _chart(drawn: Sequence[SignalLine], looking: Looking) -> Options:
    since, until = looking.span
    spreads = [time_spread(_name(one), one.started_at or one.opened_at, one.ended_at or until) for one in drawn]
    begin = min([since, *(one.started_at or one.opened_at for one in drawn)])
    axis = {"type": "time", "min": _millis(begin), "max": _millis(until)}
    return forest(spreads, axis)


def _millis(at: datetime) -> float:
    return at.timestamp() * 1000


def _name(one: SignalLine) -> str:
    return f"{one.title}: {one.key}" if one.key else one.title


def _behind(one: SignalLine) -> Behind:
    return Behind(f"Behind the signal: {one.title}", one.behind)


def _signal(one: SignalLine) -> list[Cell]:
    return [
        Cell(one.title, to=alert_path(one.id)),
        Cell(one.severity.capitalize()),
        Cell(one.key or "everything"),
        Cell("", at=one.opened_at),
        Cell("not yet", at=one.ended_at),
        Cell(_state(one.state)),
        number(f"{one.feedback:,}", _behind(one)),
        Cell("open it", to=problem_path(one.problem)) if one.problem else Cell("none"),
    ]


def _problems(looking: Looking) -> Shown:
    found = _found(looking)
    if not found.problems:
        return Nothing(
            "No problems in this time", "A problem is opened from an alert, and links the alerts of one cause."
        )
    unsolved = sum(one.solved_at is None for one in found.problems)
    linked = sum(one.alerts for one in found.problems)
    told = f"{counted(len(found.problems), 'problem')}, {unsolved:,} not solved; "
    told += f"{counted(linked, 'alert')} linked to them."
    columns = ("Problem", "Topic", "Unit", "State", "Opened", "Solved", "Alerts")
    data = [one for one in happening_rows(found.as_dict(), looking.base) if one["what"] == "problem"]
    table = Table(columns, [_problem(one) for one in found.problems[:ROWS]], data, is_open=True)
    return Figure("problems", told, table, NOTE)


def _problem(one: ProblemLine) -> list[Cell]:
    return [
        Cell(one.title, to=problem_path(one.id)),
        Cell(one.topic or "none"),
        Cell(one.unit or "every unit"),
        Cell(_state(one.state)),
        Cell("", at=one.created_at),
        Cell("not yet", at=one.solved_at),
        number(f"{one.alerts:,}"),
    ]


def _state(state: str) -> str:
    return state.replace("_", " ").capitalize()
