"""Languages on the command line: a second reader, what is told of languages, and the count of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from api.shapes import ReadingOut
from tests.acceptance.conftest import Command
from tests.support.artifacts import spanish_artifact

RECORDS = [
    {"id": "en", "text": "The app crashes every day and I am sick of it."},
    {"id": "es", "text": "Estoy muy furiosa y nadie responde desde ayer."},
    {"id": "both", "text": "The app is great and I really love the new look. Estoy muy furiosa y nadie responde."},
    {"id": "de", "text": "Das Paket kam leider viel zu spät und war beschädigt."},
]


def test_languages_from_a_program_to_a_count(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "program.yaml").write_text("readers: {es: ../es}\n")
    spanish_artifact(tmp_path / "es")
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in RECORDS))
    program = ("--program", str(tmp_path / "p"))

    read = heedful("read", str(source), *program)
    assert read.returncode == 0, read.stderr
    readings = {one.id: one for one in map(ReadingOut.model_validate_json, read.stdout.splitlines())}
    assert {name: (str(one.status), one.languages) for name, one in readings.items()} == {
        "en": ("read", ["en"]),
        "es": ("read", ["es"]),
        "both": ("read", ["en", "es"]),
        "de": ("unsupported_language", ["de"]),
    }
    assert readings["es"].labels["emotion"] == ["anger/anger"]
    assert [sentence.language for sentence in readings["both"].sentences][-1] == "es"

    table = heedful("read", str(source), *program, "-o", str(tmp_path / "out.csv"))
    assert table.returncode == 0, table.stderr
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    assert [row["languages"] for row in rows] == ["en", "es", "en;es", "de"]
    assert all(0 < float(row["language_confidence"]) <= 1 for row in rows)

    db = f"sqlite:///{tmp_path / 'x.db'}"
    run = heedful("run", str(source), *program, "--db", db)
    assert run.returncode == 0, run.stderr
    counted = heedful("languages", "--json", "--db", db)
    assert counted.returncode == 0, counted.stderr
    found = json.loads(counted.stdout)
    assert (found["feedback"], found["unsupported"]) == (4, 1)
    told = heedful("languages", "--since", "1d", "--db", db)
    assert "1 of 4 in a language that no model reads" in told.stdout + told.stderr


def test_a_reader_that_is_no_model_is_told_with_its_language(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("readers: {es: nothing}\n")
    (tmp_path / "nothing").mkdir()
    done = heedful("read", "-", "--program", str(tmp_path), stdin='{"id": "1", "text": "hello"}\n')
    assert done.returncode == 2
    assert "the reader of 'es' cannot be used" in done.stderr
