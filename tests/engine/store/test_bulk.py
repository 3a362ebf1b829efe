from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from engine.store import bulk, schema
from engine.store.bulk import insert_rows, writing_ahead
from engine.store.store import Store
from tests.support.clock import NOON

WORDS = "naïve \"quoted\" 'it' \\ back \n\t 🙂 {a} %s :b $1 ?"


def feedback(sequence: int, **values: Any) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "source": "survey",
        "id": f"f{sequence}",
        "revision": 1,
        "content_hash": "h",
        "record": "{}",
        "received_at": NOON,
        "occurred_at": NOON,
        "unit": None,
        "ordinal": 0,
        "unread": False,
        "notify": True,
    } | values


def reading(sequence: int, content: bytes) -> dict[str, Any]:
    blobs = dict.fromkeys(("spans", "confidence", "standing", "embedding"), content)
    counts = {"ordinal": 0, "n_sentences": 2**31 - 1, "dimensions": 0}
    return {"sequence": sequence, "status": "read", "model": "m", "taxonomy": "t"} | counts | blobs


ROWS = {
    "words": [feedback(1, record=WORDS, unit="emea/uk", unread=True)],
    "nothing": [feedback(1, unit=None), feedback(2, unit="")],
    "moments": [
        feedback(1, occurred_at=NOON + timedelta(microseconds=1)),
        feedback(2, occurred_at=datetime(2026, 5, 3, 1, 0, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        feedback(3, occurred_at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9)))),
        feedback(4, occurred_at=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-9)))),
        feedback(5, occurred_at=datetime(2026, 5, 3, tzinfo=UTC)),
    ],
    "large": [feedback(2**53 + 1)],
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
def test_rows_are_what_sqlalchemy_would_have_written(store: Store, rows: list[dict[str, Any]]) -> None:
    table = schema.feedback
    found = []
    for insert in (insert_rows, lambda connection, table, rows: connection.execute(table.insert(), rows)):
        with store.database.write() as connection:
            connection.execute(table.delete())
            insert(connection, table, rows)
            found.append(connection.execute(select(table).order_by(table.c.sequence)).all())
    assert found[0] == found[1]
    assert len(found[0]) == len(rows)


@pytest.mark.parametrize("content", [b"", bytes(range(256))], ids=["empty", "every byte"])
def test_bytes_stay_as_they_are(store: Store, content: bytes) -> None:
    with store.database.write() as connection:
        insert_rows(connection, schema.feedback, [feedback(1)])
        insert_rows(connection, schema.reading, [reading(1, content)])
        row = connection.execute(select(schema.reading)).mappings().one()
    assert (row["spans"], row["embedding"], row["language"]) == (content, content, None)


def test_many_rows_keep_their_order_and_none_is_lost_between_statements(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_BYTES", 1_000)
    rows = [feedback(number, record="x" * (number % 7) * 100) for number in range(1, 200)]
    counted = [{"counter": "c", "key": "", "at": n, "sequence": n, "value": "", "weight": 1} for n in range(200, 0, -1)]
    with store.database.write() as connection:
        insert_rows(connection, schema.feedback, rows)
        insert_rows(connection, schema.counter, [{"id": "c", "since": 0}])
        insert_rows(connection, schema.counted, counted)
    with store.database.read() as connection:
        assert len(connection.execute(select(schema.feedback)).all()) == 199
        in_order = connection.scalars(select(schema.counted.c.at).order_by(schema.counted.c.id)).all()
    assert in_order == list(range(200, 0, -1))


def test_no_rows_are_no_statement(store: Store) -> None:
    with store.database.write() as connection:
        insert_rows(connection, schema.feedback, [])


@pytest.mark.parametrize("further", [0, 3], ids=["the last insert", "an insert before others"])
def test_what_is_refused_while_writing_ahead_is_an_error_and_leaves_nothing(store: Store, further: int) -> None:
    def write() -> None:
        with store.database.write() as connection, writing_ahead(connection):
            insert_rows(connection, schema.feedback, [feedback(1)])
            insert_rows(connection, schema.feedback, [feedback(2, id="f1")])
            for number in range(further):
                insert_rows(connection, schema.feedback, [feedback(3 + number)])

    with pytest.raises(IntegrityError):
        write()
    with store.database.write() as connection:
        assert connection.execute(select(schema.feedback)).all() == []


def test_a_mistake_while_writing_ahead_leaves_nothing(store: Store) -> None:
    def write() -> None:
        with store.database.write() as connection, writing_ahead(connection):
            insert_rows(connection, schema.feedback, [feedback(1)])
            insert_rows(connection, schema.feedback, [feedback(2, occurred_at=datetime(2026, 5, 3))])  # noqa: DTZ001

    with pytest.raises((ValueError, TypeError), match=r"aware|serializable"):
        write()
    with store.database.read() as connection:
        assert connection.execute(select(schema.feedback)).all() == []
