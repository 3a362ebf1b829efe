"""The record of who changed which setting, over HTTP and in the console alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from api.auth import Caller
from api.runtime import Service
from engine.store.audit import Entry

Result = TypeVar("Result")
# What is done, to what kind of thing, and to which: ("change", "person", "ann").
What = tuple[str, str, str]


def noted(
    service: Service,
    caller: Caller,
    what: What,
    work: Callable[[], Result],
    data: Mapping[str, Any] | None = None,
) -> Callable[[], Result]:
    """Return a change that goes on record together with what it writes; one that fails leaves no trace.

    Parameters
    ----------
    data
        What was said, as plain JSON values; never a secret.
    """
    done, kind, subject = what
    entry = Entry(caller.name, done, kind, subject, caller.through, data or {})

    def both() -> Result:
        with service.store.audit.of(entry, service.engine.clock.now()):
            return work()

    return both
