"""The answers of one person that are no version yet: a file that each answer is added to at once."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from engine.errors import DataError, HeedfulError
from engine.taxonomy import Taxonomy

if TYPE_CHECKING:
    from training.importing import FileImport

ANSWERS = ".answers"
Key = tuple[str, str, int]


class LabellingError(HeedfulError):
    """Nothing can be labelled in this way now."""


def key_of(row: Mapping[str, Any]) -> Key:
    """Return source, id and revision of a row."""
    return row["source"], row["id"], row["revision"]


class Journal:
    """The file of one person's answers, as labelled feedback.

    Parameters
    ----------
    dataset
        The data set that the answers will be a version of.
    who
        Whose answers.

    Attributes
    ----------
    file
        Where they stand.
    """

    def __init__(self, dataset: Path, who: str) -> None:
        self._dataset = dataset
        self._who = who
        # Not the name itself: it may hold anything.
        self.file = dataset / ANSWERS / f"{hashlib.sha256(who.encode()).hexdigest()[:20]}.jsonl"
        self._lock = threading.Lock()

    def rows(self) -> list[dict[str, Any]]:
        """Return the answers, the oldest first; of one that a crash cut off, nothing is left."""
        try:
            return rows_in(self.file)
        except OSError as problem:
            raise LabellingError(f"{self.file} cannot be read: {problem.strerror}") from problem

    def add(self, row: Mapping[str, Any]) -> None:
        """Add an answer; it is on the disk when this returns."""
        with self._lock:
            self._write([*self.rows(), dict(row) | {"by": self._who}])

    def take_back(self) -> dict[str, Any] | None:
        """Remove the newest answer and return it; None if there is none."""
        with self._lock:
            rows = self.rows()
            if not rows:
                return None
            self._write(rows[:-1])
            return rows[-1]

    def make_version(self, taxonomy: Taxonomy, now: str) -> FileImport:
        """Make the answers the next version of the data set, as `heedful review import` does.

        Raises
        ------
        LabellingError
            If there are none.
        DataError
            If they do not fit the label trees, or the data set cannot be written; the answers stay.
        """
        from training.importing import Format, import_file

        with self._lock:
            if not self.rows():
                raise LabellingError("there is no answer yet that a version could be made of")
            made = import_file(self.file, self._dataset, taxonomy, Format.JSONL, now=now, by=self._who)
            # A crash before this imports the same file once more, which changes nothing.
            self.file.unlink()
            return made

    def _write(self, rows: list[dict[str, Any]]) -> None:
        fresh = self.file.with_suffix(".fresh")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.file)
        except OSError as problem:
            raise LabellingError(f"{self.file} cannot be written: {problem.strerror}") from problem


def rows_in(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of answers; none if it is not there."""
    if not file.is_file():
        return []
    try:
        return [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
    except ValueError as problem:
        raise DataError(f"{file} is not valid JSON; repair it or move it away") from problem


def answered(dataset: Path) -> set[Key]:
    """Return every record that somebody labelled by hand: in the newest version, or in an answer that is none yet."""
    from training.datasets import versions

    known = versions(dataset)
    newest = known[-1] if known else None
    found = set(_of_version(dataset, newest.name, newest.manifest["sha256"])) if newest else set()
    for file in (dataset / ANSWERS).glob("*.jsonl"):
        found |= {key_of(row) for row in rows_in(file)}
    return found


@lru_cache(maxsize=4)
def _of_version(dataset: Path, name: str, _sha256: str) -> frozenset[Key]:
    """Return which records a version has labels of; it never changes, and is read once."""
    from training.datasets import by_hand, versions

    (version,) = (one for one in versions(dataset) if one.name == name)
    return frozenset(by_hand(version.rows()))
