"""What stands around every page, in a real browser: signing in, the navigation, colours, and widths."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from engine.passwords import hashed
from tests.console.browsing import PHONE, WIDE, Console, grave

PASSWORD = "correct horse battery"


def test_somebody_signs_in_sets_a_password_and_signs_out(console: Console) -> None:
    account = console.account("agent")
    token = console.service.store.sessions.link(account.id, account.created_at)
    page = console.page()
    page.goto(f"/sign-in/link/{token}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    page.get_by_role("link", name=account.name).click()
    page.wait_for_function("window.did_handshake === true")
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password again").fill("short")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_contain_text("A password has at least 12 characters")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.goto("/account")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill("something else")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The e-mail or the password is not right.")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/account$"))
    page.wait_for_function("window.did_handshake === true")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    console.open(page, "/account")
    page.get_by_label("Present password").fill("something else")
    for name in ("New password", "New password again"):
        page.get_by_label(name, exact=True).fill(f"{PASSWORD} too")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("alert")).to_contain_text("The e-mail or the password is not right")
    who = [(one.entry.who, one.entry.what) for one in console.service.store.audit.page(subject=account.email)]
    assert who == [(account.email, "password")]


@pytest.mark.parametrize("path", ["/", "/account", "/feedback/try"])
def test_a_page_is_left_when_its_session_ends_elsewhere(console: Console, path: str) -> None:
    account = console.account()
    page = console.sign_in(account=account, path=path)
    console.service.store.accounts.change(account.id, {"password": hashed(PASSWORD)})
    page.wait_for_url("**/sign-in", timeout=8_000)


def test_nobody_acts_in_the_page_of_another_even_who_knows_its_id(console: Console) -> None:
    theirs = console.sign_in("admin", path="/account")
    theirs.evaluate("""() => {
        const emit = window.socket.emit.bind(window.socket);
        window.socket.emit = (...said) => { if (said[0] === "event") window.said = said; return emit(...said); };
    }""")
    theirs.get_by_role("button", name="Colours: as the system").click()
    expect(theirs.get_by_role("button", name="Colours: light")).to_be_visible()
    said = theirs.evaluate("window.said")
    mine = console.sign_in("viewer", path="/account")
    mine.evaluate("(said) => window.socket.emit(...said)", said)
    # What comes after it is done after it.
    mine.get_by_role("button", name="Colours: as the system").click()
    expect(mine.get_by_role("button", name="Colours: light")).to_be_visible()
    expect(theirs.get_by_role("button", name="Colours: light")).to_be_visible()
    theirs.evaluate("(said) => window.socket.emit(...said)", said)
    expect(theirs.get_by_role("button", name="Colours: dark")).to_be_visible()
    for page in (mine, theirs):
        page.context.close()


def test_what_is_done_in_a_page_whose_session_is_over_is_not_done(console: Console) -> None:
    account = console.account("agent")
    page = console.sign_in(account=account, path="/account")
    console.service.store.sessions.end_all(account.id)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_url("**/sign-in")
    assert not console.service.store.accounts.one(account.id).has_password


@pytest.mark.parametrize(
    ("dark", "size"), [pytest.param("light", WIDE, id="light and wide"), pytest.param("dark", PHONE, id="dark phone")]
)
@pytest.mark.parametrize("path", ["/", "/account", "/none", "/sign-in"])
def test_everybody_can_use_a_page(filled: Console, path: str, dark: str, size: dict[str, int]) -> None:
    if path == "/sign-in":
        page = filled.page(size, color_scheme=dark)
        page.goto(path)
    else:
        page = filled.sign_in(path=path, viewport=size, color_scheme=dark)
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page is wider than the screen"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(244, 246, 248)" if dark == "light" else "rgb(15, 20, 25)")
    page.context.close()


@pytest.fixture(scope="module")
def filled(console: Console) -> Console:
    """A console with alerts of every severity, some of them late."""
    console.post(
        {"id": "a1", "text": "I am furious about the menu.", "scores": {"nps": 1}, "customer": "c1", "unit": "emea/uk"},
        {"id": "a2", "text": "I am leaving. " + "And so on and on. " * 60, "scores": {"nps": 5}},
        {"id": "a3", "text": "Nothing much", "scores": {"nps": 2}},
    )
    return console


def test_the_keyboard_reaches_everything(filled: Console) -> None:
    page = filled.sign_in()
    page.keyboard.press("Tab")
    assert _focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main') !== null"), "the link skips the navigation"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.goto("/account")
    page.wait_for_function("window.did_handshake === true")
    seen = []
    while "Sign out" not in seen:
        assert len(seen) < 30, seen
        page.keyboard.press("Tab")
        seen.append(_focused(page))
        assert page.evaluate(SHOWN), f"{seen[-1]} does not show that it has the focus"
    assert [one for one in seen if one in ("Heedful", "Inbox")] == ["Heedful", "Inbox"]


# Fields show it by their frame.
SHOWN = """
(() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle === "solid" || style.boxShadow !== "none" || document.activeElement.tagName === "INPUT";
})()
"""


def _focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.innerText.trim().split('\\n').pop()")
    return found


def test_on_a_phone_the_navigation_opens_at_a_button(filled: Console) -> None:
    page = filled.sign_in(viewport=PHONE)
    entry, menu = page.get_by_role("link", name="Inbox", exact=True), page.get_by_role("button", name="Menu")
    expect(entry).to_be_hidden()
    menu.click()
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(entry).to_be_visible()
    expect(entry).to_have_attribute("aria-current", "page")
    menu.click()
    expect(entry).to_be_hidden()


@pytest.mark.parametrize("width", [pytest.param(968, id="just wider than a tablet"), pytest.param(1280, id="wide")])
def test_all_pages_fit_side_by_side(filled: Console, width: int) -> None:
    page = filled.sign_in("admin", viewport={"width": width, "height": 700})
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_colours_follow_the_system_until_somebody_chooses(filled: Console) -> None:
    page = filled.sign_in(color_scheme="dark")
    dark, light = "rgb(15, 20, 25)", "rgb(244, 246, 248)"
    expect(page.locator("body")).to_have_css("background-color", dark)
    button = page.get_by_role("button", name="Colours")
    button.click()
    expect(page.locator("body")).to_have_css("background-color", light)
    expect(button).to_have_attribute("aria-label", "Colours: light")
    page.wait_for_function("document.cookie.includes('heedful_theme=light')")
    page.reload()
    expect(page.locator("body")).to_have_css("background-color", light)


def test_moments_are_in_the_viewers_zone_and_count_by_themselves(filled: Console) -> None:
    page = filled.sign_in(timezone_id="Asia/Tokyo", locale="en-GB")
    page.evaluate("document.getElementById('main').innerHTML = '<hf-time id=t></hf-time>'")

    def said(at: datetime, clock: str) -> str:
        page.evaluate(f"t.setAttribute('datetime', '{at.isoformat()}'); t.setAttribute('clock', '{clock}')")
        return str(page.evaluate("t.textContent"))

    assert said(datetime(2026, 3, 2, 20, 30, tzinfo=UTC), "at") == "3 Mar 2026, 05:30"
    now = datetime.now(UTC)
    assert said(now + timedelta(hours=26, seconds=30), "due") == "1 d 2 h left"
    assert said(now - timedelta(minutes=65), "due") == "1 h 5 m late"
    assert page.evaluate("t.hasAttribute('late')")
    before = said(now + timedelta(seconds=50), "due")
    page.wait_for_function(f"t.textContent !== {before!r}", timeout=3_000)
    assert page.evaluate("t.hasAttribute('soon') && !t.hasAttribute('late')")
