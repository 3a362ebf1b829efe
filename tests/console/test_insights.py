"""Insights and coaching in a real browser: looking, narrowing, drilling down, saving, and who sees what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.insights.asked import Asked
from engine.people import Person
from engine.program import Program
from engine.store.insights import Who
from tests.console.browsing import PHONE, WIDE, Console, grave, served
from tests.console.insights_house import HOSTILE, records

VIEWS = ("overview", "labels", "drivers", "scores", "rules", "happenings")
WRONG = {
    "since=2026-02-02&until=2026-01-01": "The span ends before it begins",
    "since=2026-13-01": "'2026-13-01' is no date",
    "every=year": "'year' is none of hour, day and week",
}
NOTE = "Kept calm. <b>Well</b> done"


@pytest.fixture(scope="module")
def filled(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with feedback of ten days, and ann, who is managed by mid."""
    with served(tmp_path_factory.mktemp("insights"), browser) as found:
        now = found.service.engine.clock.now()
        people = [Person("mid", "Mid Level"), Person("ann", "Ann Bell", manager="mid"), Person("eve", "Eve Low")]
        found.service.store.people.bring(people, now)
        found.post(*records(now))
        yield found


def counted(page: Page) -> None:
    """Wait until everything is counted."""
    expect(page.locator(".hf-figures .hf-card").first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Counting", exact=True)).to_have_count(0, timeout=15_000)


def test_a_number_leads_to_what_was_said(filled: Console) -> None:
    page = filled.sign_in("viewer", path="/insights")
    counted(page)
    expect(page.get_by_text("90 records of feedback; 33.3% of it with an alert")).to_be_visible()
    page.get_by_role("button", name="33.3%, Feedback with an alert").click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("30 found, the last received first")).to_be_visible()
    expect(drawer.get_by_role("listitem")).to_have_count(20)
    drawer.get_by_role("button", name="Show more").click()
    expect(drawer.get_by_role("listitem")).to_have_count(30)
    said = drawer.locator("hf-text").all_text_contents()
    assert f"I am furious. The menu is bad. {HOSTILE}" in said
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.context.close()


def test_a_chart_leads_to_what_was_said_and_follows_the_colours(filled: Console) -> None:
    page = filled.sign_in("viewer", path="/insights?every=week")
    counted(page)
    chart = page.get_by_role("img", name=re.compile("^Chart, Feedback and alerts over time. 90 records"))
    ink = "(at) => getElement(Number(at.id.slice(1))).chart.getOption().series[0].itemStyle.color"
    assert chart.evaluate(ink) == "#0b5cad"
    place = chart.evaluate(
        "(at) => { const chart = getElement(Number(at.id.slice(1))).chart; const option = chart.getOption();"
        " return chart.convertToPixel({seriesIndex: 0}, [option.series[0].data.length - 2, 2]); }"
    )
    chart.click(position={"x": place[0], "y": place[1]})
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Feedback of")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    toggle = page.get_by_role("button", name=re.compile("^Colours: "))
    toggle.click()
    toggle.click()
    expect(page.locator("body")).to_have_class(re.compile("body--dark"))
    page.wait_for_function(f"({ink})(document.getElementById('{chart.get_attribute('id')}')) === '#6cb2ff'")
    page.context.close()


def test_a_figure_is_saved_as_table_and_picture(filled: Console) -> None:
    page = filled.sign_in("analyst", path="/insights?view=scores&by=attribute.store")
    counted(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV: nps by attribute.store").click()
    rows = list(csv.DictReader(io.StringIO(Path(saved.value.path()).read_text("utf-8"))))
    assert {one["name"] for one in rows} == {"", "'=cmd()", HOSTILE, "Leeds"}
    (kept,) = filled.service.store.audit.page(kind="insights", limit=1)
    assert (kept.entry.what, kept.entry.subject) == ("export", "nps-by-attribute.store")
    with page.expect_download() as drawn:
        page.get_by_role("button", name="Save as PNG: nps by attribute.store").click()
    assert drawn.value.suggested_filename == "nps-by-attribute.store.png"
    assert Path(drawn.value.path()).read_bytes().startswith(b"\x89PNG")
    assert page.evaluate("window.hacked") is None
    expect(page.get_by_role("rowheader", name=HOSTILE)).to_be_visible()
    page.context.close()


def test_what_is_counted_is_narrowed_and_stays_in_the_address(filled: Console) -> None:
    page = filled.sign_in("viewer", path="/insights?days=90")
    counted(page)
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("combobox", name="On").click()
    page.get_by_role("option", name="Unit").click()
    page.get_by_label("Unit", exact=True).fill("emea")
    page.keyboard.press("Enter")
    expect(page.get_by_text("45 records of feedback")).to_be_visible()
    assert re.search(r"\?days=90&unit=emea$", page.url)
    expect(page.get_by_role("link", name="Drivers")).to_have_attribute("href", re.compile("unit=emea"))
    page.reload()
    expect(page.get_by_text("45 records of feedback")).to_be_visible()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Label", exact=True).fill("anger")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("'anger' is no label; write TASK:LABEL")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Take away Unit: emea").click()
    expect(page.get_by_text("90 records of feedback")).to_be_visible()
    assert page.url.endswith("/insights?days=90")
    for query, problem in WRONG.items():
        filled.open(page, f"/insights?{query}")
        expect(page.get_by_role("alert")).to_contain_text(problem)
    page.context.close()


def test_who_writes_rules_begins_with_the_rules(filled: Console) -> None:
    page = filled.sign_in("author", path="/insights")
    expect(page.get_by_role("link", name="Rules and teams")).to_have_attribute("aria-current", "page")
    counted(page)
    expect(page.get_by_role("link", name="furious").first).to_have_attribute("href", "/rules/furious")
    page.context.close()


def test_a_unit_bounds_what_is_counted(filled: Console) -> None:
    page = filled.sign_in("viewer", "emea", path="/insights?view=drivers&target=sentiment%3Dnegative")
    expect(page.get_by_text(re.compile("^15 records against 30 others."))).to_be_visible()
    assert "amer" not in page.locator("#main").inner_text()
    filled.open(page, "/insights?unit=amer")
    expect(page.get_by_text("No feedback in this time").first).to_be_visible()
    filled.open(page, "/insights?view=rules&unit=amer")
    expect(page.get_by_text("No unit is below both emea and amer").first).to_be_visible()
    page.context.close()


def test_coaching_is_for_the_employee_and_the_manager(filled: Console) -> None:
    manager = filled.account("viewer", person="mid")
    page = filled.sign_in(account=manager, path="/insights/coaching")
    counted(page)
    expect(page.get_by_role("heading", name="What customers say of Ann Bell")).to_be_visible()
    praise = page.get_by_role("list", name="Newest praise, the last received first")
    expect(praise.get_by_role("listitem")).to_have_count(5)
    page.get_by_label("A note").fill(NOTE)
    page.get_by_role("button", name="Add the note").click()
    notes = page.get_by_role("list", name="Notes, the newest first")
    expect(notes).to_contain_text(NOTE)
    beside = filled.sign_in(account=manager, path="/insights/coaching")
    own = filled.sign_in(account=filled.account("viewer", person="ann"), path="/insights/coaching")
    expect(own.get_by_role("list", name="Notes, the newest first")).to_contain_text(f"{NOTE}")
    expect(own.get_by_text("Mid Level")).to_be_visible()
    expect(own.get_by_label("A note")).to_have_count(0)
    expect(own.get_by_role("button", name="Remove")).to_have_count(0)
    for one in (page, beside):
        one.get_by_role("button", name="Remove the note").click()
    expect(notes.get_by_role("listitem")).to_have_count(0)
    expect(beside.get_by_role("alert")).to_contain_text("for ann that you wrote")
    for one in (page, beside, own):
        one.context.close()


def test_a_note_for_coaching_begins_at_what_was_said(filled: Console) -> None:
    """From a record and from its alert, for the manager; the employee reads it, and nobody else is told of it."""
    (alert,) = filled.service.store.alerts.of_feedback("default", "f3")
    manager = filled.account("viewer", person="mid")
    page = filled.sign_in(account=manager, path="/feedback/default/f3")
    for path, said in (("/feedback/default/f3", "Stay <b>calm</b>"), (f"/alerts/{alert.id}", "Call back first")):
        filled.open(page, path)
        page.get_by_role("button", name="Note for coaching").click()
        page.get_by_role("form").get_by_role("button", name="Add the note").click()
        expect(page.get_by_text("A note has 1 to 4,000 characters")).to_be_visible()
        page.get_by_label("A note for Ann Bell, about what was said here").fill(said)
        page.get_by_role("form").get_by_role("button", name="Add the note").click()
        expect(page.get_by_text("The note is added")).to_be_visible()
    page.get_by_role("link", name="Coaching of Ann Bell").click()
    own = filled.sign_in(account=filled.account("viewer", person="ann"), path="/insights/coaching")
    for one in (page, own):
        notes = one.get_by_role("list", name="Notes, the newest first").get_by_role("listitem")
        expect(notes.locator(".hf-note")).to_have_text(["Call back first", "Stay <b>calm</b>"])
        expect(notes.first.get_by_role("blockquote")).to_have_text("I am furious. The menu is bad.")
    own.get_by_role("link", name="to what was said").first.click()
    expect(own).to_have_url(re.compile("/feedback/default/f3$"))
    expect(own.get_by_role("heading", name="What was understood")).to_be_visible()
    assert own.get_by_role("button", name="Note for coaching").count() == 0
    for who in (filled.account("admin"), filled.account("agent", person="eve")):
        other = filled.sign_in(account=who, path=f"/alerts/{alert.id}")
        expect(other.get_by_role("heading", name="History")).to_be_visible()
        assert other.get_by_text("oaching").locator("visible=true").count() == 0
        other.context.close()
    entries = filled.service.store.audit.page(kind="coaching note")
    assert [(one.entry.what, one.entry.who, one.entry.subject) for one in entries[:2]] == [("add", "mid", "ann")] * 2
    for note in filled.service.store.coaching.report(*_of_ann(filled)).notes:
        filled.service.store.coaching.remove("ann", note.id, Who(person="mid"))
    for one in (page, own):
        one.context.close()


def _of_ann(console: Console) -> tuple[str, Asked, Program, Who]:
    now = console.service.engine.clock.now()
    return "ann", Asked(since=now - timedelta(days=1), until=now), console.service.engine.program, Who(person="mid")


@pytest.mark.parametrize("person", [pytest.param("eve", id="somebody else"), pytest.param(None, id="nobody's admin")])
def test_coaching_of_somebody_else_is_refused(filled: Console, person: str | None) -> None:
    account = filled.account("admin", person=person)
    page = filled.sign_in(account=account, path="/insights/coaching?employee=ann")
    said = "is for that employee and their managers only" if person else "Your account is not linked to a person yet"
    expect(page.get_by_text(said)).to_be_visible()
    assert "great" not in page.content().lower()
    filled.open(page, "/insights?employee=ann")
    expect(page.get_by_text("is for that employee and their managers only").first).to_be_visible()
    page.context.close()


@pytest.mark.parametrize(
    ("dark", "size"), [pytest.param("light", WIDE, id="light and wide"), pytest.param("dark", PHONE, id="dark phone")]
)
def test_everybody_can_use_the_insights(filled: Console, dark: str, size: dict[str, int]) -> None:
    account = filled.account("viewer", person="mid")
    page = filled.sign_in(account=account, path="/insights", viewport=size, color_scheme=dark)
    views = VIEWS if size is WIDE else ("overview", "drivers")
    for path in (*(f"/insights?view={view}" for view in views), "/insights/coaching"):
        filled.open(page, path)
        counted(page)
        assert grave(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    filled.open(page, "/feedback/default/f3")
    page.get_by_role("button", name="Note for coaching").click()
    expect(page.get_by_role("form", name="Note for coaching")).to_be_visible()
    assert grave(page) == []
    filled.open(page, "/insights/coaching")
    counted(page)
    page.locator(".hf-number").first.click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    expect(page.locator(".q-loading-bar:not([aria-hidden=true])")).to_have_count(0)
    assert grave(page) == []
    page.context.close()
