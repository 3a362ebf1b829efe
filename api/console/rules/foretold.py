"""What a text would have raised: a bar a day, the share of feedback, who would hold it, and what it gains and loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.rules.facts import said_precision
from api.console.rules.samples import Said, draw_samples
from api.rule_replays import Foretold
from engine.rules.backtest import ERROR_SHARE, WARN_SHARE, Raised, RuleBacktest
from engine.rules.workload import alerts_by_day, workload
from engine.taxonomy import Taxonomy

SAMPLES = 5
MOST_HOLDERS = 20
LEVELS = {
    "ok": ("", ""),
    "warning": (f"more than {WARN_SHARE:.0%} of all feedback: much for people to follow up", "hf-warn"),
    "error": (f"more than {ERROR_SHARE:.0%} of all feedback: this floods whoever gets it", "hf-bad"),
}
HELD = {
    "already_open": "joined an open alert",
    "cooldown": "during the cooldown",
    "unsure": "the model was unsure",
    "sampled_out": "left out by 'take'",
    "signal_open": "joined a signal that goes on",
    "late": "came too late for a signal",
}


def shown(found: Foretold) -> list[Raised]:
    """Return the alerts that are shown with their words: the newest, and the newest gained and lost."""
    changed = found.difference
    more = [*_newest(changed.gained), *_newest(changed.lost)] if changed else []
    return [*_newest(found.rule.raised), *more]


def draw_foretold(found: Foretold, said: Said, span: str, zone: tzinfo, taxonomy: Taxonomy) -> None:
    """Draw what a text would have raised in a span, had it been live."""
    rule = found.rule
    if not rule.records:
        look.nothing_here("No feedback came in that span", "Choose a longer one.")
        return
    _draw_facts(rule, span)
    days = alerts_by_day(rule, found.backtest.since, found.backtest.until, zone)
    _draw_days(days, f"{len(rule.raised):,} alerts over {span}, day by day", str(zone))
    _draw_workload(workload(rule))
    _draw_change(found, said, taxonomy)
    if rule.raised:
        look.words("h3", "The newest of these alerts")
        draw_samples(_newest(rule.raised), said, taxonomy)


def _draw_facts(rule: RuleBacktest, span: str) -> None:
    note, style = LEVELS[rule.level]
    value, because = said_precision(rule.precision)
    with Element("dl").classes("hf-facts"):
        _fact(
            "Alerts a day",
            f"{rule.a_day:,.2g}" if rule.a_day < 10 else f"{rule.a_day:,.0f}",
            f"{len(rule.raised):,} over {span}",
        )
        _fact("Share of feedback", f"{rule.share:.2%}", note or f"of {rule.records:,} records", style)
        _fact("Precision", value, because)
        if rule.reviews:
            _fact("Reviews", f"{rule.reviews:,}", "the model was unsure, somebody looks")
        held = [f"{count:,} {HELD.get(str(reason), str(reason))}" for reason, count in sorted(rule.held_back.items())]
        if held:
            _fact("Matches without an alert", f"{sum(rule.held_back.values()):,}", "; ".join(held))


def _fact(name: str, value: str, note: str, style: str = "") -> None:
    with Element("div"):
        look.words("dt", name)
        with Element("dd"):
            look.words("div", value, f"hf-fact-value {style}".strip())
            look.words("div", note, f"hf-small {style or 'hf-muted'}")


def _draw_days(days: Mapping[date, int], label: str, zone: str) -> None:
    chart = ui.echart(_bars(days), renderer="svg").classes("hf-chart")
    chart.props["role"] = "img"
    chart.props["aria-label"] = label
    with Element("details").classes("hf-folded hf-small"):
        look.words("summary", f"The days as a table (days of {zone})")
        with Element("table").classes("hf-table"):
            with Element("thead"), Element("tr"):
                for name in ("Day", "Alerts"):
                    look.words("th", name).props("scope=col")
            with Element("tbody"):
                for day, count in reversed(list(days.items())):
                    if count:
                        with Element("tr"):
                            look.words("td", day.isoformat())
                            look.words("td", f"{count:,}")


def _bars(days: Mapping[date, int]) -> dict[str, Any]:
    ink = {"color": "var(--muted)"}
    line = {"lineStyle": {"color": "var(--line)"}}
    return {
        "animation": False,
        "grid": {"left": 4, "right": 8, "top": 12, "bottom": 4, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "axisPointer": {"type": "none"},
            "backgroundColor": "var(--surface)",
            "borderColor": "var(--line)",
            "textStyle": {"color": "var(--ink)"},
        },
        "xAxis": {"type": "category", "data": [one.isoformat() for one in days], "axisLabel": ink, "axisLine": line},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": ink, "splitLine": line},
        "series": [
            {
                "name": "Alerts",
                "type": "bar",
                "data": list(days.values()),
                "itemStyle": {"color": "var(--accent)"},
                "emphasis": {"disabled": True},
                "barCategoryGap": "20%",
            }
        ],
    }


def _draw_workload(load: Mapping[str, float]) -> None:
    if not load:
        return
    with Element("table").classes("hf-table"):
        look.words("caption", "Who would hold them", "hf-hidden-text")
        with Element("thead"), Element("tr"):
            for name in ("Who would hold them", "Alerts a week"):
                look.words("th", name).props("scope=col")
        with Element("tbody"):
            for who, week in list(load.items())[:MOST_HOLDERS]:
                with Element("tr"):
                    look.words("td", who)
                    look.words("td", f"{week:,.1f}", "hf-number")
    if len(load) > MOST_HOLDERS:
        look.words("p", f"and {len(load) - MOST_HOLDERS:,} more, with fewer each", "hf-small hf-muted")


def _draw_change(found: Foretold, said: Said, taxonomy: Taxonomy) -> None:
    changed = found.difference
    if changed is None:
        return
    look.words("h3", "Against what is live now")
    look.words("p", f"{len(changed.gained):,} alerts more, and {len(changed.lost):,} that would be lost.")
    if changed.lost and changed.must_not_lose:
        look.words("p", "This rule must not lose any.", "hf-bad hf-strong")
    for name, alerts in (("Alerts more", changed.gained), ("Alerts lost", changed.lost)):
        if alerts:
            with Element("details").classes("hf-folded"):
                look.words("summary", f"{name}: the newest of {len(alerts):,}")
                draw_samples(_newest(alerts), said, taxonomy)


def _newest(alerts: Sequence[Raised]) -> list[Raised]:
    return list(reversed(alerts[-SAMPLES:]))
