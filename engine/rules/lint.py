"""Lint of one rule: what can never hold, always holds or stands there twice. Only what is certain is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.located import Findings, Node
from engine.program import Program
from engine.rules.conditions import Condition
from engine.rules.field_condition import FieldCondition
from engine.rules.field_logic import fits_nothing
from engine.rules.formula import Every, Formula, Literal, Some, formula
from engine.rules.label_condition import LabelCondition
from engine.rules.label_logic import always_holds
from engine.rules.lint_words import because_of, needless, said
from engine.rules.places import Places
from engine.rules.rule import IfUnsure
from engine.rules.sentiment_condition import SentimentCondition

# Of one subject only so many tests are compared, each with each: a rule of more is not written by people.
MOST_COMPARED = 64
LABELS = (LabelCondition, SentimentCondition)
STATUS: Hashable = ("status", "status")
READ = Literal(FieldCondition("status", "status", ("read",)))

BySubject = Mapping[Hashable, Sequence[Literal]]


def lint(
    condition: Condition, places: Places, node: Node, program: Program, if_unsure: IfUnsure, findings: Findings
) -> None:
    """Report what is wrong with a rule's conditions, taken together.

    Parameters
    ----------
    places
        Where the conditions stand.
    node
        Where the whole stands.
    if_unsure
        With anything but skip a rule that is never yes may still act where the model is unsure.
    """
    never = _Lint(program, findings, node).every(formula(condition, places, node), _Known())
    if never is None:
        return
    report = findings.error if never.certain or if_unsure is IfUnsure.SKIP else findings.warning
    report(never.literal.node or node, f"the rule can never hold: {never.why}")


@dataclass(frozen=True, slots=True)
class _Never:
    """Why some tests are never all as the rule wants them; `certain` when they are not unknown either."""

    literal: Literal
    why: str
    certain: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What holds around a branch, outermost first, and whether a label is asked for there."""

    levels: tuple[BySubject, ...] = ()
    labels: bool = False

    def of(self, subject: Hashable) -> list[Literal]:
        return [literal for level in self.levels for literal in level.get(subject, ())]


class _Lint:
    def __init__(self, program: Program, findings: Findings, node: Node) -> None:
        self.program = program
        self.findings = findings
        self.node = node

    def every(self, whole: Formula, known: _Known) -> _Never | None:
        """Check what must hold together, beside what is known to; return why it cannot, or None."""
        own: dict[Hashable, list[Literal]] = defaultdict(list)
        branches: list[Some] = []
        _split(whole, own, branches)
        labels = known.labels or any(isinstance(found[0].condition, LABELS) for found in own.values())
        never = self._alone(own)
        for subject, found in own.items():
            never = never or self._together(known.of(subject), found)
        if labels:
            never = never or _unread([*known.of(STATUS), *own.get(STATUS, ())])
        inside = _Known((*known.levels, own), labels)
        for branch in branches:
            never = never or self._some(branch, inside)
        return never

    def _alone(self, own: BySubject) -> _Never | None:
        """Check each test by itself."""
        never: _Never | None = None
        for literal in (literal for found in own.values() for literal in found):
            one = literal.condition
            if isinstance(one, FieldCondition) and fits_nothing(one):
                if literal.holds:
                    why = f"no value of '{said(one)}' is within its bounds; change one of them"
                    never = never or _Never(literal, why, certain=True)
                else:
                    self._warn(literal, f"'{said(one)}' can never hold, so it keeps nothing out; leave it out")
            elif self._always(one):
                self._warn(literal, f"'{said(one)}' lets every value in; change the bound, or leave it out")
        return never

    def _always(self, one: Condition) -> bool:
        if isinstance(one, LabelCondition):
            return always_holds(one)
        spec = self.program.scores.get(one.name) if isinstance(one, FieldCondition) and one.kind == "score" else None
        if spec is None or not isinstance(one, FieldCondition) or one.values or not one.has_bounds:
            return False
        low = one.at_least is None or one.at_least <= spec.min
        return low and (one.at_most is None or one.at_most >= spec.max)

    def _together(self, outer: Sequence[Literal], own: Sequence[Literal]) -> _Never | None:
        """Check tests of one subject that must hold together."""
        found = [*outer, *own]
        if len(found) > MOST_COMPARED:
            return None
        for place, literal in enumerate(found[len(outer) :], start=len(outer)):
            for other in found[:place]:
                if other.contradicts(literal):
                    certain = isinstance(literal.condition, FieldCondition)
                    return _Never(literal, because_of(literal, other), certain)
        self._needless(found, len(outer), lambda literal, other: other.implies(literal), together=True)
        return None

    def _some(self, branch: Some, known: _Known) -> _Never | None:
        """Check alternatives beside what is known; return why none of them can hold, or None."""
        dead = [never for part in branch.parts if (never := self.every(part, known)) is not None]
        if len(dead) == len(branch.parts):
            return replace(dead[0], certain=all(never.certain for never in dead))
        for never in dead:
            always = "can never hold here" if never.literal.holds else "always holds here"
            self._warn(never.literal, f"'{said(never.literal.condition)}' {always}: {never.why}")
        alternatives: dict[Hashable, list[Literal]] = defaultdict(list)
        for part in branch.parts:
            if isinstance(part, Literal):
                alternatives[part.subject].append(part)
        for found in alternatives.values():
            if len(found) <= MOST_COMPARED:
                self._needless(found, 0, lambda literal, other: literal.implies(other), together=False)
        return None

    def _needless(
        self, found: Sequence[Literal], start: int, covers: Callable[[Literal, Literal], bool], *, together: bool
    ) -> None:
        """Report tests that say nothing beside the others; of two that are alike the later one."""
        for place, literal in enumerate(found[start:], start=start):
            for other_place, other in enumerate(found):
                if other_place == place or not covers(literal, other):
                    continue
                if other_place < place or not covers(other, literal):
                    self._warn(literal, needless(literal, other, together=together))
                    break

    def _warn(self, literal: Literal, message: str) -> None:
        self.findings.warning(literal.node or self.node, message)


def _split(whole: Formula, own: dict[Hashable, list[Literal]], branches: list[Some]) -> None:
    """Sort what must hold together into single tests, by subject, and alternatives."""
    if isinstance(whole, Literal):
        own[whole.subject].append(whole)
    elif isinstance(whole, Every):
        for part in whole.parts:
            _split(part, own, branches)
    elif len(whole.parts) == 1:
        _split(whole.parts[0], own, branches)
    else:
        branches.append(whole)


def _unread(statuses: Sequence[Literal]) -> _Never | None:
    """Return why labels cannot hold beside a status: only what was read has any."""
    for literal in statuses[:MOST_COMPARED]:
        if READ.contradicts(literal):
            why = f"'{said(literal.condition)}' has no labels, and the rule asks for one; leave one of them out"
            return _Never(literal, why, certain=False)
    return None
