"""Drift: whether the model reads now what it read before."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.judging import parts
from api.console.judging.card import TASKS
from api.console.judging.weeks import BEFORE, SHOWN, Weeks, weeks_of
from api.console.page import Page
from engine.drift import CHANGED, LEAST_RECORDS, MOVED, Drift, Index, Moved, Shift
from engine.reading import ReadingStatus
from engine.scope import TESTERS
from engine.store.drift import MOST_RECORDS

PAGE = Page("/models/drift", "Drift", roles=TESTERS, under="/models")
STATUSES = {
    ReadingStatus.UNSURE: "unsure",
    ReadingStatus.UNSUPPORTED_LANGUAGE: "unsupported language",
    ReadingStatus.UNREAD: "unread",
    ReadingStatus.EMPTY: "empty",
}
SAID = {Shift.STEADY: "steady", Shift.MOVED: "moved", Shift.CHANGED: "changed", Shift.TOO_FEW: "too few"}
EXPLAINED = (
    f"Each of the last {SHOWN} weeks against the {BEFORE} weeks before them, by the population stability index: below "
    f"{MOVED} is steady, from {CHANGED} on it is another population. What chance alone explains counts as steady; of "
    f"fewer than {LEAST_RECORDS} read records nothing is said. At most {MOST_RECORDS:,} records a week are looked at."
)


async def page(context: Context) -> None:
    """Build the page."""
    parts.begin(context, PAGE.path)
    scope = context.caller.scope
    found = await context.read(lambda: weeks_of(context.service, scope, context.now()))
    if not any(one.span.records for one in found.weeks):
        look.nothing_here("Nothing was read in the last weeks", "Drift is told from feedback that came in.")
        return
    _draw_verdict(found)
    look.words("p", EXPLAINED, "hf-small hf-muted")
    with Element("div").classes("hf-two"):
        with look.section("Confidences and labels, by week"):
            _draw_indexes(found)
        with look.section("What could not be read, by week"):
            _draw_statuses(found)
    with look.section("Labels that moved most in the last seven days"):
        _draw_moved(found)
    with look.section("Week by week"):
        _draw_table(found)


def _draw_verdict(found: Weeks) -> None:
    last = found.weeks[-1]
    worst = [name for name, one in _named(last) if one.shift in (Shift.MOVED, Shift.CHANGED)]
    if len(found.models) > 1:
        said = f"More than one model read in this time ({', '.join(found.models)}): what changed may be the model."
        look.words("p", said, "hf-notice")
    if last.confidences.shift is Shift.TOO_FEW:
        short = found.reference.read < LEAST_RECORDS
        said = f"the {BEFORE} weeks of reference have" if short else "the last seven days have"
        look.words("p", f"Nothing can be said yet: {said} fewer than {LEAST_RECORDS} read records.", "hf-strong")
    elif worst:
        look.words("p", f"In the last seven days {_listed(worst)} moved.", "hf-notice")
    else:
        look.words("p", "Steady: the last seven days look like the weeks before.", "hf-strong")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _named(one: Drift) -> list[tuple[str, Index]]:
    return [("confidences", one.confidences), *((f"{task}s", index) for task, index in one.labels.items())]


def _dates(found: Weeks) -> list[str]:
    return [f"{one.span.since:%d %b}" for one in found.weeks]


def _draw_indexes(found: Weeks) -> None:
    names = dict.fromkeys(name for one in found.weeks for name, _ in _named(one))
    values = {name: [dict(_named(one)).get(name) for one in found.weeks] for name in names}
    lines = [parts.series(name, place, [_value(one) for one in values[name]]) for place, name in enumerate(names)]
    marks = {"symbol": "none", "silent": True, "lineStyle": {"color": parts.MUTED, "type": "dashed"}}
    lines[0] |= {"markLine": marks | {"label": {"color": parts.MUTED}, "data": [{"yAxis": MOVED}, {"yAxis": CHANGED}]}}
    said = "; ".join(f"{name} {SAID[one.shift]}" for name, one in _named(found.weeks[-1]))
    _weekly(found, lines, "stability index", f"Stability index by week. In the last seven days: {said}.", 0.3)


def _value(one: Index | None) -> float | None:
    return None if one is None or one.shift is Shift.TOO_FEW else round(one.value, 3)


def _draw_statuses(found: Weeks) -> None:
    lines = [
        parts.series(said, place, [round(100 * one.span.share(status), 2) for one in found.weeks])
        for place, (status, said) in enumerate(STATUSES.items())
    ]
    last = found.weeks[-1].span
    shares = ", ".join(f"{parts.percent(last.share(status))} {said}" for status, said in STATUSES.items())
    _weekly(
        found, lines, "% of records", f"Share that could not be read, by week. In the last seven days: {shares}.", 1
    )


def _weekly(found: Weeks, lines: list[dict[str, object]], name: str, said: str, least: float) -> None:
    tops = [value for line in lines for value in line["data"] if value is not None]  # type: ignore[attr-defined]
    options = {
        "grid": {"left": 60, "right": 45, "top": 20, "bottom": 85},
        "legend": parts.legend(),
        "tooltip": {"trigger": "axis"},
        "xAxis": parts.axis("", type="category", data=_dates(found)),
        "yAxis": parts.axis(name, type="value", min=0, nameGap=42)
        | ({} if max(tops, default=0) > least else {"max": least}),
        "series": lines,
    }
    parts.chart(options, said)


def _draw_moved(found: Weeks) -> None:
    if not found.moved or found.weeks[-1].confidences.shift is Shift.TOO_FEW:
        look.words("p", "Too few records to say.", "hf-muted")
        return
    rows = [_said_of(one) for one in found.moved]
    parts.table(["What", "Label", "Before", "Last seven days", "Change"], rows, "Labels that moved most", numbers=2)


def _said_of(one: Moved) -> list[str]:
    change = f"{100 * (one.after - one.before):+.1f} points"
    shares = parts.percent(one.before), parts.percent(one.after)
    return [TASKS.get(one.task, one.task), one.label, *shares, change]


def _draw_table(found: Weeks) -> None:
    tasks = list(dict.fromkeys(task for one in found.weeks for task in one.labels))
    heads = ["From", "Read with", "Records", *STATUSES.values(), "confidences", *(f"{task}s" for task in tasks)]
    rows = [_row(one, date, tasks) for one, date in zip(found.weeks, _dates(found), strict=True)]
    parts.table([head.capitalize() for head in heads], rows[::-1], "Week by week", numbers=2)


def _row(one: Drift, date: str, tasks: Sequence[str]) -> list[str]:
    span = one.span
    shares = [parts.percent(span.share(status)) if span.records else "-" for status in STATUSES]
    indexes = [one.confidences, *(one.labels.get(task) for task in tasks)]
    said = ["-" if index is None else _said(index) for index in indexes]
    return [date, ", ".join(span.models) or "-", f"{span.records:,}{'+' if span.cut else ''}", *shares, *said]


def _said(index: Index) -> str:
    if index.shift is Shift.TOO_FEW:
        return SAID[index.shift]
    return f"{index.value:.2f} {SAID[index.shift]}"
