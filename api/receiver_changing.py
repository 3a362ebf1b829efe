"""Receivers are tested, paused and started, over HTTP and in the console alike."""

from __future__ import annotations

from collections.abc import Callable

from api.auditing import noted
from api.auth import Caller
from api.runtime import Service
from engine.delivery.trial import Tested, send_test
from engine.errors import ForbiddenError, NotFoundError
from engine.names import unknown
from engine.store.receiver_states import ReceiverStanding


def testing(service: Service, caller: Caller, name: str, address: str | None) -> Callable[[], Tested]:
    """Return what sends a test message the real way, to be run in a thread.

    Raises
    ------
    NotFoundError
        If there is no such receiver.
    """
    spec, sender = service.specs.get(name), service.senders.get(name)
    if spec is None or sender is None:
        raise NotFoundError(unknown("receiver", name, service.specs))
    clock = service.engine.clock
    return noted(service, caller, ("test", "receiver", name), lambda: send_test(sender, spec, clock, address))


def pausing(service: Service, caller: Caller, name: str, why: str) -> Callable[[], ReceiverStanding]:
    """Return what holds all messages for a receiver from now on.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    NotFoundError
        If there is no such receiver.
    """
    _check_scope(caller)
    if name not in service.specs:
        raise NotFoundError(unknown("receiver", name, service.specs))
    states, now = service.store.receivers, service.engine.clock.now()
    return noted(
        *(service, caller, ("pause", "receiver", name), lambda: states.pause(name, caller.name, why, now)),
        {"why": why[:500]},
    )


def starting(service: Service, caller: Caller, name: str) -> Callable[[], int]:
    """Return what has messages sent to a stopped receiver again, also those held for it: it returns their number.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    """
    _check_scope(caller)
    states, now = service.store.receivers, service.engine.clock.now()

    def start() -> int:
        known = states.all()
        if name not in known:
            raise NotFoundError(unknown("receiver", name, known))
        return states.start(name, now)

    return noted(service, caller, ("start", "receiver", name), start)


def _check_scope(caller: Caller) -> None:
    if caller.scope.unit is not None:
        raise ForbiddenError("a receiver serves every unit: it takes an admin without a unit")
