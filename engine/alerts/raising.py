"""Raising: matches become alerts, signals, or what is held back, in the one order of commits.

Everything here depends on the order of commits, on when feedback occurred and was received, and on nothing else: a
replay of the same feedback raises the same alerts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from engine.alerts.alert import Alert, AlertKind, HeldBack, HeldReason
from engine.alerts.opening import alert_of_match, signal_of
from engine.alerts.state import Episode, Found, Outcome, State
from engine.judge import Judged, Match
from engine.rules.case import Case
from engine.rules.grouping import key_of, say_groupings
from engine.rules.load import LoadedRules
from engine.rules.measuring import Counters, Measured, measure
from engine.rules.rule import IfUnsure, Rule, RuleStatus
from engine.rules.tallies import Counted, length, moment_of, stamp
from engine.rules.window import Distinct, Flatline, Share, Window

# Of a signal over very many, the newest stand behind it.
MOST_LINKS = 1_000
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
            key = key_of(window.per, arrival.case) if window else None
            if window is None or counters is None or key is None:
                continue
            if isinstance(window, Share):
                rows[counters.everything] = Counted(counters.everything, key, at, arrival.sequence)
            if rule.slug in (other if window.of is not None else own):
                value = window.what.value(arrival.case) if isinstance(window, Distinct) else ""
                if value is not None:
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
        running = self._running(rule, kind, key, arrival.received_at)
        alert = alert_of_match(rule, arrival.case, kind, arrival.received_at)
        if alert.id in arrival.opened:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.ALREADY_OPEN, alert.id))
        elif running is not None:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.COOLDOWN, running))
            outcome.links.append((running, arrival.sequence))
        else:
            self._opened(alert, outcome)

    def _opened(self, alert: Alert, outcome: Outcome) -> None:
        outcome.alerts.append(alert)
        if alert.key is not None:
            self._state.cooldowns[alert.rule, alert.kind, alert.key] = (alert.id, alert.opened_at)

    def _running(self, rule: Rule, kind: AlertKind, key: str | None, now: datetime) -> str | None:
        """Return the alert whose cooldown runs for a key, or None."""
        last = self._state.cooldowns.get((rule.slug, kind, key)) if key is not None else None
        if last is None or rule.cooldown is None or now - last[1] >= rule.cooldown.span:
            return None
        return last[0]

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
            self._signal(rule, window, key, end, measured, arrival.received_at, arrival.case, outcome)

    def _measured(self, rule: Rule, window: Window, key: str, arrival: Arrival) -> tuple[Measured, int]:
        """Measure at a feedback's own moment and, where it comes late, at each later one whose span holds it too.

        Returns
        -------
        tuple[Measured, int]
            The first that is enough, else the one at its own moment; and the end of its span.
        """
        counters = _counters(rule)
        at = stamp(arrival.occurred_at)
        allowed = stamp(arrival.received_at) - length(self._allow_late)
        first = self._measure(window, counters, key, at)
        if first.holds and at >= allowed:
            return first, at
        for later in self._state.tallies.times(counters.own, key, max(at, allowed), at + length(window.within) - 1):
            found = self._measure(window, counters, key, later)
            if found.holds:
                return found, later
        return first, at

    def _measure(self, window: Window, counters: Counters, key: str, until: int) -> Measured:
        return measure(window, self._state.tallies, counters, key, until, self._state.beginning)

    def _signal(
        self,
        rule: Rule,
        window: Window,
        key: str,
        start: int,
        measured: Measured,
        now: datetime,
        case: Case | None,
        outcome: Outcome,
    ) -> None:
        cooling = key if rule.cooldown else None
        running = self._running(rule, AlertKind.SIGNAL, cooling, now)
        if running is not None:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.COOLDOWN, running))
            return
        signal = signal_of(rule, window, key, start, measured, now, case)
        episode = Episode(signal.id, rule.slug, key, start)
        self._state.episodes[rule.slug, key] = episode
        outcome.episodes.append(episode)
        self._opened(signal, outcome)
        behind = self._state.tallies.sequences(_counters(rule).own, key, start - length(window.within), start)
        outcome.links += [(signal.id, sequence) for sequence in behind[-MOST_LINKS:]]

    def tick(self, until: datetime) -> Outcome:
        """Let time pass: signals end, and what shows without feedback (silences, shares) is raised.

        Each window is looked at in steps of its own, on a grid that does not depend on when this is called.
        """
        outcome = Outcome()
        last, now = self._state.ticked, stamp(until)
        if last is not None:
            for rule in self._loaded.windowed:
                if rule.window is not None and rule.status is RuleStatus.LIVE:
                    for at in self._steps(rule, rule.window, last, now):
                        self._look(rule, rule.window, at, outcome)
        self._state.ticked = now if last is None else max(last, now)
        outcome.alerts.sort(key=lambda alert: (alert.opened_at, alert.id))
        self._forget(now)
        return outcome

    def _steps(self, rule: Rule, window: Window, last: int, now: int) -> Iterator[int]:
        step = length(window.step)
        by_itself = isinstance(window, (Share, Flatline))
        for at in range((last // step + 1) * step, now + 1, step):
            # Whether there is anything to look at is asked again at each step: the last one may have ended it.
            if not by_itself and not self._going_on(rule):
                return
            yield at

    def _going_on(self, rule: Rule) -> list[Episode]:
        return [one for one in self._state.episodes.values() if one.rule == rule.slug and one.ended is None]

    def _look(self, rule: Rule, window: Window, at: int, outcome: Outcome) -> None:
        counters = _counters(rule)
        going_on = {episode.key: episode for episode in self._going_on(rule)}
        for key, episode in going_on.items():
            self._follow(episode, window, self._measure(window, counters, key, at), at, outcome)
        if isinstance(window, (Share, Flatline)):
            for key in self._state.tallies.keys(counters.own):
                measured = self._measure(window, counters, key, at)
                if measured.holds and key not in going_on:
                    self._signal(rule, window, key, at, measured, moment_of(at), None, outcome)

    def _follow(self, episode: Episode, window: Window, measured: Measured, at: int, outcome: Outcome) -> None:
        """End an episode whose value was low for a whole span; a silence ends with the first feedback."""
        since = None if not measured.low else episode.below_since or at
        span = timedelta(0) if isinstance(window, Flatline) else window.within
        ended = at if since is not None and at - since >= length(span) else None
        followed = replace(episode, below_since=since, ended=ended)
        if followed != episode:
            self._state.episodes[episode.rule, episode.key] = followed
            outcome.episodes.append(followed)

    def _forget(self, now: int) -> None:
        """Drop counts that no span can reach any more."""
        for counter, reach in self._loaded.reach.items():
            self._state.tallies.forget(counter, now - length(reach))


def kind_of(match: Match) -> AlertKind | None:
    """Return what a match opens: an alert, a review, or nothing where it is unsure and that is not enough."""
    if match.rule.alerts_on(match.truth):
        return AlertKind.ALERT
    return AlertKind.REVIEW if match.rule.if_unsure is IfUnsure.REVIEW else None


def _counters(rule: Rule) -> Counters:
    if rule.counters is None:
        raise TypeError(f"rule {rule.slug} has no window")
    return rule.counters


def _sampled(rule: Rule, case: Case) -> bool:
    """Return whether a rule takes a feedback: by a stable hash, so that a larger share takes the same and more."""
    if rule.take >= 1:
        return True
    key = "\x1f".join(case.feedback.key)
    drawn = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return drawn < rule.take * _SHARES
