"""Checking rules against their own examples: with pinned labels, which test the rule, and as a model reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from engine.errors import Located
from engine.ports import Reader
from engine.program import Program
from engine.rules.phrases import phrases_of, read_phrases, unread_phrases
from engine.rules.reasons import failures
from engine.rules.rule import Rule
from engine.rules.trial import Trial, admit_examples, pinned_trials, read_trials
from engine.rules.truth import Truth


def check_examples(rules: Sequence[Rule], program: Program, reader: Reader, now: datetime) -> list[Located]:
    """Judge every rule's examples, by their pinned labels and as a reader reads them.

    Returns
    -------
    list[Located]
        An error for an example that is no valid feedback or does not do what it should by its pinned labels; a
        warning for each that does not as the reader reads it, and for each phrase that the reader cannot read.
    """
    admitted, findings = admit_examples(rules, program, now)
    phrases = read_phrases(reader, phrases_of(rules))
    findings += unread_phrases(rules, phrases.unread)
    findings += check_pinned(pinned_trials(admitted, program, reader.taxonomy))
    return findings + check_read(read_trials(admitted, program, reader, phrases.vectors))


def check_pinned(trials: Iterable[Trial]) -> list[Located]:
    """Return an error for each example that does not do what it should: the rule is wrong, or the example.

    What pinned labels cannot tell, such as likeness of meaning, is left to the model.
    """
    return [
        _located(trial, "with the labels given", "error")
        for trial in trials
        if not trial.does_right(trial.rule) and trial.rule.evaluate(trial.case) is not Truth.UNKNOWN
    ]


def check_read(trials: Iterable[Trial]) -> list[Located]:
    """Return a warning for each example that does not do what it should: the model may have drifted."""
    return [_located(trial, "as the model reads it", "warning") for trial in trials if not trial.does_right(trial.rule)]


def _located(trial: Trial, how: str, level: str) -> Located:
    rule, example = trial.rule, trial.example
    wanted = "fire" if example.fires else "stay quiet"
    message = f"rule '{rule.slug}' should {wanted} on this example, but {how}, {_because(trial)}"
    return Located(rule.file, example.line, example.column, message, level)


def _because(trial: Trial) -> str:
    trace = trial.rule.explain(trial.case)
    failed = failures(trace)
    if failed:
        return f"it is {trace.truth.said}: {'; '.join(failed)}"
    if trial.rule.window is None:
        return f"it is {trace.truth.said}: every condition holds"
    return "it opens no signal" if trial.example.fires else "it opens a signal"
