"""A rule in plain English: what it does, when, and what happens otherwise."""

from __future__ import annotations

from engine.program import OPERATORS
from engine.rules.conditions import All, Condition, NoneOf
from engine.rules.plain_conditions import flat, say_condition
from engine.rules.rule import IfUnsure, Rule, RuleStatus
from engine.rules.saying import Saying, listing

STATUSES = {
    RuleStatus.DRAFT: "It is a draft: it is not judged yet.",
    RuleStatus.SHADOW: "It is a shadow rule: it is judged, and tells nobody.",
    RuleStatus.LIVE: "It is live.",
    RuleStatus.PAUSED: "It is paused: it is not judged now.",
}
UNSURE = {
    IfUnsure.SKIP: "When the model is unsure, nothing happens.",
    IfUnsure.REVIEW: "When the model is unsure, it opens a review: somebody looks, and no message is sent.",
    IfUnsure.ALERT: "When the model is unsure, it alerts all the same.",
}


def say_rule(rule: Rule) -> str:
    """Return a rule in plain English: its title, and sentences and lists."""
    heading = rule.slug if rule.title == rule.slug else f"{rule.slug}: {rule.title}"
    lines = [heading, "", *_when(rule), *_unless(rule.when), UNSURE[rule.if_unsure]]
    if rule.must_not_lose:
        lines.append("Another model may lose none of its alerts.")
    return "\n".join([*lines, STATUSES[rule.status]])


def _when(rule: Rule) -> list[str]:
    wanted = [one for one in flat(rule.when) if not isinstance(one, NoneOf)]
    does = "Alerts" if rule.status is RuleStatus.LIVE else "Would alert"
    does = f"{does} {rule.send_to or OPERATORS} with {rule.severity} severity"
    if not wanted:
        return [f"{does} about every feedback."]
    return _sentence(say_condition(All(tuple(wanted))).after(f"{does} when"))


def _unless(when: Condition) -> list[str]:
    unwanted = [child for one in flat(when) if isinstance(one, NoneOf) for child in one.children]
    said = [say_condition(one) for one in unwanted]
    return _sentence(listing(said, one="Unless", several="Unless one of these holds:")) if said else []


def _sentence(saying: Saying) -> list[str]:
    """Return the lines of a saying, with a full stop where no list follows."""
    return saying.lines() if saying.points else [f"{saying.text}."]
