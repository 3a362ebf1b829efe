"""What is done from the inbox: by one or by two at once, with one alert or with many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.alert_body import Asked
from api.alert_changing import change_alerts, change_each
from api.auth import Caller
from engine.alerts.alert import Alert
from engine.errors import ForbiddenError, StaleError
from engine.people import Person
from engine.scope import EVERYTHING, Role
from engine.store.alert_filter import AlertFilter
from tests.console.browsing import PHONE, Console, grave, served
from tests.support.people import employ


@pytest.fixture(scope="module")
def shop(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console of a program that declares what can be said of a case; ann is in teams care and phone."""
    folder = tmp_path_factory.mktemp("shop")
    with served(folder, browser, remedies=("voucher", "refund"), root_causes=("till",)) as found:
        employ(found.service.store)
        yield found


def stocked(shop: Console, unit: str, count: int = 3) -> None:
    """Let so many customers of a unit leave: c0 first, where they are few."""
    records = [{"id": f"{unit}-{n}", "text": "I am leaving.", "customer": f"c{n}", "unit": unit} for n in range(count)]
    for some in [records] if count > 3 else [[one] for one in records]:
        shop.post(*some)


def alerts(shop: Console, unit: str) -> list[Alert]:
    return sorted(shop.service.store.alerts.page(AlertFilter(unit=unit)).alerts, key=lambda one: one.customer or "")


def row(page: Page, customer: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_text(customer, exact=True))


def change(shop: Console, alert: Alert, **record: Any) -> None:
    caller = Caller("bob", Role.AGENT, EVERYTHING)
    change_alerts(shop.service, caller, Asked({alert.id: alert.version}, record))


def test_nobody_is_offered_who_would_be_refused(shop: Console) -> None:
    people, now = shop.service.store.people, shop.service.engine.clock.now()
    people.put(Person("near", "Nea", units=("offered",)), now)
    people.put(Person("far", "Fay", units=("elsewhere",)), now)
    stocked(shop, "offered", 1)
    page = shop.sign_in("admin", path="/?unit=offered")
    page.keyboard.press("j")
    page.keyboard.press("e")
    choice = page.get_by_role("dialog", name="Assign the alert").get_by_label("To")
    expect(choice).to_contain_text("Nea (near)")
    expect(choice).not_to_contain_text("Fay")
    choice.select_option("near")
    page.get_by_role("dialog").get_by_role("button", name="Assign").click()
    expect(row(page, "c0")).to_contain_text("Nea has it")


def test_an_agent_works_the_queue_by_keyboard(shop: Console) -> None:
    stocked(shop, "keys")
    page = shop.sign_in(account=shop.account("agent", "keys", person="ann"))
    page.keyboard.press("j")
    expect(row(page, "c0").get_by_role("link")).to_be_focused()
    page.keyboard.press("a")
    expect(row(page, "c0")).to_contain_text("acknowledged", timeout=1_000)
    expect(row(page, "c0").get_by_role("link")).to_be_focused()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Assign the alert")
    expect(dialog.get_by_label("To")).to_be_focused()
    expect(dialog.get_by_label("To")).to_have_value("ann")
    assert grave(page) == []
    dialog.get_by_role("button", name="Assign").click()
    expect(row(page, "c0")).to_contain_text("Ann has it")
    expect(page.get_by_role("link", name="Mine")).to_contain_text("1")
    expect(row(page, "c0").get_by_role("link")).to_be_focused()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Verdict").select_option("right")
    dialog.get_by_role("button", name="Give a verdict on").click()
    expect(row(page, "c0")).to_contain_text("judged right")
    page.keyboard.press("r")
    dialog = page.get_by_role("dialog", name="Resolve the alert")
    dialog.get_by_label("Root cause").select_option("till")
    dialog.get_by_label("Remedy").select_option("refund")
    dialog.get_by_role("button", name="Resolve").click()
    expect(row(page, "c0")).to_have_count(0)
    expect(row(page, "c1").get_by_role("link")).to_be_focused()
    done = alerts(shop, "keys")[0]
    assert (done.holder, done.team, done.verdict) == ("ann", "care", "right")
    assert (done.state, done.root_cause, done.remedy) == ("resolved", "till", "refund")
    page.get_by_role("link", name="Closed").click()
    expect(row(page, "c0")).to_contain_text("Resolved")


def test_what_cannot_be_done_with_some_is_done_with_the_others_and_said(shop: Console) -> None:
    stocked(shop, "bulk", 34)
    first = alerts(shop, "bulk")[0]
    change(shop, first, action="acknowledge")
    page = shop.sign_in("agent", "bulk")
    row(page, "c1").get_by_role("checkbox").check()
    page.get_by_role("button", name="Select all in this queue").click()
    expect(page.get_by_text("34 selected")).to_be_visible()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(30)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Acknowledged: 33 of 34 alerts")
    expect(dialog.get_by_role("listitem")).to_have_text("leaving, c0: The alert is acknowledged already.")
    assert grave(page) == []
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("1 selected")).to_be_visible()
    assert {one.state for one in alerts(shop, "bulk")} == {"acknowledged"}
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 selected")).to_be_hidden()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_two_people_change_the_same_alert_and_the_second_is_told(shop: Console) -> None:
    stocked(shop, "two", 1)
    page = shop.sign_in("agent", "two")
    page.keyboard.press("j")
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog", name="Dismiss the alert")
    dialog.get_by_label("Why is nothing to be done?").fill("a test")
    (alert,) = alerts(shop, "two")
    change(shop, alert, action="assign", to="bob", note="mine")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("Somebody else changed it meanwhile.")).to_be_visible()
    expect(row(page, "c0")).to_contain_text("Bob has it")
    assert alerts(shop, "two")[0].state == "open"
    expect(dialog.get_by_label("Why is nothing to be done?")).to_have_value("a test")
    dialog.get_by_role("button", name="Dismiss").click()
    expect(dialog).to_have_count(0)
    assert alerts(shop, "two")[0].state == "dismissed"


def test_a_dismissal_without_a_reason_is_refused_and_nothing_typed_is_lost(shop: Console) -> None:
    stocked(shop, "why", 1)
    page = shop.sign_in("agent", "why", viewport=PHONE)
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog").get_by_label("Note").fill("called")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("d")
    page.get_by_role("dialog").get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("Say why it is dismissed")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert alerts(shop, "why")[0].state == "open"


def test_who_may_only_look_has_no_way_to_change_anything(shop: Console) -> None:
    stocked(shop, "look", 1)
    page = shop.sign_in("viewer", "look")
    page.keyboard.press("j")
    expect(page.get_by_role("complementary")).to_contain_text("Why it fired")
    page.keyboard.press("a")
    tell = "document.querySelector('[data-inbox]').dispatchEvent(new CustomEvent('inbox', {detail: %s}))"
    page.evaluate(tell % "{kind: 'act', act: 'acknowledge', id: document.querySelector('[data-alert]').dataset.alert}")
    page.evaluate(tell % "{kind: 'act', act: ['x'], id: {}}")
    page.evaluate(tell % "null")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert page.get_by_role("listitem").get_by_role("checkbox").count() == 0
    assert page.locator("[data-act]:visible").count() == 0
    assert alerts(shop, "look")[0].version == 1


def test_as_many_as_can_be_are_changed(shop: Console) -> None:
    stocked(shop, "each", 4)
    first, second, *others = alerts(shop, "each")
    change(shop, first, action="acknowledge")
    agent = Caller("ann", Role.AGENT, EVERYTHING)
    seen = {one.id: one.version for one in (first, second, *others)} | {"al_none": 1}
    each = change_each(shop.service, agent, Asked(seen, {"action": "acknowledge"}))
    assert {one.id for one in each.done} == {one.id for one in (second, *others)}
    assert {name: type(problem).__name__ for name, problem in each.refused.items()} == {
        first.id: "StaleError",
        "al_none": "NotFoundError",
    }
    alone = change_each(shop.service, agent, Asked({first.id: 1}, {"action": "start"}))
    assert not alone.done
    assert isinstance(alone.refused[first.id], StaleError)
    with pytest.raises(ForbiddenError):
        change_each(shop.service, Caller("v", Role.VIEWER, EVERYTHING), Asked({first.id: 2}, {"action": "start"}))
