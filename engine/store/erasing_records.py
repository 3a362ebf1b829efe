"""Records that are erased, each with everything that came of it, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, Connection, Table, bindparam, delete, select, update

from engine.privacy.naming import Names
from engine.store import schema, schema_privacy, schema_search
from engine.store.erasing_alerts import Manner, erase_alerts, erase_in_signals, own_alerts, touched_signals
from engine.store.erasing_counts import Keys, erase_counts, personal_texts
from engine.store.record_rows import Key, has_key
from engine.store.schema_base import Row
from engine.store.scoping import chunks

# What a record keeps when it is anonymised, and what each of its parts does.
KEPT = ("source", "id", "scores", "channel", "unit", "occurred_at")
KEPT_OF_PART = ("speaker", "start", "end", "confidence")
# Never the hash of any content: what is sent again is known by its key.
NO_HASH = "erased"
# What people told beside a record that they looked at or noted something about.
TOLD: tuple[Column[Any], ...] = (schema_privacy.private_view.c.why, schema_search.coaching_note.c.note)
OF_RECORD: tuple[Table, ...] = (
    schema.alert_feedback,
    schema.decision,
    schema.reading_label,
    schema.reading,
    schema.feedback,
)


def erase_records(connection: Connection, keys: Sequence[Key], manner: Manner) -> tuple[Counter[str], bool]:
    """Erase every revision of some records with all that came of it.

    Returns
    -------
    tuple[Counter[str], bool]
        How many rows were deleted or written over, by table; and whether what is kept in memory of the patterns
        must be read again.
    """
    rows = _rows(connection, keys)
    sequences = [row["sequence"] for row in rows]
    personal: set[str] = set()
    for row in rows:
        personal |= personal_texts(orjson.loads(row["record"]))
    counts = Keys(manner.names, personal, lambda: _of_others(sequences, manner.names))
    done: Counter[str] = Counter({schema.counted.name: erase_counts(connection, counts, sequences)})
    signals = touched_signals(connection, keys, sequences)
    done += erase_in_signals(connection, signals, counts, keys, manner)
    own = own_alerts(connection, keys)
    done += erase_alerts(connection, own, manner)
    erase = _delete if manner.deletes else _anonymise
    done += erase(connection, rows, manner)
    return done, bool(done[schema.counted.name] or own or signals)


def _rows(connection: Connection, keys: Sequence[Key]) -> list[Row]:
    table = schema.feedback
    columns = (table.c.sequence, table.c.source, table.c.id, table.c.record, table.c.erased_at)
    found: list[Row] = []
    for some in chunks(keys):
        found += connection.execute(select(*columns).where(has_key(some))).mappings()
    return found


def _of_others(sequences: Sequence[int], names: Names) -> ColumnElement[bool]:
    """Return the condition of counts that nobody here counted."""
    counted, feedback = schema.counted, schema.feedback
    theirs = select(feedback.c.sequence).where(feedback.c.customer.in_(names.names))
    return counted.c.sequence.not_in(list(sequences)) & counted.c.sequence.not_in(theirs)


def _delete(connection: Connection, rows: Sequence[Row], manner: Manner) -> Counter[str]:
    done = _forget_told(connection, rows, {(row["source"], row["id"]): manner.names.token(row["id"]) for row in rows})
    alert = schema.alert
    for some in chunks([row["sequence"] for row in rows]):
        sequences = list(some)
        # Signals that time opened name the commit before, of whatever record.
        connection.execute(update(alert).where(alert.c.sequence.in_(sequences)).values(sequence=None))
        for table in OF_RECORD:
            done[table.name] += connection.execute(delete(table).where(table.c.sequence.in_(sequences))).rowcount
    return done


def _anonymise(connection: Connection, rows: Sequence[Row], manner: Manner) -> Counter[str]:
    rows = [row for row in rows if row["erased_at"] is None]
    renamed = {
        (row["source"], row["id"]): manner.names.token(row["id"])
        for row in rows
        if manner.names.stand_in(row["id"]) or any(name in row["id"] for name in manner.names.needles)
    }
    done = _forget_told(connection, rows, renamed)
    if not rows:
        return done
    table = schema.feedback
    setting = update(table).where(table.c.sequence == bindparam("which"))
    names = ("id", "record", "channel")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    values |= {"customer": None, "sealed": None, "unread": False, "content_hash": NO_HASH, "erased_at": manner.now}
    connection.execute(setting.values(values), [_anonymous(row, renamed, manner.names) for row in rows])
    done[table.name] += len(rows)
    for (source, feedback_id), new in renamed.items():
        theirs = (schema.alert.c.source == source, schema.alert.c.feedback_id == feedback_id)
        connection.execute(update(schema.alert).where(*theirs).values(feedback_id=new))
    return done + _blank_readings(connection, [row["sequence"] for row in rows], manner.names)


def _anonymous(row: Row, renamed: Mapping[Key, str], names: Names) -> dict[str, Any]:
    record = orjson.loads(row["record"])
    left = {name: record[name] for name in KEPT if name in record}
    left["id"] = renamed.get((row["source"], row["id"]), row["id"])
    if "channel" in left:
        left["channel"] = names.cleaned(left["channel"])
    left["parts"] = [
        {"text": ""} | {name: part[name] for name in KEPT_OF_PART if name in part} for part in record["parts"]
    ]
    written = orjson.dumps(left).decode()
    return {
        "which": row["sequence"],
        "new_id": left["id"],
        "new_record": written,
        "new_channel": left.get("channel"),
    }


def _blank_readings(connection: Connection, sequences: Sequence[int], names: Names) -> Counter[str]:
    """Take the meaning of the words out of readings, and what windows said out of decisions; labels stay."""
    reading, decision = schema.reading, schema.decision
    done: Counter[str] = Counter()
    for some in chunks(sequences):
        of = reading.c.sequence.in_(list(some))
        columns = (reading.c.sequence, reading.c.ordinal, reading.c.embedding)
        rows = connection.execute(select(*columns).where(of)).all()
        setting = update(reading).where(reading.c.sequence == bindparam("of"), reading.c.ordinal == bindparam("place"))
        blank = [
            {"of": row.sequence, "place": row.ordinal, "nothing": bytes(len(row.embedding))}
            for row in rows
            if row.embedding
        ]
        if blank:
            connection.execute(setting.values(embedding=bindparam("nothing")), blank)
        done[reading.name] += len(blank)
        said = (decision.c.sequence.in_(list(some)), decision.c.found != "{}")
        for row in connection.execute(
            select(decision.c.sequence, decision.c.ordinal, decision.c.found).where(*said)
        ).all():
            found = {rule: [holds, names.cleaned(text)] for rule, (holds, text) in orjson.loads(row.found).items()}
            these = (decision.c.sequence == row.sequence, decision.c.ordinal == row.ordinal)
            connection.execute(update(decision).where(*these).values(found=orjson.dumps(found).decode()))
            done[decision.name] += 1
    return done


def _forget_told(connection: Connection, rows: Sequence[Row], renamed: Mapping[Key, str]) -> Counter[str]:
    """Take out of what people told of records why they looked and what they noted, and of whose where that is gone."""
    done = Counter[str]()
    for text in TOLD:
        table = text.table
        for some in chunks(sorted({(row["source"], row["id"]) for row in rows})):
            by_source: dict[str, list[str]] = {}
            for source, feedback_id in some:
                by_source.setdefault(source, []).append(feedback_id)
            for source, ids in by_source.items():
                these = (table.c.source == source, table.c.feedback_id.in_(ids))
                done[table.name] += connection.execute(update(table).where(*these).values({text: ""})).rowcount
                told = connection.scalars(select(table.c.feedback_id).where(*these).distinct()).all()
                for one in told:
                    new = renamed.get((source, one))
                    if new is not None:
                        theirs = (table.c.source == source, table.c.feedback_id == one)
                        connection.execute(update(table).where(*theirs).values(feedback_id=new))
    return done
