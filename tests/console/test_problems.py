"""The pages of problems in a real browser: one from its first alert to its end, the list, and what may be one."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from api.problem_changing import setting_of
from engine.alerts.problem_intake import admit_problem
from engine.store import schema
from tests.console import alert_house, problem_house
from tests.console.browsing import PHONE, WIDE, Console, grave, served


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with people and four weeks of crashes, that the tests of the module share."""
    with served(tmp_path_factory.mktemp("problems"), browser, rules=alert_house.rules()) as found:
        alert_house.people(found)
        problem_house.weeks_of_crashes(found)
        yield found


def problem(console: Console, title: str, **more: object) -> str:
    """Open a problem over HTTP, and return its id."""
    answer = httpx.post(f"{console.base}/v1/problems", json={"title": title} | more, headers=console.key())
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def counted(page: Page) -> None:
    """Wait until the figures are there."""
    expect(page.locator(".hf-figures .hf-card").first).to_be_visible()
    expect(page.get_by_text("Counting", exact=True)).to_have_count(0)


def done(page: Page) -> list[str]:
    """What the history says was done, the latest first."""
    return page.locator(".hf-history .hf-strong + span").all_text_contents()


def test_a_problem_from_an_alert_to_its_end(shared: Console) -> None:
    first, second = problem_house.weeks_of_crashes(shared, "emea/walk", weeks=1, name="walk")[:2]
    page = shared.sign_in("agent", path=f"/alerts/{first}")
    page.get_by_role("button", name="Link to a problem").click()
    page.get_by_label("Title of a new problem").fill("The app <i>crashes</i>")
    page.get_by_role("form").get_by_role("button", name="Link").click()
    page.get_by_role("link", name="The app <i>crashes</i>").click()
    expect(page.get_by_role("heading", name="The app <i>crashes</i>")).to_be_visible()
    expect(page.get_by_text("It has no topic", exact=True)).to_be_visible()
    listed = page.get_by_role("list", name="Alerts and signals, the newest first")
    expect(listed.get_by_role("link")).to_have_attribute("href", f"/alerts/{first}")
    expect(listed.locator("mark").first).to_contain_text("I am furious: the app had a crash again")
    page.get_by_role("button", name="Edit", exact=True).click()
    form = page.get_by_role("form")
    form.get_by_label("Topic", exact=True).select_option("digital/reliability")
    form.get_by_label("Who has it").select_option("ann")
    form.get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Ann Ash has it")).to_be_visible()
    page.get_by_role("button", name="Link alerts").click()
    form.get_by_label(re.compile("^Words that a customer said")).fill("c-walk1")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Found by c-walk1 that are linked to nothing")).to_be_visible()
    form.get_by_role("button", name="Link alerts").click()
    expect(page.get_by_text("Tick the alerts that belong to it")).to_be_visible()
    form.get_by_label("A furious customer, c-walk1").check()
    form.get_by_role("button", name="Link alerts").click()
    expect(listed.get_by_role("listitem")).to_have_count(2)
    assert shared.service.store.alerts.one(second)[0].problem == page.url.rpartition("/")[2]
    mine = page.url.rpartition("/")[2]
    problem_house.opened_since(shared, mine, 2)
    page.reload()
    page.get_by_role("button", name="Solved", exact=True).click()
    form.get_by_role("button", name="Solved").click()
    expect(page.get_by_text("What was done about the cause", exact=False).first).to_be_visible()
    form.get_by_label("What was done about the cause").fill("Release 4.2")
    day = (shared.service.engine.clock.now() - timedelta(days=3)).date().isoformat()
    form.get_by_label("Since").fill(day)
    form.get_by_role("button", name="Solved").click()
    expect(page.get_by_text("Since it was solved", exact=True)).to_be_visible()
    counted(page)
    expect(page.get_by_text(re.compile(r"^There is too little feedback since it was solved"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"with 95% confidence"))).to_be_visible()
    chart = page.get_by_role("img", name=re.compile("^Chart, Alerts a week. 2 alerts linked to it, of [0-9]+ about"))
    option = chart.evaluate("(at) => getElement(Number(at.id.slice(1))).chart.getOption().series[0].markLine.data")
    assert [one["name"] for one in option] == ["opened", "solved"]
    page.get_by_role("button", name="Open again").click()
    form.get_by_label("Why it is not solved after all").fill("It crashes still")
    form.get_by_role("button", name="Open again").click()
    expect(page.get_by_role("button", name="Solved", exact=True)).to_be_visible()
    page.get_by_role("button", name="Take off: A furious customer, c-walk1").click()
    expect(listed.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="Solved", exact=True).click()
    form.get_by_label("What was done about the cause").fill("Release 4.3")
    form.get_by_role("button", name="Solved").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()
    assert done(page) == [
        *("solved it", "took 1 alert off it", "opened it again", "solved it", "linked 1 alert"),
        *("changed the topic, who has it", "linked 1 alert", "opened it"),
    ]
    entries = shared.service.store.audit.page(subject=mine)
    assert [one.entry.what for one in entries] == ["solve", "unlink", "reopen", "solve", "link", "edit", "open"]
    page.context.close()


def test_what_others_do_shows_and_is_not_overwritten(shared: Console) -> None:
    mine = problem(shared, "Two at it")
    page = shared.sign_in("agent", path=f"/problems/{mine}")
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("What it is").fill("Two at it at once")
    said = {"change": "note", "version": 1, "why": "mine <b>now</b>"}
    answer = httpx.post(f"{shared.base}/v1/problems/{mine}/changes", json=said, headers=shared.key())
    assert answer.status_code == 200, answer.text
    expect(page.get_by_text("Somebody changed this problem while you were writing")).to_be_visible(timeout=3_000)
    expect(page.get_by_text("mine <b>now</b>")).to_be_visible()
    page.get_by_role("form").get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Nothing of yours was changed or lost")).to_be_visible()
    expect(page.get_by_label("What it is")).to_have_value("Two at it at once")
    page.get_by_role("form").get_by_role("button", name="Edit").click()
    expect(page.get_by_role("heading", name="Two at it at once")).to_be_visible()
    page.context.close()


def test_the_list_is_narrowed_and_saved_with_links_back(shared: Console) -> None:
    crashes = problem(shared, "=Narrow", topic="digital/reliability", unit="emea/uk/leeds", holder="ann")
    problem(shared, "Narrow too", topic="billing/accuracy", unit="emea/uk/leeds")
    page = shared.sign_in("viewer", "emea/uk", path="/problems?unit=emea/uk/leeds")
    listed = page.get_by_role("list", name="Problems, the open ones first")
    expect(listed.get_by_role("link")).to_have_text(["Narrow too", "=Narrow"])
    assert page.get_by_role("button", name="New problem").count() == 0
    page.get_by_label("Topic and below").select_option("digital")
    expect(listed.get_by_role("link")).to_have_text(["=Narrow"])
    assert page.url.endswith("/problems?topic=digital&unit=emea%2Fuk%2Fleeds")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    (row,) = csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8")))
    assert (row["title"], row["link"], row["alerts"]) == ("'=Narrow", f"{shared.base}/problems/{crashes}", "0")
    shared.open(page, f"/problems/{crashes}")
    expect(page.get_by_text("No alert is linked to it yet.")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^(Solved|Edit|Note|Link alerts)$")).count() == 0
    page.context.close()
    beside = shared.sign_in("agent", "emea/ukraine", path="/problems")
    expect(beside.get_by_text("There is no problem yet")).to_be_visible()
    shared.open(beside, f"/problems/{crashes}")
    expect(beside.get_by_text("There is no problem")).to_be_visible()
    for path in ("alerts.csv", "customers.csv"):
        assert beside.request.get(f"/problems/{crashes}/{path}").status == 404
    beside.context.close()


def test_pages_of_the_list_follow_each_other(shared: Console) -> None:
    for number in range(27):
        said = {"title": f"Many {number:02}", "unit": "apac/many"}
        record, _ = admit_problem(said, "kim", setting_of(shared.service))
        shared.service.store.problems.open(record)
    page = shared.sign_in("viewer", "apac/many", path="/problems")
    links = page.get_by_role("list", name="Problems, the open ones first").get_by_role("link")
    expect(links).to_have_count(25)
    page.get_by_role("link", name="Next page").click()
    expect(links).to_have_text(["Many 01", "Many 00"])
    page.get_by_role("link", name="To the first").click()
    expect(links).to_have_count(25)
    problem(shared, "Many more", unit="apac/many")
    expect(links.first).to_have_text("Many more", timeout=3_000)
    page.context.close()


def test_what_may_be_a_problem_is_made_one(shared: Console) -> None:
    for number in range(12):
        alert_house.posted(shared, f"pattern-{number}", unit="apac/group")
    with shared.service.store.database.write() as connection:
        long_ago = shared.service.engine.clock.now() - timedelta(days=40)
        first = schema.feedback.c.sequence == 1
        connection.execute(update(schema.feedback).where(first).values(received_at=long_ago))
    page = shared.sign_in("agent", "apac/group", path="/problems")
    page.get_by_role("button", name="Make a problem of these 12: furious").click()
    expect(page.get_by_label("What it is")).to_have_value("Furious in apac/group")
    page.get_by_label("Topic", exact=True).select_option("digital/ease-of-use")
    page.get_by_label(re.compile("^While it is open, send no messages")).check()
    page.get_by_role("button", name="Open the problem").click()
    page.wait_for_url("**/problems/pr_*")
    expect(page.get_by_text("Of 12 alerts: 12 open.")).to_be_visible()
    expect(page.get_by_text("it keeps these quiet, and links them")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Alerts as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8"))))
    assert len(rows) == 12
    assert {one["problem_link"] for one in rows} == {page.url}
    assert httpx.get(rows[0]["link"]).status_code in (200, 303, 307)
    with page.expect_download() as customers:
        page.get_by_role("link", name="Customers as CSV").click()
    links = [one["link"] for one in csv.DictReader(io.StringIO(Path(customers.value.path()).read_text("utf-8")))]
    assert f"{shared.base}/feedback/default/pattern-0" in links
    page.context.close()


@pytest.mark.parametrize(
    ("dark", "size"), [pytest.param("light", WIDE, id="light and wide"), pytest.param("dark", PHONE, id="dark phone")]
)
def test_everybody_can_use_it(shared: Console, dark: str, size: dict[str, int]) -> None:
    mine = problem(shared, f"A problem with a long title that does not fit in one line of a phone {dark}", unit="emea")
    page = shared.sign_in("agent", path="/problems", viewport=size, color_scheme=dark)
    page.get_by_role("button", name="New problem").click()
    expect(page.get_by_role("form", name="A new problem")).to_be_visible()
    for path, act in (("/problems", ""), (f"/problems/{mine}", "Link alerts")):
        if act:
            shared.open(page, path)
            counted(page)
            page.get_by_role("button", name=act, exact=True).click()
            expect(page.get_by_role("form", name=act)).to_be_visible()
        assert grave(page) == [], (path, act)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, act)
    page.context.close()
