"""Judging: rules x readings become matches. What comes of them is raised later, in the order of commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.alerts.alert import HeldReason
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.rule import Rule
from engine.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that held for a feedback, or could not be told (`truth` is never no)."""

    rule: Rule
    truth: Truth


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules made of one feedback, before anything that depends on time or on other feedback.

    Parameters
    ----------
    matches
        In the order of the rules.
    counted
        The rules whose window counts something else than their own matches, and counts this feedback.
    """

    matches: tuple[Match, ...]
    counted: tuple[Rule, ...]


def judged(loaded: LoadedRules, cases: Sequence[Case]) -> list[Judged]:
    """Judge cases by the rules that are live or shadow; draft and paused rules are not evaluated."""
    return [Judged(*both) for both in zip(matches(loaded, cases), _counted(loaded, cases), strict=True)]


def matches(loaded: LoadedRules, cases: Sequence[Case]) -> list[tuple[Match, ...]]:
    """Return the rules that held, or could not be told, for each case."""
    found = loaded.index.match(cases).by_case()
    return [tuple(Match(loaded.by_slug[slug], truth) for slug, truth in names) for names in found]


def _counted(loaded: LoadedRules, cases: Sequence[Case]) -> list[tuple[Rule, ...]]:
    found = loaded.counting.match(cases).by_case()
    return [tuple(loaded.by_slug[slug] for slug, truth in names if truth is Truth.YES) for names in found]


def silent(occurred_at: datetime, received_at: datetime, stale_after: timedelta, *, notify: bool) -> HeldReason | None:
    """Return why the alerts of a feedback send no message, or None if they do."""
    if not notify:
        return HeldReason.NOTIFY_OFF
    return HeldReason.STALE if received_at - occurred_at > stale_after else None
