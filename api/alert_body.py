"""What requests say of alerts: which were seen in which version, what to do, and in whose name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request

from api.auth import Caller
from api.problems import ParameterError, UnseenError
from engine.alerts.change_intake import ChangeIntake
from engine.alerts.changes import ADDS, Action, By, Change
from engine.errors import ChangeError, ForbiddenError
from engine.names import show, unknown
from engine.scope import Role
from engine.store.changes import MOST_AT_ONCE

# Whose keys may act in the name of people: those of programs in which people are signed in.
ON_BEHALF = frozenset({Role.ADMIN, Role.AGENT})
_TAG = re.compile(r'"([0-9]{1,9})"\Z')
UNSEEN = "say what you change: 'If-Match' with the ETag of the alert as you saw it, or 'version' in the body"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for: alerts with the versions that were seen, and the change as it was written."""

    seen: Mapping[str, int | None]
    record: Mapping[str, Any]
    person: Any = None

    def by(self, caller: Caller, intake: ChangeIntake) -> By:
        """Return who acts: the key, or the person in whose name it acts.

        Raises
        ------
        ForbiddenError
            If the key may not act in the name of people.
        ChangeError
            If there is no such person.
        """
        if self.person is None:
            return By(caller.name, caller.through)
        if caller.role not in ON_BEHALF:
            may = ", ".join(sorted(ON_BEHALF))
            raise ForbiddenError(f"a key of role {caller.role} acts for itself; in a person's name act: {may}")
        return By(intake.person(self.person), caller.name)

    def change(self, intake: ChangeIntake, by: By, now: datetime) -> Change:
        """Return the change, if what it takes back of others was seen.

        Raises
        ------
        UnseenError
            If it does not say which version was seen, and must.
        """
        change = intake.admit(self.record, by.who, now)
        if change.action not in ADDS and None in self.seen.values():
            raise UnseenError(UNSEEN)
        return change


def asked_of_one(request: Request, alert_id: str, body: Any, action: Action | None = None) -> Asked:
    """Return what a request asks for with one alert.

    Parameters
    ----------
    action
        What the path says; the body does not say it then.
    """
    record = _object(body)
    own, person = record.pop("version", None), record.pop("person", None)
    version = None if own is None else _version(own)
    tagged = _tagged(request)
    if tagged is not None and version is not None and tagged != version:
        raise ParameterError("If-Match and the body's version do not agree; send one of them", field="version")
    if action is not None:
        if "action" in record:
            raise ChangeError("the path says the action; leave it out of the body", field="action")
        record["action"] = str(action)
    return Asked({alert_id: version if tagged is None else tagged}, record, person)


def asked_of_many(body: Any) -> Asked:
    """Return what a request asks for with several alerts: ``{action, alerts: [{id, version}], ...}``."""
    record = _object(body)
    alerts, person = record.pop("alerts", None), record.pop("person", None)
    if not isinstance(alerts, list) or not 1 <= len(alerts) <= MOST_AT_ONCE:
        raise ChangeError(f"alerts must be a list of 1 to {MOST_AT_ONCE:,} of {{id, version}}", field="alerts")
    seen: dict[str, int | None] = {}
    for place, one in enumerate(alerts):
        alert_id, version = _alert(one, f"alerts.{place}")
        if alert_id in seen:
            raise ChangeError(f"alert {show(alert_id)} is named twice", field=f"alerts.{place}")
        seen[alert_id] = version
    return Asked(seen, record, person)


def _alert(one: Any, field: str) -> tuple[str, int | None]:
    if not isinstance(one, dict) or not isinstance(one.get("id"), str):
        raise ChangeError('each alert must be {"id": ..., "version": ...}', field=field)
    for name in one:
        if name not in ("id", "version"):
            raise ChangeError(unknown("field", str(name), ("id", "version")), field=f"{field}.{show(str(name))}")
    version = one.get("version")
    return one["id"], None if version is None else _version(version, f"{field}.version")


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ChangeError("a change must be an object with the field 'action'")
    return dict(body)


def _version(value: Any, field: str = "version") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value < 2**31:
        raise ChangeError("the version must be a whole number, as the alert shows it", field=field)
    return value


def _tagged(request: Request) -> int | None:
    match = request.headers.get("if-match")
    if match is None:
        return None
    found = _TAG.match(match.strip())
    if found is None:
        raise ParameterError('If-Match must be the ETag of the alert, such as "3"', field="If-Match")
    return int(found[1])
