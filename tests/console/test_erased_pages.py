"""Pages that are open while a customer is forgotten: nothing of what was erased stays in them."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.console.browsing import Console

GONE = "zebrafinch"
WISH = {"customer": "c-gone", "erasing": "anonymise"}
SAID = {"text": f"I am furious about the {GONE}", "scores": {"nps": 1}, "customer": "c-gone"}


def beside_the_inbox(page: Page) -> None:
    page.keyboard.press("j")
    expect(page.locator("[data-inbox-preview]")).to_contain_text(GONE)


def behind_a_number(page: Page) -> None:
    page.get_by_role("button", name="show what was said").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(GONE)


def as_it_is(_page: Page) -> None:
    pass


def test_no_open_page_keeps_the_words_of_who_is_forgotten(console: Console) -> None:
    (decision, *_) = console.post(SAID | {"id": "g1"}, {"id": "g2", "text": "hello", "scores": {"nps": 9}})
    alert = decision["alerts"][0]["id"]
    pages: dict[str, Callable[[Page], None]] = {
        "/": beside_the_inbox,
        f"/alerts/{alert}": as_it_is,
        "/feedback": as_it_is,
        "/feedback/default/g1": as_it_is,
        "/insights": behind_a_number,
    }
    first = console.sign_in("admin")
    opened = {}
    for path, act in pages.items():
        page = opened[path] = first.context.new_page()
        console.open(page, path)
        expect(page.get_by_text(GONE).first).to_be_visible() if act is as_it_is else act(page)
    answer = httpx.post(f"{console.base}/v1/erasures", json=WISH, headers=console.key())
    assert answer.status_code in (200, 202), answer.text
    for path, page in opened.items():
        expect(page.locator("html"), path).not_to_contain_text(GONE, timeout=15_000)
        assert not {GONE, "c-gone"} & set(re.split(r"\W", page.content())), path
    first.context.close()
