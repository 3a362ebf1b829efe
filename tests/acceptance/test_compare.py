"""`heedful compare`: two models on labelled feedback, and what becomes of the alerts."""

from __future__ import annotations

import json
from pathlib import Path

from models.artifact import load_artifact
from tests.acceptance.conftest import ROOT, Command
from tests.support.artifacts import variant

DEV = ROOT / "tests" / "training" / "data" / "voc" / "dev.jsonl"
RULES = """
rule: complaint
status: live
must_not_lose: {must_not_lose}
when: {{intent: complaint}}
examples:
  fires: [{{text: a}}, {{text: b}}, {{text: c}}]
  stays_quiet: [{{text: a}}, {{text: b}}, {{text: c}}]
---
rule: low-score
status: live
when: {{nps: {{at_most: 6}}, attribute.industry: retail}}
examples:
  fires: [{{text: a}}, {{text: b}}, {{text: c}}]
  stays_quiet: [{{text: a}}, {{text: b}}, {{text: c}}]
"""
# Own words of a customer that would be markup or a terminal's codes.
OWN = [
    {"id": "m1", "text": "I [red]want[/] my money back, this is a scandal.", "labels": {"intent": ["complaint"]}},
    {
        "text": "The hotel was lovely, thank you.",
        "labels": {"intent": ["praise"], "emotion": []},
        "industry": "retail",
        "scores": {"nps": 2},
    },
]


def rules(folder: Path, *, must_not_lose: bool) -> str:
    made = folder / f"rules-{must_not_lose}"
    made.mkdir()
    (made / "r.yaml").write_text(RULES.format(must_not_lose=str(must_not_lose).lower()))
    return str(made)


def test_a_model_that_loses_what_must_not_be_lost_ends_with_1(heedful: Command, tmp_path: Path) -> None:
    a, b = variant(tmp_path / "a", 0.2), variant(tmp_path / "b", 0.999)
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(one) + "\n" for one in OWN))
    data = ["--data", str(DEV), "--data", "own.jsonl"]
    lost = heedful("compare", "a", "b", *data, "--rules", rules(tmp_path, must_not_lose=True), "--json", "found.json")
    assert lost.returncode == 1, lost.stderr
    assert "complaint must not lose an alert, and loses" in lost.stderr
    assert "complaint would lose" in lost.stdout
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["a"], found["b"]) == (load_artifact(a).model, load_artifact(b).model)
    assert found["scores"]["records"] == 22
    by_rule = {rule["rule"]: rule for rule in found["rules"]}
    assert by_rule["complaint"]["alerts"][0] == len(by_rule["complaint"]["lost"]) + by_rule["complaint"]["alerts"][1]
    assert any("[red]want[/]" in one["text"] for one in by_rule["complaint"]["lost"])
    assert by_rule["low-score"]["alerts"][0] == by_rule["low-score"]["alerts"][1] > 0
    assert by_rule["low-score"]["lost"] == by_rule["low-score"]["gained"] == []
    allowed = heedful("compare", "a", "b", *data, "--rules", rules(tmp_path, must_not_lose=False))
    assert allowed.returncode == 0, allowed.stderr


def test_bad_data_is_told_with_its_line(heedful: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": "1", "text": "x", "labels": {}, "scores": {"nps": 11}}\n')
    ship = str(ROOT / "models" / "default")
    done = heedful("compare", ship, ship, "--data", "bad.jsonl", "--rules", rules(tmp_path, must_not_lose=True))
    assert done.returncode == 2
    assert "bad.jsonl:1: scores.nps is 11; it goes from 0 to 10" in done.stderr
    assert "Traceback" not in done.stderr
