"""Composition: a store, a program and its receivers become an outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.alerts.matching import Matching
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import Receiver
from engine.ports import Clock
from engine.program import Program
from engine.store.gathering import Mutes
from engine.store.store import Store


def outbox_of(store: Store, program: Program, receivers: Mapping[str, Receiver], clock: Clock) -> Outbox:
    """Return the outbox that delivers what a store has to tell, with all that may mute it."""
    mutes = mutes_of(store, program)
    return Outbox(store.outbox, receivers, clock, specs=program.receivers, settle=mutes.settle)


def mutes_of(store: Store, program: Program) -> Mutes:
    """Return what keeps notifications of a store from being sent, under a program."""

    def silences(connection: Connection, now: datetime) -> Sequence[tuple[str, Matching]]:
        return [(one.id, one.matching) for one in store.silences.active(now, connection)]

    def problems(connection: Connection, now: datetime) -> Sequence[tuple[str, Matching]]:
        return [(one.problem, one.matching) for one in store.problems.inhibiting(now, connection)]

    return Mutes(program, store.people.directory_on, silences, problems)
