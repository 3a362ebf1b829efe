"""Databases as earlier versions wrote them: at one revision of the schema, with rows in every table it had."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from engine.alerts.alert import alert_id, fingerprint
from engine.feedback import Feedback, Part
from engine.program import text_hash
from engine.store.codec import reading_row
from engine.store.database import Database
from engine.store.migrating import alembic_config
from tests.support.keyword_reader import TAXONOMY, KeywordReader

Rows = dict[str, list[dict[str, Any]]]
RULE = "rule: low-score\nstatus: shadow\nwhen: {nps: {at_most: 2}}\n"
# Stands for a moment, which SQLite keeps without a zone.
NOON = "2026-03-02 12:00:00.000000"
LATER = "2026-03-02 12:00:05.250000"
UNIQUE = fingerprint("low-score", "default", "f1")
ALERT = alert_id(UNIQUE)
NOTIFICATION = f"nt_{ALERT.removeprefix('al_')}"
SENT = "nt_sent"
TEXT = "I am furious. Bad."
RECORD = Feedback("f1", (Part(TEXT),), scores={"nps": 1}, unit="emea/uk", channel="app", customer="c1").as_dict()


def revisions() -> list[str]:
    """Return every revision, the oldest first."""
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    return [script.revision for script in reversed(list(scripts))]


def migrate(database: Database, revision: str) -> None:
    """Bring a database to a revision, up or down."""
    with database.write() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        known = revisions()
        current = connection.scalar(text("SELECT version_num FROM alembic_version")) if _is_migrated(connection) else ""
        down = bool(current) and known.index(revision) < known.index(current)
        (command.downgrade if down else command.upgrade)(config, revision)


def _is_migrated(connection: Connection) -> bool:
    return connection.dialect.has_table(connection, "alembic_version")


def fill(database: Database, revision: str) -> Rows:
    """Write the rows of a revision with plain SQL, and return them."""
    rows = rows_at(revision)
    with database.write() as connection:
        for table, some in rows.items():
            for row in some:
                names = ", ".join(f'"{name}"' for name in row)
                values = ", ".join(f":{name}" for name in row)
                statement = text(f"INSERT INTO {table} ({names}) VALUES ({values})")
                connection.execute(statement, {name: as_kept(value, connection) for name, value in row.items()})
    return rows


def as_kept(value: Any, connection: Connection) -> Any:
    """Return a value as a database takes it: moments with their zone on PostgreSQL."""
    return f"{value}+00" if value in (NOON, LATER) and connection.dialect.name == "postgresql" else value


def rows_at(revision: str) -> Rows:
    """Return the rows of every table that a revision had, parents first."""
    rows = _first()
    for step in revisions():
        if step in STEPS:
            STEPS[step](rows)
        if step == revision:
            return rows
    raise LookupError(revision)


def _first() -> Rows:
    reading = reading_row(1, 0, KeywordReader().read([[Part(TEXT)]])[0])
    del reading["language_confidence"], reading["languages"]
    settings = {
        "name": "past",
        "zone": "UTC",
        "languages": ["en"],
        "scores": [["nps", 0, 10, "high"]],
        "attributes": [],
        "receivers": [["operators", "log"]],
        "any_attribute": True,
        "degrade": False,
        "stale_after_s": 259_200.0,
    }
    return {
        "api_key": [_row("id name sha256 role unit created_at revoked_at", "k1", "old", "0" * 64, "admin", None, NOON)],
        "taxonomy": [_row("version content", TAXONOMY.version, json.dumps(TAXONOMY.as_dict()))],
        "ruleset": [
            _row(
                "version taxonomy created_at content",
                "rs_past",
                TAXONOMY.version,
                NOON,
                json.dumps(settings | {"rules": [["rules.yaml", RULE]]}),
            )
        ],
        "feedback": [
            _row(
                "sequence source id revision content_hash record received_at occurred_at unit channel customer "
                "ordinal unread notify",
                *(1, "default", "f1", 1, "c" * 64, json.dumps(RECORD), NOON, NOON, "emea/uk", "app", "c1", 0),
                *(False, True),
            )
        ],
        "reading": [reading],
        "reading_label": [_row("sequence task label confidence", 1, "emotion", "anger/anger", 0.9)],
        "decision": [_row("sequence ordinal decided_at ruleset held_back", 1, 0, NOON, "rs_past", "[]")],
        "alert": [
            _row(
                "id fingerprint rule rule_version title severity kind state source feedback_id sequence opened_at "
                "unit customer reasons receiver",
                *(ALERT, UNIQUE, "low-score", "rv1", "A low score", "high", "alert", "open", "default", "f1", 1, NOON),
                *("emea/uk", "c1", '["nps is 1"]', "operators"),
            )
        ],
        "alert_event": [_row("alert_id at kind who why", ALERT, NOON, "opened", "heedful", "rule low-score matched")],
        "notification": [
            _row(
                "id alert_id receiver state held_reason message created_at due_at claimed_by attempts finished_at",
                *(name, ALERT, "operators", state, None, '{"type":"alert.opened"}', NOON, NOON, None, attempts, ended),
            )
            for name, state, attempts, ended in ((NOTIFICATION, "pending", 0, None), (SENT, "sent", 1, LATER))
        ],
        "verdict": [_row("alert_id at who verdict detail", ALERT, LATER, "ann", "right", "quite so")],
        "attempt": [_row("notification_id number at outcome detail", SENT, 1, LATER, "sent", "answered 200")],
    }


def _row(names: str, *values: Any) -> dict[str, Any]:
    keys = names.split()
    return dict(zip(keys, [*values, *[None] * (len(keys) - len(values))], strict=True))


def _verdict_labels(rows: Rows) -> None:
    for row in rows["verdict"]:
        row["note"] = row.pop("detail")
        row["labels"] = '{"intent": ["complaint"]}'


def _patterns(rows: Rows) -> None:
    rows["alert"][0] |= {"key": "c1", "started_at": NOON, "ended_at": None}
    rows["decision"][0]["found"] = "{}"
    rows["counter"] = [_row("id since", "cn_1", 1)]
    rows["counted"] = [_row("counter key at sequence value weight", "cn_1", "c1", 2, 1, "", 1)]
    rows["episode"] = [_row("alert_id rule key started below_since ended", ALERT, "low-score", "c1", 1)]
    rows["alert_feedback"] = [_row("alert_id sequence", ALERT, 1)]
    rows["progress"] = [_row("id moment ticked changes", 1, NOON, None, 1)]


def _phrases(rows: Rows) -> None:
    rows["phrase"] = [_row("model text vector", "keywords@1", "a queue", np.ones(4, "<f2").tobytes())]


def _documents(rows: Rows) -> None:
    """Move the text of the rules out of the ruleset, and publish a rule."""
    named = json.dumps([["rules.yaml", text_hash(RULE)]])
    rows["document"] = [_row("sha256 content", text_hash(one), json.dumps(one)) for one in (RULE, named)]
    settings = json.loads(rows["ruleset"][0]["content"])
    del settings["rules"]
    rows["ruleset"][0]["content"] = json.dumps(settings | {"lists": [text_hash(named)]})
    rows["rule_version"] = [
        _row(
            "slug number revision sha256 file title author status managed retired who why at",
            *("low-score", 1, 1, text_hash(RULE), "rules.yaml", "Low", "ann", "live", True, False, "ann", "new", NOON),
        )
    ]


def _counters(rows: Rows) -> None:
    rows["counter"][0]["through"] = None
    rows["episode"][0]["changed"] = 1


def _followup(rows: Rows) -> None:
    rows["notification_attempt"] = rows.pop("attempt")
    rows["alert"][0] |= {
        **_row("employee evidence confidence priority route version holder team", "e1", "[]", 0.9, 245, "care", 2),
        **_row("holder team in_attainment follow_up_due close_due", "ann", "care", True, LATER, LATER),
        **_row("followed_up_at resolved_at closed_at root_cause remedy", LATER, None, None, "queue", "voucher"),
        **_row("verdict problem watch_at", "right", "pb_1", LATER),
    }
    # What the service says of itself, and a digest: neither has what every row had to have before.
    system = rows["alert"][0] | {"id": "al_system", "fingerprint": "f" * 64, "kind": "system", "sequence": None}
    rows["alert"].append(system | {"problem": None, "in_attainment": False})
    for row in rows["alert_event"]:
        row["data"] = '{"from": null}'
    rows["alert_event"].append(rows["alert_event"][0] | {"alert_id": "al_system"})
    new = _row("kind severity recipient address held_by carried_by gathers", "opened", "high", "ann", "ann@x.example")
    rows["notification"] = [row | new for row in rows["notification"]]
    digest = {"id": "nt_digest", "alert_id": None, "kind": "digest", "gathers": "digest:ann"}
    rows["notification"].append(rows["notification"][0] | digest)
    rows["notification"].append(rows["notification"][1] | {"id": "nt_system", "alert_id": "al_system"})
    rows["notification_attempt"] += [rows["notification_attempt"][0] | {"notification_id": "nt_system"}]
    rows |= {
        "receiver_state": [_row("name state reason since failures", "operators", "on", "", NOON, 0)],
        "silence": [
            _row("id matching author reason created_at starts_at ends_at", "si_1", "{}", "ann", "x", *[NOON] * 3)
        ],
        "link_use": [_row("link action at who", "l" * 64, "acknowledge", NOON, "ann")],
        "secret": [_row("name value created_at", "links", "s", NOON)],
        "expectation": [_row("kind subject since alert_id", "source", "default", NOON, "al_system")],
        "person": [
            _row(
                "id name manager units leads teams contacts calendar managed gone changed_at",
                *("ann", "Ann", None, "[]", "[]", '["care"]', "[]", None, True, False, NOON),
            )
        ],
        "attempt": [_row("alert_id at who channel outcome remedy root_cause note", ALERT, LATER, "ann", *"abcd", "n")],
        "escalation": [_row("alert_id clock step at told", ALERT, "follow_up", 1, LATER, "[]")],
        "thanked": [_row("alert_id customer at", ALERT, "c1", LATER)],
        "problem": [
            _row(
                "id title cause topic unit state holder due_at inhibits created_at created_by solved_at version",
                *("pb_1", "Queues", "Too few tills", None, None, "open", "ann", None, None, NOON, "ann", None, 1),
            )
        ],
        "problem_event": [_row("problem_id at kind who why data", "pb_1", NOON, "opened", "ann", "", "{}")],
    }


def _privacy(rows: Rows) -> None:
    rows["feedback"] = [row | {"sealed": b"sealed", "erased_at": None} for row in rows["feedback"]]
    rows["progress"] = [row | {"erased": 1} for row in rows["progress"]]
    rows["api_key"] = [row | {"see_private": True} for row in rows["api_key"]]
    rows |= {
        "erasure": [
            _row(
                "id kind subject erasing who why requested_at finished_at progress receipt",
                *("er_1", "customer", "d" * 64, "delete", "ann", "asked", NOON, LATER, "{}", '{"feedback": 1}'),
            )
        ],
        "export": [_row("path kind written_at who", "/srv/review.jsonl", "review", NOON, "ann")],
        "private_view": [_row("at who source feedback_id why", NOON, "ann", "default", "f1", "called back")],
    }


def _search(rows: Rows) -> None:
    rows["search_entry"] = [
        _row(
            "sequence at source unit channel employee language status scores attributes labels",
            *(1, 1_772_452_800_000_000, "default", "emea/uk", "app", "e1", "en", "read", '{"nps":1.0}', "{}"),
            "emotion:anger/anger\n",
        )
    ]
    rows["coaching_note"] = [
        _row("employee author at note source feedback_id", "e1", "ann", NOON, "well done", "default", "f1")
    ]


def _languages(rows: Rows) -> None:
    rows["reading"] = [row | {"language_confidence": 0.9, "languages": "en es"} for row in rows["reading"]]


def _accounts(rows: Rows) -> None:
    rows |= {
        "account": [
            _row(
                "id name email password role unit see_private person subject created_at disabled_at",
                *("ac1", "Ann", "ann@example.com", "$argon2id$x", "admin", None, True, "ann", "iss|sub", NOON, None),
            )
        ],
        "session": [_row("sha256 account_id created_at seen_at expires_at", "5" * 64, "ac1", NOON, NOON, LATER)],
        "sign_in_link": [_row("sha256 account_id expires_at used_at", "6" * 64, "ac1", LATER, None)],
        "guess": [_row("subject failures last_at wait_until", "address:192.0.2.1", 3, NOON, LATER)],
        "audit": [_row("at who through what kind subject data", NOON, "ann", "key", "add", "silence", "si_1", "{}")],
    }


def _settings(rows: Rows) -> None:
    rows["setting_version"] = [
        _row(
            "kind name number revision sha256 managed retired who why at",
            *("receiver", "crm", 1, 1, rows["document"][0]["sha256"], False, False, "ann", "why", NOON),
        )
    ]


# What each revision brought, as changes to the rows of the one before. `shelf`, `directory` and `search_state`
# bring a row themselves.
STEPS: Mapping[str, Callable[[Rows], None]] = {
    "0002": _verdict_labels,
    "0003": _patterns,
    "0004": _phrases,
    "0005": _documents,
    "0006": _counters,
    "0007": _followup,
    "0009": _privacy,
    "0010": _languages,
    "0011": _accounts,
    "0012": _search,
    "0013": _settings,
}
