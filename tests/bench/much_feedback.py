"""Much feedback in a store, with labels and alerts but without readings, written as fast as the database takes it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import create_engine, text

from engine.alerts.alert import Alert, AlertKind, AlertState, alert_id, fingerprint
from engine.alerts.severity import Severity
from engine.feedback import Feedback, Part
from engine.rules.tallies import stamp
from engine.store import schema
from engine.store.bulk import insert_rows
from engine.store.codec import alert_row
from engine.store.entries import entry_row, write_words
from engine.store.schema_search import search_entry
from engine.store.store import Store
from engine.taxonomy import TASKS, Taxonomy
from tests.bench.data import folder

BATCH = 5_000
DAYS = 90
CHANNELS = ("survey", "app-review", "email", "chat", "voicemail", "social")
TIERS = ("gold", "silver", "bronze")
# Of so many feedback one has an alert, about.
ONE_IN = 25


def fill(store: Store, many: int, until: datetime, taxonomy: Taxonomy, seed: int = 1, *, one_in: int = ONE_IN) -> None:
    """Write feedback that occurred over the 90 days before a moment; of so many one has an alert, about."""
    with store.database.write() as connection:
        store.versions.keep_taxonomy(connection, taxonomy)
    for rows in _batches(many, until, taxonomy, seed, one_in):
        with store.database.write() as connection:
            for table, some in rows.items():
                if table == "words":
                    write_words(connection, some)
                else:
                    insert_rows(connection, TABLES[table], some)
    with store.database.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    if store.database.dialect == "postgresql":
        server = create_engine(store.database.url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text("VACUUM ANALYZE"))
        server.dispose()


TABLES = {
    "feedback": schema.feedback,
    "entry": search_entry,
    "label": schema.reading_label,
    "alert": schema.alert,
}


def _batches(many: int, until: datetime, taxonomy: Taxonomy, seed: int, one_in: int) -> Iterator[dict[str, list[Any]]]:
    chance, said = random.Random(seed), _said(taxonomy)
    step = timedelta(days=DAYS) / many
    for start in range(0, many, BATCH):
        rows: dict[str, list[Any]] = {name: [] for name in (*TABLES, "words")}
        for number in range(start, min(many, start + BATCH)):
            _add(rows, number + 1, until - timedelta(days=DAYS) + number * step, said, chance, one_in)
        yield rows


def _said(taxonomy: Taxonomy) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return texts of voc train with the labels that people gave them."""
    found = []
    with (folder() / "voc" / "train.jsonl").open() as lines:
        for record in map(json.loads, lines):
            sentences = record["sentences"]
            columns = {
                taxonomy.column(task, name) for one in sentences for task in TASKS for name in one.get(task) or ()
            }
            labels = [taxonomy.columns[column] for column in sorted(columns - {None})]
            found.append((" ".join(one["text"] for one in sentences), labels))
    return found


def _add(
    rows: dict[str, list[Any]], sequence: int, at: datetime, said: Sequence[Any], chance: random.Random, one_in: int
) -> None:
    text_of, labels = chance.choice(said)
    is_bad = ("intent", "complaint") in labels
    score = float(chance.randrange(0, 8) if is_bad else chance.randrange(4, 11))
    feedback = Feedback(
        f"f{sequence}",
        (Part(f"{text_of} Order {chance.randrange(10**6):06d}."),),
        source=chance.choice(("survey", "reviews")),
        scores={"nps": score, "csat": float(1 + int(score) // 3)} if chance.random() < 0.7 else {},
        attributes={
            "tier": chance.choice(TIERS),
            "store": f"store-{chance.randrange(40)}",
            "tenure": float(chance.randrange(20)),
            "visit": f"v{chance.randrange(10**7)}",
        },
        channel=chance.choice(CHANNELS),
        customer=f"c{chance.randrange(100_000)}",
        employee=f"person-{chance.randrange(500)}",
        unit=f"emea/uk/place-{chance.randrange(60)}",
    )
    held = "".join(f"{task}:{label}\n" for task, label in sorted(labels))
    rows["feedback"].append(_feedback_row(sequence, feedback, at))
    rows["entry"].append(entry_row(sequence, stamp(at), feedback, "en", "read", held))
    rows["label"] += [
        {"sequence": sequence, "task": task, "label": label, "confidence": 0.5 + chance.random() / 2}
        for task, label in labels
    ]
    rows["words"].append((sequence, feedback.text))
    if is_bad and chance.random() < 2 / one_in:
        rows["alert"].append(_alert_row(sequence, feedback, at, chance))


def _feedback_row(sequence: int, feedback: Feedback, at: datetime) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "source": feedback.source,
        "id": feedback.id,
        "revision": 1,
        "content_hash": feedback.content_hash(),
        "record": orjson.dumps(feedback.as_dict()).decode(),
        "received_at": at,
        "occurred_at": at,
        "unit": feedback.unit,
        "channel": feedback.channel,
        "customer": feedback.customer,
        "ordinal": 0,
        "unread": False,
        "notify": True,
    }


def _alert_row(sequence: int, feedback: Feedback, at: datetime, chance: random.Random) -> dict[str, Any]:
    rule = f"rule-{chance.randrange(20)}"
    unique = fingerprint(rule, feedback.source, feedback.id)
    alert = Alert(
        id=alert_id(unique),
        fingerprint=unique,
        rule=rule,
        rule_version="0123456789ab",
        title="An angry complaint",
        severity=Severity.HIGH,
        kind=AlertKind.ALERT,
        state=AlertState.OPEN,
        source=feedback.source,
        feedback_id=feedback.id,
        sequence=sequence,
        opened_at=at,
        unit=feedback.unit,
        customer=feedback.customer,
        employee=feedback.employee,
        reasons=("nps at most 6 (1)",),
        receiver="operators",
        team=f"team-{chance.randrange(8)}",
        verdict=chance.choice((None, None, "right", "right", "wrong_label")),
    )
    return alert_row(alert, sequence)
