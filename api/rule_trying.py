"""Trying a rule on a record that is not stored: what it would do, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.patient_reader import PatientReader
from api.runtime import Service
from engine.feedback import Feedback
from engine.intake import admit
from engine.rules.case import NO_PHRASES, Case
from engine.rules.phrases import read_phrases
from engine.rules.rule import Rule
from engine.rules.trace import Trace

# A feedback needs an id; this one is not stored.
NO_ID = "tried"


@dataclass(frozen=True)
class Tried:
    """What a rule makes of a record.

    Parameters
    ----------
    feedback
        The record as it would be stored: without the personal data that is taken out.
    trace
        Every condition, with what was found.
    alerts
        Whether the rule would alert; one over time counts it.
    """

    feedback: Feedback
    trace: Trace
    alerts: bool


def try_record(service: Service, rule: Rule, record: Mapping[str, Any]) -> Tried:
    """Judge a record by a rule, as the model reads it now.

    Raises
    ------
    FeedbackError
        If it is no valid feedback.
    ReaderUnavailableError
        If the model cannot be used now.
    """
    engine, reader = service.engine, PatientReader(service.reader)
    admitted = admit({"id": NO_ID, **record}, service.rules.program, engine.clock.now())
    (feedback,) = engine.redact([admitted])
    phrases = read_phrases(reader, rule.phrases).vectors
    (reading,) = reader.read([feedback.parts])
    trace = rule.explain(Case(feedback, reading, phrases.get(reading.space, NO_PHRASES)))
    return Tried(feedback, trace, rule.alerts_on(trace.truth))
