"""Which column of which table may hold traces of a customer, and what an erasure does with it.

A test compares this with the tables: a column of texts or bytes that is not here fails it until somebody has thought
about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Trace(StrEnum):
    """What an erasure does with a column of texts or bytes.

    ``taken``: written over or emptied, and deleted with its row. ``rewritten``: only what is of the customer is taken
    out of it, also where the row is another's. ``row``: deleted with its row, and kept when that is anonymised: it
    counts, and names nobody. ``none``: no sender's, customer's or reviewer's text gets there.
    """

    TAKEN = "taken"
    REWRITTEN = "rewritten"
    ROW = "row"
    NONE = "none"


T, W, R, N = Trace.TAKEN, Trace.REWRITTEN, Trace.ROW, Trace.NONE
TRACES: Mapping[str, Mapping[str, Trace]] = {
    "feedback": {
        "record": T,
        "customer": T,
        "content_hash": T,
        "sealed": T,
        "id": W,
        "channel": W,
        "source": R,
        "unit": R,
    },
    "reading": {
        **dict.fromkeys(("status", "language", "languages", "model", "taxonomy", "spans", "confidence", "standing"), R),
        "embedding": T,
    },
    "reading_label": {"task": R, "label": R},
    "decision": {"ruleset": R, "held_back": R, "found": W},
    "alert": {
        **dict.fromkeys(("customer", "employee", "reasons", "evidence", "key"), T),
        "feedback_id": W,
        "root_cause": T,
        "remedy": T,
        # A title is the rule's; the fingerprint and the id are hashes.
        **dict.fromkeys(("id", "fingerprint", "rule", "rule_version", "title", "severity", "kind", "state"), R),
        **dict.fromkeys(("source", "unit", "receiver", "route", "holder", "team", "verdict", "problem"), R),
    },
    "alert_event": {"alert_id": R, "kind": R, "who": R, "why": T, "data": T},
    "verdict": {"alert_id": R, "who": R, "verdict": R, "labels": R, "note": T},
    "alert_feedback": {"alert_id": R},
    "counter": {"id": N},
    "counted": {"counter": N, "key": W, "value": W},
    "episode": {"alert_id": R, "rule": R, "key": W},
    "notification": {
        "message": W,
        "address": T,
        "gathers": T,
        **dict.fromkeys(("id", "alert_id", "kind", "severity", "recipient", "receiver", "state", "held_reason"), R),
        **dict.fromkeys(("held_by", "carried_by", "claimed_by"), R),
    },
    "notification_attempt": {"notification_id": R, "outcome": R, "detail": T},
    "receiver_state": {"name": N, "state": N, "reason": W},
    "silence": {"id": N, "matching": W, "author": N, "reason": W, "ended_by": N},
    "link_use": {"link": N, "action": N, "who": N},
    "secret": {"name": N, "value": N},
    "expectation": {"kind": N, "subject": N, "alert_id": N},
    "person": dict.fromkeys(("id", "name", "manager", "units", "leads", "teams", "contacts", "calendar"), N),
    "attempt": {
        **dict.fromkeys(("alert_id", "who", "channel", "outcome"), R),
        **dict.fromkeys(("remedy", "root_cause", "note"), T),
    },
    "escalation": {"alert_id": R, "clock": R, "told": R},
    "thanked": {"alert_id": T, "customer": T},
    "problem": {
        "title": W,
        "cause": W,
        "inhibits": W,
        **dict.fromkeys(("id", "topic", "unit", "state", "holder", "created_by"), N),
    },
    "problem_event": {"problem_id": N, "kind": N, "who": N, "why": W, "data": W},
    "erasure": {
        "why": W,
        "progress": T,
        "subject": N,
        "receipt": N,
        **dict.fromkeys(("id", "kind", "erasing", "who"), N),
    },
    # Paths that people chose; the files go on their own.
    "export": {"path": N, "kind": N, "who": N},
    "private_view": {"who": R, "source": R, "feedback_id": W, "why": T},
    "coaching_note": {"employee": N, "author": N, "note": T, "source": R, "feedback_id": W},
    "search_entry": {
        **dict.fromkeys(("source", "unit", "language", "status", "scores", "labels"), R),
        **dict.fromkeys(("employee", "attributes"), T),
        "channel": W,
    },
    "audit": {"subject": W, "data": W, **dict.fromkeys(("who", "through", "what", "kind"), N)},
    # Of those who sign in, who are no customers.
    "account": dict.fromkeys(("id", "name", "email", "password", "role", "unit", "person", "subject"), N),
    "session": {"sha256": N, "account_id": N},
    "sign_in_link": {"sha256": N, "account_id": N},
    "guess": {"subject": N},
    "api_key": dict.fromkeys(("id", "name", "sha256", "role", "unit"), N),
    "document": {"sha256": N, "content": N},
    "rule_version": dict.fromkeys(("slug", "sha256", "file", "title", "author", "status", "who", "why"), N),
    "setting_version": dict.fromkeys(("kind", "name", "sha256", "who", "why"), N),
    "phrase": {"model": N, "text": N, "vector": N},
    "ruleset": {"version": N, "taxonomy": N, "content": N},
    "taxonomy": {"version": N, "content": N},
}
