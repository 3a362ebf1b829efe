"""The editor of rules in a real browser: a rule from nothing, form and text side by side, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.errors import StaleError
from engine.program import DEFAULT_RECEIVERS, AttributeSpec, ReceiverSpec
from engine.rules.rewriting import values_of
from engine.shelf.publisher import Signature
from tests.console.browsing import PHONE, WIDE, Console, grave, served

PROGRAM: dict[str, Any] = {
    "attributes": {
        "customer_tier": AttributeSpec("customer_tier", "one_of", ("staff", "gold")),
        "spent": AttributeSpec("spent", "number"),
        "member": AttributeSpec("member", "flag"),
    },
    "receivers": {**DEFAULT_RECEIVERS, "digital-operations": ReceiverSpec("digital-operations", "log")},
}
# The path of a first rule: what fires, and what looks like it and does not.
FIRES = ["Bad menu. I am furious", "Furious: the menu is bad", "So bad, this menu, I am furious"]
QUIET = [("The menu is bad", 2), ("I am furious, bad driver", 1), ("Bad menu. I am furious", 9)]
SMALL = "rule: {name}\ntitle: Leaving # why\nstatus: draft\nwhen:\n  all:\n    # they go\n    - intent: churn\n"
EVERYTHING = """\
rule: everything
title: Everything
status: draft
when:
  all:
    - emotion: {is: [anger/anger, joy], at_least: 0.8, within_first: {sentences: 3}}
    - topic: digital
    - sentiment: {is: [negative, mixed], speaker: anyone}
    - nps: {between: [0, 6]}
    - csat: {missing: true}
    - rating: 3
    - spent: {at_least: 100}
    - member: true
    - attribute.other: [a, b]
    - unit: emea/uk
    - language: en
    - says: [refund, "money back"]
    - says: {all: [cancel, contract], near: {words: 5}}
    - says: {about: the app is slow, at_least: 0.6}
    - says: {all: [[a, b], c]}
    - question: "How *"
    - together: {sentences: 2, all: [{emotion: anger}, {topic: billing}]}
    - same_sentence: [{intent: complaint}, {says: menu}]
    - any: [{channel: email}, {source: web, customer_tier: gold}]
    - count: {at_least: 3, within: 24h, per: [customer, unit]}
  none:
    - customer_tier: staff
then: {severity: high, send_to: digital-operations, cooldown: {per: customer, for: 7d}}
examples:
  fires: [{text: Furious, nps: 1, member: true}, {parts: [{text: Furious}]}]
  stays_quiet: [{text: "<img src=x onerror='window.hacked=1'>"}]
"""


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console of a program with attributes and a second receiver."""
    with served(tmp_path_factory.mktemp("editor"), browser, **PROGRAM) as found:
        yield found


def _publish(desk: Console, text: str, seen: int | None = None, who: str = "Bob") -> str:
    slug = text.split("\n")[0].removeprefix("rule: ")
    by = Signature(who, "a test")
    desk.service.published.work(lambda publisher: publisher.put(slug, text, seen, by))
    return slug


def _open(desk: Console, path: str, **options: Any) -> Page:
    page = desk.sign_in("author", path=path, **options)
    page.wait_for_function("document.documentElement.dataset.editor === 'ready'")
    return page


def _write(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


# What the editor of the text holds: it draws only the lines that are seen.
TEXT = "getElement(document.querySelector('.nicegui-codemirror').id.slice(1)).editor.state.doc.toString()"


def _text(page: Page) -> str:
    found: str = page.evaluate(TEXT)
    return found


def _save(page: Page, why: str = "") -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("What changed, and why").fill(why)
    page.get_by_role("button", name="Save this version").click()


def _add(page: Page, kind: str, group: str = "All of these hold") -> None:
    box = page.get_by_role("group", name=group, exact=True)
    box.get_by_label("Condition to add").last.select_option(kind)
    before = page.locator(".hf-condition").count()
    box.get_by_role("button", name="Add this condition").last.click()
    expect(page.locator(".hf-condition")).to_have_count(before + 1)


def _pick(page: Page, task: str, label: str, search: str, found: int = 1) -> None:
    page.get_by_role("button", name=f"Choose {task}s").click()
    page.get_by_label(f"Search {task}s").fill(search)
    listed = page.get_by_role("group", name=f"{task.capitalize()}s", exact=True)
    expect(listed.get_by_role("checkbox")).to_have_count(found)
    listed.get_by_label(label, exact=True).check()
    page.get_by_role("button", name=f"Choose {task}s").click()


def test_somebody_who_never_saw_yaml_makes_a_rule_that_fires(desk: Console) -> None:
    page = _open(desk, "/rules/new")
    page.get_by_label("What it is for").fill("Angry digital complaint")
    _add(page, "emotion")
    _pick(page, "emotion", "anger (all below)", "ange", 3)
    page.get_by_label("The model is", exact=True).select_option("at_least")
    _add(page, "intent")
    _pick(page, "intent", "complaint", "compl")
    _add(page, "topic")
    _pick(page, "topic", "digital/ease-of-use", "ease use")
    _add(page, "nps")
    page.get_by_role("button", name="Add an exception").click()
    _add(page, "customer_tier", "None of these holds")
    page.get_by_label("How grave").select_option("high")
    page.get_by_label("Who gets the messages").select_option("digital-operations")
    page.get_by_label("Try to reach the customer within").fill("24h")
    page.get_by_label("Stay quiet after an alert for").fill("7d")
    page.get_by_label("about", exact=True).select_option("customer")
    for kind, examples in (("fires", [(one, 2) for one in FIRES]), ("stays quiet", QUIET)):
        box = page.get_by_role("region", name="Should fire" if kind == "fires" else "Should stay quiet")
        for at, (text, nps) in enumerate(examples):
            box.get_by_role("button", name="Add an example").click()
            box.get_by_role("textbox", name=f"Example {at + 1}").fill(text)
            box.get_by_label("NPS").last.fill(str(nps))
        expect(box.get_by_text(f"✓ It {kind}")).to_have_count(3)
    expect(page.get_by_text("All 6 examples pass")).to_be_visible()
    page.get_by_label("Status").select_option("live")
    said = page.get_by_role("region", name="The rule in plain English")
    expect(said).to_contain_text("Alerts digital-operations with high severity when all of these hold:")
    expect(said).to_contain_text("Unless customer tier is staff.")
    page.get_by_label("A customer's words").fill("I am furious, the menu is bad")
    expect(page.get_by_text("It stays quiet", exact=True)).to_be_visible()
    page.locator(".hf-side").get_by_label("NPS").fill("3")
    expect(page.get_by_text("It would fire", exact=True)).to_be_visible()
    _save(page, "complaints about the app")
    expect(page.get_by_text("Saved as version 1.")).to_be_visible()
    expect(page).to_have_url(re.compile("/rules/angry-digital-complaint/edit$"))
    version = desk.service.store.shelf.latest("angry-digital-complaint")
    assert (version.draft.status, version.why) == ("live", "complaints about the app")
    (decision,) = desk.post({"id": "d1", "text": "Bad menu. I am furious", "scores": {"nps": 1}, "customer": "c"})
    assert "angry-digital-complaint" in [one["rule"] for one in decision["alerts"]]
    page.close(run_before_unload=False)


def test_form_and_text_follow_each_other_and_keep_what_the_author_wrote(desk: Console) -> None:
    slug = _publish(desk, SMALL.format(name="follows"))
    page = _open(desk, f"/rules/{slug}/edit")
    title = page.get_by_label("What it is for")
    title.fill("Gone soon")
    _add(page, "nps")
    page.get_by_label("number").fill("4")
    wanted = SMALL.format(name="follows").replace("Leaving", "Gone soon") + "    - nps: {at_most: 4}\n"
    page.wait_for_function(f"wanted => {TEXT} === wanted", arg=wanted)
    _write(page, wanted.replace("Gone soon", "By hand").replace("churn", "churns"))
    expect(title).to_have_value("By hand")
    expect(page.get_by_role("list", name="What is to be mended")).to_contain_text("did you mean 'churn'?")
    expect(page.locator(".cm-line.hf-line-error")).to_have_text("    - intent: churns")
    _write(page, wanted + "when: [")
    expect(page.get_by_text("The form waits until it is mended.")).to_be_visible()
    assert page.locator(".hf-form [inert]").count() == 1
    _write(page, wanted)
    expect(page.get_by_text("The form waits until it is mended.")).to_be_hidden()
    expect(title).to_have_value("Gone soon")
    assert _text(page) == wanted
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("    - emo")
    page.keyboard.press("Control+Space")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("emotion")
    page.close(run_before_unload=False)


def test_a_draft_is_nobody_elses_and_signing_out_leaves_none(desk: Console) -> None:
    slug = _publish(desk, SMALL.format(name="shared-browser"))
    page = _open(desk, f"/rules/{slug}/edit")
    drafts = "Object.keys(localStorage).filter((name) => name.startsWith('heedful-rule:'))"
    page.evaluate("localStorage.setItem('heedful-rule:somebody-else:x', '{}')")
    page.get_by_label("What it is for").fill("Not saved yet")
    page.wait_for_function(f"{drafts}.length === 2")
    page.on("dialog", lambda dialog: dialog.accept())
    desk.open(page, f"/rules/{slug}/edit")
    (own,) = page.evaluate(drafts)
    assert own.endswith(f":{slug}"), "what another wrote here is gone, what one wrote oneself stays"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate(drafts) == []
    page.context.close()


def test_what_is_not_saved_waits_in_the_browser_and_leaving_is_asked_about(desk: Console) -> None:
    slug = _publish(desk, SMALL.format(name="kept"))
    page = _open(desk, f"/rules/{slug}/edit")
    page.get_by_label("What it is for").fill("Not saved yet")
    expect(page.locator(".cm-content")).to_contain_text("Not saved yet")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/account")
    assert asked == ["beforeunload"]
    desk.open(page, f"/rules/{slug}/edit")
    expect(page.get_by_label("What it is for")).to_have_value("Leaving")
    page.get_by_role("button", name="Take them up").click()
    expect(page.get_by_label("What it is for")).to_have_value("Not saved yet")
    _save(page)
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    page.goto("/account")
    assert asked == ["beforeunload"], "what is saved needs no warning"


def test_two_people_change_a_rule_and_nothing_is_lost(desk: Console) -> None:
    text = SMALL.format(name="both")
    slug = _publish(desk, text)
    page = _open(desk, f"/rules/{slug}/edit")
    page.get_by_label("What it is for").fill("<b>Mine</b>")
    _publish(desk, text.replace("Leaving", "Theirs <img src=x onerror='window.hacked=1'>"), 1, "Bob")
    _save(page)
    other = page.get_by_role("alert").filter(has_text="Bob saved version 2 while you wrote")
    expect(other).to_contain_text("-title: Theirs <img src=x onerror='window.hacked=1'>")
    assert page.evaluate("window.hacked") is None
    other.get_by_role("button", name="Save mine over theirs").click()
    expect(page.get_by_text("Saved as version 3.")).to_be_visible()
    assert desk.service.store.shelf.latest(slug).draft.title == "<b>Mine</b>"
    with pytest.raises(StaleError):
        _publish(desk, text, 1)


def test_a_name_that_is_taken_and_a_rule_with_errors_are_not_saved(desk: Console) -> None:
    _publish(desk, SMALL.format(name="taken"))
    page = _open(desk, "/rules/new")
    expect(page.get_by_text("No conditions yet")).to_be_visible()
    page.get_by_label("Name, which never changes").fill("taken")
    _add(page, "intent")
    expect(page.get_by_role("list", name="What is to be mended")).to_contain_text("there is a rule 'taken' already")
    _save(page)
    expect(page.get_by_role("alert").filter(has_text="There is a rule 'taken' already").first).to_be_visible()
    page.get_by_label("Name, which never changes").fill("free")
    expect(page.get_by_text("1 to mend")).to_be_visible()
    page.get_by_role("button", name="Save this version").click()
    said = page.get_by_role("alert").filter(has_text="It cannot be saved yet: intent names no label")
    expect(said.first).to_be_visible()
    assert desk.service.store.shelf.latest("taken").number == 1
    page.close(run_before_unload=False)


@pytest.mark.parametrize(
    ("role", "unit", "path", "said"),
    [
        pytest.param("viewer", None, "/rules/new", "Your role does not show this page", id="a role that may not"),
        pytest.param("author", "emea", "/rules/new", "Rules hold for every unit", id="an author of one unit"),
        pytest.param("author", None, "/rules/none/edit", "none", id="no rule"),
        pytest.param("author", None, "/rules/furious/edit", "heedful rules push", id="a rule from files"),
    ],
)
def test_who_may_not_change_a_rule_is_told_why(
    desk: Console, role: str, unit: str | None, path: str, said: str
) -> None:
    page = desk.sign_in(role, unit, path=path)
    expect(page.locator("#main")).to_contain_text(said)
    assert page.locator(".cm-editor").count() == 0
    page.context.close()


@pytest.mark.parametrize(
    ("colours", "size"),
    [pytest.param("light", WIDE, id="light and wide"), pytest.param("dark", PHONE, id="dark phone")],
)
def test_everybody_can_use_the_editor_of_every_kind_of_condition(
    desk: Console, colours: Any, size: dict[str, int]
) -> None:
    name = f"everything-{colours}"
    text = EVERYTHING.replace("rule: everything", f"rule: {name}")
    _publish(desk, text)
    page = _open(desk, f"/rules/{name}/edit", viewport=size, color_scheme=colours)
    expect(page.get_by_text("only the YAML shows")).to_have_count(1)
    expect(page.locator(".hf-condition")).to_have_count(25)
    expect(page.get_by_text("fail", exact=False).first).to_be_visible()
    expect(page.locator(".q-loading-bar")).to_have_css("opacity", "0")
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page is wider than the screen"
    assert page.evaluate("window.hacked") is None
    assert _text(page) == text
    page.context.close()


def test_a_rule_begins_from_a_feedback_that_the_author_may_see(desk: Console) -> None:
    words = "I am furious <img src=x onerror='window.hacked=1'>: {all: [x]} # bad"
    desk.post({"id": "seen", "text": words, "scores": {"nps": 1}})
    page = _open(desk, "/rules/new?feedback=seen")
    expect(page.get_by_role("textbox", name="Example 1")).to_have_value(words)
    assert values_of(_text(page)) is not None
    assert page.evaluate("window.hacked") is None
    page.close(run_before_unload=False)
    page = desk.sign_in("author", path="/rules/new?feedback=none")
    expect(page.get_by_role("alert")).to_contain_text("none")
