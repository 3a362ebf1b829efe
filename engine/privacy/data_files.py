"""Files of labelled data, out of which the records of a customer are taken: exports, and versions of data sets.

A version never changes otherwise. One that is rewritten says so in its manifest: by which erasure, how many records it
lost, and the hash that it had.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.privacy.naming import Names, texts_in
from engine.taxonomy import TASKS

DATA, MANIFEST = "data.jsonl", "manifest.json"
# A rewritten version beside its place, until it takes it; and the one before, until it is removed.
FRESH, OLD = ".erasing-", ".erased-"
KINDS = (".jsonl", ".json")
Key = tuple[str, str]


@dataclass(frozen=True)
class Theirs:
    """Tells which rows are of a customer.

    Parameters
    ----------
    keys
        Source and id of the records that are erased.
    anywhere
        Whether a row in which a name stands is of the customer too.
    """

    keys: Collection[Key]
    names: Names
    anywhere: bool = False

    def hold(self, row: Any) -> bool:
        """Return whether a row is of the customer: by its key, or by a name that it has as a value."""
        return self._is_keyed(row) or any(self._named(text) for text in texts_in(row))

    def _named(self, text: str) -> bool:
        return text in self.names or (self.anywhere and self.names.stand_in(text))

    def _is_keyed(self, value: Any) -> bool:
        if isinstance(value, Mapping):
            named = [value.get("id"), value.get("feedback")]
            source = value.get("source", "default")
            if any(isinstance(one, str) and (source, one) in self.keys for one in named):
                return True
            return any(map(self._is_keyed, value.values()))
        return isinstance(value, list) and any(map(self._is_keyed, value))


@dataclass
class FilesDone:
    """What became of files.

    Parameters
    ----------
    files
        Those that were rewritten: path, records taken out, hash before and after.
    unreached
        Those that could not be, and why.
    """

    files: list[dict[str, Any]] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


def erase_files(places: Iterable[Path], theirs: Theirs, erasure: str, at: str) -> FilesDone:
    """Take rows out of files and folders; what was done already is not done again.

    Parameters
    ----------
    erasure, at
        Which erasure, and when, for the manifests.
    """
    done = FilesDone()
    for place in dict.fromkeys(places):
        try:
            _settle(place)
            if not place.exists():
                done.unreached.append(f"{place}: it is not there any more, or not on this machine")
                continue
            for path in _files(place):
                _erase_one(path, theirs, done, erasure, at)
        except (OSError, ValueError) as problem:
            done.unreached.append(f"{place}: {problem}")
    return done


def models_of(folder: Path, hashes: Collection[str]) -> list[str]:
    """Return the models below a folder that were trained on a file with one of some hashes."""
    found = []
    for path in sorted(folder.rglob("metrics.json")) if folder.is_dir() else ():
        try:
            trained = json.loads(path.read_text("utf-8")).get("trained_on", ())
        except (OSError, ValueError, AttributeError):
            continue
        if any(isinstance(one, Mapping) and one.get("sha256") in hashes for one in trained):
            found.append(path.parent.name)
    return found


def counts_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return how often each label stands in rows of labelled feedback, by task."""
    found: dict[str, dict[str, int]] = {task: {} for task in TASKS}
    for row in rows:
        for one in row.get("sentences", [row.get("labels", {})]):
            for task in TASKS:
                for name in one.get(task, ()):
                    found[task][name] = found[task].get(name, 0) + 1
    return {task: dict(sorted(counts.items())) for task, counts in found.items()}


def sentences_in(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how many sentences rows of labelled feedback have; a row without boundaries counts as one."""
    return sum(len(row.get("sentences", "1")) for row in rows)


def _files(place: Path) -> Iterator[Path]:
    """Yield the files of a place; of a version its data."""
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(place).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _erase_one(path: Path, theirs: Theirs, done: FilesDone, erasure: str, at: str) -> None:
    if path.name == MANIFEST:
        _erase_conflicts(path, theirs)
        return
    body = path.read_bytes()
    before = hashlib.sha256(body).hexdigest()
    if path.suffix not in KINDS:
        if any(one.encode() in body for one in theirs.names.needles):
            done.unreached.append(f"{path}: the customer stands in it, and it is no JSON; erase it by hand")
        return
    try:
        after, taken, rows = _without(body.decode(), theirs, lines=path.suffix == ".jsonl")
    except ValueError as problem:
        done.unreached.append(f"{path}: it cannot be read as JSON ({problem}); erase it by hand")
        return
    if not taken:
        return
    written = after.encode()
    facts = {
        "path": str(path),
        "records": taken,
        "sha256_before": before,
        "sha256": hashlib.sha256(written).hexdigest(),
    }
    if path.name == DATA and (path.parent / MANIFEST).is_file():
        _rewrite_version(path.parent, written, rows, facts, erasure, at)
    else:
        _replace(path, written)
    done.files.append(facts)


def _without(text: str, theirs: Theirs, *, lines: bool) -> tuple[str, int, list[Any]]:
    """Return a text without the customer's rows, how many these were, and the rows that are left."""
    if lines:
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    else:
        rows = json.loads(text)
        if not isinstance(rows, list):
            return text, 0, []
    left = [row for row in rows if not theirs.hold(row)]
    if lines:
        written = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in left)
    else:
        written = json.dumps(left, indent=1, ensure_ascii=False) + "\n"
    return written, len(rows) - len(left), left


def _rewrite_version(
    folder: Path, body: bytes, rows: list[Any], facts: Mapping[str, Any], erasure: str, at: str
) -> None:
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    lost = {"erasure": erasure, "at": at, "records": facts["records"], "sha256_before": facts["sha256_before"]}
    manifest |= {
        "sha256": facts["sha256"],
        "records": len(rows),
        "sentences": sentences_in(rows),
        "labels": counts_of(rows),
        "erased": [*manifest.get("erased", ()), lost],
    }
    fresh = folder.parent / f"{FRESH}{folder.name}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for other in folder.iterdir():
        if other.name not in (DATA, MANIFEST):
            shutil.copy2(other, fresh / other.name)
    _write(fresh / DATA, body)
    _write(fresh / MANIFEST, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    folder.rename(folder.parent / f"{OLD}{folder.name}")
    _settle(folder)
    _tell_children(folder, facts)


def _erase_conflicts(path: Path, theirs: Theirs) -> None:
    """Take what annotators disagreed on in the customer's records out of a manifest: it quotes the words."""
    manifest = json.loads(path.read_text("utf-8"))
    conflicts = manifest.get("conflicts") if isinstance(manifest, dict) else None
    if not isinstance(conflicts, list):
        return
    left = [one for one in conflicts if not _is_about(one, theirs)]
    if len(left) != len(conflicts):
        _replace(path, (json.dumps(manifest | {"conflicts": left}, indent=1, ensure_ascii=False) + "\n").encode())


def _is_about(conflict: Any, theirs: Theirs) -> bool:
    if isinstance(conflict, str):
        return any(conflict.startswith(f"{source}/{name}:") for source, name in theirs.keys)
    return theirs.hold(conflict) or any(conflict.get("id") == name for _, name in theirs.keys)


def _settle(place: Path) -> None:
    """Finish what was begun with versions below a folder, or with one: the fresh one takes its place."""
    roots = [place, place.parent] if place.parent.is_dir() else [place]
    for old in [path for root in roots if root.is_dir() for path in root.glob(f"{OLD}*")]:
        folder, fresh = old.parent / old.name.removeprefix(OLD), old.parent / f"{FRESH}{old.name.removeprefix(OLD)}"
        if not folder.exists() and fresh.exists():
            fresh.rename(folder)
        shutil.rmtree(old)


def _tell_children(folder: Path, facts: Mapping[str, Any]) -> None:
    """Have the versions that were made of one name it by the hash that it has now."""
    for path in sorted(folder.parent.glob(f"v*/{MANIFEST}")):
        manifest = json.loads(path.read_text("utf-8"))
        parent = manifest.get("parent")
        if parent and parent.get("version") == folder.name and parent.get("sha256") == facts["sha256_before"]:
            manifest["parent"] = parent | {"sha256": facts["sha256"]}
            _replace(path, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())


def _replace(path: Path, body: bytes) -> None:
    """Replace a file at once, with the permissions that it had."""
    number, name = tempfile.mkstemp(prefix=FRESH, dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)
