"""The queue that an alert was opened from: as the address says it, in the words of ``GET /v1/alerts``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from api.alert_listing import holders_of, named_as_stored
from api.auth import Caller
from api.runtime import Service
from engine.alerts.alert import CLOSED, Alert, AlertKind, AlertState
from engine.alerts.severity import Severity
from engine.store.alert_filter import AlertFilter, Sort
from engine.store.beside import Beside

YES = frozenset({"1", "true", "yes", "on"})
MOST, MOST_PAIRS = 2_000, 50


@dataclass(frozen=True, slots=True)
class Queue:
    """Which alerts stand beside this one, in which order.

    Parameters
    ----------
    said
        As the address says it; goes along to the next alert.
    holder, customer, mine, overdue
        Only what this person or team holds; what is about this customer; what the reader holds; what is late.
    """

    said: str
    wanted: AlertFilter
    sort: Sort = Sort.PRIORITY
    holder: str | None = None
    customer: str | None = None
    mine: bool = False
    overdue: bool = False

    def beside(self, service: Service, caller: Caller, alert: Alert) -> Beside:
        """Return what stands before and after an alert, as far as somebody may see it."""
        wanted = self.wanted
        if not self.said and alert.kind is AlertKind.REVIEW:
            wanted = replace(wanted, kind=str(AlertKind.REVIEW))
        now = service.engine.clock.now()
        holders = holders_of(service, self.holder, caller.name if self.mine else None)
        wanted = named_as_stored(service, wanted, self.customer)
        wanted = replace(wanted, holders=holders, overdue_at=now if self.overdue else None)
        return service.store.alerts.beside(alert, wanted, sort=self.sort, scope=caller.scope)


def queue_of(said: str) -> Queue:
    """Return the queue that an address names; what is not known there is passed over, as is what is too long."""
    said = said if len(said) <= MOST and said.count("&") < MOST_PAIRS else ""
    pairs = parse_qsl(said)
    asked = dict(pairs)
    states = tuple(value for name, value in pairs if name == "state" and value in set(AlertState))
    severities = tuple(value for name, value in pairs if name == "severity" and value in set(Severity))
    newest = asked.get("sort") == Sort.NEWEST or bool(CLOSED.intersection(states))
    wanted = AlertFilter(
        rule=asked.get("rule"),
        states=states or None,
        kind=asked.get("kind"),
        unit=asked.get("unit"),
        team=asked.get("team"),
        problem=asked.get("problem"),
        severities=severities or None,
        unheld=_is_yes(asked, "unassigned"),
        search=asked.get("search"),
    )
    return Queue(
        said,
        wanted,
        Sort.NEWEST if newest else Sort.PRIORITY,
        asked.get("holder"),
        asked.get("customer"),
        _is_yes(asked, "mine"),
        _is_yes(asked, "overdue"),
    )


def _is_yes(asked: Mapping[str, str], name: str) -> bool:
    return asked.get(name, "").lower() in YES
