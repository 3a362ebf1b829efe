"""Ticking: time passes, signals end, and what shows without feedback is raised."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from engine.alerts.alert import AlertKind
from engine.alerts.signals import Signals, counters_of
from engine.alerts.state import Episode, Outcome, State
from engine.intake import AHEAD
from engine.rules.load import LoadedRules
from engine.rules.measuring import Measured, next_look
from engine.rules.rule import Rule, RuleStatus
from engine.rules.tallies import length, moment_of, stamp
from engine.rules.window import Flatline, Share, Window

# A signal of a rule that is not live any more ends when nobody has looked at it for so long.
ORPHANED = timedelta(hours=1)


class Ticker:
    """Lets time pass for one ruleset, on a state that outlives it.

    Each window is looked at in steps of its own, on a grid that does not depend on when the ticker runs. A step at
    which nothing can have changed since the one before is passed over, so that a week's silence costs no more than
    an hour's.
    """

    def __init__(self, loaded: LoadedRules, state: State) -> None:
        self._loaded = loaded
        self._state = state
        self._signals = Signals(state)

    def tick(self, until: datetime) -> Outcome:
        """Let time pass up to a moment."""
        outcome = Outcome()
        last, now = self._state.ticked, stamp(until)
        if last is not None:
            live = {rule.slug: rule for rule in self._loaded.windowed if rule.status is RuleStatus.LIVE}
            going_on: dict[str, list[str]] = {slug: [] for slug in live}
            for episode in [one for one in self._state.episodes.values() if one.ended is None]:
                if episode.rule in live:
                    going_on[episode.rule].append(episode.key)
                else:
                    self._follow(episode, None, now, length(ORPHANED), outcome)
            for slug, rule in live.items():
                if rule.window is not None:
                    self._pass(rule, rule.window, going_on[slug], last, now, outcome)
        self._state.ticked = now if last is None else max(last, now)
        outcome.alerts.sort(key=lambda alert: (alert.opened_at, alert.id))
        return outcome

    def _pass(self, rule: Rule, window: Window, keys: list[str], last: int, now: int, outcome: Outcome) -> None:
        """Look at each key that may open or end a signal, at the steps that may show something new."""
        first = _step_at(window, last + 1)
        if first > now:
            return
        by_itself = isinstance(window, (Share, Flatline))
        counted = self._state.tallies.keys(counters_of(rule).own) if by_itself else []
        for key in dict.fromkeys([*keys, *counted]):
            at: int | None = first
            while at is not None and at <= now:
                at = self._look(rule, window, key, at, outcome)

    def _look(self, rule: Rule, window: Window, key: str, at: int, outcome: Outcome) -> int | None:
        """Look at one key, and return the next step to look at it; None when nothing changes by itself."""
        measured = self._signals.measure(rule, window, key, at)
        episode = self._state.episodes.get((rule.slug, key))
        if episode is not None and episode.ended is None:
            span = 0 if isinstance(window, Flatline) else length(window.within)
            episode = self._follow(episode, measured, at, span, outcome)
            wake = None if episode.below_since is None else episode.below_since + span
        elif not isinstance(window, (Share, Flatline)):
            return None
        elif measured.holds and (episode is None or episode.ended is None or episode.ended < at):
            self._signals.open(rule, window, key, at, measured, moment_of(at), None, outcome)
            wake = self._cooled(rule, key)
        else:
            wake = None
        changes = next_look(window, self._state.tallies, counters_of(rule), key, at, self._state.beginning)
        due = [one for one in (wake, changes) if one is not None]
        return _step_at(window, max(at + 1, min(due))) if due else None

    def _cooled(self, rule: Rule, key: str) -> int | None:
        """Return when the cooldown of a key's last signal ends."""
        last = self._state.cooldowns.get((rule.slug, AlertKind.SIGNAL, key))
        return stamp(last[1] + rule.cooldown.span) if last is not None and rule.cooldown is not None else None

    def _follow(self, episode: Episode, measured: Measured | None, at: int, span: int, outcome: Outcome) -> Episode:
        """End an episode whose value was low, or which nobody measured, for a whole span."""
        low = measured is None or measured.low
        if at < episode.started <= at + length(AHEAD):
            low = False  # it was opened by feedback that occurred a little ahead, which no span holds yet
        since = None if not low else at if episode.below_since is None else episode.below_since
        ended = at if since is not None and at - since >= span else None
        followed = replace(episode, below_since=since, ended=ended)
        if followed != episode:
            self._state.episodes[episode.rule, episode.key] = followed
            outcome.episodes.append(followed)
        return followed


def _step_at(window: Window, moment: int) -> int:
    """Return the first step at a moment or after it."""
    step = length(window.step)
    return -(-moment // step) * step
