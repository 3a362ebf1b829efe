"""Reading `expect:` of program.yaml: what is expected to be heard, and how often."""

from __future__ import annotations

import re

from engine.alerts.expectations import Expectations, Expected
from engine.fields import as_map, check_keys, text_of
from engine.located import Findings, Node
from engine.names import show
from engine.time_limit import TimeLimit, parse_limit

SOURCE = re.compile(r"[A-Za-z0-9_.:-]{1,200}\Z")
EXAMPLE = "write a span such as 2h, or {within: 4bh, calendar: office}"


def expectations_of(node: Node | None, findings: Findings) -> Expectations:
    """Return what a program expects; what is wrong with it is reported."""
    root = as_map(node, "expect", findings)
    if root is None:
        return Expectations()
    check_keys(root, ("feedback", "alerts"), "kind of expectation", findings)
    return Expectations(_each(root, "feedback", "a source", findings), _each(root, "alerts", "a rule", findings))


def _each(root: Node, key: str, what: str, findings: Findings) -> tuple[Expected, ...]:
    node = as_map(root.get(key), f"expect: {key}", findings)
    found = []
    for subject, where, value in node.items() if node else ():
        if not SOURCE.match(subject):
            findings.error(where, f"'{show(subject)}' cannot be {what}; use letters, digits and _ . : -")
            continue
        within, calendar = value, None
        if value.is_map:
            check_keys(value, ("within", "calendar"), "setting of an expectation", findings)
            calendar = text_of(value.get("calendar"), "calendar", findings, most=100)
            within = value.get("within") or Node(None, value.line, value.column)
        limit = _limit(within, subject, findings)
        if limit is not None:
            found.append(Expected(subject, limit, calendar, (findings.file, where.line, where.column)))
    return tuple(found)


def _limit(node: Node, subject: str, findings: Findings) -> TimeLimit | None:
    if not isinstance(node.value, str):
        findings.error(node, f"'{show(subject)}' needs a span: {EXAMPLE}")
        return None
    try:
        return parse_limit(node.value)
    except ValueError as problem:
        findings.error(node, str(problem))
        return None
