"""The verdict: what a person said about an alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.errors import VerdictError
from engine.names import is_storable, show, unknown
from engine.taxonomy import TASKS, Taxonomy

FIELDS = ("verdict", "labels", "note")
MAX_NOTE_CHARACTERS = 2_000
Labels = Mapping[str, tuple[str, ...]]


class VerdictKind(StrEnum):
    """What a person said about an alert."""

    RIGHT = "right"
    WRONG_LABEL = "wrong_label"
    NOT_ACTIONABLE = "not_actionable"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said about an alert; the latest of an alert counts.

    Parameters
    ----------
    who
        The person, or the key they used.
    labels
        Of a wrong_label, the right labels of the feedback by task: all that hold, so an empty tuple says
        that none does. A task that is absent was not judged. None for every other verdict.
    note
        Why, in the person's words.
    """

    alert_id: str
    kind: VerdictKind
    who: str
    at: datetime
    labels: Labels | None = None
    note: str = ""

    def of(self, alert_id: str) -> Verdict:
        """Return the same said of an alert."""
        return replace(self, alert_id=alert_id)

    def says_the_same(self, other: Verdict) -> bool:
        """Return whether another verdict is this one at another time."""
        return replace(other, at=self.at) == self

    @property
    def said(self) -> str:
        """The verdict in one line, as the alert's history tells it."""
        parts = [str(self.kind)]
        parts += [f"{task}: {', '.join(names) or 'none'}" for task, names in (self.labels or {}).items()]
        return "; ".join(parts) + (f" ({self.note})" if self.note else "")

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict as plain JSON values."""
        labels = None if self.labels is None else {task: list(names) for task, names in self.labels.items()}
        return {
            "verdict": str(self.kind),
            "labels": labels,
            "note": self.note,
            "who": self.who,
            "at": self.at.isoformat(),
        }


def admit_verdict(record: Any, alert_id: str, who: str, now: datetime, taxonomy: Taxonomy) -> Verdict:
    """Return the verdict that a record gives: ``{verdict, labels?, note?}``.

    Parameters
    ----------
    record
        Plain JSON values.
    taxonomy
        The trees that the right labels must be in.

    Raises
    ------
    VerdictError
        Naming the field that is not valid, and the nearest valid name.
    """
    if not isinstance(record, Mapping):
        raise VerdictError("a verdict must be an object with the field 'verdict'")
    for name in record:
        if name not in FIELDS:
            raise VerdictError(unknown("field", str(name), FIELDS), field=show(str(name)))
    kind = _kind(record.get("verdict"))
    return Verdict(alert_id, kind, who, now, _labels(record.get("labels"), kind, taxonomy), _note(record.get("note")))


def _kind(value: Any) -> VerdictKind:
    if value is None:
        raise VerdictError(f"the verdict is missing; use one of: {', '.join(VerdictKind)}", field="verdict")
    if not isinstance(value, str) or value not in set(VerdictKind):
        raise VerdictError(unknown("verdict", str(value), VerdictKind), field="verdict")
    return VerdictKind(value)


def _labels(value: Any, kind: VerdictKind, taxonomy: Taxonomy) -> Labels | None:
    if kind is not VerdictKind.WRONG_LABEL:
        if value is not None:
            raise VerdictError(f"labels belong to the verdict wrong_label, not to {kind}", field="labels")
        return None
    if not isinstance(value, Mapping) or not value:
        raise VerdictError(
            'wrong_label needs the right labels by task, such as {"intent": ["praise"]}; [] says that none holds',
            field="labels",
        )
    for task in value:
        if task not in TASKS:
            raise VerdictError(unknown("task", str(task), TASKS), field="labels")
    return {task: _leaves(value[task], task, taxonomy) for task in TASKS if task in value}


def _leaves(names: Any, task: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    field = f"labels.{task}"
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise VerdictError(f"{task} must be a list of labels; write [] where none holds", field=field)
    columns = set()
    for name in names:
        column = taxonomy.column(task, name.strip())
        if column is None:
            raise VerdictError(unknown(f"{task} label", name, taxonomy.leaves[task]), field=field)
        columns.add(column)
    return tuple(taxonomy.columns[column][1] for column in sorted(columns))


def _note(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not is_storable(value):
        raise VerdictError("the note must be text, without NUL characters", field="note")
    if len(value) > MAX_NOTE_CHARACTERS:
        raise VerdictError(
            f"the note has {len(value):,} characters; at most {MAX_NOTE_CHARACTERS:,} are kept", field="note"
        )
    return value.strip()
