"""Judging the model that ships: the same numbers as training, located errors, and a report that is safe to open."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import pytest

from engine.errors import DataError
from engine.feedback import Part
from models.artifact import DEFAULT, Artifact, load_artifact
from models.reader import load_reader
from models.taxonomy import default_taxonomy
from tests.support.keyword_reader import TAXONOMY as OTHER_TREES
from training.data import Labelled, read_to_measure, records_of
from training.evaluate import scores
from training.evaluation import Evaluation, evaluate_model
from training.report import html_report

TAXONOMY = default_taxonomy()
DEV = Path(__file__).parent / "data" / "voc" / "dev.jsonl"
HOSTILE = "<script>alert(1)</script> & \"</svg>' {{ 7 * 7 }} \u202e $x^2$ the app crashed"


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    return load_artifact(DEFAULT)


@pytest.fixture(scope="module")
def items() -> list[Labelled]:
    return read_to_measure(DEV, TAXONOMY)


@pytest.fixture(scope="module")
def evaluation(artifact: Artifact, items: list[Labelled]) -> Evaluation:
    return evaluate_model(artifact, items, by=["channel", "industry"], resamples=200, top=3)


def test_records_are_measured_as_training_measures_them(evaluation: Evaluation, items: list[Labelled]) -> None:
    readings = load_reader().read([[Part(one.text)] for one in items])
    confidence, standing = (np.stack([getattr(r, name)[-1] for r in readings]) for name in ("confidence", "standing"))
    labels, known = records_of(items, TAXONOMY)
    expected = scores(confidence, standing, labels, TAXONOMY, known)
    for task, found in evaluation.record.tasks.items():
        assert found.macro_f1.value == expected[task]["macro_f1"]
        assert found.calibration_error == expected[task]["calibration_error"]
        assert found.right_when_sure == expected[task]["right_at_0.8"]


def test_everything_is_there_and_is_plain_json(evaluation: Evaluation, items: list[Labelled]) -> None:
    found = json.loads(json.dumps(evaluation.as_dict(), allow_nan=False))
    assert found["records"] == found["record"]["rows"] == len(items)
    assert found["sentence"]["rows"] == sum(len(one.spans) for one in items)
    assert set(found["record"]["groups"]) == {"Ekman", "sentiment"}
    assert found["boundaries"]["all"]["boundaries"] == sum(len(one.spans) - 1 for one in items)
    assert sum(one["records"] for one in found["slices"] if one["attribute"] == "channel") == len(items)
    assert found["speed"]["records_per_second"] > 0
    assert len(found["record"]["wrong"]) == 3


def test_the_same_seed_gives_the_same_evaluation(
    artifact: Artifact, evaluation: Evaluation, items: list[Labelled]
) -> None:
    again = evaluate_model(artifact.folder, items, by=["channel", "industry"], resamples=200, top=3)
    assert {**again.as_dict(), "speed": 0} == {**evaluation.as_dict(), "speed": 0}


def test_labels_of_the_whole_are_measured_over_records_only(artifact: Artifact, tmp_path: Path) -> None:
    path = write(
        tmp_path / "d.jsonl",
        {"text": "The app crashed again.", "labels": {"intent": ["complaint"]}},
        {"text": "n/a", "labels": {"intent": []}},
    )
    found = evaluate_model(artifact, read_to_measure(path, TAXONOMY), resamples=100)
    assert found.sentence is None
    assert found.boundaries == {}
    assert list(found.record.tasks) == ["intent"]
    assert found.record.groups == {}
    assert sum(found.statuses.values()) == 2
    assert "unsure" in found.statuses


def test_sets_for_measuring_are_measured(artifact: Artifact, tmp_path: Path) -> None:
    folder = tmp_path / "benchmark-only"
    folder.mkdir()
    path = write(folder / "dev.jsonl", {"text": "Lovely, thanks!", "labels": {"intent": ["praise"]}})
    assert evaluate_model(artifact, read_to_measure(path, TAXONOMY), resamples=100).records == 1


@pytest.mark.parametrize(
    ("record", "by", "said"),
    [
        pytest.param(None, [], "no records to measure on", id="nothing"),
        pytest.param({"text": "x"}, [], "no record has a label", id="no labels"),
        pytest.param(
            {"text": "x", "channel": "call", "labels": {"intent": []}},
            ["chanel"],
            "did you mean 'channel'",
            id="an attribute",
        ),
    ],
)
def test_data_that_cannot_be_measured_on(
    artifact: Artifact, tmp_path: Path, record: object, by: list[str], said: str
) -> None:
    items = read_to_measure(write(tmp_path / "d.jsonl", record), TAXONOMY) if record else []
    with pytest.raises(DataError, match=said):
        evaluate_model(artifact, items, by=by)


def test_labels_of_other_trees_are_refused(artifact: Artifact, tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", {"text": "x", "labels": {"intent": ["praise"]}})
    with pytest.raises(DataError, match="other trees than the model's"):
        evaluate_model(artifact, read_to_measure(path, OTHER_TREES))


class Page(HTMLParser):
    """What a browser would find in a page: its elements, its attributes and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "xlink:href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_stands_alone_and_holds_all_sections(evaluation: Evaluation) -> None:
    html = html_report(evaluation, ["dev.jsonl"])
    page = Page(html)
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert all(link.startswith("#") for link in page.links)
    assert "url(http" not in html
    assert "default-src 'none'" in html
    for said in ("Overview", "Emotion", "Intent", "Topic", "By channel", "Worst errors", "dev.jsonl", "calibration"):
        assert said in page.text
    drawings = [part.split("</svg>")[0] for part in html.split("<figure")[1:]]
    assert len(drawings) == 6
    for drawing in drawings:
        Xml.fromstring(drawing[drawing.index("<svg") :] + "</svg>")


def test_customers_words_cannot_steer_the_report(artifact: Artifact, tmp_path: Path) -> None:
    record: dict[str, Any] = {"id": HOSTILE, "text": HOSTILE, HOSTILE: HOSTILE, "labels": {"topic": ["price/fees"]}}
    path = write(tmp_path / "d.jsonl", record, {"text": "fine", "labels": {"topic": []}})
    found = evaluate_model(artifact, read_to_measure(path, TAXONOMY), by=[HOSTILE], resamples=100)
    page = Page(html_report(found, [HOSTILE]))
    assert "script" not in page.tags
    assert "\u202e" not in page.text
    assert HOSTILE.replace("\u202e", "\ufffd") in page.text
