"""What to label next, in a real browser: by keyboard, with undo, by two people, until it is a version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.taxonomy import TASKS
from tests.console.browsing import Console, served
from training.data import read_labelled
from training.datasets import versions

HOSTILE = "maybe the menu <img src=x onerror='hacked=1'>. **thanks** {{x}}"


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Console]:
    """A console whose labels go into a folder of the test's own."""
    with served(tmp_path, browser, settings={"labelled": tmp_path / "labelled"}) as found:
        yield found


def _current(page: Page) -> str:
    shown = page.locator("[aria-current=step] hf-text")
    expect(shown).to_have_count(1)
    return str(shown.text_content()).strip()


def _pressed(page: Page) -> list[str]:
    group = page.get_by_role("group", name="Labels that are probably wanted")
    return [
        text.split(" (")[0].lstrip("123456789") for text in group.locator("[aria-pressed=true]").all_text_contents()
    ]


def test_answers_become_a_version_by_keyboard_alone(desk: Console) -> None:
    desk.post({"id": "1", "text": HOSTILE, "scores": {"nps": 9}})
    page = desk.sign_in("analyst", path="/models/labelling")
    assert _current(page) == HOSTILE.split(". ")[0]
    assert page.evaluate("window.hacked") is None
    # In doubt, so not preset; the number chooses it.
    assert _pressed(page) == []
    page.keyboard.press("1")
    expect(page.locator("[aria-pressed=true]").first).to_be_visible()
    assert _pressed(page) == ["digital/ease-of-use"]
    page.keyboard.press("/")
    page.keyboard.type("churn")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="churn", exact=True)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sentence 2 of 2")).to_be_visible()
    assert _pressed(page) == ["joy/gratitude"]
    page.keyboard.press("u")
    expect(page.get_by_text("Sentence 1 of 2")).to_be_visible()
    page.keyboard.press("Enter")
    # A key that is pressed while an answer is on its way is passed over, so that it answers no other sentence.
    expect(page.get_by_text("Sentence 2 of 2")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("1 record answered, not in a version yet")).to_be_visible()
    expect(page.get_by_text("Nothing is left to label")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Sentence 2 of 2")).to_be_visible()
    expect(page.get_by_text("No record answered yet")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a version").click()
    expect(page.get_by_text("v0001, made of nothing by ann")).to_be_visible()
    (version,) = versions(desk.service.settings.labelled)
    (row,) = version.rows()
    first, second = row["sentences"]
    assert {task: first[task] for task in TASKS} == {
        "emotion": [],
        "intent": ["churn"],
        "topic": ["digital/ease-of-use"],
    }
    assert all(second[task] == [] for task in TASKS)
    assert version.manifest["created_by"] == desk.service.store.accounts.all()[0].who
    assert version.manifest["suggestions"]["shown"] == 6
    assert len(read_labelled(version.data, desk.reader.taxonomy)) == 1
    # What is in a version is not asked for again.
    page.reload()
    expect(page.get_by_text("Nothing is left to label")).to_be_visible()
    assert page.evaluate("window.hacked") is None


def test_two_people_never_get_the_same_record(desk: Console) -> None:
    desk.post({"id": "1", "text": "maybe the menu"}, {"id": "2", "text": "maybe a crash"})
    one, other = (desk.sign_in("analyst", path="/models/labelling") for _ in range(2))
    said = {_current(one), _current(other)}
    assert said == {"maybe the menu", "maybe a crash"}
    third = desk.sign_in("admin", path="/models/labelling")
    expect(third.get_by_text("Nothing is left to label")).to_be_visible()
    # What one skips another may have; and who skips is not asked again.
    skipped = _current(one)
    one.keyboard.press("x")
    expect(one.get_by_text("Nothing is left to label")).to_be_visible()
    third.reload()
    assert _current(third) == skipped


def test_an_answer_survives_the_page_and_only_its_person_makes_it_a_version(desk: Console) -> None:
    desk.post({"id": "1", "text": "maybe the menu"})
    kim = desk.account("analyst")
    page = desk.sign_in(account=kim, path="/models/labelling")
    _current(page)
    page.get_by_role("button", name="Keep and go on").dblclick()
    expect(page.get_by_text("1 record answered")).to_be_visible()
    page.context.close()
    other = desk.sign_in("analyst", path="/models/labelling")
    expect(other.get_by_text("No record answered yet")).to_be_visible()
    expect(other.get_by_role("button", name="Make a version")).to_be_disabled()
    again = desk.sign_in(account=kim, path="/models/labelling")
    expect(again.get_by_text("1 record answered")).to_be_visible()


def test_a_unit_labels_its_own_records(desk: Console) -> None:
    desk.post({"id": "1", "text": "maybe the menu", "unit": "emea/uk"}, {"id": "2", "text": "maybe a crash"})
    page = desk.sign_in("analyst", "emea", path="/models/labelling")
    assert _current(page) == "maybe the menu"
    page.keyboard.press("s")
    expect(page.get_by_text("Nothing is left to label")).to_be_visible()
    assert "crash" not in str(page.locator("#main").text_content())
    expect(page.get_by_text("No record answered yet")).to_be_visible()
