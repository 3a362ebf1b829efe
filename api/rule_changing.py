"""Published rules, changed: what the API and the console do alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from api.auditing import What, noted
from api.auth import Caller, check_role
from api.runtime import Service
from engine.scope import AUTHORS
from engine.shelf.publisher import Publisher

Result = TypeVar("Result")


def change_rules(service: Service, caller: Caller, what: What, work: Callable[[Publisher], Result]) -> Result:
    """Change what is published, and judge by it from the next batch on; the change goes on record.

    Run it in a thread of its own: rules are loaded before they are published, which feedback need not wait for.

    Raises
    ------
    ForbiddenError
        If the caller's role may not change rules.
    StaleError, ManagedError, RulesError, ConflictError, NotFoundError
        As `engine.shelf.publisher.Publisher` does.
    """
    check_role(caller, AUTHORS)
    return noted(service, caller, what, lambda: service.published.work(work))()
