"""Scores by segment, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import Spread, forest, height_of_forest, point_of_forest
from api.console.insights.saying import between, counted, share_said
from engine.errors import QuestionError
from engine.insights.asked import Asked, RangeAsked
from engine.insights.kinds import PLAIN, SENTIMENT, UNIT, compared_attributes, kind_of
from engine.insights.segments import Segment, Segments
from engine.names import unknown
from engine.program import Program, ScoreSpec
from engine.taxonomy import TASKS

USUAL_BY = "topic"
DRAWN = 16
ROWS = 30
# An interval of fewer answers is as wide as the chart.
LEAST_ANSWERS = 5


def segments_by(program: Program) -> list[str]:
    """Return what scores can be told apart by."""
    declared = compared_attributes(program) or ()
    return [*("topic", UNIT), *(task for task in TASKS if task != "topic"), SENTIMENT, *PLAIN, *declared]


def score_of(program: Program, name: str | None) -> ScoreSpec | None:
    """Return the score that is looked at; None where the program has none.

    Raises
    ------
    QuestionError
        If there is none of that name.
    """
    if name is None:
        return next(iter(program.scores.values()), None)
    if name not in program.scores:
        raise QuestionError(unknown("score", name, program.scores), "of")
    return program.scores[name]


def parts(looking: Looking) -> Sequence[Part]:
    """Return the part of the view."""
    spec = score_of(looking.program, looking.place.one("of"))
    by = looking.place.one("by") or USUAL_BY
    if spec is None:
        return (Part("Scores", lambda: Nothing("The program declares no scores")),)
    return (Part(f"{spec.name} by {by}", lambda: _segments(looking, spec, by)),)


def _segments(looking: Looking, spec: ScoreSpec, by: str) -> Shown:
    kind = kind_of(by, looking.program)
    found = looking.insights.segments(looking.asked, spec, kind, looking.who)
    if not found.total.answers:
        return Nothing(f"Nobody answered {spec.name} in this time", "Choose a longer time, or take a condition away.")
    rows = [
        (found.total, found.total.as_dict(found.bands)),
        *((one, one.as_dict(found.bands)) for one in found.segments),
    ]
    drawn = [row for row in rows if row[0].answers >= LEAST_ANSWERS][:DRAWN]
    chart = _chart(found, spec, [told for _, told in drawn], by) if len(drawn) > 1 else None
    value = point_of_forest(len(drawn))
    points = {(value, place): Behind(_title(one, spec), one.behind) for place, (one, _) in enumerate(drawn)}
    bands = f"Good is {_band(found.bands.good)}, bad is {_band(found.bands.bad)}."
    note = (
        f"{bands} The lines are 95% intervals. Segments with fewer than {LEAST_ANSWERS} answers are in the table only."
    )
    table = Table(
        _columns(found), [_row(*row, found, spec) for row in rows[:ROWS]], [told for _, told in rows], is_open=True
    )
    height = height_of_forest(len(drawn))
    return Figure(f"{spec.name}-by-{by}", _finding(found, spec, drawn), table, note, chart, height, points)


def _finding(found: Segments, spec: ScoreSpec, drawn: Sequence[tuple[Segment, dict[str, Any]]]) -> str:
    what = _what(found)
    overall = found.total.as_dict(found.bands)
    told = f"{spec.name} of {counted(found.total.answers, 'answer')}: "
    told += f"{_value(overall, what)} ({_interval(overall, what)})."
    apart = [
        (one, mine)
        for one, mine in drawn[1:]
        if mine[f"{what}_low"] is not None
        and (mine[f"{what}_low"] > overall[f"{what}_value"] or mine[f"{what}_high"] < overall[f"{what}_value"])
    ]
    if not apart:
        return f"{told} No segment is clearly apart from that."
    worst, best = (pick(apart, key=lambda one: one[1][f"{what}_value"]) for pick in (min, max))
    said = [f"lowest in {worst[0].name or 'none'} ({_value(worst[1], what)})"]
    if best[0] is not worst[0]:
        said.append(f"highest in {best[0].name or 'none'} ({_value(best[1], what)})")
    return f"{told} Clearly apart from that: {', '.join(said)}."


def _chart(found: Segments, spec: ScoreSpec, drawn: Sequence[dict[str, Any]], by: str) -> Any:
    what = _what(found)
    spreads = [
        Spread(one["name"] or f"no {by}", *(one[f"{what}_{end}"] for end in ("value", "low", "high"))) for one in drawn
    ]
    overall = Spread("All answers", spreads[0].value, spreads[0].low, spreads[0].high, "muted")
    low, high = (-100.0, 100.0) if what == "net" else (spec.min, spec.max)
    axis = {"type": "value", "min": low, "max": high, "axisLabel": {"formatter": "format:number"}}
    return forest([overall, *spreads[1:]], axis, middle=spreads[0].value)


def _what(found: Segments) -> str:
    return "net" if found.bands.is_net else "mean"


def _value(told: dict[str, Any], what: str) -> str:
    value = told[f"{what}_value"]
    return net_said(value) if what == "net" else f"{value:.2f}"


def _interval(told: dict[str, Any], what: str) -> str:
    low, high = told[f"{what}_low"], told[f"{what}_high"]
    if low is None:
        return "a single answer has no interval"
    return f"95%: {net_said(low)} to {net_said(high)}" if what == "net" else f"95%: {low:.2f} to {high:.2f}"


def net_said(value: float) -> str:
    """Return promoters minus detractors with its sign, which 0 has not."""
    return f"{value:+.0f}" if round(value) else "0"


def _columns(found: Segments) -> tuple[str, ...]:
    value = "NPS" if found.bands.is_net else "Mean"
    return ("Segment", "Answers", value, "95%", "Good", "Good share", "95% of it", "Bad")


def _row(one: Segment, told: dict[str, Any], found: Segments, spec: ScoreSpec) -> list[Cell]:
    what, title = _what(found), _title(one, spec)
    good, bad = (_narrowed(one, band) for band in (found.bands.good, found.bands.bad))
    is_total = one is found.total
    return [
        Cell("All answers" if is_total else one.name or "none"),
        number(f"{one.answers:,}", Behind(title, one.behind)),
        number(_value(told, what)),
        number(_interval(told, what).removeprefix("95%: ")),
        number(f"{one.good:,}", Behind(f"{title}, good", good)),
        number(share_said(told["good_value"])),
        number(between(told["good_low"], told["good_high"])),
        number(f"{one.bad:,}", Behind(f"{title}, bad", bad)),
    ]


def _narrowed(one: Segment, band: RangeAsked) -> Asked:
    return replace(one.behind, scores=tuple(dict.fromkeys((*one.behind.scores, band))))


def _title(one: Segment, spec: ScoreSpec) -> str:
    return f"Answers to {spec.name}" + (f": {one.name}" if one.name else "")


def _band(band: RangeAsked) -> str:
    if band.low is None:
        return f"{band.high:g} and less"
    return f"{band.low:g} and more" if band.high is None else f"{band.low:g} to {band.high:g}"
