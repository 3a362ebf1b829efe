"""Erasures: begun, worked through in short transactions, taken up again after a crash, and looked up.

The row of an erasure comes first and says what is to be done. Every further transaction erases some and notes how far
it is, so that whoever goes on, this process or another, does nothing twice and leaves nothing out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as randomness
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import Connection, func, select, update

from engine.errors import ConflictError, NotFoundError
from engine.names import is_storable, show
from engine.ports import Clock
from engine.privacy.data_files import Theirs, erase_files, models_of
from engine.privacy.erasing_intake import Wish, check_wish
from engine.privacy.erasure import Erasure, ErasureKind
from engine.privacy.naming import Names
from engine.privacy.retention import Erasing
from engine.store import schema, schema_privacy, schema_search
from engine.store.database import Database
from engine.store.entries import TSVECTOR
from engine.store.erasing_alerts import Manner
from engine.store.erasing_counts import read_again
from engine.store.erasing_records import erase_records
from engine.store.erasing_sweep import Sweep
from engine.store.erasing_work import (
    Phase,
    Work,
    customer_keys,
    erasure_of,
    keys_with_names,
    receipt_of,
    remaining,
    sequences_of,
)
from engine.store.record_rows import Key
from engine.store.retaining import aged_keys
from engine.store.secrets import Secrets

KEY_NAME = "erasure"
LEASE = timedelta(minutes=2)
# A transaction takes about so long: who sends feedback waits for no more than one of them.
WANTED_S = 0.1
FIRST, LEAST, MOST = 20, 10, 500
SCANNED = 500
AHEAD = 2_000
# A larger file is rewritten when it is asked for: nothing can be written meanwhile.
REWRITTEN_AT_ONCE = 256 * 1024 * 1024

table = schema_privacy.erasure
# Does something about the commits of records, in the transaction that erases them.
Forget = Callable[[Connection, Sequence[int]], object]


class Erasures:
    """The erasures of a store."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets
        self._sizes: dict[str, int] = {}
        self._ahead: dict[str, list[Key]] = {}
        # What is kept beside the tables here: called with the sequences that are about to be erased, with those that
        # were anonymised, and once nothing more is erased, each in the transaction that does so.
        self.before: list[Forget] = []
        self.after: list[Forget] = []
        self.last: list[Callable[[Connection], None]] = []

    def digest(self, customer: str, now: datetime) -> str:
        """Return the keyed digest that stands for a customer in receipts."""
        key = self._secrets.get(KEY_NAME, now).encode()
        return hmac.new(key, customer.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def begin(self, wish: Wish, now: datetime) -> Erasure:
        """Write down that a customer is to be forgotten; nothing is erased yet.

        Raises
        ------
        ErasureError
            If the customer cannot be one.
        """
        check_wish(wish)
        names = Names((wish.customer, *wish.stored), randomness.token_hex(16))
        digest = self.digest(wish.customer, now)
        with self._database.write(ordered=True) as connection:
            last = connection.scalar(select(func.max(schema.feedback.c.sequence))) or 0
            registered = connection.scalars(select(schema_privacy.export.c.path)).all()
            work = Work(
                phase=Phase.FILES,
                names=names.names,
                salt=randomness.token_hex(16),
                last=last,
                anywhere=wish.anywhere,
                kept=wish.kept,
                places=tuple(dict.fromkeys([*(str(one.absolute()) for one in wish.places), *registered])),
                models=str(wish.models.absolute()) if wish.models else None,
                rewrite=wish.rewrite,
            )
            row = {
                "id": f"er_{randomness.token_hex(12)}",
                "kind": str(ErasureKind.CUSTOMER),
                "subject": digest,
                "erasing": str(wish.erasing),
                "who": wish.who,
                "why": names.cleaned(wish.why),
                "requested_at": now,
                "finished_at": None,
                "progress": work.dumped(),
                "receipt": receipt_of(wish.erasing, ErasureKind.CUSTOMER),
            }
            connection.execute(table.insert(), row)
        return self.one(str(row["id"]))

    def run(self, erasure_id: str, worker: str, clock: Clock, rest: Callable[[float], object] = time.sleep) -> Erasure:
        """Do all that is left of an erasure, and return it with its receipt.

        Parameters
        ----------
        worker
            Names this process: one at a time works at an erasure.
        rest
            Called between transactions with the seconds that one took; whoever else writes has that time.

        Raises
        ------
        ConflictError
            If another process works at it.
        """
        self._ahead.pop(erasure_id, None)
        while True:
            begun = time.monotonic()
            if not self._step(erasure_id, worker, clock.now()):
                self._sizes.pop(erasure_id, None)
                return self.one(erasure_id)
            took = time.monotonic() - begun
            self._resize(erasure_id, took)
            rest(min(took, 1.0))

    def _resize(self, erasure_id: str, took: float) -> None:
        size = self._sizes.get(erasure_id, FIRST)
        factor = min(2.0, max(0.5, WANTED_S / max(took, 0.001)))
        self._sizes[erasure_id] = max(LEAST, min(MOST, int(size * factor)))

    def unfinished(self, now: datetime) -> list[str]:
        """Return the erasures that nobody works at, the first asked for first."""
        query = select(table.c.id, table.c.progress).where(table.c.finished_at.is_(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.requested_at, table.c.id)).all()
        return [row.id for row in rows if Work.loaded(row.progress).is_free(now)]

    def one(self, erasure_id: str) -> Erasure:
        """Return an erasure with its receipt as far as it is.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        query = select(table).where(table.c.id == (erasure_id if is_storable(erasure_id) else ""))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(f"there is no erasure {show(erasure_id)}")
        return erasure_of(row)

    def page(self, *, limit: int = 100, after: str | None = None) -> list[Erasure]:
        """Return erasures, the newest first.

        Parameters
        ----------
        after
            The last one of the page before.

        Raises
        ------
        NotFoundError
            If the page before had no such erasure.
        """
        query = select(table).order_by(table.c.requested_at.desc(), table.c.id.desc()).limit(limit)
        if after is not None:
            last = self.one(after)
            earlier = (table.c.requested_at == last.requested_at) & (table.c.id < last.id)
            query = query.where((table.c.requested_at < last.requested_at) | earlier)
        with self._database.read() as connection:
            return [erasure_of(row) for row in connection.execute(query).mappings()]

    @contextmanager
    def _turn(self, erasure_id: str, worker: str, now: datetime) -> Iterator[tuple[Connection, Work, Erasure]]:
        """Open a transaction of an erasure: what is done in it and how far it is then are one."""
        with self._database.write(ordered=True) as connection:
            query = select(table).where(table.c.id == erasure_id).with_for_update()
            row = connection.execute(query).mappings().one()
            work, erasure = Work.loaded(row["progress"]), erasure_of(row)
            if not work.is_free(now) and work.worker != worker:
                raise ConflictError(f"another process works at erasure {erasure_id}; it goes on by itself")
            work.receipt = orjson.loads(row["receipt"])
            work.worker, work.until = worker, (now + LEASE).isoformat()
            yield connection, work, erasure
            values = {"progress": work.dumped(), "receipt": orjson.dumps(work.receipt).decode()}
            connection.execute(update(table).where(table.c.id == erasure_id).values(values))

    def _step(self, erasure_id: str, worker: str, now: datetime) -> bool:
        """Do one transaction's worth, and return whether there is more."""
        with self._turn(erasure_id, worker, now) as (connection, work, erasure):
            if erasure.finished_at is not None:
                return False
            if work.phase is Phase.RECORDS:
                self._records(connection, work, erasure, now)
                return True
            if work.phase is Phase.SWEEP:
                self._sweep(connection, work, erasure, now)
                return True
        if work.phase is Phase.FILES:
            self._files(erasure_id, worker, now)
            return True
        self._finish(erasure_id, worker, now)
        return False

    def _records(self, connection: Connection, work: Work, erasure: Erasure, now: datetime) -> None:
        size = self._sizes.get(erasure.id, FIRST)
        keys = self._keys(connection, work, erasure, size)
        if not keys:
            return
        sequences = sequences_of(connection, keys)
        for forget in self.before:
            forget(connection, sequences)
        manner = Manner(erasure.erasing, Names(work.names, work.salt), work.kept, now)
        done, patterns = erase_records(connection, keys, manner)
        for enter in self.after if not manner.deletes else ():
            enter(connection, sequences)
        work.count(done)
        work.patterns = work.patterns or patterns

    def _keys(self, connection: Connection, work: Work, erasure: Erasure, size: int) -> list[Key]:
        """Return the next records, or go on to what comes after them."""
        if erasure.kind is ErasureKind.RETENTION:
            keys, work.after = aged_keys(connection, work, erasure.erasing, size)
            if not keys:
                work.phase = Phase.SWEEP
            return keys
        # Looked up for many transactions at once: each look goes through all records that are left.
        ahead = self._ahead.setdefault(erasure.id, []) or customer_keys(connection, work, AHEAD)
        self._ahead[erasure.id] = ahead[size:]
        if ahead:
            return ahead[:size]
        if work.anywhere and work.scanned < work.last:
            keys, work.scanned = keys_with_names(connection, work, SCANNED)
            return keys
        work.phase = Phase.SWEEP
        return []

    def _sweep(self, connection: Connection, work: Work, erasure: Erasure, now: datetime) -> None:
        if erasure.kind is ErasureKind.CUSTOMER:
            manner = Manner(erasure.erasing, Names(work.names, work.salt), work.kept, now)
            steps = list(Sweep(manner, work.last, erasure.requested_at).steps())
            if work.swept < len(steps):
                work.count(steps[work.swept](connection))
                work.swept += 1
                return
        if work.patterns or erasure.kind is ErasureKind.CUSTOMER:
            read_again(connection)
        for finish in self.last:
            finish(connection)
        # From here on nobody can tell any more whose erasure it is.
        work.forget_whose()
        work.phase = Phase.PURGE

    def _files(self, erasure_id: str, worker: str, now: datetime) -> None:
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.id == erasure_id)).mappings().one()
            work = Work.loaded(row["progress"])
            keys = set(remaining(connection, work))
        places = [Path(one) for one in work.places]
        theirs = Theirs(keys, Names(work.names, work.salt), work.anywhere)
        done = erase_files(places, theirs, erasure_id, now.isoformat(timespec="seconds"))
        hashes = {one["sha256_before"] for one in (*work.rewritten, *done.files)}
        models = models_of(Path(work.models), hashes) if work.models and hashes else []
        with self._turn(erasure_id, worker, now) as (_, current, _erasure):
            current.note_files(done, models)
            current.phase = Phase.RECORDS

    def _finish(self, erasure_id: str, worker: str, now: datetime) -> None:
        """Leave nothing of it in the database's files, and close the erasure."""
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.id == erasure_id)).mappings().one()
        work, erasure = Work.loaded(row["progress"]), erasure_of(row)
        customer = erasure.kind is ErasureKind.CUSTOMER
        rewrite = work.rewrite
        if rewrite is None:
            rewrite = customer and self._database.size() <= REWRITTEN_AT_ONCE
        left = self._database.purge([one.name for one in PURGED], rewrite=rewrite) if customer or erasure.counts else ()
        with self._turn(erasure_id, worker, now) as (connection, current, before):
            current.done = True
            if before.finished_at is not None:
                return
            current.receipt["remains"] = [*current.receipt.get("remains", ()), *left]
            connection.execute(update(table).where(table.c.id == erasure_id).values(finished_at=now))

    def start_retention(self, rule_said: str, erasing: Erasing, work: Work, now: datetime) -> str | None:
        """Write down what a rule of retention does today, once a day and rule; None where there is nothing to do."""
        name = hashlib.sha256(f"{rule_said}\x1f{now:%Y-%m-%d}".encode()).hexdigest()[:24]
        with self._database.write(ordered=True) as connection:
            if connection.execute(select(table.c.id).where(table.c.id == f"er_{name}")).first() is not None:
                return None
            if not aged_keys(connection, work, erasing, 1)[0]:
                return None
            row = {
                "id": f"er_{name}",
                "kind": str(ErasureKind.RETENTION),
                "subject": rule_said,
                "erasing": str(erasing),
                "who": "heedful",
                "why": "retention",
                "requested_at": now,
                "progress": work.dumped(),
                "receipt": receipt_of(erasing, ErasureKind.RETENTION),
            }
            connection.execute(table.insert(), row)
        return f"er_{name}"


PURGED = (
    *(schema.feedback, schema.reading, schema.reading_label, schema.decision, schema.alert, schema.alert_event),
    *(schema.verdict, schema.alert_feedback, schema.counted, schema.episode),
    *(schema_search.search_entry, TSVECTOR, schema_search.coaching_note, schema_privacy.erasure),
)
