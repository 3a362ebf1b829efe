"""`heedful alerts`: the queue, an alert to its end, and who did what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.output import stdout
from engine.errors import AlertStateError, ChangeError, HeedfulError, StaleError
from engine.store.store import Store
from tests.support.engines import engine_on, feedback
from tests.support.people import employ


@pytest.fixture
def alerts(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(stdout, "width", 200)
    monkeypatch.setenv("LOGNAME", "console")
    employ(store)
    batch = [feedback(n, f"I am furious {n}", scores={"nps": 5}, customer="[c1]") for n in range(2)]
    return [decision.alerts[0].id for decision in engine_on(store).process(batch)]


def heedful(url: str, *arguments: object) -> str:
    done = CliRunner().invoke(app, ["alerts", *map(str, arguments), "--db", url], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def shown(url: str, alert: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(heedful(url, "show", alert, "--json"))
    return found


def test_from_the_queue_to_the_end(store: Store, url: str, alerts: list[str]) -> None:
    first = alerts[0]
    listed = heedful(url, "list")
    assert all(name in listed for name in (*alerts, "furious", "[c1]", "high"))
    assert "is acknowledged, version 2: acknowledge by ann" in heedful(url, "acknowledge", first, "--as", "ann")
    heedful(url, "assign", first, "--to", "care", "--note", "yours [team]")
    heedful(url, "start", first)
    heedful(url, "note", first, "--note", "calls back")
    heedful(url, "attempt", first, "--channel", "phone", "--outcome", "reached", "--as", "ann")
    heedful(url, "link", first, "--feedback", "f1")
    heedful(url, "resolve", first, "--remedy", "refund", "--root-cause", "double booking", "--version", 7)
    detail = shown(url, first)
    assert (detail["state"], detail["version"], detail["holder"], detail["remedy"]) == ("resolved", 8, "care", "refund")
    assert [event["kind"] for event in detail["events"]] == [
        *("opened", "acknowledge", "assign", "start", "note", "attempt", "link", "resolve"),
    ]
    assert (detail["events"][1]["who"], detail["events"][1]["data"]["through"]) == ("ann", "console")
    assert detail["events"][3]["who"] == "console"
    told = heedful(url, "show", first)
    assert all(word in told for word in ("yours [team]", "double booking", "phone", "reached", "f1"))
    assert [alert["id"] for alert in json.loads(heedful(url, "list", "--json"))] == [alerts[1]]
    assert [alert["id"] for alert in json.loads(heedful(url, "list", "--state", "resolved", "--json"))] == [first]
    assert "is open, version 9" in heedful(url, "reopen", first)
    assert json.loads(heedful(url, "list", "--holder", "care", "--json"))[0]["id"] == first
    assert json.loads(heedful(url, "list", "--kind", "review", "--json")) == []
    assert json.loads(heedful(url, "list", "--problem", "pr_1", "--json")) == []


def test_several_at_once_and_a_verdict_that_moves_the_precision(store: Store, url: str, alerts: list[str]) -> None:
    said = heedful(url, "verdict", *alerts, "--is", "wrong_label", "--label", "intent=praise", "--label", "topic=")
    assert "rule furious: precision 0% (0% to 66%, 2 judged)" in said
    assert shown(url, alerts[1])["verdict"]["labels"] == {"intent": ["praise"], "topic": []}
    heedful(url, "dismiss", *alerts)
    assert {shown(url, alert)["state"] for alert in alerts} == {"dismissed"}


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        pytest.param(
            ["resolve", "A", "--version", 9], StaleError, "you saw version 9, it is 1 now", id="another version"
        ),
        pytest.param(["resolve", "A", "B", "--version", 1], ChangeError, "a single alert", id="a version of two"),
        pytest.param(["reopen", "A"], AlertStateError, "is open", id="a state that does not allow it"),
        pytest.param(["start", "A", "--as", "anne"], ChangeError, "did you mean 'ann'", id="nobody of the people"),
        pytest.param(["start", "al_none"], HeedfulError, "there is no alert al_none", id="no such alert"),
        pytest.param(
            ["verdict", "A", "--is", "wrong_label", "--label", "praise"], ChangeError, "intent=praise", id="label"
        ),
    ],
)
def test_what_cannot_be_done_says_why(
    store: Store, url: str, alerts: list[str], arguments: list[object], error: type[Exception], said: str
) -> None:
    names = dict(zip("AB", alerts, strict=True))
    with pytest.raises(error, match=said):
        heedful(url, *(names.get(str(one), one) for one in arguments))


def test_the_words_that_a_program_declares_are_asked_for(
    store: Store, url: str, alerts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("program")
    (folder / "program.yaml").write_text("name: p\nremedies: [refund, apology]\n")
    with pytest.raises(ChangeError, match="unknown remedy 'refnd'; did you mean 'refund'"):
        heedful(url, "resolve", alerts[0], "--remedy", "refnd", "--program", folder)
    heedful(url, "resolve", alerts[0], "--remedy", "refund", "--program", folder)
