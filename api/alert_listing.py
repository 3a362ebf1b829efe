"""Alerts, listed: what the API and the console ask alike."""

from __future__ import annotations

from dataclasses import replace

from api.auth import Caller
from api.privacy import customers_asked
from api.problems import ParameterError
from api.runtime import Service
from engine.alerts.alert import CLOSED
from engine.people import Directory
from engine.store.alert_filter import AlertFilter, Sort
from engine.store.alerts import Page


def alerts_of(
    service: Service,
    caller: Caller,
    wanted: AlertFilter,
    *,
    sort: Sort = Sort.NEWEST,
    limit: int = 100,
    cursor: str | None = None,
    holder: str | None = None,
    mine: bool = False,
    person: str | None = None,
    customer: str | None = None,
) -> Page:
    """Return one page of the alerts that somebody may see.

    Parameters
    ----------
    holder
        Only what this person or team holds.
    mine, person
        Only what the caller, or this person instead, holds, or a team of theirs.
    customer
        Only of this customer, named as they are sent or as they are stored.

    Raises
    ------
    ParameterError
        If a queue is asked for closed alerts, or a person without ``mine``.
    FeedbackError
        If the cursor is not one that a page in this order gave.
    """
    if sort is Sort.PRIORITY and CLOSED.intersection(wanted.states or ()):
        raise ParameterError("a queue has no closed alerts; leave sort=priority, or the closed states", field="state")
    if person is not None and not mine:
        raise ParameterError("person goes with mine=true; name others with holder", field="person")
    holders = holders_of(service, holder, (person or caller.name) if mine else None)
    asked = replace(named_as_stored(service, wanted, customer), holders=holders)
    return service.store.alerts.page(asked, sort=sort, limit=limit, cursor=cursor, scope=caller.scope)


def named_as_stored(service: Service, wanted: AlertFilter, customer: str | None) -> AlertFilter:
    """Return what is wanted, also of the names under which a customer is stored: of one, or whom a search may name."""
    redactor = service.engine.redactor
    named = customers_asked(wanted.search.strip() or None, redactor) if wanted.search else None
    return replace(wanted, customers=customers_asked(customer, redactor), named=named or ())


def holders_of(service: Service, holder: str | None, whose: str | None) -> tuple[str, ...] | None:
    """Return who may hold what is wanted: this person or team, and somebody or a team of theirs; None is anybody."""
    held = held_by(service.store.people.directory(), whose) if whose is not None else None
    return held if holder is None else (holder,) if held is None or holder in held else ()


def held_by(people: Directory, name: str) -> tuple[str, ...]:
    """Return under which names somebody holds alerts: their own, and those of their teams."""
    person = people.person(name)
    return (name, *person.teams) if person else (name,)
