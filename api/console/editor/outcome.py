"""The outcome: what is known of a draft once it was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.rule_checks import check_rule
from api.runtime import Service
from engine.errors import Located, NotFoundError, RulesError
from engine.rules.example import Example
from engine.rules.plain import say_rule
from engine.rules.rewriting import values_of
from engine.rules.rule import Rule
from engine.rules.writing import written

BUT = "on this example, but "


@dataclass(frozen=True, slots=True)
class Shown:
    """What an example shows of its rule.

    Parameters
    ----------
    fires
        Whether the rule should fire on it.
    wrong
        Why it does not do what it should; empty where it does.
    """

    fires: bool
    wrong: str


@dataclass(frozen=True)
class Outcome:
    """What is known of a text.

    Parameters
    ----------
    rule
        None while the text has errors.
    said
        The rule in plain English; None where it says nothing yet.
    findings
        What is wrong with it, in the order of its lines.
    examples
        Of the examples, those that fire first; empty while the text has errors.
    model_problem
        Why no model read the examples.
    """

    rule: Rule | None
    said: str | None
    findings: tuple[Located, ...]
    examples: tuple[Shown, ...] = ()
    model_problem: str | None = None

    @property
    def errors(self) -> int:
        """How many things keep it from being saved."""
        return sum(one.level == "error" for one in self.findings)


def outcome_of(service: Service, text: str, slug: str | None) -> Outcome:
    """Check a text as it would be saved.

    Parameters
    ----------
    slug
        The rule that is changed; None makes a new one.

    Raises
    ------
    TooManyRecordsError
        If its examples come too often.
    OverloadedError
        If too much waits to be read.
    """
    check = check_rule(service, text, slug, mutants=False)
    findings = sorted(check.findings, key=lambda one: (one.line, one.column))
    if slug is None:
        findings = [*_taken(service, text), *findings]
    if check.rule is None:
        return Outcome(None, _said_without_examples(service, text, slug), tuple(findings))
    examples = tuple(_shown(one, findings) for one in check.rule.examples)
    wrong = {(one.line, one.column) for one in check.rule.examples}
    others = [one for one in findings if (one.line, one.column) not in wrong or one.level == "error"]
    return Outcome(check.rule, _without_heading(check.rule), tuple(others), examples, check.model_problem)


def _shown(example: Example, findings: Sequence[Located]) -> Shown:
    here = [one.message for one in findings if (one.line, one.column) == (example.line, example.column)]
    wrong = here[0].partition(BUT)[2] or here[0] if here else ""
    return Shown(example.fires, wrong.replace("found None", "nothing found"))


def _taken(service: Service, text: str) -> list[Located]:
    """Return that another rule has the name already: that is said before somebody tries to save."""
    name = (values_of(text) or {}).get("rule")
    try:
        before = service.store.shelf.latest(name) if isinstance(name, str) else None
    except NotFoundError:
        before = None
    if before is None or before.draft.retired:
        return []
    return [Located("", 1, 1, f"there is a rule '{name}' already; give this one another name")]


def _said_without_examples(service: Service, text: str, slug: str | None) -> str | None:
    """Say the rule while it lacks examples, or has wrong ones."""
    values: dict[str, Any] | None = values_of(text)
    if values is None or not values.get("when"):
        return None
    bare = written({key: one for key, one in values.items() if key != "examples"} | {"status": "draft"})
    try:
        candidate = service.published.work(lambda publisher: publisher.candidate(bare, slug))
    except RulesError:
        return None
    found = candidate.rules.by_slug.get(candidate.draft.slug)
    return _without_heading(found) if found is not None else None


def _without_heading(rule: Rule) -> str:
    return say_rule(rule).partition("\n\n")[2]
