"""Replaying feedback in memory: what live rules would have raised, alert for alert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.alerts.alert import Alert
from engine.alerts.raising import Arrival, Raiser
from engine.alerts.state import Outcome, State
from engine.judge import Judged, judged
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.tallies import Counted, stamp

Key = tuple[str, str]


class Replay:
    """Raises by some rules as a store does: give it feedback in the order of commits.

    Parameters
    ----------
    rules
        One ruleset from beginning to end.
    """

    def __init__(self, rules: LoadedRules) -> None:
        self._rules = rules
        self._state = State()
        self._raiser = Raiser(rules, self._state)
        self._sequence = 0
        self._counted: dict[Key, tuple[Counted, ...]] = {}
        self._opened: dict[Key, frozenset[str]] = {}

    def take(
        self, cases: Sequence[Case], received_at: Sequence[datetime], sequences: Sequence[int] | None = None
    ) -> list[Outcome]:
        """Judge a batch and raise it, one feedback after the other; time passes up to each first.

        The signals that time opened stand in the outcome of the feedback that came next.

        Parameters
        ----------
        cases
            In the order of their commits.
        received_at
            When each was committed; never before the one before it.
        sequences
            Their places in the order of commits; by default they are counted.
        """
        made = judged(self._rules, cases)
        places = range(self._sequence + 1, self._sequence + 1 + len(cases)) if sequences is None else sequences
        every = zip(cases, made, received_at, places, strict=True)
        return [self._take(case, one, at, place) for case, one, at, place in every]

    def _take(self, case: Case, made: Judged, received_at: datetime, sequence: int) -> Outcome:
        passed = self.pass_time(received_at)
        self._sequence = sequence
        key = case.feedback.key
        before = self._counted.get(key, ())
        arrival = Arrival(
            case=case,
            judged=made,
            sequence=self._sequence,
            received_at=received_at,
            occurred_at=case.feedback.occurred_at or received_at,
            replaces=before,
            opened=self._opened.get(key, frozenset()),
        )
        outcome = self._raiser.take(arrival)
        self._counted[key] = tuple(row for row in outcome.counted if row.weight > 0)
        opened = frozenset(alert.id for alert in outcome.alerts)
        self._opened[key] = arrival.opened | opened
        numbered = [replace(alert, sequence=self._sequence) for alert in outcome.alerts]
        outcome.alerts = [*passed, *numbered]
        return outcome

    def pass_time(self, until: datetime) -> list[Alert]:
        """Let time pass without feedback, and return the signals that this opens."""
        passed = self._raiser.tick(until).alerts
        self._state.forget(self._rules.reach, self._rules.cooling, stamp(until))
        return [replace(alert, sequence=self._sequence) for alert in passed]
