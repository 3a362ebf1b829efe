"""Trying a text in a real browser: it is read as it is typed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console.browsing import PHONE, WIDE, Console, grave
from tests.support.recognisers import redactor_of

VTT = """WEBVTT

00:01.000 --> 00:03.000
<v Agent>How can I help you

00:04.000 --> 00:07.000
<v Customer>I am furious about the menu
"""


def typed(page: Page, text: str) -> None:
    page.get_by_label("Text, or a transcript").fill(text)


def test_a_text_is_read_as_it_is_typed_and_not_stored(console: Console) -> None:
    page = console.sign_in("author", path="/feedback/try")
    expect(page.get_by_text("Type or paste")).to_be_visible()
    expect(page.get_by_role("heading", name="What was understood")).to_be_hidden()
    before = console.service.store.records.count()
    typed(page, "I am furious about the menu. Maybe I am leaving")
    expect(page.get_by_role("status")).to_contain_text("no rule would fire")
    expect(page.get_by_role("listitem").filter(has_text="anger/anger").first).to_contain_text("90%")
    expect(page.get_by_role("heading", name="Not sure")).to_be_visible()
    page.get_by_label("nps").fill("2")
    page.get_by_label("nps").press("Tab")
    expect(page.get_by_role("status")).to_contain_text("2 rules would fire")
    expect(page.get_by_label("nps")).to_have_value("2")
    expect(page.get_by_text("operators: told at once").first).to_be_visible()
    expect(page.get_by_text("found 2, wanted at most 6")).to_be_visible()
    page.get_by_label("nps").fill("77")
    page.get_by_label("nps").press("Tab")
    expect(page.get_by_role("status")).to_contain_text("it goes from 0 to 10")
    typed(page, "")
    expect(page.get_by_text("Type or paste")).to_be_visible()
    assert console.service.store.records.count() == before
    page.context.close()


def test_a_transcript_is_pasted_or_opened(console: Console) -> None:
    page = console.sign_in("viewer", path="/feedback/try")
    page.get_by_label("Open a file").set_input_files(
        {"name": "call.vtt", "mimeType": "text/vtt", "buffer": VTT.encode()}
    )
    expect(page.locator(".hf-turn-head").first).to_have_text("Agent0:01")
    expect(page.get_by_role("heading", name="Where it would go")).to_be_hidden()
    typed(page, "[sic] that is no transcript. I am furious")
    expect(page.locator("hf-verbatim")).to_contain_text("[sic]")
    typed(page, '{"what": "is this"}')
    expect(page.get_by_role("status")).to_contain_text("no recogniser that is known")
    big = {"name": "big.txt", "mimeType": "text/plain", "buffer": b"x" * 700_000}
    page.get_by_label("Open a file").set_input_files(big)
    expect(page.get_by_role("status")).to_contain_text("up to 600 kB")
    page.context.close()


def test_a_text_shows_as_it_would_be_stored_and_as_text(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.service.engine, "redactor", redactor_of())
    page = console.sign_in("agent", "emea", path="/feedback/try", viewport=PHONE, color_scheme="dark")
    typed(page, "I am furious <img src=x onerror='window.hacked=1'> {{1}} call +44 20 7946 0000 now")
    expect(page.get_by_text("phone number removed").first).to_be_visible()
    expect(page.locator("hf-verbatim")).to_contain_text("<img src=x onerror='window.hacked=1'> {{1}}")
    assert page.evaluate("window.hacked") is None
    assert not grave(page)
    page.get_by_text("More about it").click()
    page.get_by_label("Unit").fill("amer")
    page.get_by_label("Unit").press("Tab")
    expect(page.get_by_role("status")).to_contain_text("outside of yours")
    page.context.close()
    page = console.sign_in("admin", path="/feedback/try", viewport=WIDE)
    typed(page, "furious")
    expect(page.get_by_role("heading", name="Where it would go")).to_be_visible()
    assert not grave(page)
    page.context.close()


def test_one_reading_is_under_way_and_then_the_latest_text_is_read(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, read = own_console.reader, own_console.reader.read
    going_on, texts = threading.Event(), list[str]()

    def slowly(records: Sequence[Sequence[Any]]) -> Any:
        texts.extend(parts[0].text for parts in records)
        assert going_on.wait(10)
        return read(records)

    monkeypatch.setattr(reader, "read", slowly)
    page = own_console.sign_in("agent", path="/feedback/try")
    typed(page, "first")
    page.wait_for_timeout(600)
    typed(page, "second")
    page.wait_for_timeout(600)
    typed(page, "third")
    page.wait_for_timeout(600)
    assert texts == ["first"]
    going_on.set()
    expect(page.locator("hf-verbatim")).to_contain_text("third")
    assert texts == ["first", "third"]
    reader.down = True
    typed(page, "fourth")
    expect(page.get_by_role("status")).to_contain_text("The reader is down")
