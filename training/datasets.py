"""Versions of a data set of labelled feedback: folders that appear whole, never change, and say where they come from.

``DATASET/v0003/data.jsonl`` is labelled feedback that training reads; ``manifest.json`` beside it has its hash, its
parent version, and what was imported.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import DataError
from engine.privacy.data_files import DATA, MANIFEST, counts_of, sentences_in
from training.data import refuse_benchmarks

FORMAT = 1
MOST_RACES = 5
VERDICTS = "verdicts"
_VERSION = re.compile(r"v[0-9]{4,}\Z")
Row = Mapping[str, Any]
RowKey = tuple[Any, ...]


@dataclass(frozen=True)
class Version:
    """One version: its folder and its manifest."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Such as ``v0003``."""
        return self.folder.name

    @property
    def data(self) -> Path:
        """The labelled feedback."""
        return self.folder / DATA

    def rows(self) -> list[dict[str, Any]]:
        """Return the labelled feedback as it was written.

        Raises
        ------
        DataError
            If it is not what its manifest names.
        """
        try:
            body = self.data.read_bytes()
        except OSError as problem:
            raise DataError(f"{self.data} cannot be read: {problem.strerror}") from problem
        if hashlib.sha256(body).hexdigest() != self.manifest["sha256"]:
            raise DataError(f"{self.data} was changed after it was written; a version is never changed: restore it")
        return [json.loads(line) for line in body.decode().split("\n") if line]


@dataclass(frozen=True)
class Update:
    """What an import adds to a data set.

    Parameters
    ----------
    rows
        Labelled feedback, each with id, source, revision and origin.
    source
        What is imported, with its ``sha256``.
    facts
        What else the manifest shall say.
    """

    rows: Sequence[Row]
    source: Mapping[str, Any]
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of an import: the new version, or the one that has it all already; None if there was nothing."""

    version: Version | None
    written: bool
    added: int = 0
    replaced: int = 0


def versions(folder: Path) -> list[Version]:
    """Return the versions of a data set, oldest first.

    Raises
    ------
    DataError
        If a manifest cannot be read.
    """
    found = [one for one in folder.glob("v*") if _VERSION.match(one.name)] if folder.is_dir() else []
    return [Version(one, _manifest(one)) for one in sorted(found, key=lambda one: int(one.name[1:]))]


def _manifest(folder: Path) -> Mapping[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise DataError(f"{path} is not valid JSON; restore it") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT or "sha256" not in manifest:
        raise DataError(f"{path} is not a manifest of this version of Heedful")
    return manifest


def add(folder: Path, update: Update, now: str, by: str) -> Outcome:
    """Write the next version of a data set: the rows of the newest one, with new ones added or in their place.

    A row replaces the one of the same record; a verdict's row only another verdict's. What a version has
    imported already is not imported again.

    Parameters
    ----------
    now, by
        When and by whom, for the manifest.

    Raises
    ------
    DataError
        If the folder cannot be written, or its newest version was changed.
    """
    refuse_benchmarks(folder)
    for _ in range(MOST_RACES):
        known = versions(folder)
        if (same := imported_as(known, update.source["sha256"])) is not None:
            return Outcome(same, written=False)
        parent = known[-1] if known else None
        if not update.rows:
            return Outcome(parent, written=False)
        before = {row_key(row): row for row in parent.rows()} if parent else {}
        rows, added, replaced = _joined(before, update.rows)
        if parent and not added and not replaced:
            return Outcome(parent, written=False)
        number = int(parent.name[1:]) + 1 if parent else 1
        counts = {"added": added, "replaced": replaced, "kept": len(rows) - added - replaced}
        manifest = _described(rows, parent, update, {"created_at": now, "created_by": by} | counts)
        made = _write(folder / f"v{number:04d}", rows, manifest)
        if made is not None:
            return Outcome(made, True, added, replaced)
    raise DataError(f"{folder}: others keep writing versions; try again")


def imported_as(known: Sequence[Version], sha256: str) -> Version | None:
    """Return the version that a file or a set of verdicts was imported as, or None."""
    return next((one for one in known if one.manifest.get("imported", {}).get("sha256") == sha256), None)


def row_key(row: Row) -> RowKey:
    """Return what a row is about; one record's labels by hand and by verdict have the same key."""
    excerpt = row.get("excerpt")
    return (row.get("source"), row.get("id"), row.get("revision"), tuple(excerpt) if excerpt else None)


def by_hand(rows: Iterable[Row]) -> set[tuple[str, str, int]]:
    """Return source, id and revision of every record that people labelled, whose labels do not stem from verdicts."""
    return {(row["source"], row["id"], row["revision"]) for row in rows if row.get("origin") != VERDICTS}


def _joined(before: Mapping[RowKey, Row], rows: Sequence[Row]) -> tuple[list[Row], int, int]:
    found = dict(before)
    added = replaced = 0
    for row in rows:
        old = found.get(row_key(row))
        if old == row or (old is not None and row["origin"] == VERDICTS != old.get("origin")):
            continue
        added += old is None
        replaced += old is not None
        found[row_key(row)] = row
    return list(found.values()), added, replaced


def _described(rows: Sequence[Row], parent: Version | None, update: Update, facts: Mapping[str, Any]) -> dict[str, Any]:
    body = _body(rows)
    return (
        {
            "format": FORMAT,
            "data": DATA,
            "sha256": hashlib.sha256(body).hexdigest(),
            "parent": {"version": parent.name, "sha256": parent.manifest["sha256"]} if parent else None,
            "imported": dict(update.source),
            "records": len(rows),
            "sentences": sentences_in(rows),
            "labels": counts_of(rows),
        }
        | dict(facts)
        | dict(update.facts)
    )


def _body(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _write(folder: Path, rows: Sequence[Row], manifest: Mapping[str, Any]) -> Version | None:
    """Write a version beside its place and move it there; None if another process took the place meanwhile."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise DataError(f"{folder.parent} cannot be written: {problem.strerror}") from problem
    try:
        _write_file(fresh / DATA, _body(rows))
        _write_file(fresh / MANIFEST, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
        fresh.chmod(0o755)
        fresh.rename(folder)
    except BaseException as problem:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(problem, OSError) and problem.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return None
        if isinstance(problem, OSError):
            raise DataError(f"{folder} cannot be written: {problem.strerror}") from problem
        raise
    return Version(folder, manifest)


def _write_file(path: Path, body: bytes) -> None:
    """Write a file that is on the disk before its folder gets its name, and that is not written to again."""
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from problem
