"""Labelled feedback: both formats, masks, and clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import DataError
from models.taxonomy import default_taxonomy
from training.data import read_labelled, read_to_measure

TAXONOMY = default_taxonomy()


def names(row: object) -> set[str]:
    return {leaf for (_, leaf), held in zip(TAXONOMY.columns, row, strict=True) if held}  # type: ignore[call-overload]


def test_sentences_leaf_names_and_masks(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        '{"id": "1", "sentences": [{"text": "It broke.", "emotion": ["anger"], "topic": []},'
        ' {"text": "Bye", "emotion": []}]}'
        '\n{"id": "2", "text": "ok", "labels": {"intent": ["praise"]}}\n'
    )
    one, two = read_labelled(path, TAXONOMY)
    assert (one.text, one.spans) == ("It broke. Bye", ((0, 9), (10, 13)))
    assert names(one.labels[0]) == {"anger/anger"}
    known = [[bool(row[TAXONOMY.slices[task]].all()) for task in TAXONOMY.slices] for row in one.known]
    assert known == [[True, False, True], [True, False, False]]
    assert names(two.labels[0]) == {"praise"}


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text('id,text,intent,topic\n1,"Bad, slow app",complaint;defect,digital/reliability\n2,ok,,\n')
    one, two = read_labelled(path, TAXONOMY)
    assert names(one.labels[0]) == {"complaint", "defect", "digital/reliability"}
    assert names(two.labels[0]) == set()
    assert not one.known[:, TAXONOMY.slices["emotion"]].any()


def test_of_a_partial_task_only_the_named_labels_are_known(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        '{"id": "1", "sentences": [{"text": "It broke.", "emotion": ["anger"], "topic": []}],'
        ' "partial": ["emotion"], "boundaries": "model"}\n'
    )
    (one,) = read_labelled(path, TAXONOMY)
    known = {task: int(one.known[0, columns].sum()) for task, columns in TAXONOMY.slices.items()}
    assert known == {"emotion": 1, "intent": 0, "topic": len(TAXONOMY.leaves["topic"])}
    assert (one.split, one.bounded) == (True, False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param('{"text": "x", "labels": {"emotion": ["angry"]}}', "did you mean 'anger/anger'?", id="a label"),
        pytest.param('{"id": "1"}', "a record needs text or sentences", id="no text"),
        pytest.param('{"text": "x", "partial": ["emotions"]}', "partial must be a list of tasks", id="partial"),
        pytest.param("{", "not valid JSON", id="JSON"),
        pytest.param('{"text": ["a", "b"]}', "must be a text", id="a text that is none"),
        pytest.param('{"text": "a\\ud800"}', "half of a surrogate pair", id="half a character"),
        pytest.param("[]", "must be an object", id="a list"),
        pytest.param("", "has no records", id="nothing"),
    ],
)
def test_bad_data_is_located(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(DataError) as caught:
        read_labelled(path, TAXONOMY)
    assert said in str(caught.value)
    assert "d.jsonl" in str(caught.value)


def test_sets_for_measuring_never_train(tmp_path: Path) -> None:
    folder = tmp_path / "benchmark-only" / "fabsa"
    folder.mkdir(parents=True)
    (folder / "train.jsonl").write_text('{"text": "x"}\n')
    (tmp_path / "innocent").symlink_to(folder)
    for path in (folder / "train.jsonl", tmp_path / "innocent" / "train.jsonl"):
        with pytest.raises(DataError, match="never trains a model"):
            read_labelled(path, TAXONOMY)
        assert [one.text for one in read_to_measure(path, TAXONOMY)] == ["x"]


def test_attributes_are_what_else_is_known(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text(
        '{"id": "1", "text": "x", "labels": {}, "channel": "call", "empty": "", "list": [1], "nothing": null,'
        ' "attributes": {"store": "Leeds", "channel": "chat"}, "scores": {"nps": 3}}\n{"text": "y", "scores": 4}\n'
    )
    one, two = read_labelled(path, TAXONOMY)
    assert one.attributes == {"channel": "chat", "store": "Leeds", "nps": 3}
    assert two.attributes == {}
    table = tmp_path / "d.csv"
    table.write_text("id,text,intent,nps,store\n1,ok,,3,Leeds\n2,ok,praise\n3,ok,,,York,more\n")
    found = [item.attributes for item in read_labelled(table, TAXONOMY)]
    assert found == [{"nps": "3", "store": "Leeds"}, {}, {"store": "York"}]
