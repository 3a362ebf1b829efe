"""Evidence: where in the customer's words an alert stands, and how sure of it the model was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.alerts.alert import EvidenceSpan
from engine.feedback import Part
from engine.rules.conditions import ANY, NONE
from engine.rules.trace import Trace
from engine.rules.truth import Truth
from engine.spoken import moments_of

MOST_SPANS = 20


def evidence_of(trace: Trace, parts: Sequence[Part]) -> tuple[EvidenceSpan, ...]:
    """Return the words on which a rule held, each once, with the label found in them or the condition they meet.

    Parameters
    ----------
    parts
        What was said; spoken words are told with their time.
    """
    found = (
        (one.evidence, one.label or one.condition)
        for one in _stood_on(trace)
        if one.evidence is not None and not one.lacking
    )
    spans = dict.fromkeys((where.part, where.start, where.end, shows) for where, shows in found)
    return tuple(_span(parts, *one) for one in list(spans)[:MOST_SPANS])


def _span(parts: Sequence[Part], part: int, start: int, end: int, shows: str) -> EvidenceSpan:
    return EvidenceSpan(part, start, end, shows, *moments_of(parts[part], start, end))


def confidence_of(trace: Trace) -> float:
    """Return the least confidence among the labels that had to be there; of an ``any``, the best. 1 without labels."""
    if trace.truth is Truth.NO or trace.condition == NONE:
        return 1.0
    if not trace.children:
        return 1.0 if trace.confidence is None else trace.confidence
    children = [confidence_of(child) for child in _held(trace)]
    best = max if trace.condition == ANY else min
    return best(children, default=1.0)


def _stood_on(trace: Trace) -> Iterator[Trace]:
    """Yield the conditions that made a rule hold, or would have if the model were sure."""
    if trace.truth is Truth.NO or trace.condition == NONE:
        return
    if not trace.children:
        yield trace
    for child in _held(trace):
        yield from _stood_on(child)


def _held(trace: Trace) -> tuple[Trace, ...]:
    """Return the conditions of a group that made it what it is; of an ``any``, not those that did not."""
    if trace.condition != ANY:
        return trace.children
    return tuple(child for child in trace.children if child.truth is trace.truth)
