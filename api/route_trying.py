"""Trying routes, over HTTP and in the console alike."""

from __future__ import annotations

from typing import Any

from api.auth import Caller, check_unit
from api.problems import ParameterError
from api.runtime import Service
from api.setting_changing import try_setting
from engine.errors import FeedbackError, ForbiddenError
from engine.intake import admit
from engine.names import unknown
from engine.route_trial import NO_ID, RouteTrial, Tried, admit_subject
from engine.shelf.setting import routes_draft

ONE_OF = ("feedback", "alert")
FIELDS = (*ONE_OF, "routes")


def tried(service: Service, said: Any, caller: Caller) -> list[Tried]:
    """Try what a body says.

    Raises
    ------
    ParameterError
        If it says neither a feedback nor an alert, or both.
    FeedbackError
        If that is not valid.
    ForbiddenError
        If it is of a unit outside the caller's.
    SetupError, ManagedError
        If routes are given that could not be published.
    """
    field, record, routes = _one_of(said)
    engine = service.engine
    program = engine.program if routes is None else try_setting(service, routes_draft(routes)).program
    trial, now = RouteTrial(engine, program), engine.clock.now()
    if not record.get("unit") and caller.scope.unit is not None:
        record = record | {"unit": caller.scope.unit}
    try:
        if field == "feedback":
            feedback = admit({"id": NO_ID} | record, engine.program, now)
            check_unit(feedback, caller, 0)
            return trial.feedback(feedback)
        subject = admit_subject(record, engine.program, engine.rules.taxonomy, engine.rules.by_slug, now)
    except FeedbackError as problem:
        where = f"{field}.{problem.field}" if problem.field else field
        raise FeedbackError(str(problem), field=where) from problem
    if not caller.scope.sees(subject.unit):
        raise ForbiddenError(f"unit {subject.unit} is outside this key's unit {caller.scope.unit}")
    return [trial.imagined(subject)]


def _one_of(said: Any) -> tuple[str, dict[str, Any], str | None]:
    """Return what is tried, and by which routes; None is those in force."""
    given = dict(said) if isinstance(said, dict) else {}
    for name in given:
        if name not in FIELDS:
            raise ParameterError(unknown("field", name, FIELDS), field=name[:100])
    routes = given.pop("routes", None)
    if routes is not None and not isinstance(routes, str):
        raise ParameterError("routes must be a text of YAML", field="routes")
    if len(given) != 1:
        raise ParameterError("send either a feedback or an alert", field="feedback")
    field, record = next(iter(given.items()))
    if not isinstance(record, dict):
        raise ParameterError(f"{field} must be an object", field=field)
    return field, record, routes
