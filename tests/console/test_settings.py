"""The settings in a real browser: what people do there, and what they may not."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.alerts.silence import admit_silence
from engine.delivery.receivers import receivers_of
from engine.delivery.spec import ReceiverSpec, Sees
from engine.people import Person
from engine.privacy.retention import Erasing, RetentionRule
from engine.scope import Role
from engine.store.audit import Entry
from tests.console.browsing import PHONE, WIDE, Console, grave, served

SECTIONS = (
    *("receivers", "routes", "silences", "outbox", "calendars", "accounts", "people", "keys"),
    *("privacy", "private-views", "languages", "health", "audit"),
)
HOSTILE = "<img src=x onerror='window.hacked=1'>"


RECEIVERS = {name: ReceiverSpec(name, "log", sees=Sees.EVERYTHING) for name in ("operators", "crm")}


@pytest.fixture(scope="module")
def console(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console of a program with two receivers and a rule of retention."""
    retention = (RetentionRule(timedelta(days=90), Erasing.DELETE),)
    with served(tmp_path_factory.mktemp("settings"), browser, receivers=RECEIVERS, retention=retention) as found:
        found.service.specs = RECEIVERS
        found.service.senders = receivers_of(RECEIVERS, list, io.StringIO())
        yield found


def opened(console: Console, slug: str, role: str = "admin", unit: str | None = None) -> Page:
    return console.sign_in(role, unit, path=f"/settings/{slug}")


def said(console: Console, kind: str) -> list[tuple[str, str]]:
    return [(one.entry.what, one.entry.subject) for one in console.service.store.audit.page(kind=kind)]


def test_a_key_is_made_shown_once_and_revoked(console: Console) -> None:
    page = opened(console, "keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("What it is for").fill("survey tool")
    page.get_by_label("May see personal data").check()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("Only who may see personal data can let others see it")
    page.get_by_label("May see personal data").uncheck()
    page.get_by_label("Unit").fill("emea/uk")
    page.get_by_role("button", name="Make it").click()
    shown = page.locator(".st-secret")
    expect(shown).to_have_text(re.compile("^hk_"))
    key = console.service.store.keys.find(shown.inner_text())
    assert key is not None
    assert (key.name, key.role, key.unit, key.see_private) == ("survey tool", Role.INGEST, "emea/uk", False)
    page.get_by_role("button", name="Close").click()
    expect(shown).to_have_count(0)
    page.get_by_role("button", name="Revoke the key survey tool").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is not the same")
    page.get_by_label("To confirm, type: survey tool").fill("survey tool")
    page.get_by_role("button", name="Revoke it").click()
    expect(page.get_by_role("button", name="Revoke the key survey tool")).to_have_count(0)
    assert {one.name for one in console.service.store.keys.all() if one.revoked_at} == {"survey tool"}
    assert said(console, "key") == [("revoke", "survey tool"), ("create", "survey tool")]
    page.context.close()


def test_somebody_is_added_changed_by_two_at_once_and_disabled(console: Console) -> None:
    page = opened(console, "accounts")
    page.get_by_role("button", name="Add somebody").click()
    page.get_by_label("Name", exact=True).fill(f"Bea {HOSTILE}")
    page.get_by_label("E-mail").fill("bea@example.com")
    page.get_by_label("Unit").fill("emea/uk")
    page.get_by_role("button", name="Add", exact=True).click()
    link = page.locator(".st-secret").inner_text()
    assert link.startswith(f"{console.base}/sign-in/link/")
    page.get_by_role("button", name="Close").click()
    account = console.service.store.accounts.by_email("bea@example.com")[0]
    assert (account.role, account.unit) == (Role.AGENT, "emea/uk")
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    theirs = console.page()
    theirs.goto(link)
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Inbox")
    # Somebody else changes the account while the form is open.
    page.get_by_role("button", name="Change Bea").click()
    expect(page.get_by_label("Unit")).to_have_value("emea/uk")
    console.service.store.accounts.change(account.id, {"unit": "emea/fr"})
    page.get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else was faster")
    assert console.service.store.accounts.one(account.id).role is Role.AGENT
    page.get_by_role("button", name="Cancel").click()
    page.reload()
    page.wait_for_function("window.did_handshake === true")
    page.get_by_role("button", name="Disable Bea").click()
    page.get_by_role("button", name="Disable", exact=True).click()
    expect(page.get_by_role("button", name="Disable Bea")).to_have_count(0)
    assert console.service.store.accounts.one(account.id).disabled_at is not None
    assert [what for what, _ in said(console, "account")][:3] == ["disable", "link", "add"]
    theirs.wait_for_url("**/sign-in", timeout=8_000)
    theirs.context.close()
    page.context.close()


def test_nobody_signs_in_as_somebody_who_sees_more(console: Console) -> None:
    now = console.service.engine.clock.now()
    console.service.store.accounts.add("Dan", "dan@example.com", Role.ADMIN, now, see_private=True)
    page = opened(console, "accounts")
    page.get_by_role("button", name="Make a sign-in link for Dan").click()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("Only who may see personal data")
    assert page.locator(".st-secret").count() == 0
    page.get_by_role("button", name="Cancel").click()
    eve = console.service.store.accounts.add("Eve", "eve@example.com", Role.AGENT, now)
    console.open(page, "/settings/accounts")
    page.get_by_role("button", name="Make a sign-in link for Eve").click()
    console.service.store.accounts.change(eve.id, {"see_private": True})
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("alert")).to_contain_text("Only who may see personal data")
    assert page.locator(".st-secret").count() == 0, "what counts is the account as it is when the link is made"
    page.context.close()


def test_messages_are_silenced_after_a_look_at_what_that_means(console: Console) -> None:
    text = f"I am furious {HOSTILE}"
    console.post({"id": "s1", "text": text, "scores": {"nps": 5}, "unit": "emea/fr"})
    page = opened(console, "silences", "agent", "emea")
    page.get_by_role("button", name="Silence something").click()
    page.get_by_label("Rule").select_option("furious")
    page.get_by_label("Unit").fill("emea/fr")
    page.get_by_role("button", name="What would it keep quiet?").click()
    expect(page.get_by_text(re.compile("would have held back 1"))).to_be_visible()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("alert")).to_contain_text("Reason is missing")
    page.get_by_label("Why").fill(HOSTILE)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="the rule is furious")
    expect(row).to_contain_text("Quiet now")
    expect(row).to_contain_text(HOSTILE)
    assert page.evaluate("window.hacked") is None
    row.get_by_role("button", name="End it").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_text("Nothing is silenced")).to_be_visible()
    assert [what for what, _ in said(console, "silence")] == ["end", "add"]
    page.context.close()


def test_a_silence_that_somebody_else_ended_is_said_so(console: Console) -> None:
    service = console.service
    now = service.engine.clock.now()
    record = {"matching": {"unit": "apac"}, "reason": "a test", "ends": "4h"}
    silence = admit_silence(record, "ann", now, service.engine.program, service.rules.taxonomy)
    service.store.silences.add(silence)
    page = opened(console, "silences", "agent", "apac")
    page.get_by_role("button", name="End it").click()
    service.store.silences.end(silence.id, "ben", now + timedelta(milliseconds=1))
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_role("alert")).to_contain_text("ended at")
    page.context.close()


def test_a_receiver_is_tested_paused_and_started(console: Console) -> None:
    page = opened(console, "receivers")
    row = page.get_by_role("row").filter(has_text="operators")
    expect(row.get_by_role("button", name="Pause")).to_have_count(0)
    row.get_by_role("button", name="Test operators").click()
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", name="operators took the message")).to_be_visible()
    expect(page.get_by_label("The message", exact=True)).to_contain_text("A test of this receiver")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Pause crm").click()
    page.get_by_role("button", name="Pause it").click()
    expect(page.get_by_role("alert")).to_contain_text("Why is a line of 1 to 500 characters")
    page.get_by_label("Why").fill("it moves")
    page.get_by_role("button", name="Pause it").click()
    crm = page.get_by_role("row").filter(has_text="crm")
    expect(crm).to_contain_text("it moves")
    assert console.service.store.receivers.all()["crm"].is_paused
    crm.get_by_role("button", name="Start crm").click()
    page.get_by_role("button", name="Start it").click()
    expect(crm).to_contain_text("Works")
    assert [what for what, _ in said(console, "receiver")] == ["start", "pause", "test"]
    page.context.close()


def test_where_a_feedback_would_go_is_told_without_storing_it(console: Console) -> None:
    page = opened(console, "routes", "author")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("alert")).to_contain_text("Write what the customer says")
    page.get_by_label("What the customer says").fill("I am furious")
    page.get_by_label("nps").fill("1")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("operators by operators: sent at once").first).to_be_visible()
    expect(page.locator(".hf-card").filter(has_text="A furious customer")).to_be_visible()
    expect(page.get_by_label("nps")).to_have_value("1")
    page.context.close()


def test_a_customer_is_forgotten_after_their_name_is_typed(console: Console) -> None:
    console.post({"id": "e1", "text": "I am furious.", "scores": {"nps": 5}, "customer": "forget-me-1"})
    page = opened(console, "privacy")
    page.get_by_role("textbox", name="Customer").fill("forget-me-1")
    page.get_by_label("How", exact=True).select_option("delete")
    page.get_by_role("button", name="See what would go").click()
    expect(page.get_by_text("There are 1 feedback and 1 alerts of this customer, 1 of them open.")).to_be_visible()
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("What you typed is not the same")
    page.get_by_label("To confirm, type: forget-me-1").fill("forget-me-1")
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="A customer")).to_be_visible()
    (erasure,) = console.service.store.erasures.page()
    assert said(console, "customer") == [("erase", erasure.subject)]
    assert "forget-me-1" not in page.get_by_role("table", name="Receipts").inner_text()
    page.context.close()


@pytest.mark.parametrize(
    ("role", "unit", "sees"),
    [
        pytest.param("admin", None, 13, id="an admin of all units"),
        pytest.param("admin", "emea", 7, id="an admin of one"),
        pytest.param("author", None, 5, id="an author"),
        pytest.param("viewer", "emea", 4, id="a viewer"),
    ],
)
def test_a_role_sees_and_reaches_only_its_sections(console: Console, role: str, unit: str | None, sees: int) -> None:
    page = console.sign_in(role, unit, path="/settings")
    shown = {one.get_attribute("href") for one in page.locator(".st-cards a").all()}
    assert len(shown) == sees
    answers = {slug: page.request.get(f"/settings/{slug}").status for slug in SECTIONS}
    assert {f"/settings/{slug}" for slug, status in answers.items() if status == 200} == shown
    assert {status for slug, status in answers.items() if f"/settings/{slug}" not in shown} <= {403}
    page.context.close()


def test_people_of_other_units_are_not_shown(console: Console) -> None:
    now = console.service.engine.clock.now()
    for name, unit in (("Ute", "emea/de"), ("Kim", "apac/kr")):
        console.service.store.people.put(Person(name.lower(), name, units=(unit,)), now)
    page = opened(console, "people", "viewer", "emea")
    expect(page.get_by_text("Ute", exact=True)).to_be_visible()
    assert "Kim" not in page.content()
    assert page.get_by_role("button", name="Change").count() == 0
    page.context.close()


def test_a_person_is_entered_changed_and_removed(console: Console) -> None:
    page = opened(console, "people")
    page.get_by_role("button", name="Enter somebody").click()
    page.get_by_label("Id").fill("zoe")
    page.get_by_label("Name", exact=True).fill("Zoe")
    page.get_by_label("Units").fill("emea/it, emea/es")
    page.get_by_label("Reached by").fill("nowhere: zoe@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    page.get_by_label("Reached by").fill("operators: zoe@example.com")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="Zoe")).to_contain_text("emea/it, emea/es")
    assert "zoe@example.com" not in page.get_by_role("table").inner_text()
    page.get_by_role("button", name="Remove Zoe").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("Zoe is removed")).to_be_visible()
    assert said(console, "person") == [("remove", "zoe"), ("change", "zoe")]
    page.context.close()


def test_the_log_is_filtered_and_saved_for_a_spreadsheet(console: Console) -> None:
    store, now = console.service.store, console.service.engine.clock.now()
    with store.audit.of(Entry("=cmd|' /C calc'!A0", "change", "odd", "a thing"), now):
        pass
    page = opened(console, "audit")
    page.get_by_label("Kind").select_option("odd")
    expect(page.get_by_role("row")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2
    assert "'=cmd" in lines[1]
    (kept,) = store.audit.page(kind="audit")
    assert (kept.entry.what, dict(kept.entry.data)) == ("export", {"form": "csv", "kind": ["odd"]})
    page.context.close()


@pytest.mark.parametrize(
    ("colours", "size", "examined"),
    [
        pytest.param("light", WIDE, ("", *SECTIONS), id="light and wide"),
        pytest.param("dark", PHONE, ("", "accounts", "privacy"), id="dark phone"),
    ],
)
def test_everybody_can_use_every_section(
    console: Console, colours: str, size: dict[str, int], examined: tuple[str, ...]
) -> None:
    page = console.sign_in(path="/settings", viewport=size, color_scheme=colours)
    found = {}
    for slug in ("", *SECTIONS):
        page.goto(f"/settings/{slug}".rstrip("/"))
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[slug] = [f"{wide} pixels wide"] if wide > size["width"] else []
        found[slug] += grave(page) if slug in examined else []
    console.open(page, "/settings/keys")
    page.get_by_role("button", name="Make a key").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["dialog"] = grave(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert {slug: problems for slug, problems in found.items() if problems} == {}
    page.context.close()
