"""Topics of one's own as a user meets them, with the model that ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.shapes import DecisionOut, ReadingOut
from tests.acceptance.conftest import ROOT, Command

SAMPLE = ROOT / "samples" / "topics"
TREE = """
topics:
  breakfast: the breakfast buffet, coffee, eggs and bread in the morning
  phone-line: waiting on hold on the phone line, nobody answers the call
"""
RULE = """
rule: hold
status: live
when: {topic: phone-line}
examples:
  fires: [{text: On hold for an hour}, {text: Nobody answers the phone}, {text: I waited on the line for ages}]
  stays_quiet: [{text: Lovely}, {text: Great eggs}, {text: Thank you}]
"""
HOLD = {"id": "1", "text": "I waited on hold for an hour and nobody answered the phone."}
EGGS = {"id": "2", "text": "The breakfast buffet had cold eggs and stale bread."}


@pytest.fixture
def program(tmp_path: Path) -> str:
    folder = tmp_path / "program"
    (folder / "rules").mkdir(parents=True)
    (folder / "program.yaml").write_text("topics: {file: topics.yaml, beside_default: false}\n")
    (folder / "topics.yaml").write_text(TREE)
    (folder / "rules" / "hold.yaml").write_text(RULE)
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (HOLD, EGGS)))
    return str(folder)


def test_a_program_s_topics_are_read_judged_and_explained(heedful: Command, program: str) -> None:
    read = heedful("read", "in.jsonl", "--program", program)
    assert read.returncode == 0, read.stderr
    labels = [ReadingOut.model_validate_json(line).labels["topic"] for line in read.stdout.splitlines()]
    assert labels == [["phone-line"], ["breakfast"]]
    ran = heedful("run", "in.jsonl", "--program", program, "--db", "sqlite:///store.db", "-o", "out.jsonl")
    assert ran.returncode == 0, ran.stderr
    lines = (Path(program).parent / "out.jsonl").read_text().splitlines()
    decisions = [DecisionOut.model_validate_json(line) for line in lines]
    assert [[alert.rule for alert in decision.alerts] for decision in decisions] == [["hold"], []]
    explained = heedful("explain", "1", "--db", "sqlite:///store.db")
    assert explained.returncode == 0, explained.stderr
    assert "phone-line" in explained.stdout


def test_topics_are_checked_and_tried_before_anything_is_set_up(heedful: Command, program: str) -> None:
    checked = heedful("topics", "check", f"{program}/topics.yaml")
    assert (checked.returncode, checked.stdout) == (0, "2 topics are good; 0 warnings\n"), checked.stderr
    tried = heedful("topics", "try", f"{program}/topics.yaml", "in.jsonl", "--json")
    assert tried.returncode == 0, tried.stderr
    report = json.loads(tried.stdout)
    assert [(one["topic"], one["records"]) for one in report["topics"]] == [("breakfast", 1), ("phone-line", 1)]
    assert report["topics"][0]["top"][0]["id"] == "2"
    shown = heedful("topics", "try", f"{program}/topics.yaml", "in.jsonl")
    assert EGGS["text"] in shown.stdout


def test_a_fitted_program_reads_by_what_it_learnt(heedful: Command, program: str, tmp_path: Path) -> None:
    said = ["The toast was burnt", "No more croissants at nine", "Weak coffee", "The omelette was superb"]
    rest = ["My room was cold", "The lift is broken", "Great pool", "Nobody at the desk", "I want a refund"]
    rows = [(text, ["breakfast"]) for text in (*said, *(f"{text} today" for text in said))]
    rows += [(text, []) for text in rest]
    lines = [json.dumps({"id": str(n), "text": text, "labels": {"topic": of}}) for n, (text, of) in enumerate(rows)]
    (tmp_path / "labelled.jsonl").write_text("\n".join(lines))
    fitted = f"{program}/fitted.json"
    done = heedful("topics", "fit", f"{program}/topics.yaml", "--labelled", "labelled.jsonl", "-o", fitted)
    assert done.returncode == 0, done.stderr
    assert "1 topics fitted" in done.stderr
    settings = Path(program, "program.yaml")
    settings.write_text("topics: {file: topics.yaml, beside_default: false, fitted: fitted.json}\n")
    read = heedful("read", "in.jsonl", "--program", program)
    assert read.returncode == 0, read.stderr
    Path(program, "topics.yaml").write_text(TREE.replace("eggs", "ham"))
    stale = heedful("read", "in.jsonl", "--program", program)
    assert stale.returncode == 2
    assert "has changed since its topics were fitted; run 'heedful topics fit' again" in stale.stderr


@pytest.mark.parametrize("command", [[], ["check"], ["try"], ["fit"]], ids=" ".join)
def test_help_teaches(heedful: Command, command: list[str]) -> None:
    done = heedful("topics", *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        pytest.param(
            "topics: {a: {exmples: [x]}}",
            "t.yaml:1:23: error: the description of 'a/exmples' must be text, not a list; did you mean 'examples'?",
            id="a slip",
        ),
        pytest.param("topics: {}", "there are no topics", id="nothing"),
        pytest.param("topics: [", "this is not valid YAML", id="no YAML"),
    ],
)
def test_a_bad_tree_ends_with_2_and_its_place(heedful: Command, tmp_path: Path, tree: str, said: str) -> None:
    (tmp_path / "t.yaml").write_text(tree)
    done = heedful("topics", "check", "t.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_sample_s_topics_and_rule_are_good(heedful: Command) -> None:
    done = heedful("rules", "check", str(SAMPLE), "--no-examples")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 rules are good")
