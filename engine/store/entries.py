"""The entries that feedback is searched and counted by, and its words: one of each a feedback, of its latest revision.

They are written, replaced and removed in the transaction that does so to the feedback.

References
----------
SQLite FTS5, https://www.sqlite.org/fts5.html; PostgreSQL, Text Search Types,
https://www.postgresql.org/docs/current/datatype-textsearch.html.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Column, Connection, MetaData, Table, Text, bindparam, delete, select, update

from engine.decision import Draft
from engine.feedback import Feedback, feedback_from_dict
from engine.insights.wording import indexed
from engine.reading import Reading
from engine.rules.tallies import stamp
from engine.store import schema
from engine.store.bulk import insert_rows
from engine.store.record_rows import Numbered, has_key, occurred
from engine.store.schema_base import BigKey
from engine.store.schema_search import search_entry
from engine.store.scoping import chunks

# The words stand in a table of each database's own kind, which the schema's metadata cannot say.
FTS5 = Table("search_words", MetaData(), Column("rowid", BigKey), Column("words", Text))
TSVECTOR = Table("search_words", MetaData(), Column("sequence", BigKey), Column("words", Text))
# PostgreSQL keeps no more of one text: as many different words, of so many characters, with so many places.
MOST_WORDS = 40_000
MOST_CHARACTERS = 120_000
MOST_PLACES = 16_383

Row = dict[str, Any]


def write_entries(connection: Connection, numbered: Sequence[Numbered], moment: datetime) -> None:
    """Write the entries and words of new feedback."""
    rows = [_entry(sequence, draft, draft.received_at or moment) for sequence, draft in numbered]
    insert_rows(connection, search_entry, rows)
    write_words(connection, [(sequence, draft.feedback.text) for sequence, draft in numbered])


def make_way(connection: Connection, numbered: Sequence[Numbered]) -> None:
    """Remove the entries of earlier revisions of feedback that is about to be written."""
    table = schema.feedback
    own = {sequence for sequence, _ in numbered}
    for some in chunks([draft.feedback.key for _, draft in numbered if draft.revision > 1]):
        earlier = connection.scalars(select(table.c.sequence).where(has_key(some))).all()
        remove_entries(connection, [sequence for sequence in earlier if sequence not in own])


def read_entries(connection: Connection, numbered: Sequence[Numbered]) -> None:
    """Write what was read later into the entries of feedback that has one: an earlier revision has none."""
    table = search_entry
    query = update(table).where(table.c.sequence == bindparam("at_sequence"))
    rows = [
        {
            "at_sequence": sequence,
            "language": draft.reading.language,
            "status": str(draft.reading.status),
            "labels": _held(draft.reading),
        }
        for sequence, draft in numbered
    ]
    for some in chunks(rows):
        connection.execute(query, list(some))


def remove_entries(connection: Connection, sequences: Collection[int]) -> None:
    """Remove feedback from search and insights; what is not there is passed over."""
    words = words_table(connection)
    key = next(iter(words.c))
    for some in chunks(sorted(sequences)):
        connection.execute(delete(search_entry).where(search_entry.c.sequence.in_(list(some))))
        connection.execute(delete(words).where(key.in_(list(some))))


def restore_entries(connection: Connection, sequences: Collection[int]) -> int:
    """Write the entries of stored feedback anew, as it stands now, and return how many it has.

    Only the latest revision of a record has one. Feedback that has its entry already gets it again.
    """
    remove_entries(connection, sequences)
    count = 0
    for some in chunks(sorted(sequences)):
        rows = connection.execute(_stored().where(schema.feedback.c.sequence.in_(list(some)))).mappings().all()
        labels = _labels(connection, [row["sequence"] for row in rows])
        feedback = {row["sequence"]: feedback_from_dict(orjson.loads(row["record"])) for row in rows}
        entries = [_again(row, feedback[row["sequence"]], labels.get(row["sequence"], [])) for row in rows]
        insert_rows(connection, search_entry, entries)
        write_words(connection, [(sequence, one.text) for sequence, one in feedback.items()])
        count += len(entries)
    return count


def write_words(connection: Connection, texts: Iterable[tuple[int, str]]) -> None:
    """Write the words of texts, by commit; a text without words has no row."""
    folded = [(sequence, words) for sequence, text in texts if (words := indexed(text))]
    if connection.dialect.name == "sqlite":
        insert_rows(connection, FTS5, [{"rowid": sequence, "words": words} for sequence, words in folded])
    else:
        rows = [{"sequence": sequence, "words": _vector(words)} for sequence, words in folded]
        insert_rows(connection, TSVECTOR, rows)


def words_table(connection: Connection) -> Table:
    """Return the table of words; its first column is the commit."""
    return FTS5 if connection.dialect.name == "sqlite" else TSVECTOR


def _vector(words: str) -> str:
    """Return words as PostgreSQL writes a vector: each with its places, none with a quote or a backslash in it."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words.split(), start=1):
        places.setdefault(word, []).append(str(min(place, MOST_PLACES)))
    kept: list[str] = []
    left = MOST_CHARACTERS
    for word, found in places.items():
        left -= len(word)
        if left < 0 or len(kept) == MOST_WORDS:
            break
        # A place more than 255 times is more than it keeps; the last one stands for all that are too far.
        kept.append(f"'{word}':{','.join(dict.fromkeys(found[:255]))}")
    return " ".join(kept)


def _entry(sequence: int, draft: Draft, received_at: datetime) -> Row:
    feedback, reading = draft.feedback, draft.reading
    at = stamp(occurred(feedback.occurred_at, received_at))
    return entry_row(sequence, at, feedback, reading.language, str(reading.status), _held(reading))


def _held(reading: Reading) -> str:
    columns = reading.taxonomy.columns
    return _listed(f"{columns[held][0]}:{columns[held][1]}" for held in reading.held)


def _listed(labels: Iterable[str]) -> str:
    """Return labels a line each, in one order, so that equal ones are equal texts."""
    return "".join(f"{label}\n" for label in sorted(labels))


def entry_row(sequence: int, at: int, feedback: Feedback, language: str | None, status: str, labels: str) -> Row:
    """Return the row of an entry."""
    return {
        "sequence": sequence,
        "at": at,
        "source": feedback.source,
        "unit": feedback.unit,
        "channel": feedback.channel,
        "employee": feedback.employee,
        "language": language,
        "status": status,
        "scores": orjson.dumps(dict(feedback.scores), option=orjson.OPT_SORT_KEYS).decode(),
        "attributes": orjson.dumps(dict(feedback.attributes), option=orjson.OPT_SORT_KEYS).decode(),
        "labels": labels,
    }


def _stored() -> Any:
    """Return the query of stored feedback that is the latest revision, with its latest reading."""
    feedback, reading = schema.feedback, schema.reading
    later = feedback.alias("later")
    revised = (
        select(later.c.sequence)
        .where(later.c.source == feedback.c.source, later.c.id == feedback.c.id, later.c.revision > feedback.c.revision)
        .exists()
    )
    at = (reading.c.sequence == feedback.c.sequence) & (reading.c.ordinal == feedback.c.ordinal)
    chosen = select(
        *(feedback.c.sequence, feedback.c.record, feedback.c.occurred_at),
        *(reading.c.language, reading.c.status),
    )
    return chosen.join_from(feedback, reading, at).where(~revised)


def _labels(connection: Connection, sequences: Sequence[int]) -> dict[int, list[str]]:
    table, found = schema.reading_label, dict[int, list[str]]()
    query = select(table.c.sequence, table.c.task, table.c.label).where(table.c.sequence.in_(sequences))
    for sequence, task, label in connection.execute(query):
        found.setdefault(sequence, []).append(f"{task}:{label}")
    return found


def _again(row: Any, feedback: Feedback, labels: Sequence[str]) -> Row:
    at = stamp(row["occurred_at"])
    return entry_row(row["sequence"], at, feedback, row["language"], row["status"], _listed(labels))
