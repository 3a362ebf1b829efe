"""What people do all day: from the key or click to the frame that shows the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from playwright.sync_api import Browser, Page

from tests.bench.console.browser import Times, fresh, marked, opened, signed_in, took
from tests.bench.console.served import House

ASKED_MS = 200
TIMES = 6
BULK, BULKS = 50, 3
# Whoever types on is answered less often: this is how long a key waits for its own answer.
PAUSE_MS = 1_300
UNIT = "emea/uk/bench"
ANGRY = "Every time I try to pay in the app I get lost in your menus. So annoying! Nothing works on your web site."
ROW = "[data-alert]"
FIRST = "document.querySelector('[data-alert]')"
HERE = "document.activeElement?.closest('[data-alert]')"
DIALOG = "document.querySelector('.q-dialog select, .q-dialog textarea')"
YES = ".q-dialog .hf-main-button"
FORM = "document.querySelector('form.hf-form')"


def posted(house: House, many: int, begin: str) -> list[str]:
    """Post feedback that opens alerts in a unit of the bench's own, and return them."""
    records = [
        {"id": f"{begin}-{one}", "text": f"{ANGRY} {begin} {one}", "scores": {"nps": 1}, "unit": UNIT, "channel": "app"}
        for one in range(many)
    ]
    decisions = house.post(*records)
    return [alert["id"] for decision in decisions for alert in decision["alerts"]]


def measure(browser: Browser, house: House) -> list[str]:
    """Return a table of the report."""
    context = signed_in(browser, house.base, house.token("admin", None, "Eve"))
    measured: list[Times] = []
    for walk in (in_the_queue, on_its_page, many_at_once, searching, in_settings, trying, arriving):
        page = context.new_page()
        measured += walk(page, house)
        page.close()
    context.close()
    return [
        f"Actions, asked for: {ASKED_MS} ms from the key or click to its result. Each about {TIMES} times.",
        "",
        "| action | median | slowest |",
        "|---|---|---|",
        *(one.row for one in measured),
        "",
    ]


def in_the_queue(page: Page, house: House) -> Iterator[Times]:
    """Work through the inbox by keyboard."""
    posted(house, TIMES, "queue")
    names = ("acknowledge", "assign, asked", "assign", "verdict", "resolve")
    found = {name: Times(f"inbox: {name}", ASKED_MS) for name in names}
    opened(page, f"/?unit={UNIT}", FIRST)
    page.keyboard.press("j")
    for _ in range(TIMES):
        page.wait_for_function(f"() => {HERE}")
        _add(found["acknowledge"], page, _key(page, "a"), f"{HERE}?.textContent.includes('acknowledged')")
        _add(found["assign, asked"], page, _key(page, "e"), DIALOG)
        page.locator(".q-dialog select").first.select_option(index=2)
        held = f"{HERE} && !{HERE}.textContent.includes('nobody has it')"
        _add(found["assign"], page, _click(page, YES), held)
        page.keyboard.press("v")
        page.locator(".q-dialog select").first.select_option("right")
        _add(found["verdict"], page, _click(page, YES), f"{HERE}?.textContent.includes('judged right')")
        gone = page.evaluate(f"() => {HERE}.dataset.alert")
        page.keyboard.press("r")
        page.wait_for_function(f"() => {DIALOG}")
        _add(
            found["resolve"],
            page,
            _click(page, YES),
            f"!document.querySelector('[data-alert={gone}]')",
        )
    yield from found.values()


def on_its_page(page: Page, house: House) -> Iterator[Times]:
    """Deal with alerts on their own pages."""
    names = ("log an attempt, asked", "log an attempt", "acknowledge", "resolve")
    found = {name: Times(f"alert: {name}", ASKED_MS) for name in names}
    for alert in posted(house, TIMES, "page")[:TIMES]:
        opened(page, f"/alerts/{alert}", "document.querySelector('hf-verbatim')")
        main = "form.hf-form .hf-main-button"
        _add(found["acknowledge"], page, _key(page, "a"), _history("acknowledged it"))
        _add(found["log an attempt, asked"], page, _key(page, "t"), FORM)
        _add(found["log an attempt"], page, _click(page, main), _history("tried to reach"))
        page.keyboard.press("r")
        page.wait_for_function(f"() => {FORM}")
        _add(found["resolve"], page, _click(page, main), _history("resolved it"))
    yield from found.values()


def many_at_once(page: Page, house: House) -> Iterator[Times]:
    """Acknowledge many alerts at once."""
    found = Times(f"inbox: acknowledge {BULK} at once", ASKED_MS)
    for number in range(BULKS):
        posted(house, BULK, f"bulk{number}")
        opened(page, f"/?unit={UNIT}&state=open", FIRST)
        page.get_by_role("button", name="Show more").click()
        page.wait_for_function(f"() => document.querySelectorAll('{ROW}').length >= {BULK}")
        page.evaluate(
            f"() => [...document.querySelectorAll('[data-pick]')].slice(0, {BULK}).forEach((one) => one.click())"
        )
        page.get_by_text(f"{BULK} selected").first.wait_for()
        said = f"document.body.textContent.includes('Acknowledged: {BULK} alerts')"
        _add(found, page, _key(page, "a"), said)
    yield found


def searching(page: Page, house: House) -> Iterator[Times]:
    """Search alerts and feedback by words."""
    words = ("refund", "driver", "delivery", "bill", "app", "waiting")
    inbox, feedback = Times("inbox: search by a word", ASKED_MS), Times("feedback: search by a word", ASKED_MS)
    facets = Times("feedback: what it is made of, beside the search", ASKED_MS)
    opened(page, "/", FIRST)
    for word in words:
        field = page.locator("[data-inbox-search]")
        field.fill(word)
        before = page.evaluate(f"() => [...document.querySelectorAll('{ROW}')].map((one) => one.dataset.alert).join()")
        now = f"[...document.querySelectorAll('{ROW}')].map((one) => one.dataset.alert).join()"
        _add(inbox, page, partial(field.press, "Enter"), f"{now} && {now} !== '{before}'")
    opened(page, "/feedback", "document.querySelector('.hf-found-name')")
    for word in words:
        field = page.get_by_role("searchbox", name="Words")
        field.fill(word)
        marked(page, ".hf-found-name, .hf-facet-group")
        _add(feedback, page, partial(field.press, "Enter"), fresh(".hf-found-name"))
        facets.taken.append(took(page, lambda: None, fresh(".hf-facet-group")))
    yield from (inbox, feedback, facets)


def in_settings(page: Page, house: House) -> Iterator[Times]:
    """Try a silence, and test a receiver."""
    trial = Times("settings: trial of a silence", ASKED_MS)
    opened(page, "/settings/silences", "document.querySelector('#main')")
    page.get_by_role("button", name="Silence something").click()
    for number in range(TIMES):
        page.get_by_label("Unit").fill(f"emea/uk/place-{number}")
        marked(page, ".q-dialog [role=status] p")
        button = page.get_by_role("button", name="What would it keep quiet?")
        _add(trial, page, button.click, fresh(".q-dialog [role=status] p", "it would have held back"))
    yield trial
    sent, answered = Times("settings: a test is being sent", ASKED_MS), Times("settings: what it said", ASKED_MS)
    opened(page, "/settings/receivers", "document.querySelector('#main table')")
    for _ in range(TIMES):
        page.get_by_role("button", name="Test operators").click()
        button = page.get_by_role("button", name="Send it")
        body = "document.querySelector('.q-dialog').parentElement.textContent"
        _add(sent, page, button.click, f"{body}.includes('is being sent') || {body}.includes('took the message')")
        answered.taken.append(
            took(page, lambda: None, "document.body.textContent.includes('operators took the message')")
        )
        page.get_by_role("button", name="Close").click()
        page.wait_for_function("() => !document.querySelector('.q-dialog')")
    yield from (sent, answered)


def trying(page: Page, house: House) -> Iterator[Times]:
    """Try texts, on the page for it and as the example of a rule."""
    text, example = (
        Times("try a text, from the last key", ASKED_MS),
        Times("rule: try its example, from the last key", ASKED_MS),
    )
    opened(page, "/feedback/try", "document.querySelector('textarea')")
    for number in range(TIMES):
        page.locator("textarea").first.fill(f"{ANGRY} {number}")
        page.wait_for_timeout(PAUSE_MS)
        said = f"document.querySelector('hf-verbatim')?.textContent.includes('site. {number}x')"
        _add(text, page, lambda: page.keyboard.press("x"), said)
    yield text
    opened(page, "/rules/new", "document.documentElement.dataset.editor === 'ready'")
    page.get_by_label("A customer's words").fill(ANGRY)
    for number in range(TIMES):
        page.wait_for_timeout(PAUSE_MS)
        marked(page, ".hf-tried p")
        _add(
            example,
            page,
            partial(page.get_by_label("A customer's words").press, str(number)),
            fresh(".hf-tried p"),
        )
    yield example


def arriving(page: Page, house: House) -> Iterator[Times]:
    """Post feedback, and wait for its alert in the open inbox."""
    found = Times("from the POST to its new alert in an open inbox", 2_000)
    opened(page, f"/?unit={UNIT}/new", "document.querySelector('.hf-state')")
    for number in range(TIMES):
        began = time.perf_counter()
        record = {"id": f"new-{number}", "text": f"{ANGRY} {number}", "scores": {"nps": 1}, "unit": f"{UNIT}/new"}
        many = sum(len(decision["alerts"]) for decision in house.post(record))
        page.wait_for_function(
            f"() => document.querySelectorAll('{ROW}').length >= {many * (number + 1)}", polling="raf"
        )
        found.taken.append((time.perf_counter() - began) * 1000)
        time.sleep(1.3)
    yield found


def _add(times: Times, page: Page, act: Callable[[], object], seen: str) -> None:
    times.taken.append(took(page, act, seen))


def _key(page: Page, key: str) -> Callable[[], object]:
    return lambda: page.keyboard.press(key)


def _click(page: Page, selector: str) -> Callable[[], object]:
    return page.locator(selector).first.click


def _history(said: str) -> str:
    return f"document.querySelector('.hf-history')?.textContent.includes({said!r})"
