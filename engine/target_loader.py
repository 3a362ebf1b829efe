"""Reading targets and the steps of an escalation, from program.yaml and from rules."""

from __future__ import annotations

from dataclasses import replace

from engine.alerts.recipients import WORDS, load_recipients
from engine.alerts.severity import Severity
from engine.errors import FeedbackError
from engine.fields import as_map, check_keys, choice_of, text_of
from engine.intake import admit_unit
from engine.located import Findings, Node
from engine.program import Program
from engine.targets import Clock, Step, Target
from engine.time_limit import TimeLimit, parse_limit

TARGET_SETTINGS = ("targets", "escalate")
TARGET_KEYS = ("severity", "unit", "follow_up_within", "close_within")
STEP_KEYS = ("after", "to", "clock")
MOST_STEPS = 20


def with_targets(program: Program, root: Node, findings: Findings) -> Program:
    """Return a program with the targets and the steps that its file says."""
    entries = tuple(_target(one, findings) for one in _listed(root.get("targets"), "targets", findings))
    steps = load_steps(root.get("escalate"), program, findings, strict=True) or ()
    return replace(program, targets=replace(program.targets, entries=entries, steps=steps))


def load_limit(node: Node | None, what: str, findings: Findings) -> TimeLimit | None:
    """Return a time limit, or None (reported when it is there but is none)."""
    if node is None:
        return None
    if not isinstance(node.value, str):
        findings.error(node, f"{what} must be a time limit such as 24h, 8bh or 2bd, not {node.kind}")
        return None
    try:
        return parse_limit(node.value)
    except ValueError as problem:
        findings.error(node, str(problem))
        return None


def load_steps(
    node: Node | None, program: Program, findings: Findings, *, strict: bool = False
) -> tuple[Step, ...] | None:
    """Return the steps of an escalation; None where nothing is said of any.

    Parameters
    ----------
    strict
        Whether a step that names somebody who is not in people.csv is an error.
    """
    if node is None:
        return None
    listed = _listed(node, "escalate", findings)
    if len(listed) > MOST_STEPS:
        findings.error(listed[MOST_STEPS], f"an escalation has at most {MOST_STEPS} steps")
    found = (_step(one, program, findings, strict=strict) for one in listed)
    return tuple(step for step in found if step is not None)


def _listed(node: Node | None, what: str, findings: Findings) -> list[Node]:
    if node is None:
        return []
    if not node.is_list:
        findings.error(node, f"{what} must be a list, not {node.kind}")
        return []
    nodes: list[Node] = node.value
    return [one for one in nodes if as_map(one, f"an entry of {what}", findings) is not None]


def _target(node: Node, findings: Findings) -> Target:
    check_keys(node, TARGET_KEYS, "word of a target", findings)
    follow_up = load_limit(node.get("follow_up_within"), "follow_up_within", findings)
    close = load_limit(node.get("close_within"), "close_within", findings)
    if node.get("follow_up_within") is None and node.get("close_within") is None:
        findings.error(node, "a target says follow_up_within, close_within or both")
    return Target(_severities(node.get("severity"), findings), load_unit(node.get("unit"), findings), follow_up, close)


def _severities(node: Node | None, findings: Findings) -> frozenset[Severity]:
    if node is None:
        return frozenset()
    nodes: list[Node] = node.value if node.is_list else [node]
    found = (choice_of(one, "severity", [one.value for one in Severity], findings) for one in nodes)
    return frozenset(Severity(one) for one in found if one is not None)


def load_unit(node: Node | None, findings: Findings) -> str | None:
    """Return a unit's path, or None (reported when it is there but is none)."""
    text = text_of(node, "unit", findings, most=800)
    if text is None or node is None:
        return None
    try:
        return admit_unit(text)
    except FeedbackError as problem:
        findings.error(node, str(problem))
        return None


def _step(node: Node, program: Program, findings: Findings, *, strict: bool) -> Step | None:
    check_keys(node, STEP_KEYS, "word of a step", findings)
    clock = choice_of(node.get("clock"), "clock", [one.value for one in Clock], findings) or Clock.FOLLOW_UP
    after = load_limit(node.get("after"), "after", findings)
    told = node.get("to")
    if told is None:
        findings.error(node, "a step says whom it tells: to: NAME, or to: {manager_of: holder}")
        return None
    to = load_recipients(told, program, findings, WORDS, strict=strict)
    return Step(Clock(clock), to, after) if to else None
