"""`heedful routes show` and `try`, as whoever looks after the routes meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Command

ROUTES = """
routes:
  - name: grave
    when: {severity: {at_least: high}, unit: emea}
    to: [night-desk, "lead_of: unit"]
    group: {by: [unit]}
  - name: never
    when: {severity: critical, unit: emea/uk}
"""


@pytest.fixture
def program(low_score: str) -> str:
    folder = Path(low_score)
    (folder / "receivers.yaml").write_text("operators: {kind: log}\nnight-desk: {kind: log}\n")
    (folder / "people.csv").write_text("id,name,manager,units,teams,contacts,calendar\nann,Ann,,lead:emea,,,\n")
    (folder / "routes.yaml").write_text(ROUTES)
    return low_score


def test_the_tree_is_shown_and_what_is_never_reached_is_told(heedful: Command, program: str) -> None:
    done = heedful("routes", "show", "--program", program)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("routes: every alert, to operators\n")
    said = "grave: severity is high or critical and the unit is emea, or a unit below, to night-desk, lead_of: unit"
    assert said in done.stdout
    assert "routes.yaml:7:5: warning: route 'never' is never reached" in done.stderr


def test_a_feedback_is_tried(heedful: Command, program: str, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text('{"id": "1", "text": "hm", "scores": {"nps": 1}, "unit": "emea/uk"}')
    done = heedful("routes", "try", "one.json", "--program", program, "--json")
    assert done.returncode == 0, done.stderr
    (alert,) = json.loads(done.stdout)["alerts"]
    assert (alert["rule"], alert["route"]) == ("low-score", "routes > grave")
    assert [one["recipient"] for one in alert["destinations"]] == ["night-desk", "operators"]
    assert "ann has no contact at a receiver of the program" in alert["why"]
    told = heedful("routes", "try", "--text", "hm", "--score", "nps=1", "--program", program)
    assert "routes > grave: not: the unit is not known, not emea" in told.stdout
    assert "to operators: would be sent now" in told.stdout
    quiet = heedful("routes", "try", "--text", "hm", "--score", "nps=9", "--program", program)
    assert "there would be no alert" in quiet.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a file, write --text, or imagine an alert"),
        (("--text", "a", "--rule", "low-score"), "leave out --rule"),
        (("--rule", "low-scor"), "did you mean 'low-score'"),
        (("--unit", "emea", "--label", "topic"), "--label takes NAME=VALUE"),
        (("nothing.json",), "nothing.json"),
    ],
    ids=["nothing", "both", "unknown rule", "no pair", "no file"],
)
def test_bad_input_is_told(heedful: Command, program: str, arguments: tuple[str, ...], told: str) -> None:
    done = heedful("routes", "try", *arguments, "--program", program)
    assert done.returncode == 2
    assert told in done.stderr
