"""Composition: a store, a program and its receivers become an outbox."""

from __future__ import annotations

from collections.abc import Mapping

from engine.delivery.outbox import Outbox
from engine.delivery.receivers import Receiver
from engine.ports import Clock
from engine.program import Program
from engine.store.gathering import Mutes
from engine.store.store import Store


def outbox_of(store: Store, program: Program, receivers: Mapping[str, Receiver], clock: Clock) -> Outbox:
    """Return the outbox that delivers what a store has to tell, with all that may mute it."""
    mutes = Mutes(store, program)
    specs, retired = program.receivers, program.retired
    return Outbox(store.outbox, receivers, clock, specs=specs, settle=mutes.settle, retired=retired)


def renew(outbox: Outbox, store: Store, program: Program, receivers: Mapping[str, Receiver]) -> None:
    """Have an outbox deliver to the receivers of a program from now on, with all that may mute it."""
    outbox.use(receivers, program.receivers, Mutes(store, program).settle, program.retired)
