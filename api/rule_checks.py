"""Checking one rule beside all the published ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from api.patient_reader import PatientReader
from api.problems import TooManyRecordsError, findings_of
from api.runtime import Service
from engine.errors import Located, ReaderUnavailableError, RulesError
from engine.rules.check import Checked, check_examples
from engine.rules.example import Crowd
from engine.rules.load import LoadedRules
from engine.rules.mutate import Mutation, mutate
from engine.rules.rule import Rule, RuleStatus
from engine.rules.shadow import shadowed

# How many feedback the examples may come to: one for a count may come ten thousand times.
MOST_JUDGED = 20_000


@dataclass(frozen=True)
class RuleCheck:
    """What is known of one rule, checked.

    Parameters
    ----------
    rule
        None where the text has errors, or defines conditions.
    findings
        What is wrong with it.
    model
        The model that read the examples; None where none did.
    model_problem
        Why no model read them.
    mutation
        What became of its mutants; None where none were asked for.
    """

    rule: Rule | None
    findings: list[Located]
    model: str | None = None
    model_problem: str | None = None
    mutation: Mutation | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "slug": self.rule.slug if self.rule else None,
            "examples": len(self.rule.examples) if self.rule else 0,
            "model": self.model,
            "model_problem": self.model_problem,
            "findings": findings_of(sorted(self.findings, key=lambda one: (one.line, one.column))),
            "mutants": self.mutation.as_dict() if self.mutation else None,
        }


def check_rule(service: Service, text: str, slug: str | None, *, mutants: bool) -> RuleCheck:
    """Check a text as it would be published: loaded, tried by its examples, and beside the other rules.

    Parameters
    ----------
    slug
        The name that it is to have; None is its own.
    mutants
        Whether to try which changes of it no example would notice.

    Raises
    ------
    TooManyRecordsError
        If its examples come too often.
    OverloadedError
        If too much waits to be read.
    """
    try:
        candidate = service.published.work(lambda publisher: publisher.candidate(text, slug))
    except RulesError as problem:
        return RuleCheck(None, list(problem.findings))
    findings, rules = list(candidate.findings), candidate.rules
    rule = rules.by_slug.get(candidate.draft.slug)
    if rule is None:
        return RuleCheck(None, findings)
    checked, model, why = try_examples(service, rule, rules)
    mutation = mutate(_evaluated(rules, rule), checked.trials) if mutants else None
    findings += [*_shadowed(rules, rule), *checked.findings, *(mutation.alive if mutation else ())]
    return RuleCheck(rule, findings, model, why, mutation)


def _check_size(rule: Rule) -> None:
    judged = sum((example.crowd or Crowd()).size for example in rule.examples) if rule.window else len(rule.examples)
    if judged > MOST_JUDGED:
        raise TooManyRecordsError(
            f"the examples come to {judged:,} records, and at most {MOST_JUDGED:,} are tried over HTTP; "
            "use 'heedful rules check', or let them come less often"
        )


def try_examples(service: Service, rule: Rule, rules: LoadedRules) -> tuple[Checked, str | None, str | None]:
    """Try a rule's examples, by their pinned labels alone while the model cannot be used.

    Returns
    -------
    tuple
        What became of them, the model that read them, and why none did.

    Raises
    ------
    TooManyRecordsError
        If they come too often.
    OverloadedError
        If too much waits to be read.
    """
    _check_size(rule)
    reader, now = PatientReader(service.reader), service.engine.clock.now()
    try:
        return check_examples([rule], rules.program, reader, now), reader.model, None
    except ReaderUnavailableError as problem:
        pinned = check_examples([rule], rules.program, reader, now, by_model=False)
        return pinned, None, f"only examples with pinned labels were tried: {problem}"


def _evaluated(rules: LoadedRules, rule: Rule) -> LoadedRules:
    """Return the rules with one judged as if it were live: drafts have examples too."""
    return replace(
        rules, rules=tuple(replace(one, status=RuleStatus.LIVE) if one is rule else one for one in rules.rules)
    )


def _shadowed(rules: LoadedRules, rule: Rule) -> list[Located]:
    """Return whether another rule does all that one does; of two that do the same, it is the later one."""
    others = [one for one in rules.rules if one is not rule]
    return [one for one in shadowed([*others, rule]) if one.file == rule.file]
