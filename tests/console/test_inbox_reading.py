"""Reading the inbox: filters, search, and that nothing moves under the reader's finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from api.console.inbox import inbox
from engine.alerts.changes import Action, By, Change
from tests.console.browsing import PHONE, WIDE, Console, grave


def post(console: Console, unit: str, *texts: str, nps: int = 5) -> None:
    count = len(console.service.store.accounts.all()) * 1_000 + hash((unit, texts)) % 1_000
    records = [
        {"id": f"{unit}-{count}-{n}", "text": text, "customer": f"c{n}", "unit": unit, "scores": {"nps": nps}}
        for n, text in enumerate(texts)
    ]
    console.post(*records)


def titles(page: Page) -> list[str]:
    return page.get_by_role("listitem").get_by_role("link").all_inner_texts()


def test_new_alerts_wait_while_somebody_reads_and_the_focus_stays(console: Console) -> None:
    post(console, "hold", "I am furious.", "I am furious.")
    page = console.sign_in("agent", "hold")
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.get_by_role("listitem").nth(1)
    expect(second.get_by_role("link")).to_be_focused()
    before = second.bounding_box()
    post(console, "hold", "I am leaving.", "I am leaving now.")
    news = page.get_by_role("button", name="2 new alerts")
    expect(news).to_be_visible(timeout=1_500)
    assert second.bounding_box() == before, "nothing moves"
    assert titles(page) == ["A furious customer"] * 2
    expect(second.get_by_role("link")).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("listitem")).to_have_count(4)
    expect(news).to_be_hidden()
    assert titles(page) == ["leaving"] * 2 + ["A furious customer"] * 2
    expect(page.get_by_role("listitem").nth(3).get_by_role("link")).to_be_focused()


def test_what_somebody_else_closed_stays_until_the_reader_looks_away(console: Console) -> None:
    post(console, "left", "I am furious.", "I am furious.")
    page = console.sign_in("agent", "left")
    page.keyboard.press("j")
    first = page.get_by_role("listitem").first
    store, now = console.service.store, console.service.engine.clock.now()
    alert = store.alerts.one(str(first.get_attribute("data-alert")))[0]
    store.changes.apply(Change(Action.RESOLVE), {alert.id: alert.version}, By("bob"), now)
    expect(first).to_contain_text("Resolved")
    expect(first.get_by_role("link")).to_be_focused()
    expect(page.get_by_role("listitem")).to_have_count(2)
    page.get_by_role("searchbox").focus()
    expect(page.get_by_role("listitem")).to_have_count(1)


def test_a_long_queue_goes_on_page_by_page(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST", inbox.AT_ONCE)
    post(console, "long", *["I am leaving."] * 40)
    page = console.sign_in("viewer", "long")
    expect(page.get_by_role("listitem")).to_have_count(30)
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="Back to the first").click()
    expect(page.get_by_role("listitem")).to_have_count(30)


def test_filters_stand_in_the_address_and_come_back_with_it(console: Console) -> None:
    post(
        console,
        "seen",
        "I am furious.",
        "I am leaving. The invoice is wrong.",
        "I am furious about the invoice.",
        nps=1,
    )
    page = console.sign_in("agent", "seen", path="/?severity=critical,huge")
    expect(page.get_by_text("The address asks for what is not known: severity huge.")).to_be_visible()
    assert titles(page) == ["leaving"]
    page.get_by_role("button", name="Remove the filter Critical").click()
    expect(page.get_by_role("listitem")).to_have_count(6)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("group", name="Filter").get_by_label("High").check()
    expect(page.get_by_role("listitem")).to_have_count(2)
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("INVOICE 'furious'".replace("'", ""))
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_role("button", name="Remove the filter Search: INVOICE furious")).to_be_visible()
    assert page.url.endswith("/?severity=high&search=INVOICE+furious")
    page.reload()
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name="Signals").click()
    expect(page.get_by_text("Nothing in Signals fits the filter")).to_be_visible()
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("No pattern stands out")).to_be_visible()
    assert page.url.endswith("/?queue=signals")


def test_a_row_is_read_beside_the_queue_and_opened_by_enter(console: Console) -> None:
    text = "The menu <b>hides</b>. " * 30 + "I am furious."
    post(console, "beside", text)
    page = console.sign_in("viewer", "beside", path="/?unit=beside")
    beside = page.get_by_role("complementary")
    expect(beside).to_contain_text("emotion anger")
    expect(beside.locator("mark").last).to_contain_text("I am furious")
    assert beside.locator("b").count() == 0
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/alerts/al_[0-9a-f]+\?queue=unit%3Dbeside$"))


@pytest.mark.parametrize("viewport", [pytest.param(WIDE, id="wide"), pytest.param(PHONE, id="phone")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(console: Console, viewport: dict[str, int], scheme: str) -> None:
    unit = f"{scheme}{viewport['width']}"
    post(console, unit, "I am furious. " * 40, "maybe leaving", nps=1)
    page = console.sign_in("agent", unit, viewport=viewport, color_scheme=scheme)
    page.get_by_role("listitem").first.get_by_role("checkbox").check()
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_role("group", name="Filter").get_by_label("Rule")).to_be_visible()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert page.get_by_role("button", name="Acknowledge").first.is_visible()
    page.context.close()
