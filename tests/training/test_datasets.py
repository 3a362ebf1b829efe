"""Versions of a data set: whole, unchanged, each made of the one before."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DataError
from training.datasets import MANIFEST, Outcome, Update, add, by_hand, versions

NOW = "2026-03-02T12:00:00+00:00"


def row(name: str, intent: str = "praise", origin: str = "jsonl", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "source": "s",
        "revision": 1,
        "text": "x",
        "labels": {"intent": [intent]},
        "origin": origin,
    } | more


def put(folder: Path, *rows: dict[str, Any], sha256: str | None = None) -> Outcome:
    digest = sha256 or json.dumps(rows)
    return add(folder, Update(rows, {"file": "f", "sha256": digest}, {"conflicts": []}), NOW, "kim")


def test_a_version_is_made_of_the_one_before(tmp_path: Path) -> None:
    put(tmp_path, row("1", text="one\u2028line\x85"), row("2"))
    done = put(tmp_path, row("2", "churn"), row("3"))
    assert (done.written, done.added, done.replaced) == (True, 1, 1)
    first, second = versions(tmp_path)
    assert [one["labels"]["intent"] for one in second.rows()] == [["praise"], ["churn"], ["praise"]]
    assert second.manifest == {
        "format": 1,
        "data": "data.jsonl",
        "sha256": second.manifest["sha256"],
        "parent": {"version": "v0001", "sha256": first.manifest["sha256"]},
        "imported": {"file": "f", "sha256": second.manifest["imported"]["sha256"]},
        "records": 3,
        "sentences": 3,
        "labels": {"emotion": {}, "intent": {"churn": 1, "praise": 2}, "topic": {}},
        "created_at": NOW,
        "created_by": "kim",
        "added": 1,
        "replaced": 1,
        "kept": 1,
        "conflicts": [],
    }
    assert first.manifest["parent"] is None
    assert versions(tmp_path)[0].rows() == [row("1", text="one\u2028line\x85"), row("2")]


@pytest.mark.parametrize(
    ("rows", "digest"),
    [
        pytest.param([row("9")], "same", id="a file that is in already"),
        pytest.param([row("1")], "other", id="another file with what is in already"),
        pytest.param([], "none", id="nothing"),
        pytest.param([row("1", "churn", "verdicts")], "v", id="a verdict about what a person labelled"),
    ],
)
def test_nothing_new_writes_nothing(tmp_path: Path, rows: list[dict[str, Any]], digest: str) -> None:
    first = put(tmp_path, row("1"), sha256="same").version
    done = put(tmp_path, *rows, sha256=digest)
    assert (done.written, done.version) == (False, first)
    assert len(versions(tmp_path)) == 1


def test_a_person_s_labels_replace_a_verdict_s(tmp_path: Path) -> None:
    put(tmp_path, row("1", "churn", "verdicts"), row("2", "churn", "verdicts"))
    done = put(tmp_path, row("1"), row("2", "praise", "verdicts"))
    assert (done.added, done.replaced) == (0, 2)
    assert done.version is not None
    assert by_hand(done.version.rows()) == {("s", "1", 1)}


def test_two_parts_of_a_record_are_two_rows(tmp_path: Path) -> None:
    done = put(tmp_path, row("1", excerpt=[1, 30]), row("1", excerpt=[31, 60]))
    assert done.added == 2


def test_a_changed_version_is_refused(tmp_path: Path) -> None:
    version = put(tmp_path, row("1")).version
    assert version is not None
    version.data.chmod(0o644)
    version.data.write_text(json.dumps(row("1", "churn")) + "\n")
    with pytest.raises(DataError, match="was changed after it was written"):
        put(tmp_path, row("2"))
    assert len(versions(tmp_path)) == 1


def test_files_of_a_version_are_not_written_to(tmp_path: Path) -> None:
    version = put(tmp_path, row("1")).version
    assert version is not None
    assert {path.stat().st_mode & 0o777 for path in version.folder.iterdir()} == {0o444}


def test_what_was_killed_halfway_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / ".v0001-abcd").mkdir()
    (tmp_path / ".v0001-abcd" / "data.jsonl").write_text("{")
    (tmp_path / "v2-notes").mkdir()
    assert versions(tmp_path) == []
    done = put(tmp_path, row("1"))
    assert done.version is not None
    assert done.version.name == "v0001"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "cannot be read", id="none"),
        pytest.param("{", "not valid JSON", id="cut off"),
        pytest.param("[]", "not a manifest of this version", id="a list"),
        pytest.param('{"format": 9, "sha256": ""}', "not a manifest of this version", id="another format"),
    ],
)
def test_a_bad_manifest_is_told_of(tmp_path: Path, content: str | None, said: str) -> None:
    (tmp_path / "v0001").mkdir()
    if content is not None:
        (tmp_path / "v0001" / MANIFEST).write_text(content)
    with pytest.raises(DataError, match=said):
        put(tmp_path, row("1"))


def test_a_place_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="cannot be written"):
        put(tmp_path / "file" / "set", row("1"))
    with pytest.raises(DataError, match="never trains"):
        put(tmp_path / "benchmark-only", row("1"))


def test_imports_at_once_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda name: put(tmp_path, row(str(name))), range(4)))
    assert all(done.written for done in outcomes)
    found = versions(tmp_path)
    assert [one.name for one in found] == ["v0001", "v0002", "v0003", "v0004"]
    assert {one["id"] for one in found[-1].rows()} == {"0", "1", "2", "3"}
    assert not list(tmp_path.glob(".v*"))
