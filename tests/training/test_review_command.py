"""`heedful review`: from a store or a file to what is labelled, and back into a data set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import HeedfulError
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback


def heedful(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["review", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def filled(store: Store) -> Store:
    engine = engine_on(store)
    engine.process([feedback(number, f"maybe leaving number {number}. I am furious {number}") for number in range(6)])
    kinds = zip(
        store.alerts.of_feedback("default", "f0"), (VerdictKind.NOT_ACTIONABLE, VerdictKind.RIGHT), strict=False
    )
    for alert, kind in kinds:
        store.verdicts.give(Verdict(alert.id, kind, "kim", NOON))
    return store


def test_out_of_a_store_and_back_into_a_data_set(filled: Store, url: str, tmp_path: Path) -> None:
    out, data = tmp_path / "review.jsonl", tmp_path / "set"
    assert "4 records to label" in heedful("export", "--db", url, "-o", out, "--n", 4)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert rows[0]["id"] == "f0"
    assert rows[0]["verdicts"]
    for row in rows[:3]:
        for sentence, suggested in zip(row["sentences"], row["suggested"], strict=True):
            sentence |= suggested | {"intent": ["praise"]}
    out.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = heedful("import", out, "--into", data, "--by", "kim")
    assert f"{data / 'v0001' / 'data.jsonl'}: 3 records added, 0 replaced, 3 in all" in said
    assert "6 of 18 suggestions were changed (keywords@1)" in said
    assert "1 without a label, left out" in said
    assert "has it already" in heedful("import", out, "--into", data)
    again = tmp_path / "again.jsonl"
    heedful("export", "--db", url, "-o", again, "--n", 10, "--without", data)
    labelled = {row["id"] for row in rows[:3]}
    left = {json.loads(line)["id"] for line in again.read_text().splitlines()}
    assert left == {f"f{number}" for number in range(6)} - labelled
    manifest = json.loads((data / "v0001" / "manifest.json").read_text())
    assert (manifest["created_by"], manifest["imported"]["format"]) == ("kim", "jsonl")


def test_out_of_verdicts(filled: Store, url: str, tmp_path: Path) -> None:
    alert = next(one for one in filled.alerts.of_feedback("default", "f1") if one.rule == "furious")
    filled.verdicts.give(Verdict(alert.id, VerdictKind.RIGHT, "kim", NOON))
    said = heedful("import", "--from-verdicts", "--db", url, "--into", tmp_path)
    assert "records added" in said
    assert "1 judged not_actionable" in said
    assert "bring nothing new" in heedful("import", "--from-verdicts", "--db", url, "--into", tmp_path)


def test_two_annotators_who_differ_are_told(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    rows = [
        {"id": "1", "text": "[b]Well[/b]", "labels": {"intent": [name]}, "by": name} for name in ("praise", "churn")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in (*rows, rows[0] | {"id": "2"})))
    said = heedful("import", path, "--into", tmp_path / "set")
    assert "1 conflicts:" in said
    assert "labels.jsonl:2: 1, intent, left out: praise says praise; churn says churn [[b]Well[/b]]" in said


@pytest.mark.parametrize(
    ("form", "beside"), [pytest.param("label-studio", ".xml"), pytest.param("argilla", ".settings.json")]
)
def test_tools_get_two_files(filled: Store, url: str, tmp_path: Path, form: str, beside: str) -> None:
    out = tmp_path / "review.json"
    heedful("export", "--db", url, "-o", out, "--format", form)
    assert json.loads(out.read_text())
    assert out.with_suffix(beside).read_text().strip()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(("review", "."))) == sorted(
        ["review.json", f"review{beside}"]
    )


def test_out_of_a_file_with_the_model(tmp_path: Path) -> None:
    texts = ["The app crashed twice.", "THE APP CRASHED TWICE", "Thank you, lovely staff!", "n/a"]
    path = tmp_path / "in.jsonl"
    path.write_text(
        "".join(json.dumps({"id": str(n), "text": text, "ago": "5m"}) + "\n" for n, text in enumerate(texts))
    )
    out = tmp_path / "out.jsonl"
    heedful("export", "--in", path, "-o", out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 2
    assert all(row["model"].startswith("default@") and row["why"] for row in rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["export", "--in", "-", "-o", "x.jsonl"], "not standard input", id="standard input"),
        pytest.param(["export", "-o", "x.csv"], "do not fit into CSV", id="CSV"),
        pytest.param(["export", "-o", "-", "--format", "argilla"], "takes two files", id="two files to one output"),
        pytest.param(["export", "-o", "x.xml", "--format", "label-studio"], "takes two files", id="one name for two"),
        pytest.param(["export", "-o", "x.jsonl", "--without", "nowhere"], "is not a data set", id="no data set"),
        pytest.param(["import", "--into", "x"], "name a FILE", id="nothing to import"),
        pytest.param(["import", "a", "--from-verdicts", "--into", "x"], "name a FILE", id="two things to import"),
        pytest.param(["import", "none.jsonl", "--into", "x"], "cannot be read", id="no such file"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HeedfulError, match=said):
        heedful(*arguments)
    assert list(tmp_path.iterdir()) == []
