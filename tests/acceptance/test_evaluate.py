"""`heedful evaluate` as a data scientist meets it: a summary, a report, JSON, and clear errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Command

DEV = ROOT / "tests" / "training" / "data" / "voc" / "dev.jsonl"


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


def test_the_command_writes_a_summary_a_report_and_json(heedful: Command, tmp_path: Path) -> None:
    measured = ("evaluate", "default", "--data", str(DEV), "again.jsonl", "--by", "channel", "--resamples", "100")
    write(tmp_path / "again.jsonl", {"text": "Lovely, thanks!", "labels": {"intent": ["praise"]}})
    done = heedful(*measured, "--json", "e.json", "--html", "e.html")
    assert done.returncode == 0, done.stderr
    for said in ("macro-F1", "boundaries, spoken", "said instead", "by channel", "sentences a second"):
        assert said in done.stdout
    assert json.loads((tmp_path / "e.json").read_text("utf-8"))["records"] == 21
    assert (tmp_path / "e.html").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["default"], "--data FILE", id="no data"),
        pytest.param(["default", "--data", "none.jsonl"], "none.jsonl cannot be read", id="a file that is not there"),
        pytest.param(["default", "bad.jsonl"], "bad.jsonl:2: unknown intent label 'prase'; did you mean", id="a label"),
        pytest.param(["nowhere", "bad.jsonl"], "nowhere/manifest.json cannot be read", id="no model"),
        pytest.param(["default", "bad.jsonl", "--html", "no/r.html"], "no/r.html cannot be written", id="no folder"),
    ],
)
def test_what_is_wrong_is_said_with_exit_code_2(
    heedful: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    write(tmp_path / "bad.jsonl", {"text": "x"}, {"text": "x", "labels": {"intent": ["prase"]}})
    done = heedful("evaluate", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"bad.jsonl"}
