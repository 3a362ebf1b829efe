"""Published rules from the command line: pushed, listed, followed by a running service, exported."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from api.shapes import DecisionOut
from tests.acceptance.conftest import LOW_SCORE, Command
from tests.acceptance.serving import DB, Serving

RECORD = '{"id": "1", "text": "Cold soup.", "scores": {"nps": 1}, "attributes": {"tier": "gold"}}\n'


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with a declared attribute, which its rule asks for."""
    folder = tmp_path / "program"
    (folder / "rules").mkdir(parents=True)
    (folder / "program.yaml").write_text("name: low-score\nattributes: {tier: {one_of: [gold, basic]}}\n")
    (folder / "rules" / "score.yaml").write_text(LOW_SCORE.replace("{nps: {", "{tier: gold, nps: {"))
    return folder


def test_help_teaches(heedful: Command) -> None:
    for name in ("push", "list", "history", "export"):
        done = heedful("rules", name, "--help")
        assert done.returncode == 0
        assert "Usage:" in done.stdout


def test_rules_are_pushed_listed_and_judged_by(heedful: Command, program: Path, tmp_path: Path) -> None:
    pushed = heedful("rules", "push", "program", "--db", DB, "--by", "ann", "--why", "the first [1]")
    assert pushed.returncode == 0, pushed.stderr
    assert "1 published: low-score" in pushed.stdout
    assert "nothing was changed" in heedful("rules", "push", "program", "--db", DB).stdout
    (program / "rules" / "more.yaml").write_text("rule: more\nwhen: {tier: basic}\n")
    assert "1 published: more" in heedful("rules", "push", "program/rules", "--program", "program", "--db", DB).stdout
    listed = heedful("rules", "list", "--db", DB).stdout
    assert [name in listed for name in ("low-score", "more", "score.yaml", "ann")] == [True] * 4
    (program / "rules" / "more.yaml").unlink()
    assert "1 retired, as they left the folder: more" in heedful("rules", "push", "program", "--db", DB).stdout
    assert "more" not in heedful("rules", "list", "--db", DB).stdout
    history = heedful("rules", "history", "low-score", "--db", DB).stdout
    assert "the first [1]" in history
    assert "retired" in heedful("rules", "history", "more", "--db", DB).stdout
    # Without a program, what is published judges, under what the program declares.
    (tmp_path / "in.jsonl").write_text(RECORD)
    done = heedful("run", "in.jsonl", "--db", DB, "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    decision = DecisionOut.model_validate_json((tmp_path / "out.jsonl").read_text())
    assert [alert.rule for alert in decision.alerts] == ["low-score"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param(["push", "program"], "bad.yaml:1:18: error: unknown condition 'npz'", id="one of two errors"),
        pytest.param(["push", "program"], "worse.yaml:1:1: error: the rule has no conditions", id="the other"),
        pytest.param(["push", "nowhere"], "there is no such folder of rules", id="no such folder"),
        pytest.param(["push", "program", "--by", "a\nb"], "at most 500 characters on one line", id="a name"),
        pytest.param(["history", "none"], "there is no published rule 'none'", id="no such rule"),
        pytest.param(["export", "-o", "program/program.yaml"], "cannot be made", id="a file as a folder"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_publishes_nothing(
    heedful: Command, program: Path, command: list[str], said: str
) -> None:
    (program / "rules" / "bad.yaml").write_text("{rule: b, when: {npz: 1}}\n")
    (program / "rules" / "worse.yaml").write_text("rule: w\n")
    done = heedful("rules", *command, "--db", DB)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "score" not in heedful("rules", "list", "--db", DB).stdout


@pytest.mark.xdist_group("serve")
def test_a_running_service_follows_what_is_pushed_and_keeps_what_is_made_over_http(
    heedful: Command, low_score: str, tmp_path: Path
) -> None:
    key = heedful("keys", "create", "--name", "test", "--role", "admin", "--db", DB).stdout.strip()
    service = Serving(tmp_path, low_score, key)
    managed = service.client.get("/v1/rules").json()["rules"]
    assert [(rule["slug"], rule["managed"]) for rule in managed] == [("low-score", True)]
    mine = LOW_SCORE.replace("low-score", "mine")
    made = service.client.put("/v1/rules/mine", content=mine, headers={"if-none-match": "*"})
    assert made.status_code == 201, made.text
    (Path(low_score) / "rules" / "other.yaml").write_text(LOW_SCORE.replace("low-score", "other"))
    assert heedful("rules", "push", low_score, "--db", DB).returncode == 0
    body = json.loads(RECORD)
    for number in range(1_000):
        answer = service.client.post("/v1/feedback", json=body | {"id": f"r{number}"})
        rules = {alert["rule"] for alert in answer.json()["decisions"][0]["alerts"]}
        if "other" in rules:
            break
    assert rules == {"low-score", "mine", "other"}
    assert service.end(signal.SIGINT) == 0, service.log
    exported = heedful("rules", "export", "--db", DB, "-o", "made")
    assert exported.returncode == 0, exported.stderr
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["mine.yaml"]
    assert (tmp_path / "made" / "mine.yaml").read_text() == mine
    # A start publishes its folder again, and leaves the others.
    (Path(low_score) / "rules" / "other.yaml").unlink()
    again = Serving(tmp_path, low_score, key)
    assert [rule["slug"] for rule in again.client.get("/v1/rules").json()["rules"]] == ["low-score", "mine"]
    assert again.end(signal.SIGINT) == 0, again.log
