"""Between objects and rows: readings as compact blobs, decisions and alerts as columns."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

import numpy as np
import orjson

from engine.alerts.alert import Alert, AlertKind, AlertState, EvidenceSpan, HeldBack, HeldReason
from engine.alerts.severity import Severity
from engine.alerts.state import Found
from engine.reading import Reading, ReadingStatus
from engine.store.schema_base import Row
from engine.taxonomy import Taxonomy

# The columns of an alert that hold what the alert does.
AS_IT_IS = (
    *("opened_at", "unit", "customer", "receiver", "key", "started_at", "ended_at", "employee", "confidence"),
    *("priority", "route", "version", "holder", "team", "in_attainment", "follow_up_due", "close_due"),
    *("followed_up_at", "resolved_at", "closed_at", "root_cause", "remedy", "verdict", "problem", "watch_at"),
)

_as_it_is = attrgetter(*AS_IT_IS)
# Of fewer bytes deflating saves less than it costs.
WORTH_DEFLATING = 256


def reading_row(sequence: int, ordinal: int, reading: Reading) -> dict[str, Any]:
    """Return the row of a reading: little-endian arrays; the confidences and standings compressed."""
    return {
        "sequence": sequence,
        "ordinal": ordinal,
        "status": str(reading.status),
        "language": reading.language,
        "model": reading.model,
        "taxonomy": reading.taxonomy.version,
        "n_sentences": reading.n_sentences,
        "dimensions": int(reading.embedding.shape[1]),
        "spans": reading.spans.astype("<i4", copy=False).tobytes(),
        "confidence": _deflated(reading.confidence.astype("<f4", copy=False).tobytes()),
        "standing": _deflated(reading.standing.astype("u1", copy=False).tobytes()),
        "embedding": reading.embedding.astype("<f2", copy=False).tobytes(),
        "language_confidence": reading.language_confidence,
        "languages": " ".join(reading.languages) or None,
    }


def _deflated(content: bytes) -> bytes:
    return zlib.compress(content, 1 if len(content) >= WORTH_DEFLATING else 0)


def reading_of(row: Row, taxonomy: Taxonomy) -> Reading:
    """Return the reading of a row."""
    rows, labels = row["n_sentences"], len(taxonomy.columns)
    shape = (rows + 1, labels)
    return Reading(
        status=ReadingStatus(row["status"]),
        language=row["language"],
        model=row["model"],
        taxonomy=taxonomy,
        spans=np.frombuffer(row["spans"], "<i4").reshape(rows, 3),
        confidence=np.frombuffer(zlib.decompress(row["confidence"]), "<f4").reshape(shape),
        standing=np.frombuffer(zlib.decompress(row["standing"]), "u1").reshape(shape),
        embedding=np.frombuffer(row["embedding"], "<f2").reshape(rows, row["dimensions"]),
        language_confidence=row["language_confidence"],
        languages=tuple((row["languages"] or "").split()),
    )


def label_rows(sequence: int, reading: Reading) -> list[dict[str, Any]]:
    """Return one row for every label that holds for the record."""
    columns, held = reading.taxonomy.columns, reading.held
    confidences = reading.record_confidence[list(held)].tolist() if held else ()
    return [
        {"sequence": sequence, "task": columns[column][0], "label": columns[column][1], "confidence": confidence}
        for column, confidence in zip(held, confidences, strict=True)
    ]


def alert_row(alert: Alert, sequence: int) -> dict[str, Any]:
    """Return the row of an alert."""
    return {
        "id": alert.id,
        "fingerprint": alert.fingerprint,
        "rule": alert.rule,
        "rule_version": alert.rule_version,
        "title": alert.title,
        "severity": str(alert.severity),
        "kind": str(alert.kind),
        "state": str(alert.state),
        "source": alert.source,
        "feedback_id": alert.feedback_id,
        "sequence": sequence or None,
        "reasons": _text(alert.reasons),
        "evidence": _text([_span(one) for one in alert.evidence]),
        **dict(zip(AS_IT_IS, _as_it_is(alert), strict=True)),
    }


def _span(one: EvidenceSpan) -> list[Any]:
    """Return evidence as a list: of what was written, without times."""
    said = [one.part, one.start, one.end, one.shows]
    return said if one.starts is None and one.ends is None else [*said, one.starts, one.ends]


def alert_of(row: Row) -> Alert:
    """Return the alert of a row."""
    values = {name: row[name] for name in Alert.__slots__}
    values["severity"] = Severity(row["severity"])
    values["kind"] = AlertKind(row["kind"])
    values["state"] = AlertState(row["state"])
    values["sequence"] = row["sequence"] or 0
    values["reasons"] = tuple(orjson.loads(row["reasons"]))
    values["evidence"] = tuple(EvidenceSpan(*one) for one in orjson.loads(row["evidence"]))
    return Alert(**values)


def held_text(held: Sequence[HeldBack]) -> str:
    """Return what was held back as JSON text."""
    return _text([[one.rule, one.reason, *([one.alert] if one.alert else [])] for one in held])


def held_of(text: str) -> tuple[HeldBack, ...]:
    """Return what was held back."""
    return tuple(HeldBack(rule, HeldReason(reason), *alert) for rule, reason, *alert in orjson.loads(text))


def found_text(found: Mapping[str, Found]) -> str:
    """Return what windows held as JSON text."""
    return _text({rule: [one.holds, one.found] for rule, one in found.items()})


def found_of(text: str) -> dict[str, Found]:
    """Return what windows held, by rule."""
    return {rule: Found(holds, said) for rule, (holds, said) in orjson.loads(text).items()}


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
