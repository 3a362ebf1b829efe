"""What another model would change in the alerts: rules judged under the readings of two models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.opening import alert_of_match
from engine.alerts.raising import kind_of
from engine.errors import ConfigError
from engine.feedback import Feedback
from engine.judge import matches
from engine.ports import Reader
from engine.program import Program
from engine.reading import Reading
from engine.rules.case import NO_PHRASES, Case
from engine.rules.load import LoadedRules, load_rules
from engine.rules.phrases import read_phrases
from engine.rules.reasons import failures
from engine.rules.rule import Rule, RuleStatus


@dataclass(frozen=True)
class ChangedAlert:
    """An alert that one model opens and the other does not.

    Parameters
    ----------
    why
        Why it opens.
    why_not
        What keeps it from opening under the other model.
    """

    id: str
    text: str
    why: tuple[str, ...]
    why_not: tuple[str, ...]


@dataclass(frozen=True)
class RuleChange:
    """What becomes of one rule's alerts.

    Parameters
    ----------
    alerts, reviews
        How many it opens under A and under B.
    gained, lost
        Alerts (not reviews) that only B, or only A, opens.
    broken
        Why it does not load under B's label trees, or under A's; empty when it loads under both.
    """

    rule: str
    must_not_lose: bool
    alerts: tuple[int, int]
    reviews: tuple[int, int]
    gained: tuple[ChangedAlert, ...]
    lost: tuple[ChangedAlert, ...]
    broken: tuple[str, ...] = ()

    @property
    def forbidden(self) -> bool:
        """Whether it loses what must not be lost."""
        return self.must_not_lose and bool(self.lost)


class AlertComparison:
    """Judges records under two models, and keeps what differs.

    Parameters
    ----------
    program
        With its rules.
    readers
        The two models.
    now
        The moment that stands in the alerts.

    Raises
    ------
    ConfigError
        If rules have errors under both models' trees.
    """

    def __init__(self, program: Program, readers: tuple[Reader, Reader], now: datetime) -> None:
        self._loaded = (load_rules(program, readers[0].taxonomy), load_rules(program, readers[1].taxonomy))
        both = [error for error in self._loaded[0].errors if error in self._loaded[1].errors]
        if both:
            raise ConfigError(both)
        loaded = zip(readers, self._loaded, strict=True)
        self._phrases = [read_phrases(reader, rules.phrases).vectors for reader, rules in loaded]
        self._now = now
        self._rules = [{rule.slug: rule for rule in loaded.rules} for loaded in self._loaded]
        live = chain.from_iterable(loaded.rules for loaded in self._loaded)
        self._tallies = {rule.slug: _Tally(rule) for rule in live if rule.status is RuleStatus.LIVE}

    def add(self, feedback: Feedback, readings: tuple[Reading, Reading]) -> None:
        """Judge one record under the readings of both models."""
        read = zip(readings, self._phrases, strict=True)
        cases = [Case(feedback, reading, phrases.get(reading.space, NO_PHRASES)) for reading, phrases in read]
        opened = tuple(self._opened(loaded, case) for loaded, case in zip(self._loaded, cases, strict=True))
        for slug, tally in self._tallies.items():
            a, b = opened[0].get(slug), opened[1].get(slug)
            tally.count(a, b)
            for alert, against, other, changed in ((a, b, 1, tally.lost), (b, a, 0, tally.gained)):
                if alert is not None and _is_alert(alert) and not _is_alert(against):
                    why_not = self._why_not(slug, other, cases[other], against)
                    changed.append(ChangedAlert(feedback.id, feedback.text, alert.reasons, why_not))

    def changes(self) -> tuple[RuleChange, ...]:
        """Return what became of every live rule, in the order of the files."""
        return tuple(tally.change(self._broken(slug)) for slug, tally in self._tallies.items())

    def _opened(self, loaded: LoadedRules, case: Case) -> Mapping[str, Alert]:
        """Return what one feedback opens by itself: for a rule with a window, what it would count."""
        found = {}
        for match in matches(loaded, [case])[0]:
            kind = kind_of(match)
            if kind is not None and match.rule.status is RuleStatus.LIVE:
                found[match.rule.slug] = alert_of_match(match.rule, case, kind, self._now, loaded.program.triage)
        return found

    def _why_not(self, slug: str, model: int, case: Case, review: Alert | None) -> tuple[str, ...]:
        if review is not None:
            return ("it becomes a review", *review.reasons)
        rule = self._rules[model].get(slug)
        return tuple(failures(rule.explain(case))) if rule else self._broken(slug)

    def _broken(self, slug: str) -> tuple[str, ...]:
        """Return the errors of the rule's file under the trees where the rule is missing."""
        lines: list[str] = []
        for rules, others, loaded in zip(self._rules, reversed(self._rules), self._loaded, strict=True):
            if slug not in rules:
                lines += [str(error) for error in loaded.errors if error.file == others[slug].file]
        return tuple(lines)


class _Tally:
    """Counts one rule's alerts under two models."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._alerts = [0, 0]
        self._reviews = [0, 0]
        self.gained: list[ChangedAlert] = []
        self.lost: list[ChangedAlert] = []

    def count(self, *opened: Alert | None) -> None:
        for model, alert in enumerate(opened):
            self._alerts[model] += _is_alert(alert)
            self._reviews[model] += alert is not None and not _is_alert(alert)

    def change(self, broken: tuple[str, ...]) -> RuleChange:
        alerts, reviews = (self._alerts[0], self._alerts[1]), (self._reviews[0], self._reviews[1])
        rule = self._rule
        return RuleChange(rule.slug, rule.must_not_lose, alerts, reviews, tuple(self.gained), tuple(self.lost), broken)


def _is_alert(opened: Alert | None) -> bool:
    return opened is not None and opened.kind is AlertKind.ALERT
