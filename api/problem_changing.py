"""Problems, opened and changed: what the API and the console do alike."""

from __future__ import annotations

from typing import Any

from api.auditing import noted
from api.auth import Caller, check_role
from api.runtime import Service
from engine.alerts.problem import Problem
from engine.alerts.problem_intake import Setting, admit_change, admit_problem
from engine.scope import JUDGES


def open_problem(service: Service, caller: Caller, said: Any) -> Problem:
    """Open a problem, from some alerts and signals or from nothing; run it in the thread that writes.

    Raises
    ------
    ProblemError
        With the field, for the first thing that is wrong with what is said.
    ForbiddenError, NotFoundError, AlertStateError, RefusedError
        As `engine.store.problems.Problems.open` does.
    """
    check_role(caller, JUDGES)
    problem, alerts = admit_problem(said, caller.name, setting_of(service))
    work = lambda: service.store.problems.open(problem, alerts, caller.scope)  # noqa: E731
    return noted(service, caller, ("open", "problem", problem.id), work)()


def change_problem(service: Service, caller: Caller, problem_id: str, said: Any) -> Problem:
    """Link or unlink alerts, write a note, edit, solve or reopen; run it in the thread that writes.

    Raises
    ------
    ProblemError
        With the field, for the first thing that is wrong with what is said.
    NotFoundError, AlertStateError, RefusedError, StaleError, ConflictError
        As `engine.store.problems.Problems.change` does.
    """
    check_role(caller, JUDGES)
    setting = setting_of(service)
    change = admit_change(said, setting)
    work = lambda: service.store.problems.change(problem_id, change, caller.name, setting.now, caller.scope)  # noqa: E731
    return noted(service, caller, (str(change.kind), "problem", problem_id), work)()


def setting_of(service: Service) -> Setting:
    """Return what is read under: the program, the labels and the people of this moment."""
    engine = service.engine
    return Setting(engine.clock.now(), engine.program, engine.rules.taxonomy, service.store.people.directory())
