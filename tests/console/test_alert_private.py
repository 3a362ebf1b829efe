"""What was removed from a feedback, on the page of its alert in a real browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from api.console import removed
from engine.privacy.vault import Vault, new_key
from tests.console import alert_house as house
from tests.console.browsing import Console
from tests.support.recognisers import redactor_of


def test_what_was_removed_is_shown_for_a_reason_that_is_kept(
    own_console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = own_console.service
    service.vault = Vault([new_key()])
    service.engine.redactor = redactor_of(vault=service.vault)
    alert = house.posted(own_console, "private", "I am furious. Call me on +44 20 7946 0000 now")
    account = service.store.accounts.add(
        "Pat", "pat@example.com", "agent", service.engine.clock.now(), see_private=True, person="ann"
    )
    page = own_console.sign_in(account=account, path=f"/alerts/{alert}")
    expect(page.get_by_text("phone number removed")).to_be_visible()
    assert "7946" not in page.content()
    page.get_by_role("button", name="Show what was removed").click()
    page.get_by_role("form").get_by_role("button", name="Show").click()
    expect(page.get_by_text("Say why it is looked at")).to_be_visible()
    assert service.store.private_views.page() == []
    page.get_by_label("Why do you need to see it?").fill("Calling back")
    page.get_by_role("form").get_by_role("button", name="Show").click()
    expect(page.get_by_text("+44 20 7946 0000")).to_be_visible()
    (view,) = service.store.private_views.page()
    assert (view.who, view.why) == ("pat@example.com", "Calling back"), "the account, whomever it stands for"
    page.get_by_role("button", name="Hide it again").click()
    expect(page.get_by_text("phone number removed")).to_be_visible()
    page.context.close()
    page = own_console.sign_in("admin", path=f"/alerts/{alert}")
    expect(page.get_by_text("phone number removed")).to_be_visible()
    assert page.get_by_role("button", name="Show what was removed").count() == 0
    page.context.close()
    page = own_console.sign_in(account=account, path="/feedback/default/private")
    page.get_by_role("button", name="Show what was removed").click()
    monkeypatch.setattr(removed, "LASTS", timedelta(seconds=3))
    page.get_by_label("Why do you need to see it?").fill("Looking it up")
    page.get_by_role("form").get_by_role("button", name="Show").click()
    expect(page.get_by_text("+44 20 7946 0000")).to_be_visible()
    expect(page.get_by_text("+44 20 7946 0000")).to_have_count(0, timeout=8_000)
    assert "7946" not in page.content(), "nobody had to hide it"
    assert {one.why for one in service.store.private_views.page()} == {"Calling back", "Looking it up"}
