"""Why a rule held, or could not be told, in a few short words for people."""

from __future__ import annotations

from engine.rules.conditions import ANY, NONE
from engine.rules.trace import Trace
from engine.rules.truth import Truth

MOST_REASONS = 20


def reasons(trace: Trace) -> tuple[str, ...]:
    """Return why a rule held, shortly: each condition that held, with what was found.

    What was excluded is told only when nothing else made the rule hold.
    """
    return _few(_leaves(trace, Truth.YES) or _excluded(trace))


def unknowns(trace: Trace) -> tuple[str, ...]:
    """Return what a rule could not be sure of; nothing when the rule holds or does not."""
    if trace.truth is not Truth.UNKNOWN:
        return ()
    return _few([f"unsure: {said}" for said in _leaves(trace, Truth.UNKNOWN)])


def failures(trace: Trace) -> list[str]:
    """Return the conditions for which a rule did not hold, with what was found; none when it holds."""
    if trace.truth is Truth.YES:
        return []
    if trace.children and trace.condition != NONE:
        return [said for child in trace.children for said in failures(child)]
    if trace.children:
        return [f"none of: {child.condition} is {child.truth.said}" for child in trace.children if child.truth]
    return [f"{trace.condition} is {trace.truth.said} (found {trace.found})"]


def _leaves(trace: Trace, truth: Truth) -> list[str]:
    """Return the conditions of that truth which made the whole what it is."""
    if trace.truth is Truth.NO or (trace.condition == NONE and truth is Truth.YES):
        return []
    if not trace.children:
        return [_told(trace)] if trace.truth is truth else []
    children = trace.children
    if trace.condition == ANY:
        children = tuple(child for child in children if child.truth is trace.truth)
    return [said for child in children for said in _leaves(child, truth)]


def _told(trace: Trace) -> str:
    if trace.found is None:
        return trace.condition
    found = str(trace.found).lower() if isinstance(trace.found, bool) else trace.found
    return f"{trace.condition} (found {found:g})" if isinstance(found, float) else f"{trace.condition} (found {found})"


def _excluded(trace: Trace) -> list[str]:
    if trace.truth is not Truth.YES:
        return []
    if trace.condition == NONE:
        return [f"none of: {', '.join(_conditions(trace))}"]
    return [said for child in trace.children for said in _excluded(child)]


def _conditions(trace: Trace) -> list[str]:
    if not trace.children:
        return [trace.condition]
    return [said for child in trace.children for said in _conditions(child)]


def _few(said: list[str]) -> tuple[str, ...]:
    unique = list(dict.fromkeys(said))
    if len(unique) <= MOST_REASONS:
        return tuple(unique)
    return (*unique[:MOST_REASONS], f"and {len(unique) - MOST_REASONS} more")
