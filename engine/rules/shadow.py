"""Shadowed rules: those that hold only where another live rule already tells the same receiver.

It looks at all rules at once, so it is for those who check them; loading one rule of many does not wait for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from engine.alerts.severity import Severity
from engine.errors import Located
from engine.rules.anchors import searched, shelves_of
from engine.rules.formula import Every, Formula, Literal, formula, literals
from engine.rules.rule import IfUnsure, Rule, RuleStatus

# A rule is compared with so many others that share its rarest tests, and only if it has no more tests than that:
# enough for rules that people write.
MOST_COMPARED = 100
MOST_TESTS = 64
RANK = {severity: rank for rank, severity in enumerate(Severity)}

Shelves = Mapping[Hashable, Sequence[tuple[frozenset[Hashable], "_Known"]]]


def shadowed(rules: Sequence[Rule]) -> list[Located]:
    """Return a warning for each live rule that holds only where another one does, which tells the same receiver.

    The other is at least as severe. Only what is certain is told. The work is near linear in the number of
    rules: each is compared with those that share the test that the fewest rules have.
    """
    found = [
        _known(place, rule)
        for place, rule in enumerate(rules)
        if rule.status is RuleStatus.LIVE and rule.window is None
    ]
    shelves = _shelve(
        [one for one in found if one.simple and 0 < len(one.tests) <= MOST_TESTS and not _holds_back(one.rule)]
    )
    warnings = []
    for one in found:
        other = next((other for other in _candidates(one, shelves) if _shadows(other, one)), None)
        if other is not None:
            warnings.append(_located(one, other))
    return warnings


@dataclass(frozen=True, eq=False)
class _Known:
    """A rule with the tests that must hold for it; `simple` when there is nothing else to it."""

    place: int
    rule: Rule
    tests: tuple[Literal, ...]
    simple: bool

    @cached_property
    def shelves(self) -> Sequence[frozenset[Hashable]]:
        """The shelves of each test."""
        return [frozenset(shelves_of(test)) for test in self.tests]

    @cached_property
    def searched(self) -> Mapping[Hashable, None]:
        """Where the tests stand that this rule may imply, in order."""
        return dict.fromkeys(shelf for test in self.tests[:MOST_TESTS] for shelf in searched(test))

    @cached_property
    def by_subject(self) -> Mapping[Hashable, Sequence[Literal]]:
        found: dict[Hashable, list[Literal]] = defaultdict(list)
        for literal in self.tests:
            found[literal.subject].append(literal)
        return found


def _holds_back(rule: Rule) -> bool:
    """Return whether a rule does not alert each time its conditions hold."""
    return rule.take < 1 or rule.cooldown is not None


def _known(place: int, rule: Rule) -> _Known:
    whole = formula(rule.when)
    return _Known(place, rule, tuple(literals(whole)), _is_simple(whole))


def _is_simple(whole: Formula) -> bool:
    if isinstance(whole, Every):
        return all(_is_simple(part) for part in whole.parts)
    return isinstance(whole, Literal)


def _shelve(rules: Sequence[_Known]) -> Shelves:
    """Put each rule on the shelves of the test that the fewest rules have, with those of its next rarest one."""
    shelves: dict[Hashable, list[tuple[frozenset[Hashable], _Known]]] = defaultdict(list)
    common = Counter(shelf for one in rules for test in one.shelves for shelf in test)
    for one in rules:
        rarest = sorted(one.shelves, key=lambda test: sum(common[shelf] for shelf in test))
        for shelf in rarest[0]:
            shelves[one.rule.send_to, shelf].append((rarest[:2][-1], one))
    return shelves


def _candidates(one: _Known, shelves: Shelves) -> Iterator[_Known]:
    """Yield the first rules that may hold wherever this one does."""
    found = (other for shelf in one.searched for other in shelves.get((one.rule.send_to, shelf), ()))
    for next_rarest, other in islice(found, MOST_COMPARED):
        if not next_rarest.isdisjoint(one.searched):
            yield other


def _shadows(other: _Known, one: _Known) -> bool:
    if other is one or not _covers(other, one):
        return False
    # Of two that cover each other, the later one is told.
    return other.place < one.place or not (one.simple and not _holds_back(one.rule) and _covers(one, other))


def _covers(wide: _Known, narrow: _Known) -> bool:
    """Return whether one rule surely does all that another does."""
    mine, theirs = wide.rule, narrow.rule
    if RANK[mine.severity] < RANK[theirs.severity]:
        return False
    if theirs.if_unsure not in (IfUnsure.SKIP, mine.if_unsure):
        return False
    return all(
        any(known.implies(test) for known in islice(narrow.by_subject.get(test.subject, ()), MOST_TESTS))
        for test in wide.tests
    )


def _located(one: _Known, other: _Known) -> Located:
    rule, by = one.rule, other.rule
    same = "has the same conditions as" if rule.when == by.when else "holds only where"
    does = "" if rule.when == by.when else " does"
    message = (
        f"rule '{rule.slug}' is shadowed: it {same} rule '{by.slug}' ({by.file}:{by.line}){does}, which tells the "
        "same receiver and is at least as severe; remove it, or change its conditions, receiver or severity"
    )
    return Located(rule.file, rule.line, 1, message, "warning")
