"""Loading windows, and what groups feedback: located YAML becomes conditions over time, or findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from engine.fields import as_map, check_keys, duration_of, number_of, share_of, whole_of
from engine.located import Findings, Node
from engine.names import unknown
from engine.program import Program
from engine.rules.case import Case
from engine.rules.conditions import Condition
from engine.rules.grouping import FACTS, Grouping
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from engine.rules.window import AGAINST, Count, Distinct, Flatline, Share, Spike, Window

COMMON_KEYS = ("of", "within", "per")
KEYS = {
    "count": ("at_least",),
    "distinct": ("what", "at_least"),
    "share": ("at_least", "volume"),
    "spike": ("at_least", "against", "p"),
    "flatline": ("against", "usual"),
}
WINDOWS = tuple(KEYS)
Number = TypeVar("Number", int | None, float | None)
MOST_GROUPINGS = 3
LONGEST = timedelta(days=400)
SHORTEST = timedelta(minutes=1)
MOST_SPANS = 60


@dataclass(frozen=True)
class WindowLoader:
    """Turns nodes into windows under one program.

    Parameters
    ----------
    condition
        Loads what is counted; None when it has errors.
    """

    program: Program
    findings: Findings
    condition: Callable[[Node], Condition | None]

    def load(self, kind: str, node: Node) -> Window | None:
        """Return the window that a mapping means, or None when it has errors; `of: {rule: ...}` is left open."""
        before = self.findings.errors
        if as_map(node, kind, self.findings) is None:
            return None
        check_keys(node, (*KEYS[kind], *COMMON_KEYS), f"word of {kind}", self.findings)
        within = self._within(kind, node)
        per = self.groupings(node.get("per"), "per")
        of = self._of(node.get("of"))
        made = self._made(kind, node, within, per, of)
        return made if self.findings.errors == before else None

    def groupings(self, node: Node | None, what: str) -> tuple[Grouping, ...]:
        """Return what feedback is grouped by: one name, or a list of up to three."""
        entries = [] if node is None else node.value if node.is_list else [node]
        if node is not None and not 1 <= len(entries) <= MOST_GROUPINGS:
            self.findings.error(node, f"'{what}' names one to {MOST_GROUPINGS} things to group by")
            return ()
        found = [self._grouping(entry, what) for entry in entries]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def _grouping(self, node: Node, what: str) -> Grouping | None:
        name = node.value
        if not isinstance(name, str):
            self.findings.error(node, f"'{what}' must name an attribute, or one of {', '.join(FACTS)}, not {node.kind}")
            return None
        if name in FACTS:
            return Grouping(name)
        plain = name.removeprefix("attribute.")
        if plain in self.program.attributes or plain != name or self.program.any_attribute:
            return Grouping(plain, attribute=True)
        self.findings.error(node, unknown("thing to group by", name, [*FACTS, *self.program.attributes]))
        return None

    def _within(self, kind: str, node: Node) -> timedelta:
        given = node.get("within")
        if given is None:
            self.findings.error(node, f"{kind} needs the span it looks at; add 'within: 24h'")
        span = duration_of(given, "within", self.findings)
        if span is not None and given is not None and not SHORTEST <= span <= LONGEST:
            self.findings.error(given, "'within' goes from 1m to 400d")
        return span or timedelta(days=1)

    def _of(self, node: Node | None) -> Condition | None:
        if node is None:
            return None
        named = node.get("rule")
        if named is not None and len(node.value) == 1:
            if isinstance(named.value, str):
                return RuleReference(named.value, named.line, named.column)
            self.findings.error(named, f"'rule' must name a rule, not {named.kind}")
            return None
        return self.condition(node)

    def _made(
        self, kind: str, node: Node, within: timedelta, per: tuple[Grouping, ...], of: Condition | None
    ) -> Window | None:
        if kind == "share":
            share = self._needed(kind, node, share_of(node.get("at_least"), "at_least", self.findings), "at_least: 20%")
            volume = whole_of(node.get("volume"), "volume", self.findings, 1, 10**9) or 20
            return Share(within=within, per=per, of=of, at_least=share or 1.0, volume=volume)
        if kind == "flatline":
            usual = number_of(node.get("usual"), "usual", self.findings)
            if usual is not None and usual <= 0:
                self.findings.error(node.get("usual") or node, "'usual' must be more than 0")
            return Flatline(within=within, per=per, of=of, against=self._against(node), usual=usual or 1.0)
        at_least = whole_of(node.get("at_least"), "at_least", self.findings, 1, 10**9)
        if kind == "spike":
            p = number_of(node.get("p"), "p", self.findings)
            if p is not None and not 0 < p < 1:
                self.findings.error(node.get("p") or node, f"'p' is a probability between 0 and 1, not {p:g}")
            return Spike(
                within=within, per=per, of=of, against=self._against(node), at_least=at_least or 5, p=p or 0.001
            )
        count = self._needed(kind, node, at_least, "at_least: 3") or 1
        if kind == "count":
            return Count(within=within, per=per, of=of, at_least=count)
        what = self.groupings(node.get("what"), "what")
        if len(what) != 1:
            self.findings.error(node, "distinct needs one thing that differs; add 'what: customer'")
            return None
        return Distinct(within=within, per=per, of=of, at_least=count, what=what[0])

    def _needed(self, kind: str, node: Node, value: Number, example: str) -> Number:
        if value is None and node.get("at_least") is None:
            self.findings.error(node, f"{kind} needs a threshold; add '{example}'")
        return value

    def _against(self, node: Node) -> int:
        return whole_of(node.get("against"), "against", self.findings, 1, MOST_SPANS) or AGAINST


@dataclass(frozen=True, slots=True)
class RuleReference:
    """What another rule's conditions hold for: stands for them until the rules of all files are known."""

    slug: str
    line: int
    column: int

    def judge(self, case: Case) -> Truth:  # noqa: ARG002
        """Return unknown: it is not known yet what it stands for."""
        return Truth.UNKNOWN

    def explain(self, case: Case) -> Trace:
        """Return that it is not known yet."""
        return Trace(f"matches of rule {self.slug}", self.judge(case))


def check_then(node: Node, take: float, if_unsure: str, findings: Findings) -> None:
    """Report what a rule with a window asks for that only alerts about one feedback have."""
    if take < 1:
        then = node.get("then") or node
        message = "'take' samples the feedback that opens alerts; a rule over time raises signals: remove it"
        findings.error(then.get("take") or then, message)
    if if_unsure == "review":
        message = "a signal has no review: what is unsure is not counted; write 'alert' to count it, or remove it"
        findings.warning(node.get("if_unsure") or node, message)


def split_windows(when: Node) -> tuple[Node | None, list[tuple[str, Node]]]:
    """Take the conditions over time out of a rule's `when`.

    Returns
    -------
    tuple[Node | None, list[tuple[str, Node]]]
        What is left of it, None when nothing is; and the kind and the node of each window.
    """
    if not when.is_map:
        return when, []
    windows: list[tuple[str, Node]] = []
    entries = {}
    for key, key_node, value in when.items():
        if key in WINDOWS:
            windows.append((key, value))
        elif key == "all" and value.is_list and value.value:
            kept, found = _split_list(value)
            windows += found
            if kept.value:
                entries[key] = (key_node, kept)
        else:
            entries[key] = (key_node, value)
    if not windows:
        return when, []
    return (Node(entries, when.line, when.column) if entries else None), windows


def _split_list(value: Node) -> tuple[Node, list[tuple[str, Node]]]:
    """Take the windows out of the mappings of a list."""
    kept, windows = [], []
    for child in value.value:
        own = {key: pair for key, pair in child.value.items() if key in WINDOWS} if child.is_map else {}
        windows += [(key, node) for key, (_, node) in own.items()]
        rest = {key: pair for key, pair in child.value.items() if key not in WINDOWS} if own else child.value
        if not own or rest:
            kept.append(Node(rest, child.line, child.column, child.source))
    return Node(kept, value.line, value.column), windows
