"""Checking rules against their own examples: with pinned labels, which test the rule, and as a model reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import Located
from engine.ports import Reader
from engine.program import Program
from engine.rules.phrases import phrases_of, read_phrases, unread_phrases
from engine.rules.reasons import failures
from engine.rules.rule import Rule
from engine.rules.trial import Trial, admit_examples, pinned_trials, read_trials
from engine.rules.truth import Truth


@dataclass(frozen=True)
class Checked:
    """What became of examples.

    Parameters
    ----------
    findings
        What is wrong with them.
    trials
        The valid ones, each in the reading that its rule is to be judged by: its own labels, or else a model's.
    """

    findings: list[Located]
    trials: list[Trial]


def check_examples(
    rules: Sequence[Rule], program: Program, reader: Reader, now: datetime, *, by_model: bool = True
) -> Checked:
    """Judge every rule's examples, by their pinned labels and as a reader reads them.

    There is an error for an example that is no valid feedback or does not do what it should by its pinned labels, a
    warning for each that does not as the reader reads it, and one for each phrase that the reader cannot read.

    Parameters
    ----------
    by_model
        Whether the reader reads at all; without, only examples with pinned labels are judged.
    """
    admitted, findings = admit_examples(rules, program, now)
    pinned = pinned_trials(admitted, program, reader.taxonomy)
    findings += _check_pinned(pinned)
    if not by_model:
        return Checked(findings, pinned)
    phrases = read_phrases(reader, phrases_of(rules))
    read = read_trials(admitted, program, reader, phrases.vectors)
    findings += [*unread_phrases(rules, phrases.unread), *_check_read(read)]
    return Checked(findings, [*pinned, *(trial for trial in read if not trial.example.pinned)])


def _check_pinned(trials: Iterable[Trial]) -> list[Located]:
    """Return an error for each example that does not do what it should: the rule is wrong, or the example.

    What pinned labels cannot tell, such as likeness of meaning, is left to the model.
    """
    return [
        _located(trial, "with the labels given", "error")
        for trial in trials
        if not trial.does_right(trial.rule) and trial.rule.evaluate(trial.case) is not Truth.UNKNOWN
    ]


def _check_read(trials: Iterable[Trial]) -> list[Located]:
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
        then = ", and then the rule alerts (if_unsure: alert)" if trial.rule.alerts_on(trace.truth) else ""
        return f"it is {trace.truth.said}: {'; '.join(failed)}{then}"
    if trial.rule.window is None:
        return f"it is {trace.truth.said}: every condition holds"
    return "it opens no signal" if trial.example.fires else "it opens a signal"
