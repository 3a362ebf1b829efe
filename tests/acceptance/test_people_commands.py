"""`heedful people` and `heedful attainment`, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.conftest import Command

PEOPLE = "id,name,manager,units,teams\nann,Ann,bo,emea/uk,care\nbo,Bo,,lead:emea,care\n"


def test_people_are_imported_shown_and_exported(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    db = ("--db", "sqlite:///people.db")
    done = heedful("people", "import", "people.csv", *db)
    assert (done.returncode, done.stdout) == (0, "2 written: ann, bo\n")
    assert heedful("people", "import", "people.csv", *db).stdout.endswith("nothing was changed\n")
    assert [one["id"] for one in json.loads(heedful("people", "list", "--json", *db).stdout)] == ["ann", "bo"]
    shown = heedful("people", "show", "bo", *db).stdout
    assert "lead:emea" in shown
    assert "ann" in shown
    assert heedful("people", "export", *db).stdout.splitlines()[1:] == [
        "ann,Ann,bo,emea/uk,care,,",
        "bo,Bo,,lead:emea,care,,",
    ]
    (tmp_path / "people.csv").write_text("id,nme\nann,Ann\n")
    refused = heedful("people", "import", "people.csv", *db)
    assert refused.returncode == 2
    assert "people.csv:1:4: error: unknown column 'nme'; did you mean 'name'?" in refused.stderr


def test_attainment_is_told(heedful: Command, low_score: str) -> None:
    record = json.dumps({"id": "1", "text": "hello", "scores": {"nps": 0}})
    db = ("--db", "sqlite:///a.db")
    assert heedful("run", "-", "--program", low_score, *db, stdin=record).returncode == 0
    goal = "85% resolved in 24h"
    told = heedful("attainment", "--since", "1d", "--by", "rule", "--goal", goal, *db)
    assert told.returncode == 0, told.stderr
    assert "low-score" in told.stdout
    assert "85% resolved within 1d: nothing to count so far, 1 pending can change it" in told.stdout
    found = json.loads(heedful("attainment", "--json", *db).stdout)
    assert found["total"]["close"]["pending"] == 1


def test_a_run_into_a_new_store_brings_the_people_of_its_program_and_keeps_those_of_another(
    heedful: Command, low_score: str
) -> None:
    folder = Path(low_score)
    (folder / "people.csv").write_text("id,name,units,contacts\nann,Ann,lead:emea,operators:-\n")
    (folder / "routes.yaml").write_text('to: "lead_of: unit"\n')
    db = ("--db", "sqlite:///run.db")
    record = json.dumps({"id": "1", "text": "hello", "scores": {"nps": 0}, "unit": "emea/uk"})
    done = heedful("run", "-", "--program", low_score, *db, stdin=record)
    assert done.returncode == 0, done.stderr
    (alert,) = json.loads(heedful("alerts", "list", "--json", *db).stdout)
    assert alert["holder"] == "ann" or alert["route"], alert
    (folder / "people.csv").write_text("id,name\nbob,Bob\n")
    (folder / "routes.yaml").unlink()
    assert heedful("run", "-", "--program", low_score, *db, stdin=record).returncode == 0
    assert [one["id"] for one in json.loads(heedful("people", "list", "--json", *db).stdout)] == ["ann"]
