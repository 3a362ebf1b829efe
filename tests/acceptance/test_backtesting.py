"""`heedful rules backtest`, `rules diff` and `explain` on one store: what was raised, would be, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Command

CHASED = """
rule: chased
status: live
when: {nps: {at_most: 2}, count: {per: customer, at_least: 2, within: 1d}}
examples:
  fires:
    - {text: a, nps: 0, repeat: 2, customer: c}
    - {text: b, nps: 1, repeat: 2, customer: c}
    - {text: c, nps: 2, repeat: 2, customer: c}
  stays_quiet: [{text: a, nps: 3}, {text: b}, {text: c, nps: 10}]
"""
DB = ("--db", "sqlite:///store.db")


@pytest.fixture
def filled(heedful: Command, tmp_path: Path, low_score: str) -> str:
    """A program of a rule and one over time, and three records of one customer."""
    (Path(low_score) / "rules" / "chased.yaml").write_text(CHASED)
    lines = [{"id": f"r{nps}", "text": "Cold [soup].", "scores": {"nps": nps}, "customer": "c1"} for nps in range(3)]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ran = heedful("run", "in.jsonl", "--program", low_score, *DB)
    assert ran.returncode == 0, ran.stderr
    return low_score


def test_backtest_and_diff_name_what_explain_explains(heedful: Command, tmp_path: Path, filled: str) -> None:
    found = heedful("rules", "backtest", filled, *DB, COLUMNS="80")
    assert found.returncode == 0, found.stderr
    assert "3 records received since" in found.stdout
    assert "low-score: r0 Cold [soup]." in found.stdout
    assert "chased: r1 Cold [soup]." in found.stdout
    assert "no verdicts" in found.stdout
    changed = tmp_path / "changed"
    changed.mkdir()
    (changed / "score.yaml").write_text(
        (Path(filled) / "rules" / "score.yaml")
        .read_text()
        .replace("at_most: 2", "at_most: 1")
        .replace("{text: c, nps: 2}", "{text: c, nps: 1}")
    )
    (changed / "chased.yaml").write_text(CHASED)
    differs = heedful("rules", "diff", filled, "changed", *DB)
    assert differs.returncode == 0, differs.stderr
    assert "- low-score: r2 Cold [soup]." in differs.stdout
    assert "1 rules are the same, and raise the same" in differs.stdout
    explained = heedful("explain", "r0", *DB).stdout
    assert "count at least 2 within 1d per customer, found 1" in explained
    assert "chased (live): no, stands behind al_" in explained
    assert "held back: signal_open (al_" in heedful("explain", "r2", *DB).stdout


def test_a_backtest_makes_no_store(heedful: Command, tmp_path: Path, low_score: str) -> None:
    found = heedful("rules", "backtest", low_score, "--db", "sqlite:///none.db")
    assert found.returncode == 2
    assert "There is no feedback in the store in that span" in found.stderr
    assert not (tmp_path / "none.db").exists()
