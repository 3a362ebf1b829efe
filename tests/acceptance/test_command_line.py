"""The command line as a user meets it: files in, files out, clear errors, exit codes."""

from __future__ import annotations

import csv
import json
import os
import re
import threading
from pathlib import Path

import pytest

from api.cli.files import InputError, parse_map
from api.shapes import DecisionOut, ExplanationOut, ReadingOut
from tests.acceptance.conftest import ROOT, Command

PROGRAM = str(ROOT / "samples" / "program")
COMMANDS = [
    pytest.param([], id="heedful"),
    *(
        pytest.param([name], id=name)
        for name in ("read", "run", "serve", "explain", "train", "evaluate", "demo", "rules", "keys")
    ),
    pytest.param(["rules", "check"], id="rules check"),
    *(pytest.param(["keys", name], id=f"keys {name}") for name in ("create", "list", "revoke")),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(heedful_process: Command, command: list[str]) -> None:
    done = heedful_process(*command, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    assert done.stderr == ""


def test_read_from_standard_input_to_standard_output(heedful_process: Command) -> None:
    records = [
        {"id": "1", "text": "The app crashes every day and I am sick of it."},
        {"id": "2", "text": ""},
        {"id": "3", "text": "Das Paket kam leider viel zu spät und war beschädigt.", "labels": ["ignored"]},
    ]
    done = heedful_process("read", "-", stdin="".join(json.dumps(record) + "\n" for record in records))
    assert done.returncode == 0, done.stderr
    readings = [ReadingOut.model_validate_json(line) for line in done.stdout.splitlines()]
    assert [(reading.id, reading.status) for reading in readings] == [
        ("1", "read"),
        ("2", "empty"),
        ("3", "unsupported_language"),
    ]
    assert "complaint" in readings[0].labels["intent"]
    assert all(value >= 0.05 for value in readings[0].confidence["topic"].values())


def test_read_shows_every_leaf_when_asked(heedful: Command) -> None:
    done = heedful("read", "-", "--all", stdin='{"id": "1", "text": "Thanks"}\n')
    reading = ReadingOut.model_validate_json(done.stdout)
    assert [len(reading.confidence[task]) for task in ("emotion", "intent", "topic")] == [28, 11, 35]


def test_read_csv_to_csv_with_renamed_columns(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('\ufeffNo,Comment,Store\n7,"Lovely, thank you",Leeds\n8,=cmd,York\n')
    done = heedful("read", "in.csv", "--map", "id=No,text=Comment", "-o", "out.csv")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert "intent" in " ".join(rows[0])


def test_run_tells_and_stores_and_a_second_run_changes_nothing(heedful: Command, tmp_path: Path) -> None:
    rows = ["id,text,nps,customer_tier,When it was"]
    rows.append('1,"I have cancelled my contract and moved to a competitor.",0,gold,Monday')
    rows.append('2,"Thank you, lovely as always.",10,silver,Tuesday')
    (tmp_path / "in.csv").write_text("\n".join(rows) + "\n")
    command = ("run", "in.csv", "--program", PROGRAM, "--db", "sqlite:///store.db", "-o", "out.jsonl")
    first = heedful(*command)
    assert first.returncode == 0, first.stderr
    assert "gold-customer-leaving" in first.stderr
    before = (tmp_path / "out.jsonl").read_text()
    decisions = [DecisionOut.model_validate_json(line) for line in before.splitlines()]
    assert "gold-customer-leaving" in [alert.rule for alert in decisions[0].alerts]
    assert [held.reason for held in decisions[0].held_back if held.rule == "gold-customer-leaving"] == ["notify_off"]
    assert decisions[1].sequence == 2
    assert heedful(*command).returncode == 0
    assert (tmp_path / "out.jsonl").read_text() == before
    explained = heedful("explain", "1", "--db", "sqlite:///store.db", "--json")
    explanation = ExplanationOut.model_validate_json(explained.stdout)
    assert next(r for r in explanation.rules if r.rule == "gold-customer-leaving").truth == "yes"
    assert "customer_tier gold" in heedful("explain", "1", "--db", "sqlite:///store.db").stdout


@pytest.mark.parametrize(
    ("notify", "sent"), [pytest.param(["--notify"], 1, id="with notify"), pytest.param([], 0, id="without")]
)
def test_run_sends_messages_only_when_asked(
    heedful: Command, tmp_path: Path, low_score: str, notify: list[str], sent: int
) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "Cold soup.", "scores": {"nps": 1}}\n')
    done = heedful("run", "in.jsonl", "--program", low_score, *notify)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count('{"receiver":"operators"') == sent
    assert (re.search(r"messages\W+sent\W+1", done.stderr) is not None) == bool(sent)


def test_standard_input_ends_at_its_first_bad_record_and_says_what_is_stored(heedful: Command) -> None:
    good = "".join(f'{{"id": "{number}", "text": ""}}\n' for number in range(300))
    done = heedful("run", "-", "--db", "sqlite:///store.db", "-o", "out.jsonl", stdin=good + '{"id": }\n')
    assert done.returncode == 2
    assert "standard input:301: this line is not valid JSON" in done.stderr
    assert "the first 250 records are stored" in done.stderr


def test_a_pipe_is_read_once_and_written_as_it_is(heedful_process: Command, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    for pipe in (source, target):
        os.mkfifo(pipe)
    feeding = threading.Thread(target=source.write_text, args=('{"id": "1", "text": ""}\n',))
    feeding.start()
    got: list[str] = []
    draining = threading.Thread(target=lambda: got.append(target.read_text()))
    draining.start()
    done = heedful_process("run", "in", "-o", "out")
    assert done.returncode == 0, done.stderr
    for thread in (feeding, draining):
        thread.join(10)
    assert DecisionOut.model_validate_json(got[0]).id == "1"
    assert target.is_fifo()


def test_an_output_keeps_its_permissions_and_its_link(heedful: Command, tmp_path: Path) -> None:
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to(real)
    assert heedful("read", "-", "-o", "link.jsonl", stdin='{"id": "1", "text": ""}\n').returncode == 0
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert ReadingOut.model_validate_json(real.read_text()).status == "empty"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(None, {}, id="nothing"),
        pytest.param("text=Comment,id=No", {"text": "Comment", "id": "No"}, id="two"),
        pytest.param('text=Comment,nps="Q1 score"', {"text": "Comment", "nps": "Q1 score"}, id="quoted"),
        pytest.param('nps="Q1, score",text=T', {"nps": "Q1, score", "text": "T"}, id="a comma inside quotes"),
        pytest.param(" text = A b , id = c ", {"text": "A b", "id": "c"}, id="blanks"),
        pytest.param("text=a=b", {"text": "a=b"}, id="an equals sign in a column"),
    ],
)
def test_a_map_renames_columns(text: str | None, expected: dict[str, str]) -> None:
    assert parse_map(text) == expected


@pytest.mark.parametrize("text", ["text", "=x", "text=", "text=a,,id=b", "text=a,text=b", "text=a,id=a", 'text="a'])
def test_a_bad_map_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--map"):
        parse_map(text)


BAD_FILES = [
    pytest.param("in.csv", "", "in.csv: the file is empty", id="an empty CSV"),
    pytest.param("in.csv", "id,words\n1,x\n", "no column 'text'", id="no text column"),
    pytest.param("in.csv", "id;text\n1;x\n", "are the columns separated by commas?", id="semicolons"),
    pytest.param("in.csv", "id,text\n1,x,y\n", "in.csv:2: the row has 3 values for 2 columns", id="a long row"),
    pytest.param("in.csv", "id,text,nps\n1,x,2\n2,y,eleven\n", "in.csv:3: scores.nps must be a number", id="a word"),
    pytest.param("in.csv", "id,text,nps\n1,x,2\n2,y,11\n", "in.csv:3: scores.nps is 11", id="a score out of range"),
    pytest.param("in.csv", 'id,text\n1,"x\n', "in.csv:2: this is not valid CSV", id="an open quote"),
    pytest.param(
        "in.jsonl", '{"id": "1", "text": "x"}\n{"id": }\n', "in.jsonl:2: this line is not valid JSON", id="JSON"
    ),
    pytest.param("in.jsonl", "[1]\n", "in.jsonl:1: a line must be one JSON object", id="a list"),
    pytest.param("in.jsonl", '{"id": "1", "text": "x", "nps": 2}\n', "in.jsonl:1: unknown field 'nps'", id="a field"),
    pytest.param("in.jsonl", '{"id": "1", "text": "a\\u0000b"}\n', "in.jsonl:1: text has a NUL", id="NUL"),
]


@pytest.mark.parametrize(("name", "content", "message"), BAD_FILES)
def test_a_bad_file_ends_with_2_and_writes_nothing(
    heedful: Command, tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    done = heedful("run", name, "--db", "sqlite:///store.db", "-o", "out.jsonl")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.jsonl").exists()
    assert not (tmp_path / "store.db").exists()


BAD_COMMANDS = [
    pytest.param(["run", "nowhere.csv"], "nowhere.csv cannot be read", id="no such file"),
    pytest.param(["read", "in.jsonl", "--map", "text=Words"], "--map is for CSV files", id="a map for JSONL"),
    pytest.param(["run", "in.jsonl", "--program", "nowhere"], "no program.yaml", id="no such program"),
    pytest.param(["run", "in.jsonl", "--rules", "nowhere"], "no such folder of rules", id="no such rules"),
    pytest.param(["run", "in.jsonl", "--db", "mysql://x/y"], "mysql is not supported", id="another database"),
    pytest.param(["run", "in.jsonl", "--db", "nonsense"], "database URL is not valid", id="no database"),
    pytest.param(["run", "in.jsonl", "--model", "nowhere"], "cannot be read", id="no such model"),
    pytest.param(["run", "in.jsonl", "-o", "nowhere/out.jsonl"], "cannot be written", id="no such output"),
    pytest.param(["read", "in.jsonl", "-o", "."], ". cannot be written: Is a directory", id="a folder as output"),
    pytest.param(["serve", "--host", "192.0.2.1", "--db", "sqlite:///s.db"], "cannot listen on", id="no such host"),
    pytest.param(["explain", "1", "--now"], "say where they are", id="today's rules, but which"),
    pytest.param(["explain", "none", "--db", "sqlite:///s.db"], "there is no feedback default/none", id="no such id"),
    pytest.param(["keys", "revoke", "none", "--db", "sqlite:///s.db"], "there is no valid key none", id="no such key"),
    pytest.param(["train", "--data", "nowhere"], "nowhere cannot be read", id="no such data"),
    pytest.param(["read"], "Missing argument", id="an argument missing"),
    pytest.param(["keys", "create", "--name", "x", "--role", "king"], "king", id="no such role"),
]


@pytest.mark.parametrize(("command", "message"), BAD_COMMANDS)
def test_a_bad_command_ends_with_2_and_says_what_to_do(
    heedful: Command, tmp_path: Path, command: list[str], message: str
) -> None:
    (tmp_path / "in.jsonl").write_text('{"id": "1", "text": "x"}\n')
    done = heedful(*command)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["serve"], ["demo"], ["keys", "list"], ["explain", "1"]])
def test_a_bad_setting_ends_with_2_and_its_name(heedful_process: Command, command: list[str]) -> None:
    done = heedful_process(*command, HEEDFUL_THREADS="many")
    assert done.returncode == 2
    assert "threads (HEEDFUL_THREADS): " in done.stderr
    assert "Traceback" not in done.stderr


def test_rules_check_reports_every_error_at_its_place(heedful: Command, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "bad.yaml").write_text("rule: x\nstatus: liv\nwhen: {npz: {at_most: 6}, emotion: angr}\n")
    (folder / "worse.yaml").write_text("rule: y\nrule: z\nwhen: {nps: {at_most: 60}}\n")
    done = heedful("rules", "check", "rules")
    assert done.returncode == 2
    for place in (
        "bad.yaml:2:9: error: unknown status 'liv'; did you mean 'live'?",
        "bad.yaml:3:8: error: unknown condition 'npz'; did you mean 'nps'?",
        "bad.yaml:3:36: error: unknown emotion 'angr'; did you mean 'anger'?",
        "worse.yaml:2:1: error: 'rule' is here twice",
        "worse.yaml:3:13: error: nps goes from 0 to 10; 60 is outside",
    ):
        assert place in done.stderr


def test_the_sample_program_has_no_errors(heedful: Command) -> None:
    done = heedful("rules", "check", PROGRAM)
    assert done.returncode == 0, done.stderr
    assert "0 errors" in done.stdout


def test_keys_are_shown_once_and_listed_without_their_secret(heedful: Command) -> None:
    made = heedful(
        "keys", "create", "--name", "tool", "--role", "ingest", "--unit", "emea/uk", "--db", "sqlite:///s.db"
    )
    secret = made.stdout.strip()
    assert secret.startswith("hk_")
    listed = heedful("keys", "list", "--db", "sqlite:///s.db").stdout
    assert "emea/uk" in listed
    assert secret not in listed
