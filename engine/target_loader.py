"""Reading targets and the steps of an escalation, from program.yaml and from rules."""

from __future__ import annotations

from dataclasses import replace

from engine.alerts.addressing import WORDS
from engine.alerts.severity import Severity
from engine.errors import FeedbackError
from engine.fields import as_map, check_keys, choice_of, text_of
from engine.intake import admit_unit
from engine.located import Findings, Node
from engine.names import unknown
from engine.people_checks import name_problem
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
    steps = load_steps(root.get("escalate"), program, findings) or ()
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


def load_steps(node: Node | None, program: Program, findings: Findings) -> tuple[Step, ...] | None:
    """Return the steps of an escalation; None where nothing is said of any."""
    if node is None:
        return None
    listed = _listed(node, "escalate", findings)
    if len(listed) > MOST_STEPS:
        findings.error(listed[MOST_STEPS], f"an escalation has at most {MOST_STEPS} steps")
    loader = _Names(program, findings)
    found = (_step(one, loader, findings) for one in listed)
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


def _step(node: Node, names: _Names, findings: Findings) -> Step | None:
    check_keys(node, STEP_KEYS, "word of a step", findings)
    clock = choice_of(node.get("clock"), "clock", [one.value for one in Clock], findings) or Clock.FOLLOW_UP
    after = load_limit(node.get("after"), "after", findings)
    told = node.get("to")
    if told is None:
        findings.error(node, "a step says whom it tells: to: NAME, or to: {manager_of: holder}")
        return None
    nodes: list[Node] = told.value if told.is_list else [told]
    to = tuple(name for name in map(names.load, nodes) if name is not None)
    if not nodes:
        findings.error(told, "a step tells somebody; name a person, a team or a receiver")
    return Step(Clock(clock), tuple(dict.fromkeys(to)), after) if to else None


class _Names:
    """Reads the names of recipients."""

    def __init__(self, program: Program, findings: Findings) -> None:
        people = program.people or ()
        self._known = {*program.receivers, *(one.id for one in people), *(team for one in people for team in one.teams)}
        self._findings = findings

    def load(self, node: Node) -> str | None:
        """Return a recipient's name, or the words for somebody; None if it is neither (reported)."""
        text = self._words(node) if node.is_map else text_of(node, "to", self._findings, most=100)
        if text is None:
            return None
        if ":" in text and text.split(":")[0].strip() in ("manager_of", "lead_of"):
            text = ": ".join(part.strip() for part in text.split(":"))
            if text not in WORDS:
                self._findings.error(node, unknown("recipient", text, WORDS))
                return None
        if text not in WORDS and text not in self._known:
            return self._strange(text, node)
        return text

    def _words(self, node: Node) -> str | None:
        """Return ``{manager_of: holder}`` as the words it stands for."""
        written = [f"{key}: {value.source}" for key, _, value in node.items()]
        if len(written) == 1 and written[0] in WORDS:
            return written[0]
        self._findings.error(node, unknown("recipient", ", ".join(written), WORDS))
        return None

    def _strange(self, text: str, node: Node) -> str | None:
        problem = name_problem(text, "a recipient")
        if problem is not None:
            self._findings.error(node, problem)
            return None
        said = unknown("recipient", text, self._known | set(WORDS))
        self._findings.warning(node, f"{said} (unless it is somebody who was entered over HTTP)")
        return text
