"""Signals: opened on what a window measured, whoever looked; and cooldowns that run."""

from __future__ import annotations

from datetime import datetime

from engine.alerts.alert import Alert, AlertKind, HeldBack, HeldReason
from engine.alerts.opening import signal_of
from engine.alerts.state import Episode, Outcome, State
from engine.rules.case import Case
from engine.rules.measuring import Counters, Measured, measure
from engine.rules.rule import Rule
from engine.rules.tallies import length
from engine.rules.window import Window

# Of a signal over very many, the newest stand behind it.
MOST_LINKS = 1_000


class Signals:
    """Measures windows and opens signals on one state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def measure(self, rule: Rule, window: Window, key: str, until: int) -> Measured:
        """Measure a rule's window over one key."""
        return measure(window, self._state.tallies, counters_of(rule), key, until, self._state.beginning)

    def running(self, rule: Rule, kind: AlertKind, key: str | None, now: datetime) -> str | None:
        """Return the alert whose cooldown runs for a key, or None."""
        last = self._state.cooldowns.get((rule.slug, kind, key)) if key is not None else None
        if last is None or rule.cooldown is None:
            return None
        alert, opened_at = last
        # What a clock that was wrong opened in the future does not silence the time until then.
        return alert if opened_at <= now < opened_at + rule.cooldown.span else None

    def opened(self, alert: Alert, outcome: Outcome) -> None:
        """Let an alert be open from now on."""
        outcome.alerts.append(alert)
        if alert.key is not None:
            self._state.cooldowns[alert.rule, alert.kind, alert.key] = (alert.id, alert.opened_at)

    def open(
        self,
        rule: Rule,
        window: Window,
        key: str,
        start: int,
        measured: Measured,
        now: datetime,
        case: Case | None,
        outcome: Outcome,
    ) -> str | None:
        """Open a signal, unless a cooldown runs: then its alert is returned.

        Parameters
        ----------
        case
            The feedback that made it cross, None where time did.
        """
        running = self.running(rule, AlertKind.SIGNAL, key, now)
        if running is not None:
            outcome.held_back.append(HeldBack(rule.slug, HeldReason.COOLDOWN, running))
            return running
        signal = signal_of(rule, window, key, start, measured, now, case)
        episode = Episode(signal.id, rule.slug, key, start)
        self._state.episodes[rule.slug, key] = episode
        outcome.episodes.append(episode)
        self.opened(signal, outcome)
        outcome.links += [(signal.id, sequence) for sequence in self._behind(rule, window, key, start)]
        return None

    def _behind(self, rule: Rule, window: Window, key: str, start: int) -> list[int]:
        """Return the commits behind a signal: of a silence, the last before it."""
        tallies, counter = self._state.tallies, counters_of(rule).own
        behind = tallies.sequences(counter, key, start - length(window.within), start, MOST_LINKS)
        return behind or tallies.sequences(counter, key, 0, start, 1)


def counters_of(rule: Rule) -> Counters:
    """Return where the counts of a rule's window stand."""
    if rule.counters is None:
        raise TypeError(f"rule {rule.slug} has no window")
    return rule.counters
