"""A browser that is timed by its own clock: from a key or a click to the frame in which its result is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.console.browsing import WIDE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MOST_MS = 30_000
# When the latest key or click was given.
BEGAN = """for (const kind of ['keydown', 'pointerdown', 'change'])
  addEventListener(kind, (event) => { window.benchBegan = event.timeStamp; }, true);"""
MARKED = "(one) => document.querySelectorAll(one).forEach((found) => { found.dataset.benchOld = '1'; })"


@dataclass
class Times:
    """How long something took, each time, in ms."""

    name: str
    asked_ms: float
    taken: list[float] = field(default_factory=list)

    @property
    def row(self) -> str:
        """A row of a table."""
        late = " (late)" if median(self.taken) > self.asked_ms else ""
        return f"| {self.name} | **{median(self.taken):,.0f} ms**{late} | {max(self.taken):,.0f} ms |"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a real browser without a window.

    Raises
    ------
    SystemExit
        If there is none.
    """
    if CHROMIUM is None:
        raise SystemExit("there is no Chromium: install it, on Debian with 'apt-get install chromium'")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def signed_in(browser: Browser, base: str, token: str) -> BrowserContext:
    """Return a browser of somebody who is signed in, with nothing kept from before."""
    found = browser.new_context(viewport=WIDE, base_url=base)  # type: ignore[arg-type]
    found.set_default_timeout(MOST_MS)
    found.add_cookies([{"name": "heedful_session", "value": token, "url": base, "httpOnly": True}])
    found.add_init_script(BEGAN)
    return found


def opened(page: Page, path: str, seen: str) -> float:
    """Open a page, and return the milliseconds until it is connected and something is seen."""
    page.goto(path, wait_until="commit")
    return _when(page, f"window.did_handshake === true && ({seen})", "0")


def took(page: Page, act: Callable[[], object], seen: str) -> float:
    """Do something with a key or a click, and return the milliseconds from it until something is seen."""
    act()
    return _when(page, seen, "window.benchBegan")


def marked(page: Page, selector: str) -> None:
    """Mark what is there, so that what replaces it is known by `fresh`."""
    page.evaluate(MARKED, selector)


def fresh(selector: str, text: str = "") -> str:
    """Return a condition: something was drawn that was not there when `marked` looked, and has some text."""
    says = f"!one.dataset.benchOld && one.textContent.includes({text!r})"
    return f"[...document.querySelectorAll({selector!r})].some((one) => {says})"


def _when(page: Page, seen: str, since: str) -> float:
    found = page.wait_for_function(f"() => ({seen}) && performance.now() - {since}", polling="raf", timeout=MOST_MS)
    taken: float = found.json_value()
    return taken
