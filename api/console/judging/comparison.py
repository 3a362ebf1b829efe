"""What a comparison found, in tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.judging import parts
from api.console.judging.card import TASKS

SURELY = 0.05
MOST_LABELS, MOST_ALERTS = 20, 10


def draw(found: Mapping[str, Any]) -> None:
    """Draw it: what must not be lost first, then scores, labels, rules and speed."""
    scores = found["scores"]
    with Element("div").classes("hf-stack"):
        _refusals(found)
        look.words("p", f"{found['b']} against {found['a']}, on {scores['records']:,} records.", "hf-strong")
        _tasks(scores["tasks"])
        _labels(scores)
        _rules(found["rules"] or ())
        a, b = (speed["records_a_second"] for speed in found["speeds"])
        look.words("p", f"Speed: {a:,.0f} records a second now, {b:,.0f} with the other.", "hf-small hf-muted")


def _refusals(found: Mapping[str, Any]) -> None:
    for one in found["rules"] or ():
        if one["must_not_lose"] and one["lost"]:
            count = len(one["lost"])
            said = f"The rule {one['rule']} must not lose alerts, and loses {count:,} of {one['alerts'][0]:,}. "
            look.words("p", said + "This model should not follow.", "hf-notice hf-notice-bad").props("role=alert")
        if one["broken"]:
            look.words(
                "p", f"The rule {one['rule']} does not load: {'; '.join(one['broken'])}", "hf-notice hf-notice-bad"
            )


def _tasks(tasks: Sequence[Mapping[str, Any]]) -> None:
    if not tasks:
        look.words("p", "No label is there ten times: scores cannot be compared on so little.", "hf-muted")
        return
    rows = [[TASKS.get(one["task"], one["task"]), str(one["labels"]), *_difference(one["macro_f1"])] for one in tasks]
    parts.table(["What", "Labels", "Macro-F1 now", "then", "Change (95% interval)", "Meaning"], rows, "Scores of both")


def _difference(one: Mapping[str, Any]) -> list[str]:
    change = f"{one['b'] - one['a']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})"
    return [f"{one['a']:.3f}", f"{one['b']:.3f}", change, _meaning(one)]


def _meaning(one: Mapping[str, Any]) -> str:
    if one["p_corrected"] >= SURELY:
        return "may be chance"
    return "better" if one["b"] > one["a"] else "worse"


def _labels(scores: Mapping[str, Any]) -> None:
    changed = [one for one in scores["labels"] if one["f1"]["a"] != one["f1"]["b"]]
    changed.sort(key=lambda one: -abs(one["f1"]["b"] - one["f1"]["a"]))
    if changed:
        look.words("h3", "Labels that change most", "hf-heading")
        rows = [[f"{one['task']} {one['label']}", str(one["positives"]), *_difference(one["f1"])] for one in changed]
        heads = ["Label", "There", "F1 now", "then", "Change (95% interval)", "Meaning"]
        parts.table(heads, rows[:MOST_LABELS], "Labels that change most")
    for name, said in (("only_a", "Only the model now has"), ("only_b", "Only the other has")):
        if scores[name]:
            look.words("p", f"{said}: {', '.join(scores[name])}", "hf-small")


def _rules(rules: Sequence[Mapping[str, Any]]) -> None:
    if not rules:
        return
    look.words("h3", "Alerts", "hf-heading")
    rows = [
        [one["rule"], *(f"{count:,}" for count in (*one["alerts"], len(one["gained"]), len(one["lost"])))]
        for one in rules
    ]
    parts.table(["Rule", "Alerts now", "then", "Gained", "Lost"], rows, "Alerts of every live rule")
    for one in rules:
        for name, said in (("lost", "would lose"), ("gained", "would gain")):
            if one[name]:
                _alerts(f"{one['rule']} {said} {len(one[name]):,}", one[name])


def _alerts(title: str, alerts: Sequence[Mapping[str, Any]]) -> None:
    with Element("details").classes("hf-details"):
        look.words("summary", title)
        with Element("ul").classes("hf-list"):
            for alert in alerts[:MOST_ALERTS]:
                with Element("li").classes("hf-list-entry"):
                    look.highlighted(alert["text"])
                    for reason in (*alert["why"], *alert["why_not"]):
                        look.words("p", reason, "hf-small hf-muted")
