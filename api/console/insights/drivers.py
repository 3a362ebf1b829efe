"""Drivers: what stands out among some feedback, such as that with an alert, against all other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import Options, Spread, forest, height_of_forest, point_of_forest
from api.console.insights.saying import counted, listed, share_said
from engine.insights.asking import parse_target
from engine.insights.drivers import LEAST_RECORDS, Driver, Drivers, Finding
from engine.insights.intervals import Ratio, ratio_of
from engine.insights.segments import bands_of
from engine.program import Program

USUAL = "alerted"
DRAWN = 16
ROWS = 30
INKS: Mapping[Finding, str] = {Finding.OVER: "bad", Finding.UNDER: "accent", Finding.UNCLEAR: "muted"}
SAID = {Finding.OVER: "more often", Finding.UNDER: "less often", Finding.UNCLEAR: "no clear difference"}
COLUMNS = ("What", "Kind", "Finding", "Ratio", "95%", "Of these", "Of the rest", "q")
# 32 times as often, and as seldom, is drawn; what is beyond is at the edge.
MOST_DOUBLINGS = 5.0


def targets(program: Program, rules: Sequence[str]) -> dict[str, str]:
    """Return what may be compared with the rest, by name, with how it is called."""
    found = {USUAL: "Feedback with an alert", "pattern": "Alerts that are part of a pattern"}
    found["sentiment=negative"] = "Negative feedback"
    for spec in program.scores.values():
        found[f"score={bands_of(spec).bad}"] = f"Bad {spec.name} ({str(bands_of(spec).bad).partition(':')[2]})"
    return found | {f"rule={rule}": f"Alerts of {rule}" for rule in rules}


def parts(looking: Looking) -> Sequence[Part]:
    """Return the part of the view."""
    return (Part("What stands out", lambda: _drivers(looking)),)


def _drivers(looking: Looking) -> Shown:
    target = parse_target(looking.place.one("target") or USUAL, looking.program)
    found = looking.insights.drivers(looking.asked, target, looking.program, looking.who)
    if not found.target or not found.rest:
        return Nothing("Nothing to compare", _too_little(found))
    if not found.drivers:
        return Nothing("Too few records to compare", f"A topic, unit or value needs {LEAST_RECORDS} of them or more.")
    drawn = [one for one in found.drivers if one.finding is not Finding.UNCLEAR][:DRAWN] or found.drivers[:DRAWN]
    chart = _chart(drawn)
    value = point_of_forest(len(drawn))
    points = {(value, place): Behind(f"{one.kind}: {one.name}", one.behind) for place, one in enumerate(drawn)}
    note = "How many times as often each is among these as among the rest; the lines are 95% intervals. "
    note += "A difference is told where fewer than 5% of those told would be accidents (q). It says what goes "
    note += "together, not what causes what."
    data = [one.as_dict() for one in found.drivers]
    table = Table(COLUMNS, [_row(one) for one in found.drivers[:ROWS]], data, is_open=True)
    return Figure("drivers", _finding(found), table, note, chart, height_of_forest(len(drawn)), points)


def _too_little(found: Drivers) -> str:
    if not found.target and not found.rest:
        return "There is no feedback in this time."
    return f"{counted(found.target, 'record')} on one side, and {found.rest:,} on the other."


def _finding(found: Drivers) -> str:
    over, under = (
        [f"{one.name} ({_times(_ratio(one))})" for one in found.drivers if one.finding is finding]
        for finding in (Finding.OVER, Finding.UNDER)
    )
    told = f"{counted(found.target, 'record')} against {found.rest:,} others. "
    if not over and not under:
        return f"{told}Of {found.tried:,} things that were compared none stands out clearly."
    said = [f"{what}: {listed(names)}" for what, names in (("More often", over), ("less often", under)) if names]
    return f"{told}{'; '.join(said)[:1].upper()}{'; '.join(said)[1:]}."


def _ratio(one: Driver) -> Ratio:
    return ratio_of(one.target.count, one.target.of, one.rest.count, one.rest.of)


def _chart(drawn: Sequence[Driver]) -> Options:
    ratios = [_ratio(one) for one in drawn]
    spreads = [_spread(one, ratio) for one, ratio in zip(drawn, ratios, strict=True)]
    ends = [one for spread in spreads for one in (spread.low, spread.high) if one is not None]
    low, high = math.floor(min(-1.0, *ends)), math.ceil(max(1.0, *ends))
    form = {"axisLabel": {"formatter": "format:times"}}
    return forest(spreads, {"type": "value", "min": low, "max": high, "interval": 1} | form, middle=0.0)


def _spread(one: Driver, ratio: Ratio) -> Spread:
    value, low, high = map(_doublings, (ratio.value, ratio.low, ratio.high))
    return Spread(f"{one.name} ({one.kind})", value, low, high, INKS[one.finding])


def _doublings(times: float) -> float:
    """Return how often one is to be doubled, as far as is drawn."""
    return max(-MOST_DOUBLINGS, min(MOST_DOUBLINGS, math.log2(times) if times > 0 else -MOST_DOUBLINGS))


def _times(ratio: Ratio) -> str:
    return "only here" if ratio.value == float("inf") else f"{ratio.value:.2g}×"


def _row(one: Driver) -> list[Cell]:
    told, ratio = one.as_dict(), _ratio(one)
    high = "no end" if told["high"] is None else f"{told['high']:.2g}"
    of = f"{one.target.count:,} ({share_said(one.target.value)})"
    return [
        Cell(one.name),
        Cell(str(one.kind)),
        Cell(SAID[one.finding]),
        number(_times(ratio)),
        number(f"{told['low']:.2g} to {high}"),
        number(of, Behind(f"{one.kind}: {one.name}", one.behind)),
        number(f"{one.rest.count:,} ({share_said(one.rest.value)})"),
        number(f"{one.q:.2g}"),
    ]
