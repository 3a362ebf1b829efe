"""The conditions: a typed tree that judges a case and says why. Slow and obvious: the reference.

Here stand what every condition is and the groups; each kind of test has a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from engine.rules.case import Case
from engine.rules.trace import Trace
from engine.rules.truth import Truth, all_of, any_of, negate

ALL, ANY, NONE = "all of", "any of", "none of"


class Condition(Protocol):
    """One test of a case, or a group of tests."""

    def judge(self, case: Case) -> Truth:
        """Return whether it holds."""
        ...

    def explain(self, case: Case) -> Trace:
        """Return whether it holds, with the values found and wanted."""
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the conjunction."""
        return all_of(child.judge(case) for child in self.children)

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(ALL, all_of, case, self.children)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the disjunction."""
        return any_of(child.judge(case) for child in self.children)

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(ANY, any_of, case, self.children)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Not one of the conditions."""

    children: tuple[Condition, ...]

    def judge(self, case: Case) -> Truth:
        """Return the negated disjunction."""
        return _none_of(child.judge(case) for child in self.children)

    def explain(self, case: Case) -> Trace:
        """Explain every child."""
        return _group(NONE, _none_of, case, self.children)


def _none_of(truths: Iterable[Truth]) -> Truth:
    return negate(any_of(truths))


def _group(
    name: str, combine: Callable[[Iterable[Truth]], Truth], case: Case, children: tuple[Condition, ...]
) -> Trace:
    traces = tuple(child.explain(case) for child in children)
    return Trace(name, combine(trace.truth for trace in traces), children=traces)
