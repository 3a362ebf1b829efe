"""Data sets and exports out of which a customer is taken: rows, manifests, lineage, and what cannot be rewritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.privacy.data_files import FRESH, OLD, FilesDone, Theirs, erase_files, models_of
from engine.privacy.naming import Names
from training.datasets import Update, add, versions

THEIRS = Theirs({("default", "f1"), ("calls", "f2")}, Names(("c-77",), "salt"))
AT = "2026-03-02T12:00:00+00:00"


def row(name: str, source: str = "default", **more: Any) -> dict[str, Any]:
    labels = {"labels": {"intent": ["complaint"]}}
    return {"id": name, "source": source, "revision": 1, "text": f"words of {name}", "origin": "hand"} | labels | more


def erase(*places: Path) -> FilesDone:
    return erase_files(places, THEIRS, "er_1", AT)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = tmp_path / "labelled"
    conflict = {"id": "f9", "sentence": "kept words"}
    conflicts = {"conflicts": [{"id": "f1", "sentence": "quoted words"}, conflict, "calls/f2: one says", "x/f2: one"]}
    add(folder, Update([row("f1"), row("f3")], {"sha256": "1"}, conflicts), AT, "ann")
    add(folder, Update([row("f2", "calls"), row("f2")], {"sha256": "2"}, {}), AT, "ann")
    add(folder, Update([row("f4", attributes={"who": "C-77"}), row("f5")], {"sha256": "3"}, {}), AT, "ann")
    return folder


def test_every_version_loses_the_customer_and_says_so(dataset: Path) -> None:
    before = {one.name: one.manifest["sha256"] for one in versions(dataset)}
    done = erase(dataset)
    after = versions(dataset)
    assert [[one["id"] for one in version.rows()] for version in after] == [["f3"], ["f3", "f2"], ["f3", "f2", "f5"]]
    assert [(file["records"], file["sha256_before"]) for file in done.files] == [
        (1, before["v0001"]),
        (2, before["v0002"]),
        (3, before["v0003"]),
    ]
    for version, parent in zip(after[1:], after, strict=False):
        assert version.manifest["parent"]["sha256"] == parent.manifest["sha256"]
    first = after[0].manifest
    assert first["erased"] == [
        {"erasure": "er_1", "at": AT, "records": 1, "sha256_before": before["v0001"]},
    ]
    assert (first["records"], first["sentences"], first["labels"]["intent"]) == (1, 1, {"complaint": 1})
    assert first["conflicts"] == [{"id": "f9", "sentence": "kept words"}, "x/f2: one"]
    assert done.unreached == []
    # Once more there is nothing to do, and the next import goes on from there.
    assert erase(dataset).files == []
    assert add(dataset, Update([row("f6")], {"sha256": "4"}, {}), AT, "ann").added == 1


@pytest.mark.parametrize("killed", ["before", "between", "after"])
def test_a_version_that_was_being_rewritten_is_finished(dataset: Path, killed: str) -> None:
    whole = dataset / "v0001"
    fresh, old = dataset / f"{FRESH}v0001", dataset / f"{OLD}v0001"
    if killed == "before":
        fresh.mkdir()
        (fresh / "data.jsonl").write_text("half")
    else:
        new = json.dumps(row("f3")) + "\n"
        manifest = json.loads((whole / "manifest.json").read_text())
        whole.rename(old)
        place = fresh if killed == "between" else whole
        place.mkdir()
        (place / "data.jsonl").write_text(new)
        manifest |= {"sha256": hashlib.sha256(new.encode()).hexdigest()}
        (place / "manifest.json").write_text(json.dumps(manifest))
    erase(dataset)
    assert [one["id"] for one in versions(dataset)[0].rows()] == ["f3"]
    assert sorted(one.name for one in dataset.iterdir()) == ["v0001", "v0002", "v0003"]


@pytest.mark.parametrize(
    ("name", "content", "left"),
    [
        pytest.param("a.jsonl", [row("f1"), row("f3")], ["f3"], id="lines"),
        pytest.param(
            "a.json", [{"data": {"record": row("f2", "calls")}}, {"data": {"record": row("f3")}}], 1, id="tasks"
        ),
        pytest.param(
            "a.json",
            [{"metadata": {"source": "default", "feedback": "f1"}}, {"metadata": {"feedback": "f2"}}],
            1,
            id="argilla",
        ),
        pytest.param("a.jsonl", [row("f9", customer="c-77"), row("f8", text="of c-77")], ["f8"], id="by name"),
    ],
)
def test_exports_lose_the_rows_of_the_customer(tmp_path: Path, name: str, content: list[Any], left: Any) -> None:
    path = tmp_path / name
    path.write_text("".join(json.dumps(one) + "\n" for one in content) if name.endswith("l") else json.dumps(content))
    path.chmod(0o640)
    assert [one["records"] for one in erase(path).files] == [1]
    text = path.read_text()
    rows: list[Mapping[str, Any]] = (
        [json.loads(line) for line in text.splitlines()] if name.endswith("l") else json.loads(text)
    )
    assert len(rows) == 1
    assert left == 1 or [one["id"] for one in rows] == left
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("a.csv", "id,text\n1,of c-77\n", "it is no JSON", id="csv"),
        pytest.param("a.jsonl", '{"id": "f1"', "cannot be read as JSON", id="torn"),
        pytest.param("a.json", "\xff\xfe", "cannot be read as JSON", id="bytes"),
    ],
)
def test_what_cannot_be_rewritten_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_bytes(content.encode("latin-1"))
    (told,) = erase(tmp_path).unreached
    assert name in told
    assert said in told
    (missing,) = erase(tmp_path / "gone").unreached
    assert "not there" in missing


def test_models_that_were_trained_on_a_file_are_named(tmp_path: Path) -> None:
    for name, sha in (("m1", "a"), ("m2", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps({"trained_on": [{"sha256": sha}]}))
    (tmp_path / "m3").mkdir()
    (tmp_path / "m3" / "metrics.json").write_text("no json")
    assert models_of(tmp_path, {"b"}) == ["m2"]
    assert models_of(tmp_path / "gone", {"b"}) == []
