"""Feedback in a real browser: searched, narrowed down, looked at, and as files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import orjson
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console import alert_house as house
from tests.console.browsing import PHONE, WIDE, Console, grave, served

HOSTILE = "<img src=x onerror='window.hacked=1'></script><script>window.hacked=1</script> {{ window.hacked=1 }} **b**"
MODES = [pytest.param(WIDE, "light", id="wide and light"), pytest.param(PHONE, "dark", id="a phone in the dark")]


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with feedback of two units, a call and something hostile, that the tests of the module share."""
    with served(tmp_path_factory.mktemp("feedback"), browser, rules=house.rules()) as found:
        said = ("I am furious about the menu", "Thanks, that was great", "=leaving, says my cousin")
        found.post(
            *(
                {
                    "id": f"f-{one}",
                    "text": f"{said[one % 3]} {one}",
                    "scores": {"nps": one % 11},
                    "unit": ("emea/uk", "emea/uk", "amer")[one % 3],
                    "channel": "chat" if one % 2 else "email",
                    "attributes": {"store": "Leeds" if one % 4 else "York"},
                }
                for one in range(69)
            )
        )
        found.post(house.CALL)
        evil = {"id": "evil", "text": f"furious {HOSTILE}", "customer": HOSTILE[:60], "unit": "evil"}
        found.post(evil | {"channel": HOSTILE[:50], "attributes": {"plan": HOSTILE}})
        yield found


def ids(page: Page) -> list[str]:
    return page.locator(".hf-found-name").all_text_contents()


def test_feedback_is_narrowed_down_and_the_address_says_by_what(shared: Console) -> None:
    page = shared.sign_in("viewer", path="/feedback")
    expect(page.get_by_text("71 feedback")).to_be_visible()
    page.get_by_label("Words").fill("menu -thanks")
    page.get_by_label("Words").press("Enter")
    expect(page.get_by_text("23 feedback")).to_be_visible()
    assert page.locator(".hf-text mark, hf-text mark").all_text_contents()[0] == "menu"
    page.get_by_text("Channel", exact=True).last.click()
    chat = page.get_by_role("button", name=re.compile("^chat"))
    chat.click()
    expect(page.get_by_text("11 feedback")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^chat"))).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name=re.compile("^chat"))).to_be_focused()
    page.get_by_label("nps at most").fill("4")
    page.get_by_label("nps at most").press("Enter")
    expect(page.get_by_text("5 feedback")).to_be_visible()
    assert "words=menu+-thanks&channel=chat&score=nps%3A..4" in page.url
    address, found = page.url, ids(page)
    page.get_by_role("button", name="Remove: Channel: chat").click()
    expect(page.get_by_text("11 feedback")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("5 feedback")).to_be_visible()
    assert (page.url, ids(page)) == (address, found)
    expect(page.get_by_label("nps at most", exact=True)).to_have_value("4")
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("71 feedback")).to_be_visible()
    expect(page.get_by_label("Words")).to_have_value("")
    page.context.close()


def test_all_pages_together_are_everything_once(shared: Console) -> None:
    page = shared.sign_in("viewer", "emea/uk", path="/feedback")
    expect(page.get_by_text("47 feedback")).to_be_visible()
    seen = ids(page)
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("button", name="To the newest")).to_be_visible()
    seen += ids(page)
    expect(page.get_by_role("button", name="Older")).to_have_count(0)
    assert sorted(seen) == sorted(["call-1", *(f"f-{one}" for one in range(69) if one % 3 < 2)])
    assert "my cousin" not in page.content()
    shared.open(page, "/feedback/default/f-2")
    expect(page.get_by_text("There is no feedback default/f-2")).to_be_visible()
    answer = page.request.get("/feedback/export.csv?label=intent:churn")
    assert answer.text().strip() == ""
    page.context.close()


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("label=topic:digitl", "digital", id="a label that is misspelt"),
        pytest.param("since=yesterday", "no date", id="no date"),
        pytest.param("score=nps:9..1", "ends before it begins", id="a range that is none"),
        pytest.param("before=abc", "cursor", id="a cursor of nobody"),
        pytest.param("words=" + "x" * 1_100, "at most 1,000 characters", id="too long"),
    ],
)
def test_an_address_that_asks_for_nonsense_says_so(shared: Console, query: str, says: str) -> None:
    page = shared.sign_in("viewer", path=f"/feedback?{query}")
    expect(page.get_by_role("alert")).to_contain_text(says)
    assert page.request.get(f"/feedback/export.csv?{query}").status == (200 if "before" in query else 422)
    page.context.close()


def test_what_was_found_is_a_file(shared: Console) -> None:
    page = shared.sign_in("viewer", path="/feedback?words=leaving&channel=email")
    with page.expect_download() as told:
        page.get_by_role("link", name="Export as CSV").click()
    rows = list(csv.DictReader(io.StringIO(told.value.path().read_text("utf-8"))))
    assert [row["id"] for row in rows] == ids(page)
    assert {row["text"][:9] for row in rows} == {"'=leaving"}
    assert {row["attributes.store"] for row in rows} == {"Leeds", "York"}
    with page.expect_download() as told:
        page.get_by_role("link", name="Export as JSONL").click()
    lines = [orjson.loads(line) for line in told.value.path().read_bytes().splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    assert lines[0]["text"].startswith("=leaving")
    kept = shared.service.store.audit.page(kind="feedback", limit=2)
    asked = {"words": ["leaving"], "channel": ["email"]}
    assert [(one.entry.what, dict(one.entry.data)) for one in kept] == [
        ("export", {"form": form} | asked) for form in ("jsonl", "csv")
    ]
    assert shared.page().request.get("/feedback/export.csv", max_redirects=0).status == 303
    page.context.close()


def test_every_rule_says_why_also_where_nothing_fired(shared: Console) -> None:
    page = shared.sign_in("author", path="/feedback/default/f-9")
    titles = page.locator(".hf-rule summary .hf-strong").all_text_contents()
    assert titles[0] == "A furious customer"
    assert set(titles) == {"A furious customer", "leaving", "watched", "low-score", "Many crashes"}
    expect(page.get_by_text("No rule fired.")).to_be_visible()
    expect(page.get_by_text("1 of 2 conditions held")).to_be_visible()
    page.get_by_text("A furious customer").click()
    expect(page.get_by_text("found 9, wanted at most 6")).to_be_visible()
    page.get_by_label("Judge with today's rules").check()
    expect(page.get_by_text("what today's rules would do")).to_be_visible()
    expect(page.get_by_label("Judge with today's rules")).to_be_focused()
    assert page.url.endswith("/feedback/default/f-9?now=true")
    link = page.get_by_role("link", name="Make a rule from this")
    assert link.get_attribute("href") == "/rules/new?source=default&feedback=f-9"
    page.context.close()


def test_an_open_feedback_shows_what_becomes_of_it(shared: Console) -> None:
    shared.post({"id": "live", "text": "The menu is fine", "unit": "live"})
    page = shared.sign_in("viewer", "live", path="/feedback/default/live")
    assert page.get_by_role("link", name="Make a rule from this").count() == 0
    searching = shared.sign_in("viewer", "live", path="/feedback")
    expect(searching.get_by_text("1 feedback")).to_be_visible()
    shared.post({"id": "live", "text": "I am furious", "unit": "live", "scores": {"nps": 1}}, revise=True)
    expect(page.get_by_role("link", name="A furious customer")).to_be_visible(timeout=3_000)
    expect(page.get_by_text("Earlier revisions (1)")).to_be_visible()
    page.get_by_text("Earlier revisions (1)").click()
    expect(page.get_by_text("The menu is fine")).to_be_visible()
    expect(searching.get_by_text("Feedback has come in since.")).to_be_visible(timeout=3_000)
    searching.get_by_role("button", name="Search again").click()
    expect(searching.get_by_text("revision 2")).to_be_visible()
    expect(searching.get_by_text("Feedback has come in since.")).to_have_count(0)
    page.context.close()
    searching.context.close()


@pytest.mark.parametrize("path", ["/feedback?words=furious", "/feedback/default/evil"])
@pytest.mark.parametrize(("viewport", "mode"), MODES)
def test_whatever_was_written_is_text_and_everybody_can_use_the_page(
    shared: Console, path: str, viewport: dict[str, int], mode: str
) -> None:
    page = shared.sign_in("viewer", "evil", path=path, viewport=viewport, color_scheme=mode)
    expect(page.locator("hf-text, hf-verbatim").first).to_contain_text(HOSTILE)
    expect(page.get_by_text(HOSTILE[:50]).first).to_be_attached()
    if "words" in path:
        if viewport is PHONE:
            page.get_by_role("button", name="Narrow it down").click()
        expect(page.get_by_role("complementary")).to_contain_text("anger/anger")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#main img, #main script, #main b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert not grave(page)
    page.context.close()
