"""A rule in plain English: what it does, when, and what happens otherwise."""

from __future__ import annotations

from engine.program import OPERATORS
from engine.rules.conditions import All, Condition, NoneOf
from engine.rules.plain_clocks import say_clocks
from engine.rules.plain_conditions import flat, say_condition
from engine.rules.plain_windows import say_groups, say_window
from engine.rules.plain_words import spelt
from engine.rules.rule import Auto, Cooldown, IfUnsure, Rule, RuleStatus
from engine.rules.saying import Saying, listing
from engine.rules.window import Window

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
DOES_NOT_COUNT = "A record that the model is unsure of does not count."
COUNTS = "A record that the model is unsure of counts too."
EVERYTHING = All(())


def say_rule(rule: Rule) -> str:
    """Return a rule in plain English: its title, and sentences and lists."""
    heading = rule.slug if rule.title == rule.slug else f"{rule.slug}: {rule.title}"
    says = _alert(rule) if rule.window is None else _signal(rule, rule.window)
    return "\n".join([heading, "", *says, *_after(rule), STATUSES[rule.status]])


def _alert(rule: Rule) -> list[str]:
    wanted = [one for one in flat(rule.when) if not isinstance(one, NoneOf)]
    does = f"{_does(rule, 'Alerts', 'Would alert')} {_whom(rule)}"
    if not wanted:
        return [f"{does} about every feedback.", *_unless(rule.when), UNSURE[rule.if_unsure]]
    says = say_condition(All(tuple(wanted))).after(f"{does} when")
    return [*_sentence(says), *_unless(rule.when), UNSURE[rule.if_unsure]]


def _unless(when: Condition) -> list[str]:
    unwanted = [child for one in flat(when) if isinstance(one, NoneOf) for child in one.children]
    said = [say_condition(one) for one in unwanted]
    return _sentence(listing(said, one="Unless", several="Unless one of these holds:")) if said else []


def _signal(rule: Rule, window: Window) -> list[str]:
    counted = rule.when if window.of is None else window.of
    says = say_window(window, None if counted == EVERYTHING else say_condition(counted))
    lines = _sentence(says.after(f"{_does(rule, 'Opens', 'Would open')} a signal for {_whom(rule)} when"))
    if rule.when not in (counted, EVERYTHING):
        lines += _sentence(say_condition(rule.when).after("It looks whenever a record comes for which"))
    return [*lines, COUNTS if rule.if_unsure is IfUnsure.ALERT else DOES_NOT_COUNT]


def _after(rule: Rule) -> list[str]:
    """Return what limits it, what it asks of people and models."""
    lines = []
    if rule.take < 1:
        lines.append(f"It takes {100 * rule.take:.4g}% of the feedback, by chance and always the same.")
    if rule.cooldown is not None:
        lines.append(_cooldown(rule.cooldown))
    lines += say_clocks(rule)
    if rule.auto is Auto.THANK:
        lines.append("It thanks the customer by a message, at most once in 30 days, and resolves the alert then.")
    if rule.must_not_lose:
        lines.append("Another model may lose none of its alerts.")
    return lines


def _cooldown(cooldown: Cooldown) -> str:
    per = f" for the same {say_groups(cooldown.per)}" if cooldown.per else ""
    return f"After an alert it stays quiet{per} for {spelt(cooldown.span)}."


def _does(rule: Rule, live: str, otherwise: str) -> str:
    return live if rule.status is RuleStatus.LIVE else otherwise


def _whom(rule: Rule) -> str:
    whom = rule.send_to or f"whom the routes name, else {OPERATORS},"
    return f"{whom} with {rule.severity} severity"


def _sentence(saying: Saying) -> list[str]:
    """Return the lines of a saying, with a full stop where no list follows."""
    return saying.lines() if saying.points else [f"{saying.text}."]
