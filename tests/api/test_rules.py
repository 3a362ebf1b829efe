"""Rules over HTTP: published, changed by whoever saw them last, judged by at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.shapes import ProblemOut, RuleDetailOut, RulesOut, RuleTextOut, RuleVersionsOut, ValidationOut
from engine.shelf.publisher import Publisher, Signature
from engine.store.store import Store
from tests.support.service import House, house
from tests.support.shelves import rule

NEW = {"if-none-match": "*"}
LIVE = rule("unhappy", 5, "An unhappy customer").replace("shadow", "live") + (
    "then: {severity: critical}\nexamples:\n  fires: [{text: a, nps: 1}, {text: b, nps: 2}, {text: c, nps: 3}]\n"
    "  stays_quiet: [{text: a, nps: 9}, {text: b, nps: 8}, {text: c, nps: 7}]\n"
)


def send(home: House, method: str, path: str, *, role: str = "author", unit: str | None = None, **more: Any) -> Any:
    headers = home.key(role, unit) | more.pop("headers", {})
    return home.client.request(method, f"/v1/rules{path}", headers=headers, **more)


def put(home: House, slug: str, words: str, seen: int | None = None, **more: Any) -> Any:
    headers = NEW if seen is None else {"if-match": f'"{seen}"'}
    return send(home, "PUT", f"/{slug}", content=words.encode(), headers=headers, **more)


def alerted(home: House, number: int) -> set[str]:
    answer = home.post({"id": f"r{number}", "text": "hello", "scores": {"nps": 4}})
    return {alert["rule"] for alert in answer.json()["decisions"][0]["alerts"]}


def test_a_rule_is_judged_by_as_soon_as_it_is_published_and_not_when_it_is_retired(home: House) -> None:
    assert alerted(home, 1) == set()
    made = put(home, "unhappy", LIVE, params={"why": "menus"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    detail = RuleDetailOut.model_validate_json(made.content)
    assert (detail.version, detail.title, detail.who, detail.why) == (1, "An unhappy customer", "author:None", "menus")
    assert detail.summary is not None
    assert (detail.summary.severity, detail.summary.fires, detail.summary.stays_quiet) == ("critical", 3, 3)
    assert alerted(home, 2) == {"unhappy"}
    found = send(home, "GET", "/unhappy", role="viewer")
    assert found.headers["etag"] == '"1"'
    assert RuleDetailOut.model_validate_json(found.content) == detail
    gone = send(home, "DELETE", "/unhappy", headers={"if-match": '"1"'}, params={"why": "too many"})
    assert RuleTextOut.model_validate_json(gone.content).retired
    assert alerted(home, 3) == set()
    missing = send(home, "GET", "/unhappy")
    assert missing.status_code == 404
    assert "its versions are at /v1/rules/unhappy/versions" in missing.json()["detail"]
    back = send(home, "POST", "/unhappy/restore", json={"version": 1}, headers={"if-match": '"2"'})
    assert (back.status_code, back.headers["etag"], back.json()["why"]) == (200, '"3"', "version 1 again")
    assert alerted(home, 4) == {"unhappy"}
    # What was decided is explained by the rules of its time.
    told = {one["rule"] for one in home.get("/v1/feedback/r3/explain").json()["rules"]}
    assert "unhappy" not in told


def test_every_version_can_be_looked_up(home: House) -> None:
    put(home, "a", rule("a"))
    body = {"text": rule("a", 4), "why": "a reason"}
    assert send(home, "PUT", "/a", json=body, headers={"if-match": 'W/"1"'}).json()["version"] == 2
    put(home, "a", rule("a", 5), 2)
    first = RuleVersionsOut.model_validate_json(send(home, "GET", "/a/versions", params={"limit": 2}).content)
    assert [(one.version, one.why) for one in first.versions] == [(3, ""), (2, "a reason")]
    rest = send(home, "GET", "/a/versions", params={"cursor": first.cursor}).json()
    assert ([one["version"] for one in rest["versions"]], rest["cursor"]) == ([1], None)
    second = send(home, "GET", "/a/versions/2")
    assert RuleTextOut.model_validate_json(second.content).text == rule("a", 4)
    for path in ("/a/versions/4", "/b/versions", "/b/versions/1", "/b"):
        assert send(home, "GET", path).status_code == 404


@pytest.fixture
def stocked(home: House) -> House:
    for number in range(4):
        put(home, f"r{number}", rule(f"r{number}") + f"author: {'ann' if number % 2 else 'ben'}\n")
    send(home, "DELETE", "/r3", headers={"if-match": '"1"'})
    return home


@pytest.mark.parametrize(
    ("params", "slugs"),
    [
        pytest.param({}, ["furious", "leaving", "low-score", "r0", "r1", "r2", "watched"], id="all"),
        pytest.param({"managed": True}, ["furious", "leaving", "low-score", "watched"], id="from files"),
        pytest.param({"managed": False}, ["r0", "r1", "r2"], id="from no files"),
        pytest.param({"status": "live"}, ["furious", "leaving", "low-score"], id="status"),
        pytest.param({"author": "ben"}, ["r0", "r2"], id="author"),
        pytest.param({"author": "b\x00"}, [], id="an author with a NUL"),
        pytest.param({"retired": True}, ["r3"], id="retired"),
        pytest.param({"author": "ann", "status": "live"}, [], id="two at once"),
    ],
)
def test_rules_are_listed(stocked: House, params: dict[str, Any], slugs: list[str]) -> None:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = RulesOut.model_validate_json(
            send(stocked, "GET", "", params=params | {"limit": 2, "cursor": cursor}).content
        )
        found += [one.slug for one in page.rules]
        cursor = page.cursor
    assert found == slugs


def test_a_rule_tells_what_is_wrong_with_it(tmp_path: Path) -> None:
    with house(tmp_path, any_attribute=False) as home:
        made = put(home, "warned", "rule: warned\nwhen: {attribute.shop: Leeds}\n")
        (told,) = made.json()["problems"]
        assert (told["line"], told["column"], told["level"]) == (2, 8, "warning")
        listed = {one["slug"]: one["problems"] for one in send(home, "GET", "").json()["rules"]}
        assert listed == {"furious": [], "leaving": [], "low-score": [], "warned": [told], "watched": []}


REFUSED = [
    pytest.param("PUT", "/furious", {"if-match": '"1"'}, 409, "comes from rules.yaml: change it there", id="managed"),
    pytest.param("DELETE", "/furious", {"if-match": '"1"'}, 409, "comes from rules.yaml", id="managed, to retire"),
    pytest.param("PUT", "/a", NEW, 412, "rule 'a' is there already, in version 2", id="there already"),
    pytest.param("PUT", "/a", {"if-match": '"1"'}, 412, "in version 2 now, and not 1", id="changed meanwhile"),
    pytest.param("DELETE", "/a", {"if-match": '"1"'}, 412, "in version 2 now", id="changed, to retire"),
    pytest.param("POST", "/a/restore", {"if-match": '"1"'}, 412, "in version 2 now", id="changed, to restore"),
    pytest.param("PUT", "/a", {}, 428, "If-Match", id="not seen"),
    pytest.param("DELETE", "/a", {}, 428, "If-Match", id="not seen, to retire"),
    pytest.param("DELETE", "/a", NEW, 428, "If-Match", id="new, to retire"),
    pytest.param("POST", "/a/restore", {}, 428, "If-Match", id="not seen, to restore"),
    pytest.param("PUT", "/a", {"if-match": "*"}, 422, 'such as "3"', id="any version"),
    pytest.param("PUT", "/a", {"if-match": "2"}, 422, 'such as "3"', id="no tag"),
    pytest.param("PUT", "/a", {"if-match": '"2"'} | NEW, 422, "stand alone", id="both"),
    pytest.param("PUT", "/a", {"if-none-match": '"2"'}, 422, "must be *", id="none of some"),
    pytest.param("DELETE", "/none", {"if-match": '"1"'}, 404, "there is no published rule 'none'", id="not there"),
    pytest.param("POST", "/none/restore", {"if-match": '"1"'}, 404, "there is no published rule", id="never there"),
    pytest.param("PUT", "/A%20b", NEW, 422, "lower-case letters", id="no name"),
    pytest.param("PUT", "/a%00", NEW, 422, "lower-case letters", id="a NUL as a name"),
    pytest.param("PUT", "/export", NEW, 422, "a word of the API", id="a word"),
    pytest.param("PUT", "/a?why=a%00b", {"if-match": '"2"'}, 422, "one line", id="a reason with a NUL"),
    pytest.param("PUT", "/a?wy=x", {"if-match": '"2"'}, 422, "did you mean 'why'?", id="a misspelt parameter"),
]


@pytest.mark.parametrize(("method", "path", "headers", "status", "said"), REFUSED)
def test_a_change_that_may_not_be_is_refused_and_changes_nothing(
    home: House, method: str, path: str, headers: dict[str, str], status: int, said: str
) -> None:
    put(home, "a", rule("a"))
    put(home, "a", rule("a", 4), 1)
    body = {"version": 1} if path.endswith("restore") else {"text": rule("a", 5)}
    answer = send(home, method, path, headers=headers, json=None if method == "DELETE" else body)
    assert answer.status_code == status, answer.text
    assert said in ProblemOut.model_validate_json(answer.content).detail
    assert home.service.store.shelf.revision() == 3


@pytest.mark.parametrize(
    ("content", "kind", "status", "said"),
    [
        pytest.param(b"\xff", "application/yaml", 400, "not UTF-8 (byte 0)", id="no UTF-8"),
        pytest.param(b"{", "application/json", 400, "not valid JSON", id="no JSON"),
        pytest.param(b"{}", "application/json", 422, "text: Field required", id="no text"),
        pytest.param(b'{"text": "x", "wy": "y"}', "application/json", 422, "wy: Extra inputs", id="a field too many"),
        pytest.param(b"[]", "application/json", 422, "the body: ", id="a list"),
        pytest.param(b"x", "image/png", 415, "send YAML or JSON", id="a picture"),
        pytest.param(b"x" * (2**20 + 1), "text/yaml", 413, "larger than 1 MiB", id="too large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(home: House, content: bytes, kind: str, status: int, said: str) -> None:
    for method, path in (("PUT", "/a"), ("POST", "/validate")):
        answer = send(home, method, path, headers=NEW | {"content-type": kind}, content=content)
        assert answer.status_code == status
        assert said in answer.json()["detail"]


def test_a_text_with_errors_gets_them_all_with_their_places(home: House) -> None:
    words = "rule: a\nstatus: liv\nwhen: {npz: 1}\n"
    answer = put(home, "a", words)
    problem = ProblemOut.model_validate_json(answer.content)
    assert (answer.status_code, problem.type) == (422, "urn:heedful:problem:invalid-rule")
    assert problem.errors is not None
    assert [(one.line, one.column, one.level) for one in problem.errors] == [(2, 9, "error"), (3, 8, "error")]
    assert problem.detail.startswith("2 errors; the first, line 2, column 9: unknown status 'liv'")
    checked = send(home, "POST", "/validate", content=words.encode(), role="viewer")
    found = ValidationOut.model_validate_json(checked.content)
    assert (found.slug, found.findings) == (None, problem.errors)
    good = send(home, "POST", "/validate", json={"text": rule("a")}, role="viewer").json()
    assert (good["slug"], good["status"], good["findings"]) == ("a", "shadow", [])
    other = send(home, "POST", "/validate", json={"text": rule("a")}, params={"slug": "b"}).json()
    assert "the text names rule 'a', and it is to be 'b'" in other["findings"][0]["message"]
    assert send(home, "POST", "/validate", json={"text": rule("a")}, params={"slug": "B"}).status_code == 422
    assert home.service.store.shelf.revision() == 1


@pytest.mark.parametrize("role", ["viewer", "agent", "analyst", "ingest"])
def test_only_authors_publish(home: House, role: str) -> None:
    assert put(home, "a", rule("a"), role=role).status_code == 403
    for method, path in (("DELETE", "/a"), ("POST", "/a/restore")):
        assert send(home, method, path, role=role, headers={"if-match": '"1"'}).status_code == 403
    assert (send(home, "POST", "/validate", role=role, content=b"").status_code == 403) == (role == "ingest")


def test_a_key_of_a_unit_changes_no_rule_of_all(home: House) -> None:
    answer = put(home, "a", rule("a"), unit="emea/uk")
    assert answer.status_code == 403
    assert "rules hold for every unit" in answer.json()["detail"]


def test_the_export_has_what_comes_from_no_files(stocked: House) -> None:
    answer = send(stocked, "GET", "/export", role="viewer")
    assert answer.headers["content-type"].startswith("application/yaml")
    assert answer.text.count("rule: r") == 3
    assert "furious" not in answer.text


def another(home: House) -> tuple[Publisher, Store]:
    """A publisher as another process has it."""
    store = Store(home.service.store.database.url.render_as_string(hide_password=False))
    return Publisher(store.shelf, home.service.rules, home.clock), store


def test_what_another_process_publishes_is_followed_at_the_next_look(home: House) -> None:
    publisher, store = another(home)
    publisher.put("unhappy", LIVE, None, Signature("ann"))
    assert alerted(home, 1) == set()
    home.service.published.look()
    assert alerted(home, 2) == {"unhappy"}
    publisher.put("unhappy", LIVE + "if_unsure: skip\n", 1, Signature("ann"))
    # Whoever asks for it is not told of an older one.
    assert send(home, "GET", "/unhappy").json()["summary"] is not None
    store.close()


def test_a_look_that_fails_leaves_the_rules_and_is_said(home: House) -> None:
    put(home, "unhappy", LIVE)
    database = home.service.store.database

    def renamed(before: str, after: str) -> None:
        with database.write() as connection:
            connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    renamed("shelf", "lost")
    for _ in range(2):
        home.service.published.look()
    assert "no such table" in home.client.get("/readyz").json()["rules_problem"]
    assert alerted(home, 1) == {"unhappy"}
    renamed("lost", "shelf")
    home.service.published.look()
    assert home.client.get("/readyz").json()["rules_problem"] is None


def test_the_follower_ends_when_it_is_told_to(home: House) -> None:
    stop = threading.Event()
    stop.set()
    home.service.published.follow(stop)


def test_a_batch_is_judged_by_one_ruleset_while_rules_change(home: House) -> None:
    rulesets: list[str] = []

    def post(number: int) -> None:
        batch = [{"id": f"b{number}-{one}", "text": "hello", "scores": {"nps": 4}} for one in range(20)]
        answer = home.post(batch)
        assert answer.status_code == 200
        (ruleset,) = {decision["ruleset"] for decision in answer.json()["decisions"]}
        rulesets.append(ruleset)

    def change() -> None:
        for seen in range(8):
            assert put(home, "unhappy", LIVE.replace("most: 5", f"most: {seen}"), seen or None).status_code < 300

    post(0)
    home.key("author")
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        number = 0
        while not changing.done():
            number += 1
            post(number)
        changing.result()
    post(number + 1)
    assert rulesets[0] != rulesets[-1] == home.service.rules.version
