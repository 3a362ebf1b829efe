"""What is known of published rules: what the list and the page of a rule show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.console.context import Context
from api.console.rules.trying import RuleResult
from engine.alerts.precision import Precision
from engine.errors import Located
from engine.rules.rule import Rule
from engine.shelf.version import DEFINITIONS, RuleVersion
from engine.store.rule_numbers import RuleNumbers
from engine.store.shelf import RuleFilter

WEEK = timedelta(days=7)
NONE = RuleNumbers()


@dataclass(frozen=True)
class Fact:
    """A published rule, with what is counted of it.

    Parameters
    ----------
    rule
        As it is judged by; None where it is not, or has errors.
    problems
        What is wrong with it by now, among the rules that are judged by.
    tried
        What became of its examples; None while that is not known.
    """

    version: RuleVersion
    rule: Rule | None
    problems: tuple[Located, ...]
    numbers: RuleNumbers
    tried: RuleResult | None

    @property
    def is_shared(self) -> bool:
        """Whether it holds the shared conditions, and is no rule."""
        return self.version.slug == DEFINITIONS

    @property
    def errors(self) -> int:
        """How many errors keep it from being judged."""
        return sum(one.level == "error" for one in self.problems)


def facts_of(context: Context, versions: Sequence[RuleVersion]) -> list[Fact]:
    """Return what is known of some rules; run it in a thread."""
    service = context.service
    since = context.now() - WEEK
    numbers = service.store.rule_numbers.of([one.slug for one in versions], since, context.caller.scope)
    return [_fact(context, one, numbers) for one in versions]


def _fact(context: Context, version: RuleVersion, numbers: Mapping[str, RuleNumbers]) -> Fact:
    service = context.service
    loaded = None if version.draft.retired else service.rules.of(version.rule_file)
    rule = loaded.rules[0] if loaded is not None and loaded.rules else None
    problems = service.rules.by_file.get(version.rule_file.name, ()) if not version.draft.retired else ()
    tried = context.desk.trials.known(service, rule) if rule is not None else None
    return Fact(version, rule, tuple(problems), numbers.get(version.slug, NONE), tried)


def page_of(context: Context, wanted: RuleFilter, limit: int) -> tuple[list[Fact], bool, Mapping[str, int]]:
    """Return the first rules that are wanted, whether there are more, and how many stand in each status."""
    shelf = context.service.store.shelf
    found = shelf.page(wanted, limit=limit + 1)
    return facts_of(context, found[:limit]), len(found) > limit, shelf.counts()


def fact_of(context: Context, slug: str) -> Fact:
    """Return what is known of one rule, also of a retired one.

    Raises
    ------
    NotFoundError
        If there never was such a rule.
    """
    version = context.service.store.shelf.latest(slug)
    if not version.draft.retired and context.service.rules.of(version.rule_file) is None:
        context.service.published.look()
    return facts_of(context, [version])[0]


def said_precision(precision: Precision | None) -> tuple[str, str]:
    """Return a precision, and what it stands on."""
    if precision is None:
        return "not known", "nobody has given a verdict yet"
    low, high = precision.interval
    return f"{precision.value:.0%}", f"{precision.right:,} of {precision.judged:,} right, {low:.0%} to {high:.0%}"
