"""Reading ``retention:`` of program.yaml: for how long feedback is kept."""

from __future__ import annotations

import re
from datetime import timedelta

from engine.durations import say_duration
from engine.fields import as_written, check_keys, choice_of, text_of
from engine.located import Findings, Node
from engine.names import show
from engine.privacy.retention import Erasing, RetentionRule

KEYS = ("after", "do", "channel", "source")
EXAMPLE = "write {after: 90d, do: anonymise}, with channel or source where it is not for all feedback"
_SPAN = re.compile(r"([0-9]{1,5})([dw])\Z")
_DAYS = {"d": 1, "w": 7}


def retention_of(node: Node | None, findings: Findings) -> tuple[RetentionRule, ...]:
    """Return the rules of retention; what is wrong with them is reported."""
    if node is None:
        return ()
    if not node.is_list:
        findings.error(node, f"retention must be a list of rules, not {node.kind}; {EXAMPLE}")
        return ()
    seen: list[tuple[Node, RetentionRule]] = []
    for one in node.value:
        rule = _rule(one, findings)
        if rule is not None and _is_new(one, rule, seen, findings):
            seen.append((one, rule))
    return tuple(rule for _, rule in seen)


def _rule(node: Node, findings: Findings) -> RetentionRule | None:
    if not node.is_map:
        findings.error(node, f"a rule of retention must be a mapping, not {node.kind}; {EXAMPLE}")
        return None
    check_keys(node, KEYS, "setting of a rule of retention", findings)
    for key in ("after", "do"):
        if node.get(key) is None:
            findings.error(node, f"a rule of retention needs '{key}'; {EXAMPLE}")
    after = _span(node.get("after"), findings)
    erasing = choice_of(node.get("do"), "do", tuple(Erasing), findings)
    channel, source = (_text(node, key, findings) for key in ("channel", "source"))
    if after is None or erasing is None:
        return None
    return RetentionRule(after, Erasing(erasing), channel, source)


def _text(node: Node, key: str, findings: Findings) -> str | None:
    found = node.get(key)
    return None if found is None else text_of(as_written(found), key, findings, most=200)


def _span(node: Node | None, findings: Findings) -> timedelta | None:
    """Return an age. Days and weeks only: what is erased an hour too early does not come back."""
    if node is None:
        return None
    match = _SPAN.match(node.value.strip()) if isinstance(node.value, str) else None
    if match is None:
        said = "; a year is 365d" if isinstance(node.value, str) and node.value.strip().endswith("y") else ""
        findings.error(
            node, f"after is an age in whole days or weeks, such as 90d or 26w, not {show(node.source)}{said}"
        )
        return None
    days = int(match[1]) * _DAYS[match[2]]
    if not days:
        findings.error(node, "after must be at least 1d")
        return None
    return timedelta(days=days)


def _is_new(node: Node, rule: RetentionRule, seen: list[tuple[Node, RetentionRule]], findings: Findings) -> bool:
    """Report a rule that an earlier one of the same feedback leaves nothing to do."""
    for where, other in seen:
        if (other.channel, other.source) != (rule.channel, rule.source):
            continue
        if other.erasing is rule.erasing:
            findings.error(node, f"line {where.line} says already what is {rule.erasing}d of this feedback")
            return False
        deleted, anonymised = sorted((rule, other), key=lambda one: one.erasing is Erasing.ANONYMISE)
        if deleted.after <= anonymised.after:
            findings.error(
                node,
                f"feedback that is deleted after {say_duration(deleted.after)} cannot be anonymised after "
                f"{say_duration(anonymised.after)}",
            )
            return False
    return True
