"""The options of charts, as plain data: bars with a line, lines, and values with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.console.palette import SERIES

Options = dict[str, Any]
NOTHING = "-"
SYMBOLS = ("circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond")
MOST_LINES = len(SERIES)


def colour(place: int) -> str:
    """Return the colour of a series by its place."""
    return f"var(--series-{place % len(SERIES) + 1})"


@dataclass(frozen=True, slots=True)
class Spread:
    """A value with its interval; what has no end is drawn to the edge of the chart."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    ink: str = "accent"


def bars_and_line(
    names: Sequence[str],
    bars: Mapping[str, Sequence[int]],
    line: tuple[str, Sequence[float | None]] | None = None,
    *,
    stacked: bool = True,
) -> Options:
    """Return counts as bars, and maybe a share as a line on an axis of its own.

    Parameters
    ----------
    stacked
        One on the other, where none counts what another does; else side by side.
    """
    series: list[dict[str, Any]] = [
        {"type": "bar", "name": name, "stack": "all" if stacked else name, "data": list(counts)}
        | {"itemStyle": {"color": colour(place)}, "barMaxWidth": 36, "tooltip": {"valueFormatter": "format:number"}}
        for place, (name, counts) in enumerate(bars.items())
    ]
    axes = [_values("format:number", min=0, minInterval=1)]
    if line is not None:
        name, shares = line
        axes.append(_values("format:share", min=0, splitLine={"show": False}))
        series.append(_line(name, shares, len(bars)) | {"yAxisIndex": 1})
    return _framed(series, _names(names), axes)


def marked(options: Options, at: Mapping[str, int]) -> Options:
    """Return a chart with lines across it, each with its name, at some of the places of its first axis."""
    label = {"color": "var(--ink)", "fontSize": 12, "formatter": "format:name", "position": "insideEndTop"}
    lines = {
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": "var(--ink)", "type": "dashed", "width": 1.5},
        "label": label,
        "data": [{"name": name, "xAxis": place} for name, place in at.items()],
    }
    first, *others = options["series"]
    return options | {"series": [first | {"markLine": lines}, *others]}


def lines(names: Sequence[str], shares: Mapping[str, Sequence[float | None]]) -> Options:
    """Return shares as lines."""
    series = [_line(name, some, place) for place, (name, some) in enumerate(shares.items())]
    return _framed(series, _names(names), [_values("format:share", min=0)])


def forest(spreads: Sequence[Spread], axis: Options, middle: float | None = None) -> Options:
    """Return values with their intervals, one below the other.

    Parameters
    ----------
    axis
        Of the values; with its ``min`` and ``max``, which intervals without an end are drawn to.
    middle
        Where no difference is.
    """
    low, high = float(axis["min"]), float(axis["max"])
    series: list[dict[str, Any]] = []
    for place, one in enumerate(spreads):
        ends = [
            max(low, one.low if one.low is not None else low),
            min(high, one.high if one.high is not None else high),
        ]
        ink = f"var(--{one.ink})"
        # The place in the first series is that of the value: points of both are found by it.
        series.append(
            {"type": "line", "data": [[end, place] for end in ends], "symbol": "rect", "symbolSize": [2, 9]}
            | {"lineStyle": {"color": ink, "width": 2}, "itemStyle": {"color": ink}, "silent": True, "z": 2}
        )
    points = [
        {"value": [min(high, max(low, high if one.value is None else one.value)), place], "name": one.name}
        | {"itemStyle": {"color": f"var(--{one.ink})"}}
        for place, one in enumerate(spreads)
    ]
    marks: dict[str, Any] = {}
    if middle is not None:
        line = {"symbol": "none", "silent": True, "label": {"show": False}, "data": [{"xAxis": middle}]}
        marks = {"markLine": line | {"lineStyle": {"color": "var(--edge)", "type": "solid", "width": 1}}}
    series.append({"type": "scatter", "data": points, "symbolSize": 11, "z": 3} | marks)
    names = _names([one.name for one in spreads]) | {"inverse": True, "boundaryGap": True}
    names["axisLine"] = {"show": False}
    names["axisLabel"] = _label() | {"width": 150, "overflow": "truncate", "interval": 0}
    found = _framed(series, axis | {"axisLabel": _label() | dict(axis.get("axisLabel", {}))} | _split(), [names])
    found["grid"] = found["grid"] | {"top": 8, "left": 16, "right": 28}
    return found | {"legend": {"show": False}, "tooltip": {"show": False}}


def time_spread(name: str, start: datetime, end: datetime, ink: str = "accent") -> Spread:
    """Return a stretch of time: it is marked where it begins."""
    begin, over = (1000 * one.timestamp() for one in (start, end))
    return Spread(name, begin, begin, over, ink)


def point_of_forest(many: int) -> int:
    """Return the place of the series that has the values, in a forest of so many."""
    return many


def height_of_forest(many: int) -> float:
    """Return how high a forest is, in rem."""
    return 4.0 + 1.75 * max(1, many)


def _line(name: str, shares: Sequence[float | None], place: int) -> dict[str, Any]:
    ink = colour(place)
    return {
        "type": "line",
        "name": name,
        "data": [NOTHING if one is None else one for one in shares],
        "symbol": SYMBOLS[place % len(SYMBOLS)],
        "symbolSize": 7,
        "lineStyle": {"color": ink, "width": 2},
        "itemStyle": {"color": ink},
        "tooltip": {"valueFormatter": "format:share-1"},
    }


def _framed(series: Sequence[Any], x: Any, y: Sequence[Any]) -> Options:
    ink = {"color": "var(--ink)", "fontSize": 12}
    return {
        "animation": False,
        "textStyle": {"fontFamily": "system-ui, 'Segoe UI', Roboto, sans-serif"},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "legend": {"type": "scroll", "top": 0, "left": 0, "textStyle": ink, "itemHeight": 9}
        | {"pageTextStyle": ink, "pageIconColor": "var(--accent)", "pageIconInactiveColor": "var(--muted)"},
        # As text on the canvas: names come from customers too, and are never read as HTML.
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True, "backgroundColor": "var(--raised)"}
        | {"borderColor": "var(--line)", "textStyle": ink},
        "xAxis": x,
        "yAxis": list(y),
        "series": list(series),
    }


def _names(names: Sequence[str]) -> dict[str, Any]:
    line = {"lineStyle": {"color": "var(--edge)"}}
    return {
        "type": "category",
        "data": list(names),
        "axisLabel": _label(),
        "axisLine": line,
        "axisTick": {"show": False},
    }


def _values(form: str, **more: Any) -> dict[str, Any]:
    return {"type": "value", "axisLabel": _label() | {"formatter": form}} | _split() | more


def _split() -> dict[str, Any]:
    return {"splitLine": {"lineStyle": {"color": "var(--line)"}}}


def _label() -> dict[str, Any]:
    return {"color": "var(--muted)", "fontSize": 12, "hideOverlap": True}
