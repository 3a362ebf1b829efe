"""Backtesting: what rules would have raised over stored feedback, told in the numbers an owner asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.alerts.alert import Alert, AlertKind, HeldReason
from engine.alerts.precision import Precision, precision_of
from engine.alerts.verdict import VerdictKind
from engine.decision import Stored
from engine.feedback import Feedback
from engine.program import OPERATORS
from engine.reading import Reading
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.replay import Replay
from engine.rules.rule import Rule

# Above these shares of all feedback a rule floods its receiver.
WARN_SHARE = 0.05
ERROR_SHARE = 0.10
# A share of fewer records than this says nothing.
LEAST_RECORDS = 100
MOST_SHOWN = 5
EXCERPT = 200
DAY = timedelta(days=1)
MONTH = 30 * DAY
BATCH = 500
CaseOf = Callable[[Feedback, Reading], Case]
# Sends an alert where it would go; without the feedback that opened it where time did.
Route = Callable[[Alert, Case | None], Alert]


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that a backtest raised, with the beginning of the text behind it."""

    alert: Alert
    text: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return self.alert.as_dict() | {"text": self.text}


@dataclass(frozen=True)
class RuleBacktest:
    """One rule over the span.

    Parameters
    ----------
    raised
        Its alerts and signals, in the order of commits; `reviews` are counted apart.
    held_back
        Matches that opened nothing, by reason.
    records
        How much feedback the span has.
    days
        How long feedback came for in the span.
    precision
        From the verdicts on those of its alerts that are in the store; None without any.
    """

    rule: Rule
    raised: tuple[Raised, ...]
    reviews: int
    held_back: Mapping[HeldReason, int]
    records: int
    days: float
    precision: Precision | None

    @property
    def share(self) -> float:
        """Alerts as a share of feedback."""
        return len(self.raised) / self.records if self.records else 0.0

    @property
    def a_day(self) -> float:
        """Alerts a day."""
        return len(self.raised) / self.days if self.days else 0.0

    @property
    def level(self) -> str:
        """``ok``, ``warning`` or ``error``: whether it would flood its receiver."""
        if self.records < LEAST_RECORDS or self.share <= WARN_SHARE:
            return "ok"
        return "error" if self.share > ERROR_SHARE else "warning"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, with the first alerts."""
        return {
            "rule": self.rule.slug,
            "status": str(self.rule.status),
            "alerts": len(self.raised),
            "reviews": self.reviews,
            "held_back": {str(reason): count for reason, count in sorted(self.held_back.items())},
            "alerts_a_day": round(self.a_day, 3),
            "share": round(self.share, 5),
            "level": self.level,
            "precision": self.precision.as_dict() if self.precision else None,
            "top": [one.as_dict() for one in self.raised[:MOST_SHOWN]],
        }


@dataclass(frozen=True)
class Backtest:
    """All rules over the span.

    Parameters
    ----------
    days
        How long feedback came for: the span, but not what of it was before the first feedback.
    """

    since: datetime
    until: datetime
    days: float
    records: int
    rules: tuple[RuleBacktest, ...]

    @property
    def call_backs(self) -> dict[str, float]:
        """Alerts a month that each receiver would follow up, the busiest first."""
        months = max(self.days * DAY / MONTH, 1e-9)
        counts: Counter[str] = Counter()
        for one in self.rules:
            counts[one.rule.send_to or OPERATORS] += len(one.raised)
        return {receiver: round(count / months, 1) for receiver, count in counts.most_common() if count}

    @property
    def floods(self) -> bool:
        """Whether a rule alerts on more than a tenth of all feedback."""
        return any(one.level == "error" for one in self.rules)

    def alerts(self) -> dict[str, Raised]:
        """Return every alert by its id."""
        return {raised.alert.id: raised for one in self.rules for raised in one.raised}

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "days": round(self.days, 3),
            "feedback": self.records,
            "call_backs_a_month": self.call_backs,
            "rules": [one.as_dict() for one in self.rules],
        }


@dataclass
class _Tally:
    raised: list[Raised] = field(default_factory=list)
    reviews: int = 0
    held_back: Counter[HeldReason] = field(default_factory=Counter)


def backtest(
    rules: LoadedRules,
    stored: Iterable[Stored],
    since: datetime,
    until: datetime,
    *,
    first: datetime | None = None,
    verdicts: Mapping[str, VerdictKind] | None = None,
    case_of: CaseOf = Case,
    route: Route | None = None,
) -> Backtest:
    """Replay stored feedback by some rules; what was received before `since` only warms up windows and cooldowns.

    The alerts are those that the rules would have raised live, had they been in force from the first of `stored` on.
    Drafts and paused rules are left out; shadow rules are judged, and what they would open is held back as such.

    Parameters
    ----------
    stored
        In the order of commits.
    first
        When the first feedback of all occurred; rates are over the time since then. None takes the whole span.
    verdicts
        The latest verdict of alerts in the store, by alert.
    route
        Says who would hold each alert; None leaves that open.
    """
    tallies = {rule.slug: _Tally() for rule in rules.evaluated}
    replay = Replay(rules)
    records = 0
    for batch in _batches(stored, until):
        cases = [case_of(one.feedback, one.decision.reading) for one in batch]
        moments = [one.received_at for one in batch]
        outcomes = replay.take(cases, moments, [one.decision.sequence for one in batch])
        for one, case, outcome in zip(batch, cases, outcomes, strict=True):
            _tally(tallies, outcome.alerts, case, since, route)
            if one.received_at >= since:
                records += 1
                for held in outcome.held_back:
                    tallies[held.rule].held_back[held.reason] += 1
    _tally(tallies, replay.pass_time(until), None, since, route)
    days = _days(since, until, first or since)
    found = [
        RuleBacktest(
            rule=rule,
            raised=tuple(tally.raised),
            reviews=tally.reviews,
            held_back=dict(tally.held_back),
            records=records,
            days=days,
            precision=precision_of((verdicts or {}).get(one.alert.id) for one in tally.raised),
        )
        for rule, tally in ((rule, tallies[rule.slug]) for rule in rules.evaluated)
    ]
    return Backtest(since, until, days, records, tuple(found))


def _days(since: datetime, until: datetime, first: datetime) -> float:
    """Return how long feedback came for, in days: a young store has less than the span, but is taken for a day old."""
    length = until - max(since, first)
    return max(length, min(until - since, DAY)) / DAY


def _tally(
    tallies: Mapping[str, _Tally], alerts: Sequence[Alert], case: Case | None, since: datetime, route: Route | None
) -> None:
    """Note alerts; those of a feedback have its text, and those that time opened before it have none."""
    for alert in alerts:
        if alert.opened_at < since:
            continue
        if alert.kind is AlertKind.REVIEW:
            tallies[alert.rule].reviews += 1
        else:
            own = case if case is not None and case.feedback.key == (alert.source, alert.feedback_id) else None
            text = own.feedback.text[:EXCERPT] if own is not None else ""
            tallies[alert.rule].raised.append(Raised(route(alert, own) if route else alert, text))


def _batches(stored: Iterable[Stored], until: datetime) -> Iterator[list[Stored]]:
    batch: list[Stored] = []
    for one in stored:
        if one.received_at > until:
            continue
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True)
class RuleDifference:
    """What one rule gains and loses between two versions of a folder of rules."""

    slug: str
    change: str
    must_not_lose: bool
    gained: tuple[Raised, ...]
    lost: tuple[Raised, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "rule": self.slug,
            "change": self.change,
            "must_not_lose": self.must_not_lose,
            "gained": [one.as_dict() for one in self.gained],
            "lost": [one.as_dict() for one in self.lost],
        }


def differences(old: Backtest, new: Backtest) -> tuple[RuleDifference, ...]:
    """Return what each rule that is in either gains and loses, rule by rule."""
    before = {one.rule.slug: one for one in old.rules}
    after = {one.rule.slug: one for one in new.rules}
    return tuple(difference(slug, before.get(slug), after.get(slug)) for slug in {**before, **after})


def difference(slug: str, old: RuleBacktest | None, new: RuleBacktest | None) -> RuleDifference:
    """Return what a rule gains and loses; None where there is no such rule, or it is not evaluated."""
    olds = {one.alert.id: one for one in old.raised} if old else {}
    news = {one.alert.id: one for one in new.raised} if new else {}
    change = "added" if old is None else "removed" if new is None else "same"
    if old is not None and new is not None and old.rule.version != new.rule.version:
        change = "changed"
    must_not_lose = any(one is not None and one.rule.must_not_lose for one in (old, new))
    gained = tuple(one for name, one in news.items() if name not in olds)
    lost = tuple(one for name, one in olds.items() if name not in news)
    return RuleDifference(slug, change, must_not_lose, gained, lost)
