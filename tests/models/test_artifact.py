"""The artifact: verified on loading, replaced whole on saving."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ArtifactError
from models.artifact import DEFAULT, FILES, load_artifact, save_artifact, sha256
from models.reader import load_reader
from models.taxonomy import default_taxonomy

LICENCES = {"Apache-2.0", "CC BY 4.0", "CC BY 3.0", "CDLA-Permissive-2.0", "US public domain"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT, tmp_path / "copy"))


def test_the_shipped_model_is_whole() -> None:
    artifact = load_artifact(DEFAULT)
    assert artifact.model.startswith("default@")
    assert artifact.config.taxonomy.version == default_taxonomy().version
    assert [len(artifact.config.taxonomy.leaves[task]) for task in ("emotion", "intent", "topic")] == [28, 11, 35]
    assert (DEFAULT / "card.md").read_text().startswith("# Model card")
    metrics = json.loads((DEFAULT / "metrics.json").read_text())
    assert set(metrics["judged"]) == {"voc dev, records", "GoEmotions dev"}
    assert metrics["behaviour"]["cases"] >= 150


def test_the_shipped_model_was_trained_on_clean_data_only() -> None:
    """The manifest of data names every file with its hash: none of them is for measuring only, each has a licence."""
    sources = json.loads((DEFAULT / "metrics.json").read_text())["trained_on"]
    assert {source["path"].split("/")[0] for source in sources} <= {"voc", "clean", "training"}
    assert {source["licence"] for source in sources} <= LICENCES
    folder = Path(os.environ.get("HEEDFUL_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    for source in sources:
        own = source["path"].startswith("training/")
        path = (Path(__file__).parents[2] if own else folder) / source["path"]
        if own or path.exists():
            assert sha256(path) == source["sha256"]
    card = (DEFAULT / "card.md").read_text()
    assert all(source["title"] in card and source["licence"] in card for source in sources)


DAMAGES: list[tuple[str, Callable[[Path], object], str]] = [
    ("a changed byte", lambda f: (f / "config.json").write_text("{}"), "config.json is not the file"),
    ("a missing file", lambda f: (f / "model.onnx").unlink(), "model.onnx cannot be read"),
    ("no manifest", lambda f: (f / "manifest.json").unlink(), "manifest.json cannot be read"),
    ("a manifest that is no JSON", lambda f: (f / "manifest.json").write_text("x"), "not valid JSON"),
    ("a manifest of other files", lambda f: (f / "manifest.json").write_text('{"files": {}}'), "does not name"),
]


@pytest.mark.parametrize(("damage", "said"), [pytest.param(d, said, id=name) for name, d, said in DAMAGES])
def test_a_damaged_artifact_is_refused(copy: Path, damage: Callable[[Path], object], said: str) -> None:
    damage(copy)
    with pytest.raises(ArtifactError) as caught:
        load_artifact(copy)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        pytest.param("config.json", lambda c: c | {"format": 99}, "format 99", id="another format"),
        pytest.param("config.json", lambda c: c | {"sentence": {}}, "does not fit", id="no calibration"),
        pytest.param("config.json", lambda c: c | {"record": c["record"] | {"scale": [1]}}, "1 values", id="size"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(
    copy: Path, name: str, change: Callable[[dict[str, object]], object], said: str
) -> None:
    contents = {file: (copy / file).read_bytes() for file in FILES}
    contents[name] = json.dumps(change(json.loads(contents[name]))).encode()
    save_artifact(copy, contents)
    with pytest.raises(ArtifactError, match=said):
        load_artifact(copy)


def test_a_model_that_is_none_is_refused(copy: Path) -> None:
    contents = {file: (copy / file).read_bytes() for file in FILES}
    save_artifact(copy, contents | {"model.onnx": b"not a model"})
    with pytest.raises(ArtifactError, match="cannot be loaded"):
        load_reader(copy)


def test_saving_replaces_the_folder_whole_and_leaves_nothing_behind(copy: Path) -> None:
    contents = {file: (copy / file).read_bytes() for file in FILES}
    (copy / "stray").write_text("x")
    save_artifact(copy, contents)
    assert {path.name for path in copy.iterdir()} == {*FILES, "manifest.json"}
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_the_version_changes_with_what_changes_a_reading(copy: Path) -> None:
    before = load_artifact(copy).version
    contents = {file: (copy / file).read_bytes() for file in FILES}
    save_artifact(copy, contents | {"card.md": b"# Another card\n"})
    assert load_artifact(copy).version == before
    config = json.loads(contents["config.json"])
    config["record"]["threshold"][0] = 0.99
    save_artifact(copy, contents | {"config.json": json.dumps(config).encode()})
    assert load_artifact(copy).version != before


def test_saving_that_fails_leaves_what_was_there(copy: Path) -> None:
    contents = {file: (copy / file).read_bytes() for file in FILES if file != "card.md"}
    with pytest.raises(KeyError):
        save_artifact(copy, contents | {"model.onnx": b"half a model"})
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]
    assert load_artifact(copy).model.startswith("default@")
