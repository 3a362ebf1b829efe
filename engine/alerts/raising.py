"""Raising: matches become alerts, signals, or what is held back, in the one order of commits.

Everything here depends on the order of commits, on when feedback occurred and was received, and on nothing else: a
replay of the same feedback raises the same alerts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from engine.alerts.alert import AlertKind, HeldBack, HeldReason
from engine.alerts.opening import alert_of_match
from engine.alerts.signals import Signals, counters_of
from engine.alerts.state import Found, Outcome, State
from engine.alerts.ticking import Ticker
from engine.judge import Judged, Match
from engine.rules.case import Case
from engine.rules.grouping import key_of, say_groupings
from engine.rules.load import LoadedRules
from engine.rules.measuring import Measured, later_crossing
from engine.rules.rule import IfUnsure, Rule, RuleStatus
from engine.rules.tallies import Counted, length, moment_of, stamp
from engine.rules.window import Distinct, Share, Window

_SHARES = 2**64


@dataclass(frozen=True, slots=True)
class Arrival:
    """A feedback at its commit.

    Parameters
    ----------
    sequence
        Its commit.
    replaces
        What an earlier revision of it counted.
    opened
        The alerts that an earlier revision or judgement of it opened.
    """

    case: Case
    judged: Judged
    sequence: int
    received_at: datetime
    occurred_at: datetime
    replaces: tuple[Counted, ...] = ()
    opened: frozenset[str] = frozenset()


class Raiser:
    """Raises by one ruleset, on a state that outlives it."""

    def __init__(self, loaded: LoadedRules, state: State) -> None:
        self._loaded = loaded
        self._state = state
        self._signals = Signals(state)
        self._allow_late = loaded.program.allow_late

    def take(self, arrival: Arrival) -> Outcome:
        """Count a feedback, and raise what it matches."""
        outcome = Outcome(counted=[*(row.taken_back for row in arrival.replaces), *self.counted(arrival)])
        self._state.tallies.add(outcome.counted)
        occurred = stamp(arrival.occurred_at)
        self._state.beginning = occurred if self._state.beginning is None else min(occurred, self._state.beginning)
        for match in arrival.judged.matches:
            if match.rule.window is None:
                self._match(match, arrival, outcome)
            else:
                self._windowed(match, match.rule.window, arrival, outcome)
        return outcome

    def counted(self, arrival: Arrival) -> list[Counted]:
        """Return the rows that a feedback counts, one a counter."""
        rows: dict[str, Counted] = {}
        at = stamp(arrival.occurred_at)
        own = {match.rule.slug for match in arrival.judged.matches if match.rule.alerts_on(match.truth)}
        other = {rule.slug for rule in arrival.judged.counted}
        for rule in self._loaded.windowed:
            window, counters = rule.window, rule.counters
            counts = rule.slug in (other if window is not None and window.of is not None else own)
            if window is None or counters is None or not (counts or isinstance(window, Share)):
                continue
            key = key_of(window.per, arrival.case)
            if key is None:
                continue
            if isinstance(window, Share):
                rows[counters.everything] = Counted(counters.everything, key, at, arrival.sequence)
            value = window.what.value(arrival.case) if isinstance(window, Distinct) else ""
            if counts and value is not None:
                rows[counters.own] = Counted(counters.own, key, at, arrival.sequence, value.casefold())
        return list(rows.values())

    def _match(self, match: Match, arrival: Arrival, outcome: Outcome) -> None:
        rule = match.rule
        kind = kind_of(match)
        if kind is None:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.UNSURE))
        elif rule.status is RuleStatus.SHADOW:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.SHADOW))
        elif not _sampled(rule, arrival.case):
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.SAMPLED_OUT))
        else:
            self._open(rule, kind, arrival, outcome)

    def _open(self, rule: Rule, kind: AlertKind, arrival: Arrival, outcome: Outcome) -> None:
        key = key_of(rule.cooldown.per, arrival.case) if rule.cooldown else None
        running = self._signals.running(rule, kind, key, arrival.received_at)
        triage = self._loaded.program.triage
        alert = alert_of_match(rule, arrival.case, kind, arrival.received_at, triage, arrival.sequence)
        if alert.id in arrival.opened:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.ALREADY_OPEN, alert.id))
        elif running is not None:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.COOLDOWN, running))
            outcome.links.append((running, arrival.sequence))
        else:
            self._signals.opened(alert, outcome)

    def _windowed(self, match: Match, window: Window, arrival: Arrival, outcome: Outcome) -> None:
        rule, key = match.rule, key_of(window.per, arrival.case)
        if not rule.alerts_on(match.truth):
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.UNSURE))
            return
        if key is None:
            outcome.found[rule.slug] = Found(False, f"nothing to count{say_groupings(window.per)} here")
            return
        if moment_of(stamp(arrival.occurred_at) + length(window.within)) <= arrival.received_at - self._allow_late:
            # No span that holds it may raise any more, and what else was in it may be forgotten.
            outcome.found[rule.slug] = Found(False, "nothing: it came too late to be counted")
            return
        measured, end = self._measured(rule, window, key, arrival)
        outcome.found[rule.slug] = Found(measured.holds, measured.found)
        episode = self._state.episodes.get((rule.slug, key))
        if episode is not None and (episode.ended is None or end <= episode.ended):
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.SIGNAL_OPEN, episode.alert))
            outcome.links.append((episode.alert, arrival.sequence))
        elif measured.holds and rule.status is RuleStatus.SHADOW:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.SHADOW))
        elif measured.holds and moment_of(end) < arrival.received_at - self._allow_late:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.LATE))
        elif measured.holds:
            now, case = arrival.received_at, arrival.case
            running = self._signals.open(rule, window, key, end, measured, now, case, outcome)
            if running is not None:
                outcome.links.append((running, arrival.sequence))

    def _measured(self, rule: Rule, window: Window, key: str, arrival: Arrival) -> tuple[Measured, int]:
        """Measure at a feedback's own moment and, where it comes late, at each later one whose span holds it too.

        Returns
        -------
        tuple[Measured, int]
            The first that is enough, else the one at its own moment; and the end of its span.
        """
        at = stamp(arrival.occurred_at)
        allowed = stamp(arrival.received_at) - length(self._allow_late)
        first = self._signals.measure(rule, window, key, at)
        episode = self._state.episodes.get((rule.slug, key))
        if (first.holds and at >= allowed) or (episode is not None and episode.ended is None):
            return first, at
        state = self._state
        later = later_crossing(window, state.tallies, counters_of(rule), key, at, max(at, allowed - 1), state.beginning)
        return later or (first, at)

    def tick(self, until: datetime) -> Outcome:
        """Let time pass: signals end, and what shows without feedback (silences, shares) is raised."""
        return Ticker(self._loaded, self._state).tick(until)


def kind_of(match: Match) -> AlertKind | None:
    """Return what a match opens: an alert, a review, or nothing where it is unsure and that is not enough."""
    if match.rule.alerts_on(match.truth):
        return AlertKind.ALERT
    return AlertKind.REVIEW if match.rule.if_unsure is IfUnsure.REVIEW else None


def _sampled(rule: Rule, case: Case) -> bool:
    """Return whether a rule takes a feedback: by a stable hash, so that a larger share takes the same and more."""
    if rule.take >= 1:
        return True
    key = "\x1f".join(case.feedback.key)
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return drawn < rule.take * _SHARES
