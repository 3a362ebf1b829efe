"""The inbox in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.console.browsing import Console

HOSTILE = [
    pytest.param("<img src=x onerror='window.hacked=1'>", id="an image"),
    pytest.param("</script><script>window.hacked=1</script>", id="a script that ends ours"),
    pytest.param("{{ window.hacked=1 }} ${window.hacked=1} `${window.hacked=1}`", id="templates"),
    pytest.param("**bold** [x](javascript:window.hacked=1) <b>b</b> &lt;i&gt;", id="markdown and entities"),
    pytest.param('" onmouseover="window.hacked=1" x="', id="an attribute"),
    pytest.param("\u202egnp.exe 🤦🏽‍♀️ e\u0301 \x07", id="what turns the line around, and one letter of many"),
]


def test_an_alert_appears_within_a_second_and_goes_when_it_is_closed(own_console: Console) -> None:
    page = own_console.sign_in("agent")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    (decision,) = own_console.post({"id": "1", "text": "I am furious. Nothing else.", "scores": {"nps": 5}})
    expect(page.get_by_role("link", name="A furious customer")).to_be_visible(timeout=1_300)
    expect(page.get_by_text("Nothing waits for you")).to_be_hidden()
    row = page.get_by_role("listitem")
    expect(row.locator("mark")).to_have_text("I am furious")
    expect(row).to_contain_text(re.compile("Follow-up 23 h 5[89] m left"))
    expect(row).to_contain_text(re.compile("Closing 3 d 23 h left"))
    key, alert = own_console.key(), decision["alerts"][0]["id"]
    _change(own_console, alert, key, action="assign", to=own_console.service.store.accounts.all()[0].email)
    own_console.post({"id": "2", "text": "I am leaving.", "scores": {"nps": 5}})
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem").first).to_contain_text("leaving")
    _change(own_console, alert, key, action="resolve", root_cause="till", remedy="voucher")
    expect(page.get_by_role("listitem")).to_have_count(1)


def _change(console: Console, alert: str, key: dict[str, str], **said: str) -> None:
    import httpx

    seen = httpx.get(f"{console.base}/v1/alerts/{alert}", headers=key)
    headers = key | {"if-match": seen.headers["etag"]}
    answer = httpx.post(f"{console.base}/v1/alerts/{alert}/changes", json=said, headers=headers)
    assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_customer_wrote_is_shown_as_text(console: Console, text: str) -> None:
    name = f"x{abs(hash(text))}"
    words = f"I am furious {text}"
    console.post({"id": name, "text": words, "scores": {"nps": 1}, "customer": text[:60], "unit": "emea/xss"})
    page = console.sign_in("viewer", "emea/xss")
    shown = page.locator("hf-text").all_text_contents()
    assert words in shown
    expect(page.get_by_text(text[:60].strip(), exact=False).first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.locator("#main img, #main script, #main b, #main i:not(.q-icon)").count() == 0
    page.context.close()


@pytest.mark.parametrize(
    ("unit", "sees"),
    [
        pytest.param("emea/uk", 2, id="its own unit and below"),
        pytest.param("emea/u", 0, id="a namesake"),
        pytest.param("amer", 0, id="another unit"),
    ],
)
def test_a_unit_bounds_what_is_seen_and_told(own_console: Console, unit: str, sees: int) -> None:
    page = own_console.sign_in("agent", unit)
    own_console.post({"id": "1", "text": "I am furious.", "scores": {"nps": 1}, "unit": "emea/uk/leeds"})
    everything = own_console.sign_in("agent")
    expect(everything.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_role("listitem")).to_have_count(sees)
    assert ("furious" in page.content()) == bool(sees)


def test_a_long_queue_comes_page_by_page(own_console: Console) -> None:
    own_console.post(*({"id": f"f{one}", "text": "I am leaving.", "scores": {"nps": 9}} for one in range(70)))
    page = own_console.sign_in("viewer")
    expect(page.get_by_role("listitem")).to_have_count(30)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("listitem")).to_have_count(60)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("listitem")).to_have_count(70)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
