from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.console.browsing import Console, served
from tests.support.databases import store, url

__all__ = ["store", "url"]

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a module on one worker, for they share a console and a browser; and tell those of a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
            if "browser" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.browser)


# Not for longer than a module: while it is there, nothing else in the thread can run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser without a window."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def console(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that the tests of a module share, with accounts and records of their own."""
    with served(tmp_path_factory.mktemp("console"), browser) as found:
        yield found


@pytest.fixture
def own_console(browser: Browser, tmp_path: Path) -> Iterator[Console]:
    """A console of the test's own."""
    with served(tmp_path, browser) as found:
        yield found


@pytest.fixture(scope="module")
def quiet_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that no browser looks at: for what can be seen over HTTP."""
    with served(tmp_path_factory.mktemp("console"), None) as found:
        yield found
