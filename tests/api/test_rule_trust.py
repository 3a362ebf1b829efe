"""What gives trust in rules over HTTP: said, checked, replayed over what is stored, and compared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from api.shapes import ProblemOut
from api.trust_shapes import BacktestOut, CheckOut, DiffOut, SaidOut
from engine.rules.plain import say_rule
from engine.store.alert_filter import AlertFilter
from engine.taxonomy import Taxonomy
from tests.api.test_rules import put, send
from tests.support.keyword_reader import LEAVES, KeywordReader
from tests.support.service import House, house
from tests.support.shelves import rule

EXAMPLES = (
    "examples:\n  fires: [{text: furious, nps: 1}, {text: furious, nps: 2}, {text: furious, nps: 6}]\n"
    "  stays_quiet: [{text: hello}, {text: furious, nps: 7}, {text: thanks, nps: 1}]\n"
)
FURIOUS = "rule: furious\nstatus: live\nwhen: {all: [{emotion: anger}, {nps: {at_most: 6}}]}\n" + EXAMPLES
CHASED = "rule: chased\nwhen: {intent: complaint, count: {per: customer, at_least: 2, within: 1d}}\n"


def check(home: House, text: str, **more: Any) -> CheckOut:
    answer = send(home, "POST", "/check", content=text.encode(), **more)
    assert answer.status_code == 200, answer.text
    return CheckOut.model_validate_json(answer.content)


def backtest(home: House, text: str, **params: Any) -> BacktestOut:
    answer = send(home, "POST", "/backtest", content=text.encode(), params=params)
    assert answer.status_code == 200, answer.text
    return BacktestOut.model_validate_json(answer.content)


def diff(home: House, text: str) -> DiffOut:
    answer = send(home, "POST", "/diff", content=text.encode())
    assert answer.status_code == 200, answer.text
    return DiffOut.model_validate_json(answer.content)


@pytest.fixture
def stocked(home: House) -> House:
    """Ten complaints of two customers, nine of them furious, with each nps once."""
    answer = home.post(
        [
            {
                "id": f"r{nps}",
                "text": "bad, furious" if nps else "bad",
                "scores": {"nps": nps},
                "customer": f"c{nps % 2}",
            }
            for nps in range(10)
        ]
    )
    assert answer.status_code == 200
    return home


def test_the_schema_is_one_and_knows_this_program(home: House) -> None:
    answer = send(home, "GET", "/schema", role="viewer")
    assert answer.headers["content-type"] == "application/schema+json"
    Draft202012Validator.check_schema(answer.json())
    assert "digital/ease-of-use" in answer.text


def test_a_published_rule_is_said_in_plain_english(home: House) -> None:
    answer = send(home, "GET", "/furious/say", role="viewer")
    told = SaidOut.model_validate_json(answer.content)
    (loaded,) = [one for one in home.service.rules.rules if one.slug == "furious"]
    assert (told.slug, told.said) == ("furious", say_rule(loaded))
    plain = send(home, "GET", "/furious/say", headers={"accept": "text/plain, */*"})
    assert plain.headers["content-type"].startswith("text/plain")
    assert plain.text == told.said + "\n"
    assert send(home, "GET", "/none/say").status_code == 404
    put(home, "a", rule("a"))
    send(home, "DELETE", "/a", headers={"if-match": '"1"'})
    gone = send(home, "GET", "/a/say")
    assert (gone.status_code, "was retired" in gone.json()["detail"]) == (404, True)


def test_a_window_is_said_with_what_it_counts_of_another_rule(home: House) -> None:
    put(home, "many", "rule: many\nwhen: {count: {at_least: 3, within: 1h, of: {rule: furious}}}\n")
    assert "anger" in send(home, "GET", "/many/say").json()["said"]


def test_examples_are_tried_by_their_labels_and_as_the_model_reads_them(home: House) -> None:
    words = (
        "rule: a\nwhen: {emotion: anger}\nexamples:\n  fires:\n"
        "    - {text: furious}\n    - {text: hello}\n    - {text: hello, labels: {emotion: gratitude}}\n"
    )
    found = check(home, words)
    assert (found.slug, found.examples, found.model, found.model_problem) == ("a", 3, "keywords@1", None)
    assert [(one.line, one.level) for one in found.findings] == [(6, "warning"), (7, "error"), (7, "warning")]
    assert found.mutants is None


def test_while_the_reader_is_down_only_pinned_labels_are_tried_and_that_is_said(home: House) -> None:
    home.reader.down = True
    words = (
        "rule: a\nwhen: {emotion: anger}\nexamples:\n  fires: [{text: x}, {text: x, labels: {emotion: gratitude}}]\n"
    )
    found = check(home, words)
    assert (found.model, [one.level for one in found.findings]) == (None, ["error"])
    assert found.model_problem is not None
    assert found.model_problem.startswith("only examples with pinned labels were tried: ")


def test_mutants_of_a_draft_are_tried_and_those_alive_are_told(home: House) -> None:
    found = check(
        home, "rule: a\nwhen: {nps: {at_most: 6}}\nexamples: {fires: [{text: x, nps: 1}]}\n", params={"mutate": True}
    )
    assert found.mutants is not None
    assert found.mutants.tried == found.mutants.caught + found.mutants.alive
    assert any("no example of rule 'a' notices" in one.message for one in found.findings)
    whole = check(home, FURIOUS.replace("furious\n", "a\n", 1), params={"mutate": True}).mutants
    assert whole is not None
    assert whole.caught > 0


def test_errors_and_shadows_are_told_beside_all_published_rules(home: House) -> None:
    broken = check(home, "rule: a\nwhen: {npz: 1}\n")
    assert (broken.slug, broken.examples, broken.findings[0].level) == (None, 0, "error")
    named = check(home, FURIOUS, params={"slug": "b"})
    assert "it is to be 'b'" in named.findings[0].message
    same = check(home, FURIOUS.replace("rule: furious", "rule: a-furious"))
    assert ["is shadowed: it has the same conditions as rule 'furious'" in one.message for one in same.findings] == [
        True
    ]
    assert check(home, FURIOUS).findings == []
    assert home.service.store.shelf.revision() == 1


def test_examples_that_come_too_often_are_refused(home: House) -> None:
    words = CHASED + "examples: {fires: [" + ", ".join(["{text: bad, repeat: 10000}"] * 3) + "]}\n"
    answer = send(home, "POST", "/check", content=words.encode())
    assert answer.status_code == 422
    assert "come to 30,000 records" in ProblemOut.model_validate_json(answer.content).detail


def test_a_published_rule_is_backtested_as_it_raised_live(stocked: House) -> None:
    answer = send(stocked, "GET", "/furious/backtest", role="analyst")
    found = BacktestOut.model_validate_json(answer.content)
    (one,) = found.rules
    live = stocked.service.store.alerts.page(AlertFilter(rule="furious"), limit=1000).alerts
    assert (found.feedback, one.alerts, one.share, one.level) == (10, 6, 0.6, "ok")
    assert {raised.id for raised in one.top} <= {alert.id for alert in live}
    assert len(live) == 6
    assert one.top[0].text == "bad, furious"
    # A shadow rule is told as if it were live.
    assert send(stocked, "GET", "/watched/backtest").json()["rules"][0]["alerts"] == 10


def test_a_text_is_backtested_in_place_of_the_published_rule_and_beside_it(stocked: House) -> None:
    assert backtest(stocked, FURIOUS.replace("at_most: 6", "at_most: 3")).rules[0].alerts == 3
    draft = backtest(stocked, CHASED)
    assert [(one.rule, one.status, one.alerts) for one in draft.rules] == [("chased", "live", 2)]
    assert draft.rules[0].top[0].kind == "signal"
    assert backtest(stocked, CHASED, since="2026-03-02").feedback == 10
    assert stocked.service.store.shelf.revision() == 1


def test_a_phrase_that_is_only_tried_is_not_kept(stocked: House) -> None:
    words = "rule: a\nwhen: {says: {about: wants to leave}}\n"
    assert backtest(stocked, words).rules[0].alerts == 0
    assert stocked.service.store.phrases.find("keywords@1", ["wants to leave"]) == {}
    stocked.reader.down = True
    assert send(stocked, "POST", "/backtest", content=words.encode()).status_code == 503
    assert backtest(stocked, FURIOUS).rules[0].alerts == 6


def test_a_diff_tells_what_a_text_gains_and_loses(stocked: House) -> None:
    wider = diff(stocked, FURIOUS.replace("at_most: 6", "at_least: 5"))
    assert (wider.change, wider.gained, wider.lost, wider.feedback) == ("changed", 3, 4, 10)
    assert [one.feedback_id for one in wider.gained_alerts] == ["r7", "r8", "r9"]
    assert [one.feedback_id for one in wider.lost_alerts] == ["r1", "r2", "r3", "r4"]
    assert (diff(stocked, CHASED).change, diff(stocked, CHASED).gained) == ("added", 2)
    paused = diff(stocked, FURIOUS.replace("status: live", "status: paused"))
    assert (paused.change, paused.gained, paused.lost) == ("removed", 0, 6)
    shadow = diff(stocked, "rule: watched\nstatus: shadow\nwhen: {intent: complaint, nps: {at_most: 6}}\n")
    assert (shadow.change, shadow.gained, shadow.lost) == ("changed", 0, 3)


def test_a_text_with_errors_is_not_replayed(stocked: House) -> None:
    for path in ("/backtest", "/diff"):
        answer = send(stocked, "POST", path, content=b"rule: a\nwhen: {npz: 1}\n")
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:heedful:problem:invalid-rule")
    assert send(stocked, "GET", "/none/backtest").status_code == 404
    assert send(stocked, "GET", "/furious/backtest", params={"since": "soon"}).status_code == 422
    assert send(stocked, "GET", "/furious/backtest", params={"sinc": "1d"}).status_code == 422


def test_what_was_read_under_other_label_trees_is_replayed_under_them(stocked: House) -> None:
    put(stocked, "menus", "rule: menus\nwhen: {topic: digital/ease-of-use}\n")
    leaves = {**LEAVES, "topic": ("billing/accuracy",)}
    stocked.service.reader.use(KeywordReader(Taxonomy(leaves, {}), "keywords@2"))
    assert send(stocked, "GET", "/furious/backtest").json()["rules"][0]["alerts"] == 6
    assert diff(stocked, FURIOUS.replace("at_most: 6", "at_most: 5")).lost == 1
    for path in ("/menus/say", "/menus/backtest"):
        answer = send(stocked, "GET", path)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:heedful:problem:invalid-rule")
        assert "digital/ease-of-use" in answer.json()["detail"]


def test_a_long_replay_is_left_to_the_command_line(tmp_path: Path) -> None:
    with house(tmp_path, max_replayed=2) as home:
        home.post([{"id": str(number), "text": "furious"} for number in range(3)])
        for method, path, body in (("GET", "/furious/backtest", None), ("POST", "/diff", FURIOUS.encode())):
            answer = send(home, method, path, content=body)
            problem = ProblemOut.model_validate_json(answer.content)
            assert (answer.status_code, problem.type) == (422, "urn:heedful:problem:too-many-records")
            assert "a replay of 3 records" in problem.detail
            assert "heedful rules backtest" in problem.detail


def test_there_is_one_replay_at_a_time_and_feedback_goes_on(stocked: House) -> None:
    entered, leave = threading.Event(), threading.Event()
    stocked.key("author")

    def busy() -> None:
        entered.set()
        assert leave.wait(30)

    portal = stocked.client.portal
    assert portal is not None
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(portal.call, stocked.service.replayer.run, busy)
        assert entered.wait(30)
        answer = send(stocked, "GET", "/furious/backtest")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "one at a time" in answer.json()["detail"]
        assert stocked.post({"id": "meanwhile", "text": "furious", "scores": {"nps": 1}}).status_code == 200
        leave.set()
        running.result(30)
    assert send(stocked, "GET", "/furious/backtest").status_code == 200


ROUTES = [
    pytest.param("GET", "/schema", True, True, id="schema"),
    pytest.param("GET", "/furious/say", True, True, id="say"),
    pytest.param("POST", "/check", False, True, id="check"),
    pytest.param("GET", "/furious/backtest", False, False, id="backtest"),
    pytest.param("POST", "/backtest", False, False, id="backtest of a text"),
    pytest.param("POST", "/diff", False, False, id="diff"),
]


@pytest.mark.parametrize(("method", "path", "readers", "units"), ROUTES)
def test_who_may(stocked: House, method: str, path: str, readers: bool, units: bool) -> None:
    body = FURIOUS.encode() if method == "POST" else None
    for role in ("author", "analyst", "admin"):
        assert send(stocked, method, path, role=role, content=body).status_code == 200
    for role, may in (("viewer", readers), ("agent", readers), ("ingest", False)):
        assert (send(stocked, method, path, role=role, content=body).status_code == 403) is not may
    answer = send(stocked, method, path, role="analyst", unit="emea/uk", content=body)
    assert (answer.status_code == 403) is not units
    if not units:
        assert "customers of every unit" in answer.json()["detail"]
