"""The page of an alert in a real browser: looked at, and dealt with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from engine.alerts.system import SystemRule
from engine.store import schema
from engine.store.system_alerts import tell
from tests.console import alert_house as house
from tests.console.browsing import PHONE, WIDE, Console, grave, served


@pytest.fixture(scope="module")
def shared(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with people, that the tests of the module share."""
    with served(tmp_path_factory.mktemp("alert"), browser, rules=house.rules()) as found:
        house.people(found)
        yield found


def opened(console: Console, alert: str, role: str = "agent", unit: str | None = None, **more: object) -> Page:
    return console.sign_in(role, unit, path=f"/alerts/{alert}", **more)  # type: ignore[arg-type]


def change(console: Console, alert: str, **said: object) -> None:
    """Change an alert over HTTP, as somebody else would."""
    key = console.key()
    seen = httpx.get(f"{console.base}/v1/alerts/{alert}", headers=key)
    headers = key | {"if-match": seen.headers["etag"]}
    answer = httpx.post(f"{console.base}/v1/alerts/{alert}/changes", json=said, headers=headers)
    assert answer.status_code == 200, answer.text


def history(page: Page) -> list[str]:
    """What the history says was done, the latest first."""
    return page.locator(".hf-history .hf-strong + span").all_text_contents()


def test_an_alert_is_dealt_with_from_beginning_to_end(shared: Console) -> None:
    alert = house.posted(shared, "walk")
    page = opened(shared, alert)
    expect(page.get_by_role("heading", name="A furious customer")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Acknowledged", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Assign").click()
    offered = page.get_by_label("To", exact=True).locator("option")
    expect(offered).to_have_text(["Nobody", "Team callbacks", "Ann Ash (ann)", "Cy Cole (cy)"])
    page.get_by_label("To", exact=True).select_option("ann")
    page.get_by_role("form", name="Assign").get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Ann Ash has it")).to_be_visible()
    page.get_by_role("button", name="Log an attempt").click()
    page.get_by_label("Outcome").select_option("no_answer")
    page.get_by_label("Note", exact=True).fill("Rang twice")
    page.get_by_role("form").get_by_role("button", name="Log an attempt").click()
    expect(page.get_by_text("In progress")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_label("Root cause")).to_be_focused()
    page.get_by_label("Root cause").fill("menu")
    page.get_by_label("Remedy").fill("voucher")
    page.get_by_role("form").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.get_by_role("button", name="Assign")).to_have_count(0)
    page.get_by_role("button", name="Verdict").click()
    page.get_by_role("form").get_by_role("button", name="Verdict").click()
    expect(page.get_by_text("Choose a verdict")).to_be_visible()
    page.get_by_text("Wrong label").click()
    page.get_by_text("Emotions: read as anger/anger").click()
    page.get_by_label("anger", exact=True).uncheck()
    page.get_by_label("annoyance").check()
    expect(page.get_by_label("I have judged the emotions")).to_be_checked()
    page.get_by_role("form").get_by_role("button", name="Verdict").click()
    expect(page.get_by_text("Verdict: wrong label")).to_be_visible()
    assert history(page) == [
        *("judged it: wrong label", "resolved it", "tried to reach the customer by phone: no answer"),
        *("gave it to Ann Ash", "acknowledged it", "opened it"),
    ]
    assert page.get_by_text("root cause: menu, remedy: voucher").is_visible()
    _, more = shared.service.store.alerts.one(alert)
    assert more["verdict"]["labels"] == {"emotion": ["anger/annoyance"]}
    page.context.close()


def test_what_others_do_shows_and_is_not_overwritten(shared: Console) -> None:
    alert = house.posted(shared, "two")
    page = opened(shared, alert)
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_label("Why it is dismissed").fill("Known already")
    change(shared, alert, action="acknowledge", note="mine <b>now</b>")
    expect(page.get_by_text("Somebody changed this alert while you were writing")).to_be_visible(timeout=3_000)
    expect(page.get_by_text("mine <b>now</b>")).to_be_visible()
    page.get_by_role("form").get_by_role("button", name="Dismiss").click()
    expect(page.get_by_text("Nothing of yours was changed or lost")).to_be_visible()
    assert shared.service.store.alerts.one(alert)[0].state == "acknowledged"
    expect(page.get_by_label("Why it is dismissed")).to_have_value("Known already")
    page.get_by_role("form").get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.context.close()


HOSTILE = "<img src=x onerror='window.hacked=1'></script><script>window.hacked=1</script> {{ window.hacked=1 }} **b**"


def test_whatever_was_written_is_shown_as_text(shared: Console) -> None:
    shared.post({"id": "evil-0", "text": HOSTILE, "customer": HOSTILE[:60]})
    alert = house.posted(
        *(shared, "evil", f"I am furious {HOSTILE}"),
        customer=HOSTILE[:60],
        attributes={"plan": HOSTILE},
        channel=HOSTILE[:50],
    )
    change(shared, alert, action="note", note=HOSTILE)
    page = opened(shared, alert)
    expect(page.locator("hf-verbatim")).to_contain_text(HOSTILE)
    expect(page.locator(".hf-quote")).to_have_text(HOSTILE)
    assert page.get_by_text(HOSTILE[:50]).count() >= 4
    page.locator(".hf-sentence").first.hover()
    assert page.evaluate("window.hacked") is None
    assert page.locator("#main img, #main script, #main b").count() == 0
    page.context.close()


def test_a_role_and_a_unit_bound_what_is_seen_and_done(shared: Console) -> None:
    shared.post({"id": "abroad", "text": "I said this abroad", "customer": "c-bound", "unit": "amer"})
    alert = house.posted(shared, "bound", unit="emea/uk/leeds")
    page = opened(shared, alert, "viewer", "emea/uk")
    expect(page.get_by_text("What was said")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("Acknowledge|Resolve|Link|removed")).count() == 0
    assert "I said this abroad" not in page.content()
    page.context.close()
    page = opened(shared, alert)
    expect(page.get_by_text("I said this abroad")).to_be_visible()
    page.context.close()
    page = opened(shared, alert, "agent", "emea/ukraine")
    expect(page.get_by_text("There is no alert")).to_be_visible()
    assert "furious" not in page.content()
    page.context.close()


def test_sentences_say_what_was_read_in_them_by_keyboard_too(shared: Console) -> None:
    (decision,) = shared.post(house.CALL)
    (alert,) = [one["id"] for one in decision["alerts"] if one["rule"] == "furious"]
    page = opened(shared, alert)
    expect(page.locator(".hf-turn-head").nth(1)).to_have_text("Customer0:05heard at 71%")
    said = page.get_by_role("button", name="I am furious about the menu")
    expect(said.locator("mark")).to_have_text("I am furious about the menu")
    said.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("anger/anger90%")
    expect(tip).to_contain_text("Evidence: anger/anger")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tip).to_contain_text("churn40% unsure")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.context.close()


def test_a_signal_shows_the_feedback_behind_it_and_becomes_a_problem(shared: Console) -> None:
    alert = house.signal(shared)
    page = opened(shared, alert)
    expect(page.get_by_role("img", name=re.compile("at most 4, now 4; 3 is enough"))).to_be_visible()
    expect(page.get_by_role("list", name="Feedback").get_by_role("listitem")).to_have_count(4)
    shared.post({"id": "crash-late", "text": "One more crash", "unit": "emea"})
    expect(page.get_by_text("One more crash")).to_be_visible(timeout=3_000)
    page.get_by_role("button", name="Link to a problem").click()
    page.get_by_role("form").get_by_role("button", name="Link").click()
    expect(page.get_by_text("Say in a few words what the problem is")).to_be_visible()
    page.get_by_label("Title of a new problem").fill("The app crashes <i>")
    page.get_by_role("form").get_by_role("button", name="Link").click()
    expect(page.get_by_text("The app crashes <i>")).to_be_visible()
    expect(page.get_by_role("button", name="Take off the problem")).to_be_visible()
    other = house.posted(shared, "other")
    shared.open(page, f"/alerts/{other}")
    page.get_by_role("button", name="Link to a problem").click()
    page.get_by_label("Which problem").select_option(label="The app crashes <i>")
    expect(page.get_by_label("Title of a new problem")).to_be_hidden()
    page.get_by_role("form").get_by_role("button", name="Link").click()
    expect(page.get_by_role("button", name="Take off the problem")).to_be_visible()
    page.get_by_role("button", name="Take off the problem").click()
    expect(page.get_by_text("It is linked to no problem.")).to_be_visible()
    page.context.close()


def test_links_of_messages_survive_signing_in_and_lead_through_their_queue(shared: Console) -> None:
    alerts = [house.posted(shared, f"row-{one}", unit="emea/queue") for one in range(3)]
    query = "queue=unit%3Demea%252Fqueue"
    page = shared.page()
    page.goto(f"/alerts/{alerts[1]}?{query}")
    expect(page.get_by_label("Password")).to_be_visible()
    token = shared.service.store.sessions.begin(shared.account("agent").id, shared.service.engine.clock.now())
    page.context.add_cookies([{"name": "heedful_session", "value": token, "url": shared.base, "httpOnly": True}])
    page.goto(page.url)
    expect(page).to_have_url(re.compile(f"/alerts/{alerts[1]}\\?queue="))
    page.wait_for_function("window.did_handshake === true")
    page.keyboard.press("]")
    expect(page).to_have_url(re.compile(f"/alerts/{alerts[2]}\\?queue="))
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    page.get_by_role("link", name="Previous").click()
    expect(page).to_have_url(re.compile(f"/alerts/{alerts[1]}\\?queue="))
    page.context.close()


def test_what_the_service_tells_of_itself_is_no_customer_s(shared: Console) -> None:
    store, now = shared.service.store, shared.service.engine.clock.now()
    with store.database.write() as connection:
        alert = tell(connection, SystemRule.RECEIVER_FAILING, "ops", "ops answered 500 for an hour", now)
    assert alert is not None
    page = opened(shared, alert.id)
    expect(page.get_by_text("ops answered 500 for an hour").first).to_be_visible()
    expect(page.get_by_text("Heedful tells of itself")).to_be_visible()
    for hidden in ("What was said", "Customer", "About"):
        expect(page.get_by_role("heading", name=hidden)).to_have_count(0)
    assert page.get_by_role("button", name=re.compile("Verdict|attempt")).count() == 0
    page.context.close()


def test_what_may_be_a_pattern_is_suggested_as_a_problem(shared: Console) -> None:
    alerts = [house.posted(shared, f"pattern-{one}", unit="apac") for one in range(12)]
    with shared.service.store.database.write() as connection:
        first = schema.feedback.c.sequence == 1
        long_ago = shared.service.engine.clock.now() - timedelta(days=40)
        connection.execute(schema.feedback.update().where(first).values(received_at=long_ago))
    page = opened(shared, alerts[0], unit="apac")
    expect(page.get_by_text("more than chance explains").first).to_be_visible()
    page.get_by_role("button", name="Open a problem from these 12").first.click()
    assert page.get_by_label("Title of a new problem").input_value().endswith("in apac")
    page.get_by_role("form").get_by_role("button", name="Link").click()
    expect(page.get_by_role("button", name="Take off the problem")).to_be_visible()
    store = shared.service.store
    assert len({store.alerts.one(alert)[0].problem for alert in alerts}) == 1
    page.context.close()


def test_words_that_are_erased_go_from_open_pages(shared: Console) -> None:
    alert = house.posted(shared, "forget")
    page = opened(shared, alert)
    expect(page.get_by_text("maddening")).to_be_visible()
    said = {"customer": "c-forget", "erasing": "anonymise"}
    begun = httpx.post(f"{shared.base}/v1/erasures", json=said, headers=shared.key()).json()
    service = shared.service
    service.store.erasures.run(begun["id"], service.forgetter.worker, service.engine.clock, rest=lambda _: None)
    expect(page.get_by_text("What was said was erased")).to_be_visible()
    assert "maddening" not in page.locator("#main").inner_text()
    page.context.close()


def test_a_review_is_there_to_be_judged(shared: Console) -> None:
    alert = house.posted(shared, "review", "Maybe I am leaving")
    page = opened(shared, alert)
    expect(page.get_by_text("The model was not sure here")).to_be_visible()
    page.keyboard.press("v")
    page.get_by_text("Right: it should have alerted").click()
    page.get_by_role("form").get_by_role("button", name="Verdict").click()
    expect(page.get_by_text("Verdict: right")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize(
    ("dark", "size"), [pytest.param("light", WIDE, id="light and wide"), pytest.param("dark", PHONE, id="dark phone")]
)
def test_everybody_can_use_it(shared: Console, dark: str, size: dict[str, int]) -> None:
    alert = house.posted(shared, f"use-{dark}")
    page = opened(shared, alert, viewport=size, color_scheme=dark)
    page.get_by_role("button", name="Verdict").click()
    page.get_by_text("Wrong label").click()
    page.get_by_text("Topics: read as").click()
    page.locator(".hf-sentence").first.focus()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page is wider than the screen"
    page.context.close()
