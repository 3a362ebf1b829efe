"""Customers are forgotten, over HTTP and in the console alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.auditing import noted
from api.auth import Caller
from api.runtime import Service
from engine.errors import ForbiddenError
from engine.privacy.erasing_intake import admit_wish
from engine.privacy.erasure import Erasure


def check_everywhere(caller: Caller) -> None:
    """Refuse who is of a unit: a customer is forgotten in all of them.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    """
    if caller.scope.unit is not None:
        raise ForbiddenError("a customer is forgotten in every unit: it takes an admin without a unit")


def erasing(service: Service, caller: Caller, said: Any) -> Callable[[], Erasure]:
    """Return what writes down that a customer is to be forgotten; the service then does it in the background.

    The record of it names the keyed digest of the customer, and never the customer.

    Raises
    ------
    ForbiddenError
        If the caller is of one unit.
    ErasureError
        Naming the field that is not valid.
    """
    check_everywhere(caller)
    engine, erasures = service.engine, service.store.erasures
    wish = admit_wish(said, caller.name, engine.program, engine.redactor, service.settings.models)
    now = engine.clock.now()

    def begin() -> Erasure:
        what = ("erase", "customer", erasures.digest(wish.customer, now))
        begun = noted(service, caller, what, lambda: erasures.begin(wish, now), {"erasing": str(wish.erasing)})()
        service.forgetter.wake()
        return begun

    return begin
