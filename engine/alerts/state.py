"""What alerts stand on over time: counts, signals that go on, cooldowns that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.alerts.alert import Alert, AlertKind, HeldBack
from engine.rules.tallies import Counted, Tallies, length, moment_of

EpisodeKey = tuple[str, str]
CooldownKey = tuple[str, AlertKind, str]
# Old counts are dropped so often while their reach passes: it goes through every key.
FORGETS = 32
SWEEP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Episode:
    """A signal's course.

    Parameters
    ----------
    alert
        The signal's id.
    rule, key
        Whose it is, and the group it is about.
    started, below_since, ended
        Microseconds since 1970: when it began, since when its value is low (None while it is not), when it ended.
    """

    alert: str
    rule: str
    key: str
    started: int
    below_since: int | None = None
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule's window held when a feedback came, for explanations."""

    holds: bool
    found: str


@dataclass(slots=True)
class State:
    """Everything that raising alerts remembers; the store has it too.

    Parameters
    ----------
    episodes
        The latest of each rule and key; those that ended long ago may be gone.
    cooldowns
        The latest alert of each rule, kind and key, and when it was opened.
    beginning
        When the earliest feedback occurred, in microseconds since 1970; None before any.
    ticked
        Up to when the ticker looked.
    since
        By counter, from when on its counts are here.
    swept
        When what is over was dropped last.
    """

    tallies: Tallies = field(default_factory=Tallies)
    episodes: dict[EpisodeKey, Episode] = field(default_factory=dict)
    cooldowns: dict[CooldownKey, tuple[str, datetime]] = field(default_factory=dict)
    beginning: int | None = None
    ticked: int | None = None
    since: dict[str, int] = field(default_factory=dict)
    swept: int | None = None

    def forget(self, reach: Mapping[str, timedelta], cooling: Mapping[str, timedelta], now: int) -> None:
        """Drop, now and then, what can matter no more: counts, signals that ended, cooldowns that ran out.

        Parameters
        ----------
        reach, cooling
            How far back each counter is looked at, and how long each rule's cooldown is.
        """
        for counter, far in reach.items():
            oldest = now - length(far)
            if oldest - self.since.setdefault(counter, oldest) >= length(far) // FORGETS:
                self.tallies.forget(counter, oldest)
                self.since[counter] = oldest
        if self.swept is None or abs(now - self.swept) >= length(SWEEP):
            self._sweep(max(reach.values(), default=timedelta(0)), cooling, now)
            self.swept = now

    def _sweep(self, far: timedelta, cooling: Mapping[str, timedelta], now: int) -> None:
        oldest, at_once = now - length(far), timedelta(0)
        for episode in list(self.episodes.values()):
            if episode.ended is not None and episode.ended < oldest:
                del self.episodes[episode.rule, episode.key]
        for key, (_, opened_at) in list(self.cooldowns.items()):
            if opened_at + cooling.get(key[0], at_once) < moment_of(now):
                del self.cooldowns[key]


@dataclass(slots=True)
class Outcome:
    """What came of one feedback, or of time passing.

    Parameters
    ----------
    found
        What each window held, by rule.
    counted
        What is counted from now on, or taken back.
    links
        Alerts with the commits of feedback behind them.
    episodes
        Signals that began, went low or ended.
    """

    alerts: list[Alert] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)
    found: dict[str, Found] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
