"""The inbox in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.console.browsing import Console


def test_an_alert_appears_without_a_reload(console: Console) -> None:
    page = console.sign_in()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    page.screenshot(path="/tmp/console-base/empty.png")
    console.post({"id": "1", "text": "I am furious. <b>Bad</b>.", "scores": {"nps": 1}})
    expect(page.get_by_role("link", name="A furious customer")).to_be_visible(timeout=1_500)
    page.screenshot(path="/tmp/console-base/inbox.png")
