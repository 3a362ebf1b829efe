"""Silences and problems from the command line: begun, followed, solved, and exported."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.cli.output import stdout
from engine.alerts.problem import ProblemState
from engine.errors import HeedfulError, MatchingError, ProblemError, SilenceError
from engine.ports import SystemClock
from engine.store.store import Store
from tests.support.engines import engine_on, feedback

Run = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store(f"sqlite:///{tmp_path / 'store.db'}")
    found.migrate()
    batch = [feedback(number, "furious, it will crash", customer=f"C-{number}") for number in range(3)]
    engine_on(found).process(batch)
    return found


@pytest.fixture
def run(store: Store, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the store."""
    monkeypatch.setenv("HEEDFUL_DB", store.database.url.render_as_string())
    monkeypatch.setattr(stdout, "width", 250)
    monkeypatch.delenv("HEEDFUL_PROGRAM", raising=False)

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return command


def test_a_silence_is_added_listed_and_ended(run: Run, store: Store) -> None:
    match = ("--match", "rule=furious", "--match", "unit=emea/uk", "--match", "unit=emea/de")
    added = run("silences", "add", *match, "--reason", "a strike", "--ends", "2d", "--by", "kim")
    assert added.exit_code == 0, added.output
    (made,) = store.silences.page(SystemClock().now())
    assert made.matching.as_dict() == {"rule": ["furious"], "unit": ["emea/uk", "emea/de"]}
    assert (made.author, made.reason) == ("kim", "a strike")
    assert made.id in added.output
    listed = run("silences", "list").output
    assert [word in listed for word in (made.id, "active", "a strike", "kim")] == [True] * 4
    assert json.loads(run("silences", "list", "--json").output)[0]["id"] == made.id
    assert run("silences", "end", made.id).exit_code == 0
    assert made.id not in run("silences", "list").output
    assert made.id in run("silences", "list", "--ended").output


@pytest.mark.parametrize(
    ("match", "ends", "error", "said"),
    [
        pytest.param("rule", "2d", HeedfulError, "write KEY=VALUE", id="no pair"),
        pytest.param("nps={", "2d", HeedfulError, "not valid JSON", id="no JSON"),
        pytest.param("sevrity=high", "2d", MatchingError, "did you mean 'severity'", id="a misspelt condition"),
        pytest.param("severity=high", "500d", SilenceError, "a year at most", id="too long"),
    ],
)
def test_what_is_wrong_with_a_silence_is_said(
    run: Run, store: Store, match: str, ends: str, error: type[HeedfulError], said: str
) -> None:
    done = run("silences", "add", "--match", match, "--reason", "x", "--ends", ends)
    assert isinstance(done.exception, error)
    assert said in str(done.exception)
    assert store.silences.page(SystemClock().now()) == []


def test_a_problem_is_opened_followed_and_solved(run: Run, store: Store, tmp_path: Path) -> None:
    ids = [alert.id for number in range(3) for alert in store.alerts.of_feedback("default", f"f{number}")]
    ids = [one for one in ids if store.alerts.one(one)[0].rule == "furious"]
    told = ("--title", "The app crashes", "--topic", "digital/reliability", "--due", "14d", "--holder", "operators")
    opened = run("problems", "open", *told, "--quiet", "rule=furious", ids[0])
    assert opened.exit_code == 0, opened.output
    (mine,) = store.problems.page().problems
    assert mine.id in opened.output
    assert mine.inhibits is not None
    assert mine.inhibits.matching.as_dict() == {"rule": ["furious"]}
    assert run("problems", "link", mine.id, *ids[1:], "--why", "the same").exit_code == 0
    assert run("problems", "unlink", mine.id, ids[2]).exit_code == 0
    assert run("problems", "note", mine.id, "seen on old phones").exit_code == 0
    assert run("problems", "edit", mine.id, "--cause", "a leak", "--due", "").exit_code == 0
    shown = run("problems", "show", mine.id).output
    for words in ("The app crashes", "cause: a leak", "2 open", "too little feedback to tell", "seen on old phones"):
        assert words in shown
    stale = run("problems", "solve", mine.id, "--why", "release 4.2", "--version", "1")
    assert "you saw version 1" in str(stale.exception)
    assert "is solved, at version 6" in run("problems", "solve", mine.id, "--why", "release 4.2").output
    assert mine.id in run("problems", "list", "--state", "solved").output
    assert json.loads(run("problems", "list", "--state", "open", "--json").output) == []
    output = tmp_path / "customers.csv"
    assert "2 rows" in run("problems", "export", mine.id, "--output", str(output)).output
    assert [row["customer"] for row in csv.DictReader(output.read_text().splitlines())] == ["C-0", "C-1"]
    run("problems", "export", mine.id, "--output", str(tmp_path / "customers.json"))
    assert len(json.loads((tmp_path / "customers.json").read_text())["customers"]) == 2
    assert run("problems", "reopen", mine.id, "--why", "it crashes still").exit_code == 0
    assert store.problems.get(mine.id).state is ProblemState.OPEN
    shown = json.loads(run("problems", "show", mine.id, "--json").output)
    assert [event["kind"] for event in shown["events"]][-2:] == ["solved", "reopened"]


def test_what_is_wrong_with_a_problem_is_said(run: Run, store: Store) -> None:
    done = run("problems", "open", "--title", "x", "--holder", "nobody")
    assert isinstance(done.exception, ProblemError)
    assert store.problems.page().problems == ()
    assert "there is no problem pr_1" in str(run("problems", "export", "pr_1").exception)


def test_suggestions_are_told_in_plain_words(run: Run, store: Store) -> None:
    assert json.loads(run("problems", "suggest", "--json").output) == []
    assert "no two open alerts" in run("problems", "suggest").output
