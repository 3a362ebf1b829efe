"""The view: which queue is shown and what of it, as it stands in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from engine.alerts.alert import CLOSED, AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.store.alert_filter import AlertFilter, Sort

MOST_CHARACTERS = 200


class Queue(StrEnum):
    """The queues: what is to be done, of whom and of what kind; and what is done."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"
    SIGNALS = "signals"
    REVIEWS = "reviews"
    CLOSED = "closed"


TITLES = {
    Queue.OPEN: "Open",
    Queue.MINE: "Mine",
    Queue.UNASSIGNED: "Unassigned",
    Queue.LATE: "Late",
    Queue.SIGNALS: "Signals",
    Queue.REVIEWS: "Reviews",
    Queue.CLOSED: "Closed",
}
SINCE = {
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(hours=24)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
STATES = tuple(one for one in AlertState if one not in CLOSED)
KINDS = (AlertKind.ALERT, AlertKind.SIGNAL, AlertKind.SYSTEM)
_OWN_KIND = {Queue.SIGNALS: AlertKind.SIGNAL, Queue.REVIEWS: AlertKind.REVIEW}


@dataclass(frozen=True, slots=True)
class View:
    """Which alerts are shown.

    Parameters
    ----------
    severity, state
        In one of these; empty asks for any.
    holder
        Who holds them: a person or a team.
    since
        How far back they were opened; one of `SINCE`.
    search
        What was typed: an id, or words that were said.
    """

    queue: Queue = Queue.OPEN
    severity: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    kind: str = ""
    rule: str = ""
    unit: str = ""
    holder: str = ""
    since: str = ""
    search: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows only a part of its queue."""
        return self != View(self.queue)

    @property
    def sort(self) -> Sort:
        """In which order."""
        return Sort.NEWEST if self.queue is Queue.CLOSED else Sort.PRIORITY

    @property
    def is_mine(self) -> bool:
        """Whether it shows only what the reader, or a team of theirs, holds."""
        return self.queue is Queue.MINE

    def wanted(self, now: datetime) -> AlertFilter:
        """Return it as the store is asked."""
        states = tuple(map(str, CLOSED)) if self.queue is Queue.CLOSED else self.state
        return AlertFilter(
            rule=self.rule or None,
            severities=self.severity or None,
            states=tuple(sorted(states)) or None,
            kind=str(_OWN_KIND.get(self.queue, self.kind)) or None,
            unit=self.unit or None,
            since=now - SINCE[self.since][1] if self.since else None,
            overdue_at=now if self.queue is Queue.LATE else None,
            unheld=self.queue is Queue.UNASSIGNED,
            search=self.search or None,
        )

    def turned(self, queue: Queue) -> View:
        """Return the same view of another queue, without what makes no sense there."""
        state = () if queue is Queue.CLOSED else self.state
        holder = "" if queue in (Queue.MINE, Queue.UNASSIGNED) else self.holder
        return replace(self, queue=queue, state=state, kind="" if queue in _OWN_KIND else self.kind, holder=holder)

    @property
    def address(self) -> str:
        """Where it is found again."""
        said = [(one.name, _said(getattr(self, one.name))) for one in fields(self) if one.name != "queue"]
        queue = [] if self.queue is Queue.OPEN else [("queue", str(self.queue))]
        asked = urlencode([*queue, *((name, value) for name, value in said if value)], safe=",/:")
        return f"/?{asked}" if asked else "/"

    @property
    def words(self) -> str:
        """Say it in the words of `GET /v1/alerts`, as pages of alerts are told which queue they were opened from."""
        wanted = [("severity", one) for one in self.severity] + [("rule", self.rule), ("unit", self.unit)]
        wanted += [("state", str(one)) for one in (sorted(CLOSED) if self.queue is Queue.CLOSED else self.state)]
        wanted += [("kind", str(_OWN_KIND.get(self.queue, self.kind))), ("holder", self.holder)]
        wanted += [("search", self.search)]
        flags = {Queue.MINE: "mine", Queue.LATE: "overdue", Queue.UNASSIGNED: "unassigned"}
        wanted += [(flags[self.queue], "true")] if self.queue in flags else []
        return urlencode([(name, value) for name, value in wanted if value])


def view_of(said: dict[str, str]) -> tuple[View, list[str]]:
    """Return the view that an address says, and what of it is passed over because it is not known."""
    passed: list[str] = []
    queue = _known(said, "queue", Queue, passed)
    view = View(
        queue=Queue(queue) if queue else Queue.OPEN,
        severity=_several(said, "severity", Severity, passed),
        state=_several(said, "state", STATES, passed),
        kind=_known(said, "kind", KINDS, passed),
        since=_known(said, "since", SINCE, passed),
        **{name: _text(said.get(name, "")) for name in ("rule", "unit", "holder", "search")},
    )
    return view.turned(view.queue), passed


def _several(said: dict[str, str], name: str, names: Iterable[str], passed: list[str]) -> tuple[str, ...]:
    asked = [one for one in said.get(name, "").split(",") if one]
    known = tuple(str(one) for one in names if one in asked)
    passed += [f"{name} {one[:40]}" for one in asked if one not in known]
    return known


def _known(said: dict[str, str], name: str, names: Iterable[str], passed: list[str]) -> str:
    value = said.get(name, "")
    if value in ("", *names):
        return value
    passed.append(f"{name} {value[:40]}")
    return ""


def _text(value: str) -> str:
    return value.replace("\x00", "").strip()[:MOST_CHARACTERS]


def _said(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)
