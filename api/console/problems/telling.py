"""What is told of a problem in plain words: what became of it, and whether its topic comes up less often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api.console.alert.telling import Named, Told
from api.console.insights.saying import counted, interval_said, share_said
from engine.alerts.problem import Problem, ProblemState
from engine.alerts.rates import Rate, RateChange, Trend
from engine.insights.telling import Share

STATES: Mapping[ProblemState, str] = {ProblemState.OPEN: "Open", ProblemState.SOLVED: "Solved"}
GROUPS: Mapping[ProblemState, str] = {ProblemState.OPEN: "neutral", ProblemState.SOLVED: "joy"}
FIELDS = {
    "title": "the title",
    "cause": "what is behind it",
    "topic": "the topic",
    "holder": "who has it",
    "due_at": "until when it is due",
    "inhibits": "what it keeps quiet",
}
SIMPLY = {"opened": "opened it", "note": "noted", "reopened": "opened it again", "solved": "solved it"}
TRENDS: Mapping[Trend, str] = {
    Trend.LOWER: "less often than before",
    Trend.HIGHER: "more often than before",
    Trend.UNCLEAR: "no clear change",
    Trend.TOO_LITTLE: "too little to tell",
}


def told_of(event: Mapping[str, Any], name: Named) -> Told:
    """Return an event of a problem's history in plain words.

    Parameters
    ----------
    name
        Returns the name of somebody.
    """
    kind, data, who, words = str(event["kind"]), event["data"], name(event["who"]), str(event["why"])
    said, more = SIMPLY.get(kind, kind), ""
    match kind:
        case "linked":
            said = f"linked {_alerts(data)}"
        case "unlinked":
            said = f"took {_alerts(data)} off it"
        case "solved" if "at" in data:
            more = f"since {_day(data['at'])}"
        case "alerts_erased":
            said, words = f"erased {counted(data['alerts'], 'alert')} of it, with their customer", ""
        case "edited":
            said, more = _edited(data["changed"], name)
    return Told(who, said, more, words)


def _alerts(data: Mapping[str, Any]) -> str:
    return counted(len(data.get("alerts", ())) + int(data.get("out_of_scope", 0)), "alert")


def _edited(changes: Mapping[str, Mapping[str, Any]], name: Named) -> tuple[str, str]:
    said = f"changed {', '.join(FIELDS.get(field, field) for field in changes)}"
    was = []
    for field, change in changes.items():
        before = change["from"]
        if field == "inhibits" or before in (None, ""):
            continue
        shown = name(before) if field == "holder" else _day(before) if field == "due_at" else before
        was.append(f"{FIELDS.get(field, field)} was: {shown}")
    return said, "; ".join(was)


def _day(at: str) -> str:
    moment = datetime.fromisoformat(at)
    return f"{moment.day} {moment:%b %Y}"


def said_rate(problem: Problem, rate: RateChange | None) -> str:
    """Return in a sentence what became of the rate of a problem's topic."""
    if rate is None:
        return "It has no topic. With one, how often that comes up is counted before and after."
    since = "it was solved" if problem.solved_at else "it was opened"
    if rate.trend is Trend.TOO_LITTLE:
        return f"There is too little feedback since {since} to tell whether {rate.topic} comes up less often."
    before, after = share_said(_share(rate.before).value), share_said(_share(rate.after).value)
    if rate.trend is Trend.UNCLEAR:
        told = f"Since {since}, {rate.topic} comes up in {after} of feedback, before in {before}"
        return f"{told}: chance may explain that."
    less = "less" if rate.trend is Trend.LOWER else "more"
    chance = "less than 0.1%" if rate.p is not None and rate.p < 0.001 else share_said(rate.p)
    told = f"Since {since}, {rate.topic} comes up {less} often: in {after} of feedback, before in {before}."
    return f"{told} By chance alone such a difference would come up in {chance} of cases."


def said_interval(rate: Rate) -> str:
    """Return how much a share may be, with what it was counted from."""
    share = _share(rate)
    if not share.of:
        return "Nothing was said in that time."
    low_high = interval_said(share)
    return f"{rate.count:,} of {counted(rate.of, 'record')}; with 95% confidence {low_high}"


def said_share(rate: Rate) -> str:
    """Return a share in percent."""
    return share_said(_share(rate).value) if rate.of else "no feedback"


def _share(rate: Rate) -> Share:
    return Share(rate.count, rate.of)
