"""How far an erasure is: what it still has to do, and what its receipt says so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, select

from engine.privacy.data_files import FilesDone
from engine.privacy.erasure import ALWAYS_UNREACHED, MODELS, REMAINS, Erasure, ErasureKind
from engine.privacy.naming import LEAST_SEARCHED, Names, texts_in
from engine.privacy.retention import Erasing
from engine.store import schema
from engine.store.record_rows import Key, has_key
from engine.store.schema_base import Row

SHORT = f"names of fewer than {LEAST_SEARCHED} characters in what people wrote of others: they are looked for nowhere"
AT_ONCE = 1_000


class Phase(StrEnum):
    """What an erasure does next."""

    FILES = "files"
    RECORDS = "records"
    SWEEP = "sweep"
    PURGE = "purge"


@dataclass
class Work:
    """What is left to do.

    Parameters
    ----------
    names, salt
        Whose traces, and what makes tokens: only as long as they are needed.
    last
        The last commit that it is about: what comes later is of a new customer.
    scanned, after, swept
        How far it is.
    cutoff, channel, source
        Of a rule of retention: what was received before, of which channel and source.
    patterns
        Whether what is kept in memory of the patterns must be read again.
    worker, until
        Who works at it, and until when nobody else does.
    """

    phase: Phase = Phase.RECORDS
    names: tuple[str, ...] = ()
    salt: str = ""
    last: int = 0
    anywhere: bool = False
    kept: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    models: str | None = None
    rewrite: bool | None = None
    scanned: int = 0
    swept: int = 0
    after: tuple[str, int] | None = None
    cutoff: str | None = None
    channel: str | None = None
    source: str | None = None
    patterns: bool = False
    worker: str | None = None
    until: str | None = None
    done: bool = False
    receipt: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def loaded(cls, text: str) -> Work:
        """Return what was written of it."""
        record = orjson.loads(text)
        known = {one.name for one in fields(cls)}
        work = cls(**{name: value for name, value in record.items() if name in known})
        work.phase = Phase(work.phase)
        work.names, work.kept, work.places = tuple(work.names), tuple(work.kept), tuple(work.places)
        return work

    def dumped(self) -> str:
        """Return it as JSON text; of what is done, nothing."""
        return "{}" if self.done else orjson.dumps({k: v for k, v in asdict(self).items() if k != "receipt"}).decode()

    def is_free(self, now: datetime) -> bool:
        """Return whether nobody works at it."""
        return self.until is None or datetime.fromisoformat(self.until) <= now

    @property
    def rewritten(self) -> list[Mapping[str, Any]]:
        """The files that were rewritten before."""
        found: list[Mapping[str, Any]] = self.receipt.get("files", [])
        return found

    def count(self, done: Mapping[str, int]) -> None:
        """Add rows to the receipt."""
        counts = Counter(self.receipt.get("counts", {}))
        counts.update({str(name): count for name, count in done.items() if count})
        self.receipt["counts"] = dict(counts)

    def note_files(self, done: FilesDone, models: list[str]) -> None:
        """Add what became of files to the receipt."""
        self.receipt["files"] = [*self.rewritten, *done.files]
        self.receipt["unreached"] = [*self.receipt.get("unreached", ()), *done.unreached]
        self.receipt["models"] = models
        if self.receipt["files"]:
            self.receipt["remains"] = [*self.receipt.get("remains", ()), MODELS]
        if any(len(name) < LEAST_SEARCHED for name in self.names):
            self.receipt["remains"] = [*self.receipt.get("remains", ()), SHORT]

    def forget_whose(self) -> None:
        """Keep nothing by which anybody could tell whose erasure it is."""
        self.names, self.salt, self.after, self.places, self.models = (), "", None, (), None


def receipt_of(erasing: Erasing, kind: ErasureKind) -> str:
    """Return a receipt of nothing yet."""
    unreached = [*ALWAYS_UNREACHED]
    if kind is ErasureKind.RETENTION:
        unreached.append("exports and data sets: retention is about the store, and forgetting a customer goes there")
    return orjson.dumps({"counts": {}, "unreached": unreached, "remains": [*REMAINS[erasing]]}).decode()


def erasure_of(row: Row) -> Erasure:
    """Return the erasure of a row."""
    receipt = orjson.loads(row["receipt"])
    return Erasure(
        id=row["id"],
        kind=ErasureKind(row["kind"]),
        subject=row["subject"],
        erasing=Erasing(row["erasing"]),
        who=row["who"],
        why=row["why"],
        requested_at=row["requested_at"],
        finished_at=row["finished_at"],
        counts=receipt.get("counts", {}),
        files=tuple(receipt.get("files", ())),
        models=tuple(receipt.get("models", ())),
        unreached=tuple(receipt.get("unreached", ())),
        remains=tuple(receipt.get("remains", ())),
    )


def customer_keys(connection: Connection, work: Work, most: int) -> list[Key]:
    """Return records of which some revision names the customer, the first come first."""
    table = schema.feedback
    query = select(table.c.source, table.c.id).where(table.c.customer.in_(work.names), table.c.sequence <= work.last)
    rows = connection.execute(query.order_by(table.c.sequence).limit(most))
    return list(dict.fromkeys((row.source, row.id) for row in rows))


def keys_with_names(connection: Connection, work: Work, most: int) -> tuple[list[Key], int]:
    """Return the records among the next ones in which a name stands, and how far that is."""
    table, names = schema.feedback, Names(work.names, work.salt)
    query = select(table.c.sequence, table.c.source, table.c.id, table.c.record)
    query = query.where(table.c.sequence > work.scanned, table.c.sequence <= work.last)
    rows = connection.execute(query.order_by(table.c.sequence).limit(most)).all()
    keys = [(row.source, row.id) for row in rows if any(map(names.stand_in, texts_in(orjson.loads(row.record))))]
    return list(dict.fromkeys(keys)), rows[-1].sequence if rows else work.last


def sequences_of(connection: Connection, keys: Sequence[Key]) -> list[int]:
    """Return the commits of all revisions of some records."""
    table = schema.feedback
    return list(connection.scalars(select(table.c.sequence).where(has_key(keys))))


def remaining(connection: Connection, work: Work) -> Iterator[Key]:
    """Yield all records that are to be erased, for files that are matched by key."""
    table = schema.feedback
    query = select(table.c.source, table.c.id).where(table.c.customer.in_(work.names), table.c.sequence <= work.last)
    for row in connection.execute(query.execution_options(yield_per=AT_ONCE)):
        yield row.source, row.id
    while work.anywhere and work.scanned < work.last:
        keys, work.scanned = keys_with_names(connection, work, AT_ONCE)
        yield from keys
