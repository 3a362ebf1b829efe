"""Rules and teams: how right alerts are, and how soon they are followed up and closed."""

from __future__ import annotations

from collections.abc import Sequence

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import Spread, forest, height_of_forest, point_of_forest
from api.console.insights.saying import between, counted, listed, share_said
from engine.alerts.attainment import Counts, GroupedBy, Line, Question
from engine.alerts.precision import Precision
from engine.insights.asked import Asked
from engine.insights.rule_trust import RuleLine
from engine.targets import Clock

DRAWN = 16
ROWS = 100
SHARES = {"type": "value", "min": 0.0, "max": 1.0, "axisLabel": {"formatter": "format:share"}}
# So many verdicts say something of a rule.
LEAST_JUDGED = 5
# Below this a rule is wrong more often than right.
DOUBTFUL = 0.5
NO_ALERTS = Nothing("No alerts in this time", "Choose a longer time.")
CLOCKS = {Clock.FOLLOW_UP: "Followed up in time", Clock.CLOSE: "Closed in time"}
SPAN = "Counted are alerts that were opened in this time; of the conditions only the unit applies."


def parts(looking: Looking) -> Sequence[Part]:
    """Return the parts of the view."""
    return (
        Part("How right each rule is", lambda: _precision(looking)),
        Part("Targets kept by team", lambda: _kept(looking, GroupedBy.TEAM)),
        Part("Targets kept by rule", lambda: _kept(looking, GroupedBy.RULE)),
    )


def _precision(looking: Looking) -> Shown:
    found = looking.insights.rules(*looking.span, looking.now, looking.in_unit)
    if not found:
        return NO_ALERTS
    judged = sorted(((one.rule, one.precision) for one in found if one.precision), key=_rightness)
    drawn = [(rule, right) for rule, right in judged if right.judged >= LEAST_JUDGED][:DRAWN]
    chart = forest([Spread(rule, right.value, *right.interval) for rule, right in drawn], SHARES) if drawn else None
    value = point_of_forest(len(drawn))
    points = {(value, place): _of_rule(rule, looking.asked) for place, (rule, _) in enumerate(drawn)}
    note = f"Right are the alerts whose latest verdict says so. {SPAN}"
    if len(drawn) < len(found):
        note += f" Drawn are rules with {LEAST_JUDGED} verdicts or more."
    columns = ("Rule", "Alerts", "A week", "Reviews", "Signals", "Right", "95%", "Verdicts", "Followed up", "Closed")
    table = Table(columns, [_rule(one, looking.asked) for one in found[:ROWS]], [one.as_dict() for one in found], True)
    return Figure("rules", _told(found, drawn), table, note, chart, height_of_forest(len(drawn)), points)


def _rightness(one: tuple[str, Precision]) -> tuple[float, str]:
    rule, right = one
    return right.interval[1], rule


def _told(found: Sequence[RuleLine], drawn: Sequence[tuple[str, Precision]]) -> str:
    alerts = sum(one.alerts for one in found)
    told = f"{counted(alerts, 'alert')} of {counted(len(found), 'rule')}."
    if not drawn:
        return f"{told} There are too few verdicts to tell how right they are."
    doubtful = [rule for rule, right in drawn if right.interval[1] < DOUBTFUL]
    if doubtful:
        return f"{told} Most alerts are not right of {listed(doubtful)}."
    rule, right = drawn[0]
    return f"{told} The least right is {rule}: {share_said(right.value, 0)} of {right.judged}."


def _of_rule(rule: str, asked: Asked) -> Behind:
    told = Asked(rules=(rule,), since=asked.since, until=asked.until, unit=asked.unit)
    return Behind(f"Feedback of this time with an alert of {rule}", told)


def _rule(one: RuleLine, asked: Asked) -> list[Cell]:
    right = one.precision
    clocks = one.attainment.clocks if one.attainment else {}
    return [
        Cell(one.rule, to=f"/rules/{one.rule}"),
        number(f"{one.alerts:,}", _of_rule(one.rule, asked)),
        number(f"{one.a_week:.1f}"),
        number(f"{one.reviews:,}"),
        number(f"{one.signals:,}"),
        number(share_said(right.value, 0) if right else "no verdicts"),
        number(between(*right.interval) if right else ""),
        number(f"{right.judged:,}" if right else "0"),
        *(number(_short(clocks.get(clock, Counts()))) for clock in CLOCKS),
    ]


def _kept(looking: Looking, by: GroupedBy) -> Shown:
    since, until = looking.span
    asked = Question(since, until, by, unit=looking.asked.unit)
    found = looking.service.store.attainment.report(asked, looking.now, looking.who.scope)
    if not found.total.alerts:
        return NO_ALERTS
    lines = list(found.groups)
    spreads = [one for line in lines[: DRAWN // 2] for one in _spreads(line, by)]
    chart = forest(spreads, SHARES) if spreads else None
    clocks = [one for name in CLOCKS.values() for one in (name, "95% interval", "Still in time")]
    columns = (str(by).capitalize(), "Alerts", *clocks)
    rows = [_group(line, _name(line, by, found.total)) for line in (found.total, *lines[:ROWS])]
    data = [{"group": _name(line, by, found.total), **line.as_dict(None)} for line in (found.total, *lines)]
    table = Table(columns, rows, data, is_open=True)
    name = f"targets-by-{by}"
    height = height_of_forest(len(spreads))
    told = "; ".join(
        f"{what.lower()}: {_short(found.total.clocks.get(clock, Counts()))}" for clock, what in CLOCKS.items()
    )
    note = f"What is still in time is not counted yet. {SPAN}"
    return Figure(name, f"{counted(found.total.alerts, 'alert')}; {told}.", table, note, chart, height)


def _name(line: Line, by: GroupedBy, total: Line | None = None) -> str:
    if line is total:
        return "All alerts"
    return line.name or f"no {by}"


def _spreads(line: Line, by: GroupedBy) -> list[Spread]:
    found = []
    for clock, ink in ((Clock.FOLLOW_UP, "series-1"), (Clock.CLOSE, "series-2")):
        counts = line.clocks.get(clock, Counts())
        if counts.decided:
            told = counts.as_dict()
            what = "followed up" if clock is Clock.FOLLOW_UP else "closed"
            found.append(Spread(f"{_name(line, by)}, {what}", counts.share, told["low"], told["high"], ink))
    return found


def _group(line: Line, name: str) -> list[Cell]:
    cells = [Cell(name), number(f"{line.alerts:,}")]
    for clock in CLOCKS:
        counts = line.clocks.get(clock, Counts())
        told = counts.as_dict()
        cells += [number(_short(counts)), number(between(told["low"], told["high"])), number(f"{counts.pending:,}")]
    return cells


def _short(counts: Counts) -> str:
    if not counts.decided:
        return "none due yet"
    return f"{share_said(counts.share, 0)} of {counts.decided:,}"
