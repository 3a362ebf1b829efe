"""Following the model store: what is promoted is read with from the next batch on, or the old model stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.model import ServedModel
from engine.ports import Reader
from engine.taxonomy import Taxonomy
from models.artifact import load_artifact
from models.store import ModelStore
from tests.support.artifacts import small_artifact
from tests.support.clock import NOON
from tests.support.keyword_reader import LEAVES, KeywordReader
from tests.support.service import House, house

# The same labels in another order, and one more; without a label that a rule names.
TURNED = Taxonomy({task: ("new", *reversed(leaves)) for task, leaves in LEAVES.items()}, {})
WITHOUT_CHURN = Taxonomy(LEAVES | {"intent": ("complaint", "praise", "safety-risk")}, {})


def load(folder: Path) -> Reader:
    artifact = load_artifact(folder)
    return KeywordReader(artifact.config.taxonomy, artifact.model)


@dataclass
class Following:
    """A service, its store of models, and how to promote."""

    house: House
    store: ModelStore
    model: ServedModel
    folder: Path

    def promote(self, name: str, taxonomy: Taxonomy | None = None) -> None:
        trees = {"taxonomy": taxonomy} if taxonomy else {}
        model = small_artifact(self.folder / name, name, **trees)
        self.store.promote(model, NOON, by="ann", force=True)

    def look(self) -> None:
        self.model.look(self.house.service.reader, self.house.service.engine)

    def posted(self, number: int) -> tuple[str, list[str]]:
        """Return the model that read a furious feedback, and the rules that alerted."""
        body = {"id": f"r{number}", "text": "I am furious. I am leaving", "scores": {"nps": 5}}
        answer = self.house.post(body)
        assert answer.status_code == 200
        decision = answer.json()["decisions"][0]
        return decision["model"].split("@")[0], sorted(alert["rule"] for alert in decision["alerts"])

    def ready(self) -> dict[str, object]:
        found: dict[str, object] = self.house.client.get("/readyz").json()
        return found


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    store = ModelStore(tmp_path / "models")
    with house(tmp_path) as made:
        model = ServedModel(None, store.folder, load)
        made.service.model = model
        one = Following(made, store, model, tmp_path)
        one.promote("first")
        one.look()
        yield one


def test_a_promoted_model_is_read_with_and_a_rollback_too(following: Following) -> None:
    assert following.posted(1) == ("first", ["furious", "leaving"])
    following.promote("second")
    following.look()
    assert following.posted(2)[0] == "second"
    following.store.rollback(NOON, by="ann")
    following.look()
    assert following.posted(3)[0] == "first"
    assert following.ready()["model_problem"] is None


def test_rules_are_loaded_again_for_other_label_trees(following: Following) -> None:
    before = following.house.post({"id": "b", "text": "I am furious", "scores": {"nps": 5}}).json()["decisions"][0]
    following.promote("turned", TURNED)
    following.look()
    assert following.posted(1) == ("turned", ["furious", "leaving"])
    after = following.house.get("/v1/feedback/r1").json()["decision"]
    assert after["taxonomy"] == TURNED.version
    assert after["ruleset"] != before["ruleset"]
    told = {rule["rule"]: rule for rule in following.house.get("/v1/feedback/r1/explain").json()["rules"]}
    assert told["furious"]["truth"] == "yes"
    old = {rule["rule"]: rule for rule in following.house.get("/v1/feedback/b/explain", now=True).json()["rules"]}
    assert (old["furious"]["truth"], old["leaving"]["truth"]) == ("yes", "no")


def test_a_reading_made_before_the_change_is_judged_by_the_rules_of_its_trees(following: Following) -> None:
    engine = following.house.service.engine
    reading = following.house.service.reader.read([[]])[0]
    following.promote("turned", TURNED)
    following.look()
    assert engine.rules.taxonomy.version == TURNED.version
    assert engine.rules_under(reading.taxonomy).taxonomy.version == reading.taxonomy.version


def damage(one: Following) -> None:
    (one.store.chosen() / "model.onnx").write_text("damaged")


def lose_the_pointer(one: Following) -> None:
    (one.store.folder / "models.json").write_text("{")


@pytest.mark.parametrize(
    ("spoil", "taxonomy", "said"),
    [
        pytest.param(damage, None, "is not the file its manifest names", id="a damaged model"),
        pytest.param(lose_the_pointer, None, "is not the pointer of a model store", id="no pointer"),
        pytest.param(
            lambda one: None, WITHOUT_CHURN, "these rules do not load under them: leaving;", id="a rule would break"
        ),
    ],
)
def test_a_model_that_cannot_be_used_leaves_the_old_one_and_is_said(
    following: Following, spoil: Callable[[Following], object], taxonomy: Taxonomy | None, said: str
) -> None:
    following.promote("second", taxonomy)
    pointer = (following.store.folder / "models.json").read_text()
    spoil(following)
    following.look()
    assert following.posted(1) == ("first", ["furious", "leaving"])
    ready = following.ready()
    assert ready["status"] == "ready"
    assert said in str(ready["model_problem"])
    text = following.house.get("/metrics").text
    assert "heedful_model_refused 1.0" in text
    assert 'heedful_model_info{model="first@' in text
    (following.store.folder / "models.json").write_text(pointer)
    following.promote("third")
    following.look()
    assert following.posted(2)[0] == "third"
    assert following.ready()["model_problem"] is None
    assert "heedful_model_refused 0.0" in following.house.get("/metrics").text


def test_a_refused_model_is_not_loaded_again_at_every_look(following: Following) -> None:
    loads: list[Path] = []

    def counted(folder: Path) -> Reader:
        loads.append(folder)
        return load(folder)

    model = ServedModel(following.store.folder, following.folder, counted)
    following.promote("second")
    damage(following)
    for _ in range(5):
        model.look(following.house.service.reader, following.house.service.engine)
    assert len(loads) == 1


def test_a_folder_is_not_followed(following: Following) -> None:
    folder = following.folder / "first"
    model = ServedModel(folder, following.store.folder, load)
    assert not model.follows
    assert model.folder() == folder
    assert ServedModel(following.store.folder, following.folder, load).follows
