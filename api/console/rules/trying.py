"""What became of the examples of rules: tried once for every rule and model, and remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from api.rule_checks import try_examples
from api.runtime import Service
from engine.errors import Located
from engine.rules.check import Checked
from engine.rules.example import Example
from engine.rules.rule import Rule

MOST_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """An example, tried: whether the rule does what it should, and why not. None: it was not tried."""

    example: Example
    passes: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The examples of a rule, tried.

    Parameters
    ----------
    problem
        Why some were not tried, in plain words.
    """

    results: tuple[ExampleResult, ...]
    problem: str | None = None

    @property
    def passing(self) -> int:
        """How many do what they should."""
        return sum(one.passes is True for one in self.results)

    @property
    def failing(self) -> int:
        """How many do not."""
        return sum(one.passes is False for one in self.results)


@dataclass
class Trials:
    """The results of a process, the latest used of them."""

    _known: OrderedDict[Hashable, RuleResult] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, service: Service, rule: Rule) -> RuleResult | None:
        """Return what is known already of a rule's examples, as the model of this moment reads them."""
        key = _key(service, rule)
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
        return found

    def tried(self, service: Service, rule: Rule) -> RuleResult:
        """Try a rule's examples, unless that was done; run it in the thread that checks.

        Raises
        ------
        TooManyRecordsError, OverloadedError
            As `api.rule_checks.try_examples` does.
        """
        found = self.known(service, rule)
        if found is not None:
            return found
        checked, model, why = try_examples(service, rule, service.rules)
        result = RuleResult(_results(rule, checked), why)
        if model is not None:
            with self._lock:
                self._known[_key(service, rule)] = result
                while len(self._known) > MOST_REMEMBERED:
                    self._known.popitem(last=False)
        return result


def _key(service: Service, rule: Rule) -> Hashable:
    return rule.slug, rule.version, service.reader.model, service.reader.taxonomy.version


def _results(rule: Rule, checked: Checked) -> tuple[ExampleResult, ...]:
    done = {id(trial.example): trial.does_right(rule) for trial in checked.trials}
    wrong = _by_place(checked.findings)
    return tuple(ExampleResult(one, done.get(id(one), _untried(one, wrong)), _why(one, wrong)) for one in rule.examples)


def _by_place(findings: Sequence[Located]) -> dict[tuple[int, int], Located]:
    """Return the first finding at each place, errors before warnings."""
    ordered = sorted(findings, key=lambda one: one.level != "error", reverse=True)
    return {(one.line, one.column): one for one in ordered}


def _untried(example: Example, wrong: dict[tuple[int, int], Located]) -> bool | None:
    """Return that an example that is no valid feedback does not pass; others wait for the model."""
    return False if (example.line, example.column) in wrong else None


def _why(example: Example, wrong: dict[tuple[int, int], Located]) -> str:
    found = wrong.get((example.line, example.column))
    if found is None:
        return ""
    _, but, because = found.message.partition(" on this example, but ")
    return because if but else found.message
