"""Alerts, changed: what the API and the console do alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.alert_body import Asked
from api.auth import Caller, check_role
from api.runtime import Service
from engine.alerts.alert import Alert
from engine.alerts.change_intake import ChangeIntake
from engine.errors import HeedfulError, RefusedError
from engine.scope import JUDGES
from engine.store.changes import REFUSALS


@dataclass(frozen=True, slots=True)
class Each:
    """What came of a change of many alerts: those that were changed, and why others were not, by their ids."""

    done: tuple[Alert, ...]
    refused: Mapping[str, HeedfulError]


def change_alerts(service: Service, caller: Caller, asked: Asked) -> list[Alert]:
    """Change alerts in one way: all of them, or none; run it in the thread that writes.

    Raises
    ------
    ForbiddenError
        If the caller's role may not change alerts.
    ChangeError, AlertStateError, NotFoundError, StaleError, RefusedError
        As `engine.store.changes.apply_in` does.
    """
    check_role(caller, JUDGES)
    intake, now = intake_of(service), service.engine.clock.now()
    by = asked.by(caller, intake)
    change = asked.change(intake, by, now)
    return service.store.changes.apply(change, asked.seen, by, now, caller.scope)


def change_each(service: Service, caller: Caller, asked: Asked) -> Each:
    """Change as many of some alerts as can be; run it in the thread that writes.

    Raises
    ------
    ForbiddenError
        If the caller's role may not change alerts.
    ChangeError, VerdictError
        If the change itself is not valid.
    """
    refused: dict[str, HeedfulError] = {}
    seen = dict(asked.seen)
    # All of them or none, without those that were refused: other processes may change some meanwhile.
    while seen:
        try:
            return Each(tuple(change_alerts(service, caller, replace(asked, seen=seen))), refused)
        except RefusedError as problem:
            new = problem.refused
        except REFUSALS as problem:
            if len(seen) > 1:
                raise
            new = {next(iter(seen)): problem}
        refused |= new
        seen = {name: version for name, version in seen.items() if name not in new}
    return Each((), refused)


def intake_of(service: Service) -> ChangeIntake:
    """Return what admits changes: with the program, the people and the labels of this moment."""
    engine = service.engine
    return ChangeIntake(engine.program, service.store.people.directory(), engine.rules.taxonomy)
