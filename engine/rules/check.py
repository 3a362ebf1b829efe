"""Checking rules against their own examples, with a real reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from engine.errors import FeedbackError, Located
from engine.feedback import Feedback
from engine.intake import admit
from engine.ports import Reader
from engine.program import Program
from engine.rules.case import Case
from engine.rules.phrases import phrases_of, read_phrases, unread_phrases
from engine.rules.reasons import failures
from engine.rules.rule import Example, Rule
from engine.rules.trace import Trace
from engine.rules.truth import Truth


def check_examples(rules: Sequence[Rule], program: Program, reader: Reader, now: datetime) -> list[Located]:
    """Judge every rule's examples with a reader.

    Returns
    -------
    list[Located]
        An error for an example that is no valid feedback, a warning for each that does not do what it should, and
        one for each phrase that the reader cannot read.
    """
    findings: list[Located] = []
    cases: list[tuple[Rule, Example, Feedback]] = []
    for rule in rules:
        for place, example in enumerate(rule.examples):
            try:
                cases.append((rule, example, admit({"id": f"example-{place}", **example.record}, program, now)))
            except FeedbackError as problem:
                findings.append(
                    Located(rule.file, example.line, example.column, f"this example is not valid: {problem}")
                )
    phrases = read_phrases(reader, phrases_of(rules))
    findings += unread_phrases(rules, phrases.unread)
    readings = reader.read([feedback.parts for _, _, feedback in cases])
    for (rule, example, feedback), reading in zip(cases, readings, strict=True):
        trace = rule.explain(Case(feedback, reading, phrases.vectors))
        if (trace.truth is Truth.YES) != example.fires:
            findings.append(Located(rule.file, example.line, example.column, _said(rule, example, trace), "warning"))
    return findings


def _said(rule: Rule, example: Example, trace: Trace) -> str:
    wanted = "fire" if example.fires else "stay quiet"
    because = "; ".join(failures(trace)) if example.fires else "every condition holds"
    return f"rule '{rule.slug}' should {wanted} on this example, but the model makes it {trace.truth.said}: {because}"
