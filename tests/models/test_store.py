"""The model store: switched at once, gone back in, never half-written, one change at a time."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.errors import ArtifactError
from engine.taxonomy import Taxonomy
from models.artifact import DEFAULT, load_artifact
from models.store import ModelStore, ModelStoreError, Switch, lacking_labels, model_folder
from tests.support.artifacts import small_artifact
from tests.support.clock import NOON
from tests.support.keyword_reader import LEAVES, TAXONOMY

FEWER = Taxonomy(LEAVES | {"topic": ("digital/reliability", "billing/accuracy")}, {})
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """A store in which a first model with the test's trees is current."""
    made = ModelStore(tmp_path / "store", wait_s=0.0)
    promote(made, small_artifact(tmp_path / "first", "first"), force=True)
    return made


def promote(store: ModelStore, model: Path, *, force: bool = False) -> Switch:
    return store.promote(model, NOON, by="ann", why="because", force=force)


def current(store: ModelStore) -> str:
    return load_artifact(store.chosen()).config.name


def test_an_empty_store_means_the_model_that_ships(tmp_path: Path) -> None:
    assert ModelStore(tmp_path / "none").chosen() == DEFAULT
    assert not (tmp_path / "none").exists()


def test_a_promoted_model_is_a_copy_and_a_rollback_goes_back_step_by_step(tmp_path: Path, store: ModelStore) -> None:
    for name in ("second", "third"):
        model = small_artifact(tmp_path / name, name)
        assert promote(store, model).changed
        (model / "config.json").write_text("gone")
    assert current(store) == "third"
    seen = []
    for _ in range(2):
        store.rollback(NOON, by="bob", why="worse")
        seen.append(current(store))
    store.rollback(NOON, by="bob")
    assert (seen, store.chosen()) == (["second", "first"], DEFAULT)
    with pytest.raises(ModelStoreError, match="no model before"):
        store.rollback(NOON, by="bob")
    told = [(one.what, one.model.split("@")[0], one.by, one.why, one.at) for one in store.pointer().changes]
    assert told == [
        ("promoted", "first", "ann", "because", NOON.isoformat()),
        ("promoted", "second", "ann", "because", NOON.isoformat()),
        ("promoted", "third", "ann", "because", NOON.isoformat()),
        ("rolled back", "second", "bob", "worse", NOON.isoformat()),
        ("rolled back", "first", "bob", "worse", NOON.isoformat()),
        ("rolled back", "default", "bob", "", NOON.isoformat()),
    ]


def test_the_current_model_again_changes_nothing_and_mends_its_copy(tmp_path: Path, store: ModelStore) -> None:
    before = store.pointer()
    (store.chosen() / "model.onnx").write_text("damaged")
    assert not promote(store, tmp_path / "first").changed
    assert store.pointer() == before
    assert current(store) == "first"


REFUSED: list[object] = [
    pytest.param(lambda folder: folder / "nowhere", "cannot be read", id="no folder"),
    pytest.param(lambda folder: tampered(small_artifact(folder / "t", "t")), "is not the file", id="a changed file"),
    pytest.param(
        lambda folder: small_artifact(folder / "fewer", "fewer", FEWER),
        "lacks labels that the current model has.*: topic:digital/ease-of-use; --force",
        id="labels are lacking",
    ),
]


def tampered(model: Path) -> Path:
    (model / "model.onnx").write_text("another")
    return model


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_a_model_that_does_not_fit_is_refused(
    tmp_path: Path, store: ModelStore, make: Callable[[Path], Path], said: str
) -> None:
    with pytest.raises(ArtifactError, match=said):
        promote(store, make(tmp_path))
    assert current(store) == "first"
    assert len(store.versions()) == 1


def test_force_promotes_a_model_that_lacks_labels_and_says_which(tmp_path: Path, store: ModelStore) -> None:
    switch = promote(store, small_artifact(tmp_path / "fewer", "fewer", FEWER), force=True)
    assert (switch.changed, switch.lacking) == (True, ("topic:digital/ease-of-use",))
    assert store.rollback(NOON, by="ann").lacking == ()


def test_a_group_that_is_gone_is_lacking_too() -> None:
    topics = Taxonomy(LEAVES | {"topic": ("billing/accuracy",)}, {})
    gone = ("topic:digital", "topic:digital/ease-of-use", "topic:digital/reliability")
    assert lacking_labels(TAXONOMY, topics) == gone
    assert lacking_labels(topics, TAXONOMY) == ()


def test_a_rollback_to_a_damaged_model_is_refused(tmp_path: Path, store: ModelStore) -> None:
    first = store.chosen()
    promote(store, small_artifact(tmp_path / "second", "second"))
    (first / "config.json").write_text("{}")
    with pytest.raises(ArtifactError, match="is not the file its manifest names"):
        store.rollback(NOON, by="ann")
    assert current(store) == "second"


POINTERS = [
    pytest.param("", id="empty"),
    pytest.param("{", id="half of it"),
    pytest.param("[]", id="no object"),
    pytest.param('{"format": 2, "current": null, "before": [], "changes": []}', id="another format"),
    pytest.param('{"format": 1, "current": "../../etc", "before": [], "changes": []}', id="a way out of the folder"),
    pytest.param('{"format": 1, "current": null, "before": [7], "changes": []}', id="a number"),
    pytest.param('{"format": 1, "current": null, "before": [], "changes": [{"x": 1}]}', id="another change"),
]


@pytest.mark.parametrize("text", POINTERS)
def test_a_pointer_that_is_none_is_said(store: ModelStore, text: str) -> None:
    (store.folder / "models.json").write_text(text)
    with pytest.raises(ModelStoreError, match=r"models.json is not the pointer of a model store"):
        store.chosen()


def test_a_place_is_a_store_or_a_folder(tmp_path: Path, store: ModelStore) -> None:
    assert model_folder(store.folder) == store.chosen()
    assert model_folder(tmp_path / "first") == tmp_path / "first"
    assert model_folder(None) is None


def test_promotes_at_the_same_time_take_turns(tmp_path: Path) -> None:
    models = [small_artifact(tmp_path / f"m{number}", f"m{number}") for number in range(6)]
    folder = tmp_path / "store"
    with ThreadPoolExecutor(6) as pool:
        switches = list(pool.map(lambda model: promote(ModelStore(folder), model, force=True), models * 2))
    pointer = ModelStore(folder).pointer()
    assert len(pointer.changes) == len(pointer.before) == sum(switch.changed for switch in switches) >= 6
    assert [*pointer.before, pointer.current] == [None, *(change.version for change in pointer.changes)]


def test_who_waits_too_long_for_another_promote_is_told(store: ModelStore, tmp_path: Path) -> None:
    with (store.folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ModelStoreError, match="another promote or rollback is at work"):
            store.rollback(NOON, by="ann")
    assert store.rollback(NOON, by="ann").changed


def test_a_promote_that_is_killed_at_any_moment_leaves_a_store_that_works(store: ModelStore, tmp_path: Path) -> None:
    model = small_artifact(tmp_path / "second", "second")
    before, after = (load_artifact(place).version for place in (store.chosen(), model))
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.promote_worker", str(store.folder), str(model)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *killed, whole = [line.split(" ", 3) for line in done.stdout.splitlines()]
    assert len(killed) > 8
    assert {line[0] for line in killed} == {"True"}
    assert {line[1] for line in killed} == {before}, "until the last rename the model before is current"
    assert {tuple(line[2:]) for line in (*killed, whole)} == {(after, "[]")}
    assert whole[:2] == ["False", after]


def test_the_pointer_is_plain_json(store: ModelStore) -> None:
    record = json.loads((store.folder / "models.json").read_text())
    assert record["before"] == [None]
    assert record["current"] == store.chosen().name
