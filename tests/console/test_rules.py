"""The rules in a real browser: found, read, tried on the past, made live, paused, rolled back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from engine.shelf.publisher import Signature
from tests.console.browsing import Console

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
