"""Receivers and routes made in a real browser: from the form to an alert that arrives, and back."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.program import DEFAULT_RECEIVERS
from engine.shelf.setting import SettingKind
from engine.shelf.setup import ROUTES
from tests.console.browsing import PHONE, WIDE, Console, grave, served
from tests.support.hooks import Hook, hook

PATIENCE_S = 20
CRM = (SettingKind.RECEIVER, "crm")
TO_CRM = "to: operators\nroutes:\n  - name: grave\n    when: {severity: high}\n    to: crm\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture(scope="module")
def console(browser: Browser, tmp_path_factory: pytest.TempPathFactory, server: Hook) -> Iterator[Console]:
    """A console whose service knows where the receiver is, and under which secret."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CRM_URL", server.url)
        patched.setenv("CRM_SECRET", "s3cret-of-crm")
        with served(tmp_path_factory.mktemp("settings"), browser) as found:
            found.service.specs = DEFAULT_RECEIVERS
            found.service.published.look()
            yield found


def go_on(page: Page, button: str, why: str) -> None:
    """Give the reason, and confirm."""
    dialog = page.get_by_role("dialog").last
    dialog.get_by_label("Why").fill(why)
    dialog.get_by_role("button", name=button, exact=True).click()


def test_from_the_form_to_an_alert_that_arrives_and_back(console: Console, server: Hook) -> None:
    page = console.sign_in(path="/settings/receivers")
    page.get_by_role("button", name="Add a receiver").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("crm")
    dialog.get_by_label("What it is").select_option("webhook")
    dialog.get_by_label("Where to send").fill("NOT_SET")
    dialog.get_by_label("Secret that signs").fill("CRM_SECRET")
    dialog.get_by_label("May see").select_option("labels")
    dialog.get_by_label("Messages a day").fill("40")
    dialog.get_by_text("More settings").click()
    dialog.get_by_label("inside the own network").check()
    go_on(page, "Publish", "for the managers")
    expect(dialog.get_by_role("alert")).to_contain_text("The environment variable NOT_SET is not set")
    dialog.get_by_label("Where to send").fill("CRM_URL")
    go_on(page, "Publish", "for the managers")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Test crm").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="crm took the message")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.context.close()
    assert "A test of this receiver" in server.got.pop().body
    _route_to_it(console)
    console.post({"id": "r1", "text": "I am furious", "scores": {"nps": 5}}, notify="true")
    deadline = time.monotonic() + PATIENCE_S
    while not server.got:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "A furious customer" in server.got[0].body
    assert "I am furious" not in server.got[0].body
    _take_it_back(console)


def _route_to_it(console: Console) -> None:
    """Write routes with a mistake, mend it, try the draft, publish it."""
    page = console.sign_in(path="/settings/routes")
    page.get_by_role("button", name="Make routes").click()
    text = page.get_by_label("The routes")
    reads = page.get_by_label("How they read")
    text.fill(TO_CRM.replace("to: crm", "to: crn"))
    page.get_by_role("button", name="Check").click()
    expect(reads).to_contain_text("Line 5: unknown recipient 'crn'; did you mean 'crm'?")
    text.fill(TO_CRM)
    page.get_by_role("button", name="Check").click()
    expect(reads).to_contain_text("to crm")
    page.get_by_label("Or an alert of the rule").select_option("furious")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("By the routes as they are changed here")).to_be_visible()
    expect(page.get_by_text("crm by crm: sent at once")).to_be_visible()
    assert console.service.engine.program.routes is None
    page.get_by_role("button", name="Publish", exact=True).click()
    go_on(page, "Publish them", "managers want to know")
    expect(page.get_by_text("This is version 1.")).to_be_visible()
    page.context.close()


def _take_it_back(console: Console) -> None:
    """See that what is in use is not retired, route elsewhere, retire it, and bring it back."""
    page = console.sign_in(path="/settings/receivers")
    page.get_by_role("button", name="Retire crm").click()
    go_on(page, "Retire it", "moved")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("still sent to by route routes > grave")
    dialog.get_by_role("button", name="Cancel").click()
    console.open(page, "/settings/routes")
    page.get_by_role("button", name="Change the routes").click()
    page.get_by_label("The routes").fill("to: operators\n")
    page.get_by_role("button", name="Publish", exact=True).click()
    go_on(page, "Publish them", "not any more")
    expect(page.get_by_text("This is version 2.")).to_be_visible()
    page.get_by_role("button", name="Versions").click()
    page.get_by_text("What changed").click()
    expect(page.get_by_label("The text of version 2")).to_contain_text("-    to: crm")
    page.get_by_role("button", name="Close").click()
    console.open(page, "/settings/receivers")
    page.get_by_role("button", name="Change crm").click()
    expect(page.get_by_label("Where to send")).to_have_value("CRM_URL")
    page.get_by_label("Messages a day").fill("50")
    go_on(page, "Publish", "more of them")
    expect(page.get_by_role("row").filter(has_text="50 a day")).to_be_visible()
    page.get_by_role("button", name="Retire crm").click()
    go_on(page, "Retire it", "moved")
    left = page.get_by_role("table", name="Not in force")
    expect(left).to_contain_text("Retired: moved")
    left.get_by_role("button", name="Versions crm").click()
    page.get_by_role("button", name="Go back to version 1").click()
    go_on(page, "Publish it again", "back")
    expect(page.get_by_role("button", name="Retire crm")).to_be_visible()
    expect(left).to_have_count(0)
    rows = console.service.store.shelf.settings
    assert [(one.number, one.draft.retired, one.why) for one in rows.history(CRM)] == [
        (4, False, "back"),
        (3, True, "moved"),
        (2, False, "more of them"),
        (1, False, "for the managers"),
    ]
    assert len(rows.history(ROUTES)) == 2
    page.context.close()


@pytest.mark.parametrize(("colours", "size"), [("light", WIDE), ("dark", PHONE)], ids=["wide", "dark phone"])
def test_everybody_can_use_the_forms(console: Console, colours: str, size: dict[str, int]) -> None:
    page = console.sign_in(path="/settings/receivers", viewport=size, color_scheme=colours)
    page.get_by_role("button", name="Add a receiver").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("More settings").click()
    found = {"form": grave(page)}
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    console.open(page, "/settings/routes")
    page.get_by_role("button", name="routes").last.click()
    page.get_by_label("The routes").fill("to: [")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("How they read")).to_contain_text("Line 2")
    found["routes"] = grave(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert {name: problems for name, problems in found.items() if problems} == {}
    page.context.close()


def test_who_may_not_change_them_sees_no_way_to(console: Console) -> None:
    page = console.sign_in("admin", "emea", path="/settings/receivers")
    expect(page.get_by_role("row").filter(has_text="operators")).to_be_visible()
    assert page.get_by_role("button", name="Add a receiver").count() == 0
    console.open(page, "/settings/routes")
    expect(page.get_by_role("button", name="Try it")).to_be_visible()
    assert page.get_by_role("button", name="routes").count() == 0
    page.context.close()
