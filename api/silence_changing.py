"""Silences are begun and ended, over HTTP and in the console alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.auditing import noted
from api.auth import Caller
from api.privacy import named_as_stored
from api.runtime import Service
from engine.alerts.silence import Silence, admit_silence


def silence_of(service: Service, caller: Caller, said: Any) -> Silence:
    """Return the silence that somebody means; customers are looked up as they are stored, so run it in a thread.

    Raises
    ------
    SilenceError, MatchingError
        With the field, for the first thing that is wrong.
    """
    engine = service.engine
    if isinstance(said, dict) and "matching" in said:
        said = said | {"matching": named_as_stored(said["matching"], engine.redactor)}
    return admit_silence(said, caller.name, engine.clock.now(), engine.program, engine.rules.taxonomy)


def beginning(service: Service, caller: Caller, silence: Silence) -> Callable[[], Silence]:
    """Return what begins a silence."""
    what = ("add", "silence", silence.id)
    return noted(service, caller, what, lambda: service.store.silences.add(silence, caller.scope))


def ending(service: Service, caller: Caller, silence_id: str) -> Callable[[], Silence]:
    """Return what ends a silence before its time."""
    now, silences = service.engine.clock.now(), service.store.silences
    what = ("end", "silence", silence_id)
    return noted(service, caller, what, lambda: silences.end(silence_id, caller.name, now, caller.scope))
