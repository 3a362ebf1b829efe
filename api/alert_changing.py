"""Alerts, changed: what the API and the console do alike."""

from __future__ import annotations

from api.alert_body import Asked
from api.auth import Caller, check_role
from api.runtime import Service
from engine.alerts.alert import Alert
from engine.alerts.change_intake import ChangeIntake
from engine.scope import JUDGES


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


def intake_of(service: Service) -> ChangeIntake:
    """Return what admits changes: with the program, the people and the labels of this moment."""
    engine = service.engine
    return ChangeIntake(engine.program, service.store.people.directory(), engine.rules.taxonomy)
