"""Labels come back from three forms as they were made there, or with every mistake at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from engine.errors import DataError
from engine.store.store import Store
from tests.support.engines import engine_on, feedback
from tests.support.keyword_reader import TAXONOMY
from training import argilla, label_studio
from training.annotations import NONE, Annotation
from training.data import read_labelled
from training.importing import Format, import_file, read_annotations
from training.review import ReviewRow, choose
from training.sources import StoreSource

WHEN = {"now": "2026-03-02T12:00:00+00:00", "by": "kim"}
# What a person makes of two sentences: the first task each, the second left open in the second sentence.
MADE: list[dict[str, list[str]]] = [
    {"emotion": ["anger/annoyance", "joy/gratitude"], "intent": ["complaint"], "topic": []},
    {"emotion": [], "topic": ["digital/ease-of-use"]},
]


@pytest.fixture
def row(store: Store) -> ReviewRow:
    """A record with emoji and two sentences, one of them labelled by the model."""
    facts = {"attributes": {"app_version": "2"}, "scores": {"nps": 1}, "channel": "chat"}
    engine_on(store).process([feedback(1, "\U0001f621 I am furious \U0001f621. maybe the menu", **facts)])
    (found,) = choose(StoreSource(store, TAXONOMY), 1, facts=True)
    return found


def as_jsonl(rows: list[ReviewRow], made: list[dict[str, list[str]]]) -> str:
    told = [row.as_dict() for row in rows]
    for one in told:
        for sentence, labels in zip(one["sentences"], made, strict=True):
            sentence |= labels
    return "".join(json.dumps(one) + "\n" for one in told)


def as_label_studio(rows: list[ReviewRow], made: list[dict[str, list[str]]], by: Any = 7) -> str:
    """What Label Studio exports: the prediction corrected region by region, and submitted."""
    exported = []
    for number, task in enumerate(label_studio.tasks_of(rows, TAXONOMY), start=1):
        result = [entry for entry in task["predictions"][0]["result"] if entry["type"] == "labels"]
        for entry, labels in zip(list(result), made, strict=True):
            where = {name: entry["value"][name] for name in ("start", "end", "text")}
            for task_name, names in labels.items():
                kind = "choices" if task_name == "intent" else "taxonomy"
                chosen: list[Any] = names or [NONE]
                chosen = chosen if kind == "choices" else [name.split("/") for name in chosen]
                given = {"from_name": task_name, "to_name": "text", "type": kind, "value": where | {kind: chosen}}
                result.append({"id": entry["id"], "origin": "manual"} | given)
        annotation = {"id": 11, "completed_by": by, "was_cancelled": False, "result": result, "lead_time": 4.2}
        skipped = annotation | {"id": 12, "was_cancelled": True, "result": []}
        more = {"id": number, "project": 83, "total_annotations": 1, "predictions": [8]}
        exported.append({"data": task["data"], "annotations": [annotation, skipped]} | more)
    return json.dumps(exported, indent=2)


def as_argilla(rows: list[ReviewRow], made: list[dict[str, list[str]]]) -> str:
    """What Argilla's `records.to_json` writes once every question that could be answered was."""
    exported = []
    records = argilla.records_of(rows)
    for record, labels in zip(records, made * (len(records) // len(made)), strict=True):
        answers = {
            task: [{"value": names or [NONE], "user_id": "5b4ff80c-0c70-4b5f-8d7e-0a2f4cb8c2cc"}]
            for task, names in labels.items()
        }
        exported.append(record | {"responses": answers, "status": "completed", "_server_id": "x"})
    return json.dumps(exported)


FORMS = [
    pytest.param(as_jsonl, Format.JSONL, id="jsonl"),
    pytest.param(as_label_studio, Format.LABEL_STUDIO, id="label-studio"),
    pytest.param(as_argilla, Format.ARGILLA, id="argilla"),
]


def read(path: Path, text: str) -> list[Annotation]:
    path.write_text(text)
    return read_annotations(path, TAXONOMY)[0]


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_labels_come_back_as_they_were_made(
    tmp_path: Path, row: ReviewRow, form: Callable[..., str], name: Format
) -> None:
    path = tmp_path / "labels"
    path.write_text(form([row], MADE))
    done = import_file(path, tmp_path / "set", TAXONOMY, **WHEN)  # type: ignore[arg-type]
    version = done.outcome.version
    assert version is not None
    (made,) = version.rows()
    assert made == {
        "id": "f1",
        "source": "default",
        "revision": 1,
        "sentences": [{"text": text} | labels for text, labels in zip(row.sentences, MADE, strict=True)],
        "boundaries": "model",
        "origin": str(name),
        "scores": {"nps": 1},
        "attributes": {"app_version": "2"},
        "channel": "chat",
    }
    (labelled,) = read_labelled(version.data, TAXONOMY)
    assert labelled.text.startswith("\U0001f621 I am furious")
    assert not labelled.bounded
    assert labelled.known.sum(axis=1).tolist() == [len(TAXONOMY.columns), 7]
    # Of three and two judged suggestions, all but the empty topic and the empty emotion were changed.
    assert (done.shown, done.changed, done.models) == (5, 3, ("keywords@1",))
    assert version.manifest["suggestions"] == {"models": ["keywords@1"], "shown": 5, "changed": 3}


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_labels_outside_the_trees_are_told_all_at_once(
    tmp_path: Path, row: ReviewRow, form: Callable[..., str], name: Format
) -> None:
    path = tmp_path / "labels"
    path.write_text(form([row], [{"emotion": ["joy/gratitud"]}, {"intent": ["chrun"], "topic": ["money/lost"]}]))
    with pytest.raises(DataError) as caught:
        import_file(path, tmp_path / "set", TAXONOMY, **WHEN)  # type: ignore[arg-type]
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}:") and ": default/f1: " in line for line in lines)
    assert len(lines) == 3
    for said in ("did you mean 'joy/gratitude'", "did you mean 'churn'", "unknown topic label 'money/lost'"):
        assert said in str(caught.value)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(("form", "name"), FORMS)
def test_what_nobody_judged_is_not_imported(
    tmp_path: Path, row: ReviewRow, form: Callable[..., str], name: Format
) -> None:
    path = tmp_path / "labels"
    path.write_text(form([row], [{}, {}]))
    with pytest.raises(DataError, match="has no labels"):
        import_file(path, tmp_path / "set", TAXONOMY, **WHEN)  # type: ignore[arg-type]


def test_the_lines_of_a_json_list_are_told(tmp_path: Path, row: ReviewRow) -> None:
    text = as_label_studio([row, row], [{"intent": ["chrun"]}, {}])
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.json", text)
    second = text[: text.index('"data"', text.index('"annotations"'))].count("\n")
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in str(caught.value).splitlines()] == ["2", str(second)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[{", "a.json:1: this is not valid JSON", id="cut off"),
        pytest.param('[{"annotations": []} {}]', "ends in the middle", id="no comma"),
        pytest.param('[{"annotations": 5, "data": 3}]', "not a task that Heedful exported", id="a strange task"),
        pytest.param('[{"id": 1, "text": "x", "emotion": "joy"}]', "export from Label Studio as JSON", id="JSON-MIN"),
        pytest.param(
            '[{"fields": {}, "responses": {"intent": [{}]}}]',
            "not a record that Heedful exported",
            id="a strange record",
        ),
        pytest.param("", "has no labels", id="nothing"),
        pytest.param("[]", "has no labels", id="an empty list"),
        pytest.param('{"id": "1"}', "a.json:1: a record needs id, and text or sentences", id="no text"),
        pytest.param('{"text": "x", "labels": {"intent": []}}', "a.json:1: the record has no id", id="no id"),
        pytest.param('{"id": "1", "text": "x", "labels": ["joy"]}', "labels must be an object by task", id="a list"),
        pytest.param('{"id": "1", "text": "x", "labels": {"intent": "churn"}}', "must be a list", id="a bare label"),
        pytest.param('{"id": "1", "text": "x", "revision": "2", "labels": {}}', "revision a number", id="revision"),
        pytest.param('{"id": "1", "text": "x\\ud800", "labels": {"intent": []}}', "surrogate", id="half a pair"),
        pytest.param("5", "a record needs id", id="a number"),
        pytest.param("[" * 100_000, "not valid JSON", id="a deep list"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        import_file(path, tmp_path / "set", TAXONOMY, **WHEN)  # type: ignore[arg-type]


def test_a_file_that_cannot_be_read_and_a_benchmark_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_annotations(tmp_path / "none", TAXONOMY)
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match="not UTF-8"):
        read_annotations(tmp_path / "latin", TAXONOMY)
    with pytest.raises(DataError, match="never trains"):
        read_annotations(tmp_path / "benchmark-only" / "a.jsonl", TAXONOMY)


def test_labelled_feedback_that_was_never_exported_is_taken(tmp_path: Path) -> None:
    text = '{"id": 5, "text": "Thanks!", "labels": {"emotion": ["gratitude"]}}\n'
    (one,) = read(tmp_path / "a.jsonl", text)
    assert one.row("jsonl") == {
        "id": "5",
        "source": "default",
        "revision": 1,
        "text": "Thanks!",
        "labels": {"emotion": ["joy/gratitude"]},
        "origin": "jsonl",
    }


def test_sentences_cut_anew_in_label_studio_are_a_persons_boundaries(tmp_path: Path, row: ReviewRow) -> None:
    (task,) = json.loads(as_label_studio([row], [{}, {}]))
    text = task["data"]["text"]
    at = text.index("furious")
    # An old version counts the emoji before it as two characters.
    cut = {"start": at + 1, "end": at + 8, "text": "furious"}
    region = {"to_name": "text", "id": "Dx_aB91ISN"}
    task["annotations"][0]["result"] = [
        region | {"from_name": "sentence", "type": "labels", "value": cut | {"labels": ["sentence"]}},
        region | {"from_name": "emotion", "type": "taxonomy", "value": cut | {"taxonomy": [["anger", "anger"]]}},
    ]
    (one,) = read(tmp_path / "a.json", json.dumps([task]))
    assert one.sentences == ("furious", row.sentences[1])
    assert one.labels == ({"emotion": ("anger/anger",)}, {})
    assert one.bounded
    assert one.suggested == ()
    task["annotations"][0]["result"][0]["value"] = {"start": 0, "end": 4, "text": "elsewhere"}
    with pytest.raises(DataError, match="does not lie in the text"):
        read(tmp_path / "a.json", json.dumps([task]))


def test_overlapping_sentences_are_refused(tmp_path: Path, row: ReviewRow) -> None:
    (task,) = json.loads(as_label_studio([row], [{}, {}]))
    region = {"to_name": "text", "from_name": "sentence", "type": "labels"}
    spans = [{"start": 0, "end": 6}, {"start": 4, "end": 9}]
    task["annotations"][0]["result"] = [
        region | {"id": str(place), "value": span | {"labels": ["sentence"]}} for place, span in enumerate(spans)
    ]
    with pytest.raises(DataError, match="two sentences overlap"):
        read(tmp_path / "a.json", json.dumps([task]))


def test_who_annotated_in_label_studio_is_told_apart(tmp_path: Path, row: ReviewRow) -> None:
    people = [{"id": 3, "email": "a@b.c"}, {"id": 4}, 9, None]
    tasks = [json.loads(as_label_studio([row], MADE, by))[0] for by in people]
    found = read(tmp_path / "a.json", json.dumps(tasks))
    assert [one.by for one in found] == ["a@b.c", "4", "9", "annotation 11"]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param({"status": "pending"}, 0, id="a record that is not completed"),
        pytest.param({"responses": {}}, 0, id="no answer"),
        pytest.param(
            {"responses": {"intent": [{"value": ["churn"], "user_id": "u", "status": "draft"}]}}, 0, id="a draft"
        ),
        pytest.param({"responses": {"intent": [{"value": [NONE, "churn"], "user_id": "u"}]}}, 1, id="none and a label"),
    ],
)
def test_only_submitted_answers_count(tmp_path: Path, row: ReviewRow, change: dict[str, Any], count: int) -> None:
    record = argilla.records_of([row])[1] | {"status": "completed"} | change
    found = read(tmp_path / "a.json", json.dumps([record]))
    assert len(found) == count
    for one in found:
        assert one.sentences == row.sentences
        assert one.labels == ({}, {"intent": ("churn",)})


def test_the_forms_offer_every_label_once(row: ReviewRow) -> None:
    view = ElementTree.fromstring(label_studio.config_of(TAXONOMY))
    emotion = next(found for found in view.iter("Taxonomy") if found.get("name") == "emotion")
    assert [choice.get("value") for choice in emotion] == [NONE, "anger", "joy", "neutral"]
    assert [choice.get("value") for choice in emotion[1]] == ["anger", "annoyance"]
    intent = next(found for found in view.iter("Choices") if found.get("name") == "intent")
    assert [choice.get("value") for choice in intent] == [NONE, *TAXONOMY.leaves["intent"]]
    questions = {one["name"]: one["settings"]["options"] for one in argilla.settings_of(TAXONOMY)["questions"]}
    assert [option["value"] for option in questions["topic"]] == [*TAXONOMY.leaves["topic"], NONE]


def test_predictions_lie_on_their_sentences(row: ReviewRow) -> None:
    (task,) = label_studio.tasks_of([row], TAXONOMY)
    for entry in task["predictions"][0]["result"]:
        value = entry["value"]
        assert task["data"]["text"][value["start"] : value["end"]] == value["text"]
    assert {entry["value"]["text"] for entry in task["predictions"][0]["result"]} == set(row.sentences)
    kinds = [(entry["from_name"], entry["type"]) for entry in task["predictions"][0]["result"][:4]]
    assert kinds == [("sentence", "labels"), ("emotion", "taxonomy"), ("intent", "choices"), ("topic", "taxonomy")]
