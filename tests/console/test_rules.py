"""The rules in a real browser: found, read, tried on the past, made live, paused, rolled back."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page, expect

from engine.shelf.publisher import Signature
from tests.console.browsing import PHONE, Console, grave

MINE = """# kept by the team
rule: mine
title: Mine <img src=x onerror="window.hacked=1">
author: ann
status: draft   # for now
when:
  all:
    - emotion: anger
    - nps: {at_most: 6}
then: {severity: high}
examples:
  fires: [{text: furious, nps: 1}, {text: furious again, nps: 2}, {text: "<b>furious</b>", nps: 3}]
  stays_quiet: [{text: hello}, {text: furious, nps: 9}, {text: thanks, nps: 1}]
"""


def publish(console: Console, text: str, seen: int | None = None, slug: str = "mine") -> None:
    console.service.published.work(lambda publisher: publisher.put(slug, text, seen, Signature("bo", "a test")))


def step(page: Page, name: str, why: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill(why)
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_be_hidden()


@pytest.fixture
def mine(own_console: Console) -> Console:
    """A draft of the rule that people here work on, and what customers said."""
    publish(own_console, MINE)
    said = [{"id": f"f{nps}", "text": f"furious <i>{nps}</i>. So.", "scores": {"nps": nps}} for nps in range(10)]
    own_console.post(*said)
    return own_console


def test_a_draft_is_tried_on_the_past_shadowed_made_live_and_rolled_back(mine: Console) -> None:
    page = mine.sign_in("author", path="/rules")
    row = page.get_by_role("listitem").filter(has_text="Mine")
    expect(row).to_contain_text("all 6 pass")
    row.get_by_role("link", name="Mine").click()
    expect(page.get_by_text("the customer is angry in some way", exact=False)).to_be_visible()
    expect(page.get_by_text("<b>furious</b>", exact=True)).to_be_visible()

    page.get_by_role("button", name="Backtest").click()
    expect(page.get_by_text("7 over the last 30 days")).to_be_visible()
    expect(page.get_by_text("70.00%")).to_be_visible()
    expect(page.get_by_role("img", name="7 alerts over the last 30 days, day by day")).to_be_visible()
    expect(page.get_by_role("row", name="operators")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("furious <i>6</i>")

    step(page, "Start in shadow", "let us see")
    expect(page.get_by_text("It held for none", exact=False)).to_be_visible()
    mine.post({"id": "new", "text": "furious <u>today</u>", "scores": {"nps": 0}})
    page.reload()
    expect(page.get_by_text("It would have opened 1 alert", exact=False)).to_be_visible()
    expect(page.get_by_text("furious <u>today</u>")).to_be_visible()

    step(page, "Make live", "it does what it should")
    expect(page.get_by_text("It is live.")).to_be_visible()
    text = mine.service.store.shelf.latest("mine").draft.text
    assert text == MINE.replace("status: draft   # for now", "status: live   # for now")
    (decision,) = mine.post({"id": "hit", "text": "furious", "scores": {"nps": 6}})
    assert "mine" in [one["rule"] for one in decision["alerts"]]

    page.get_by_role("button", name="What changed: version 3").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text="Was: status: shadow")).to_be_visible()
    expect(dialog.get_by_role("row").filter(has_text="Now: It is live.")).to_be_visible()
    assert grave(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    page.get_by_role("button", name="Roll back: version 1").click()
    dialog.get_by_role("button", name="Roll back to version 1").click()
    expect(dialog).to_contain_text("Say why in a few words")
    dialog.get_by_label("Why").fill("too many")
    dialog.get_by_label("Why").press("Enter")
    expect(page.get_by_text("version 4", exact=True)).to_be_visible()
    kept = [(one.draft.status, one.why) for one in mine.service.store.shelf.history("mine")]
    assert kept[0] == ("draft", "too many")
    assert kept[1:3] == [("live", "it does what it should"), ("shadow", "let us see")]
    who = mine.service.store.accounts.all()[0].email
    assert mine.service.store.shelf.latest("mine").who == who
    audited = [one.entry for one in mine.service.store.audit.page(kind="rule", subject="mine")]
    assert [(one.who, one.what) for one in audited] == [(who, "restore"), (who, "publish"), (who, "publish")]
    assert page.evaluate("window.hacked") is None


def test_a_rule_that_lacks_examples_says_what_it_lacks_and_is_not_made_live(own_console: Console) -> None:
    publish(own_console, MINE.replace("{text: furious, nps: 1}, {text: furious again, nps: 2}, ", ""))
    page = own_console.sign_in("admin", path="/rules/mine")
    page.get_by_role("button", name="Make live").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 examples that fire: it has 1")
    expect(dialog.get_by_role("button", name="Make live")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Close")).to_be_visible()


def test_a_retired_rule_leaves_the_list_and_comes_back(mine: Console) -> None:
    page = mine.sign_in("author", path="/rules/mine")
    step(page, "Retire", "nobody needs it")
    expect(page.get_by_text("This rule is retired", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Retire")).to_have_count(0)
    mine.open(page, "/rules")
    expect(page.get_by_role("listitem")).to_have_count(4)
    page.get_by_role("button", name="Retired 1").click()
    page.get_by_role("link", name="Mine").click()
    page.get_by_role("button", name="Roll back: version 1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It is no longer retired.")
    dialog.get_by_label("Why").fill("somebody does")
    dialog.get_by_role("button", name="Roll back to version 1").dblclick()
    expect(page.get_by_role("button", name="Start in shadow")).to_be_visible()
    assert mine.service.store.shelf.latest("mine").number == 3


def test_shared_conditions_are_shown_and_exported_with_the_rules(mine: Console) -> None:
    text = "cross: {emotion: anger}\n"
    publish(mine, text, slug="_define")
    page = mine.sign_in("author", path="/rules/_define")
    expect(page.get_by_text("These conditions are shared", exact=False)).to_be_visible()
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    with page.expect_download() as got:
        page.get_by_role("button", name="Export as YAML").click()
    assert (got.value.suggested_filename, got.value.path().read_text()) == ("_define.yaml", text)
    mine.open(page, "/rules")
    with page.expect_download() as got:
        page.get_by_role("button", name="Export as YAML").click()
    assert MINE.strip() in got.value.path().read_text()


def test_who_was_slower_hears_of_it_and_changes_nothing(mine: Console) -> None:
    page = mine.sign_in("author", path="/rules/mine")
    page.get_by_role("button", name="Start in shadow").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why").fill("mine first")
    publish(mine, MINE.replace("at_most: 6", "at_most: 3"), 1)
    dialog.get_by_role("button", name="Start in shadow").click()
    expect(dialog).to_contain_text("Rule 'mine' is in version 2 now, and not 1; look at it again.")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_text("Version 2 was published by bo: a test").wait_for()
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("nps is 3 or less")).to_be_visible()
    assert mine.service.store.shelf.latest("mine").number == 2


def test_a_backtest_beside_another_is_told_to_wait_and_one_can_be_stopped(mine: Console) -> None:
    release = threading.Event()
    page = mine.sign_in("analyst", path="/rules/mine")
    done = mine.service.replayer._pool.submit(release.wait)
    mine.service.replayer._waiting = 1
    page.get_by_role("button", name="Backtest").click()
    expect(page.get_by_text("Another backtest or diff is running here", exact=False)).to_be_visible()
    mine.service.replayer._waiting = 0
    page.get_by_role("button", name="Backtest").click()
    page.get_by_role("button", name="Stop").click()
    release.set()
    done.result(10)
    expect(page.get_by_role("button", name="Backtest")).to_be_visible()
    expect(page.get_by_text("Alerts a day")).to_have_count(0)


@pytest.mark.parametrize(
    ("role", "unit", "backtests"),
    [
        pytest.param("viewer", None, False, id="a viewer"),
        pytest.param("analyst", None, True, id="an analyst"),
        pytest.param("author", "emea", False, id="an author of one unit"),
    ],
)
def test_who_may_not_change_rules_is_shown_no_way_to(
    console: Console, role: str, unit: str | None, backtests: bool
) -> None:
    page = console.sign_in(role, unit, path="/rules/furious")
    expect(page.get_by_role("heading", name="A furious customer")).to_be_visible()
    expect(page.get_by_role("button", name="Backtest")).to_have_count(int(backtests))
    for name in ("Pause", "Retire", "Roll back"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)


def test_rules_are_found_by_status_and_words_on_a_phone(console: Console) -> None:
    page = console.sign_in("viewer", path="/rules?status=shadow", viewport=PHONE, color_scheme="dark")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name="All 4").click()
    expect(page.get_by_role("listitem")).to_have_count(4)
    page.get_by_label("Find a rule").fill("CUSTOMER furious")
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert page.url.endswith("/rules?words=CUSTOMER+furious")
    page.get_by_label("Find a rule").fill("<script>")
    expect(page.get_by_text("No rule is like that")).to_be_visible()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    console.open(page, "/rules/furious")
    expect(page.get_by_text("This rule comes from rules.yaml.", exact=False)).to_be_visible()
    expect(page.get_by_text("All 6 pass.")).to_be_visible()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    console.open(page, "/rules/nothing")
    expect(page.get_by_text("There is no published rule 'nothing'", exact=False)).to_be_visible()


def test_another_units_customers_are_not_counted_or_shown(own_console: Console) -> None:
    own_console.post(
        {"id": "1", "text": "bad of rome", "scores": {"nps": 1}, "unit": "emea/it"},
        {"id": "2", "text": "bad of leeds. furious", "scores": {"nps": 1}, "unit": "emea/uk"},
    )
    page = own_console.sign_in("agent", "emea/uk", path="/rules/watched")
    expect(page.get_by_text("It would have opened 1 alert", exact=False)).to_be_visible()
    expect(page.get_by_text("bad of leeds")).to_be_visible()
    assert "rome" not in page.content()
    own_console.open(page, "/rules")
    expect(page.get_by_role("listitem").filter(has_text="low-score").locator(".hf-number")).to_have_text("1")
