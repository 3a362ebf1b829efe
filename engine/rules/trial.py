"""Trials: examples made into cases that their rules can judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import FeedbackError, Located
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import Reader
from engine.program import Program
from engine.rules.case import NO_PHRASES, Case, Phrases
from engine.rules.crowd import opens_signal
from engine.rules.example import Crowd, Example
from engine.rules.pinned import pinned_reading
from engine.rules.rule import Rule
from engine.taxonomy import Taxonomy


@dataclass(frozen=True)
class Admitted:
    """An example that is valid feedback."""

    rule: Rule
    example: Example
    feedback: Feedback


@dataclass(frozen=True)
class Trial:
    """An example with a reading: what its rule judges."""

    rule: Rule
    example: Example
    case: Case
    program: Program

    @property
    def crowd(self) -> Crowd:
        """How often the example comes."""
        return self.example.crowd or Crowd()

    @property
    def weight(self) -> int:
        """How many feedback are judged for it."""
        return self.crowd.size if self.rule.window else 1

    def does_right(self, rule: Rule) -> bool:
        """Return whether a rule, or a changed one, does on the example what it should."""
        return self.fires(rule) is self.example.fires

    def fires(self, rule: Rule) -> bool:
        """Return whether a rule alerts on the example; one over time, whether it opens a signal."""
        if rule.window is None:
            return rule.alerts_on(rule.evaluate(self.case))
        return opens_signal(rule, self.case, self.crowd, self.program)


def admit_examples(rules: Iterable[Rule], program: Program, now: datetime) -> tuple[list[Admitted], list[Located]]:
    """Return the examples as feedback, and an error for each that is no valid feedback."""
    admitted: list[Admitted] = []
    findings: list[Located] = []
    for rule in rules:
        for place, example in enumerate(rule.examples):
            try:
                feedback = admit({"id": f"example-{place}", **example.record}, program, now)
            except FeedbackError as problem:
                findings.append(
                    Located(rule.file, example.line, example.column, f"this example is not valid: {problem}")
                )
            else:
                admitted.append(Admitted(rule, example, feedback))
    return admitted, findings


def pinned_trials(admitted: Iterable[Admitted], program: Program, taxonomy: Taxonomy) -> list[Trial]:
    """Return the examples whose labels are pinned, each read as its author says."""
    language = program.languages[0] if program.languages else None
    return [
        Trial(
            one.rule,
            one.example,
            Case(one.feedback, pinned_reading(one.example.pinned, one.feedback.parts, taxonomy, language)),
            program,
        )
        for one in admitted
        if one.example.pinned
    ]


def read_trials(
    admitted: Sequence[Admitted], program: Program, reader: Reader, phrases: Mapping[str, Phrases]
) -> list[Trial]:
    """Return the examples as a model reads them.

    Parameters
    ----------
    phrases
        The vectors of the phrases that the rules ask about, by the model that read them.
    """
    readings = reader.read([one.feedback.parts for one in admitted])
    return [
        Trial(one.rule, one.example, Case(one.feedback, reading, phrases.get(reading.space, NO_PHRASES)), program)
        for one, reading in zip(admitted, readings, strict=True)
    ]
