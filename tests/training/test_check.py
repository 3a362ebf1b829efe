"""Checking labelled feedback finds what is wrong in it, all at once, and nothing where nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.errors import DataError
from models.reader import OnnxReader, load_reader
from models.taxonomy import default_taxonomy
from training.check import check_data
from training.suspects import find_suspects

TAXONOMY = default_taxonomy()
CORPUS = Path(__file__).parent / "data" / "voc" / "train.jsonl"
LATE = "The parcel came four days late and nobody told me anything about it."


def write(path: Path, *records: object) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records))
    return path


def test_all_that_does_not_fit_is_told_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {"text": "fine", "labels": {"intent": ["praise"]}},
        "{",
        [1],
        {"labels": {}},
        {"text": "x", "labels": {"intent": ["prase"]}},
    )
    report, placed = check_data([path], TAXONOMY)
    assert [problem.split(": ")[0] for problem in report.problems] == [f"{path}:{line}" for line in (2, 3, 4, 5)]
    assert "did you mean 'praise'" in report.problems[-1]
    assert len(placed) == 1
    assert report.counts["intent"]["praise"] == 1


def test_duplicates_are_found_across_files(tmp_path: Path) -> None:
    one = write(tmp_path / "train.jsonl", {"text": LATE}, {"text": "Something else was wrong with my bill today."})
    other = write(tmp_path / "dev.jsonl", {"text": LATE.upper()}, {"text": LATE.replace("four", "five")})
    report, _ = check_data([one, other], TAXONOMY)
    assert [(pair.one.line, pair.other.line) for pair in report.duplicates] == [(1, 1)]
    assert [(str(pair.one), str(pair.other)) for pair in report.near_duplicates] == [(f"{one}:1", f"{other}:2")]
    assert 0.8 <= report.near_duplicates[0].similarity < 1


def test_a_sentence_with_two_labellings_is_a_conflict_unless_it_is_short(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {"text": LATE, "labels": {"intent": ["complaint"]}},
        {"text": LATE + "!", "labels": {"intent": []}},
        {"text": "It was ok", "labels": {"intent": ["praise"]}},
        {"text": "it was ok", "labels": {"intent": []}},
        {"text": LATE + "?", "labels": {"emotion": ["anger"]}},
    )
    report, _ = check_data([path], TAXONOMY)
    assert [(one.task, one.labels, one.other_labels) for one in report.conflicts] == [("intent", ("complaint",), ())]


def test_an_empty_file_is_told_and_a_missing_one_refused(tmp_path: Path) -> None:
    empty = write(tmp_path / "a.jsonl")
    assert check_data([empty], TAXONOMY)[0].problems == [f"{empty} has no records"]
    with pytest.raises(DataError, match="cannot be read"):
        check_data([tmp_path / "none.jsonl"], TAXONOMY)


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return load_reader()


def test_a_planted_label_error_is_a_suspect(tmp_path: Path, reader: OnnxReader) -> None:
    praise = [
        {"text": f"Lovely staff number {n}, thank you so much!", "labels": {"intent": ["praise"]}} for n in range(40)
    ]
    wrong = {"text": "Lovely staff number 40, thank you so much!", "labels": {"intent": ["complaint"]}}
    bad = [{"text": f"Parcel {n} is late again, useless.", "labels": {"intent": ["complaint"]}} for n in range(40)]
    _, placed = check_data([write(tmp_path / "a.jsonl", *praise, wrong, *bad)], TAXONOMY)
    found = find_suspects(placed, reader)
    assert [one.place.line for one in found] == [41]
    assert found[0].missing == ("praise",)
    assert found[0].doubtful == ("complaint",)


def test_the_command_shows_and_writes_what_it_found(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "[red]fine[/red]", "labels": {"intent": ["praise"]}}, "{")
    shown = CliRunner().invoke(app, ["data", "check", str(path)])
    assert shown.exit_code == 1
    assert "1 records do not fit" in shown.output
    written = CliRunner().invoke(app, ["data", "check", str(CORPUS), "--json", "--no-suspects"])
    assert written.exit_code == 0
    assert json.loads(written.output)["problems"] == []


def test_marks_alone_are_their_own_words(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "."}, {"text": "!!!"}, {"text": "."})
    report, _ = check_data([path], TAXONOMY)
    assert [(pair.one.line, pair.other.line) for pair in report.duplicates] == [(1, 3)]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        pytest.param({"text": "x", "labels": {"intent": "praise"}}, "intent must be a list of labels", id="no list"),
        pytest.param({"text": "x", "labels": {"intent": [3]}}, "intent must be a list of labels", id="a number"),
        pytest.param({"sentences": []}, "sentences is empty", id="no sentence"),
        pytest.param({"text": 5}, "a record needs text", id="text that is a number"),
    ],
)
def test_a_problem_says_what_to_write(tmp_path: Path, record: dict[str, object], said: str) -> None:
    report, _ = check_data([write(tmp_path / "a.jsonl", record)], TAXONOMY)
    assert len(report.problems) == 1
    assert said in report.problems[0]


def test_a_csv_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text,intent\n1," + "x" * (9 << 20) + ",praise\n")
    with pytest.raises(DataError, match=r"a\.csv is not a CSV that can be read"):
        check_data([path], TAXONOMY)
