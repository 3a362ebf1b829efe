"""`make screenshots`: the pages of the console with the sample data, as pictures for the README."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from api.console.registry import all_pages
from tests.acceptance.serving import free_port
from tests.console.browsing import WIDE

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "screenshots"
READY = "Ctrl-C ends it."
MOST_S = 180
# Nothing is being counted any more, and for two seconds nothing was drawn; ages of alerts change every second.
QUIET = """() => {
  const drawn = document.querySelectorAll("*").length;
  if (document.querySelector(".q-spinner, [aria-busy=true]") || drawn !== window.drawn) {
    window.drawn = drawn;
    window.since = Date.now();
  }
  return Date.now() - window.since > 2000;
}"""


def main() -> None:
    """Start the demo in an empty folder, sign in, and take a picture of every page of the navigation."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("there is no Chromium: install it, on Debian with 'apt-get install chromium'")
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        process, link = _demo(Path(folder))
        try:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_context(viewport=WIDE, color_scheme="light", device_scale_factor=1).new_page()
            page.goto(link)
            page.get_by_role("button", name="Sign in").click()
            base = link.partition("/sign-in")[0]
            for path, name in _places(page):
                _take(page, base + path, OUT / f"{name}.png")
            browser.close()
        finally:
            process.terminate()
            process.wait(30)


def _demo(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the demo, and return it with the link that signs in."""
    log = folder / "log"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "demo", "--port", str(free_port())],
            cwd=folder,
            env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    deadline = time.monotonic() + MOST_S
    while READY not in (text := log.read_text()):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            sys.exit(f"the demo did not start:\n{text}")
        time.sleep(0.2)
    return process, re.findall(r"console\s+(\S+)", text)[0]


def _places(page: Page) -> list[tuple[str, str]]:
    """Return the pages of the navigation, and the first alert of the inbox where there is a page for it."""
    found = [one.page for one in all_pages() if one.page.place is not None]
    places = [(one.path, one.title.lower()) for one in sorted(found, key=lambda one: one.place or 0)]
    if any(one.page.path.startswith("/alerts/") for one in all_pages()):
        first = page.locator("a[href^='/alerts/']").first.get_attribute("href")
        places.insert(1, (str(first), "alert"))
    return places


def _take(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    page.wait_for_function("window.did_handshake === true")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(QUIET, timeout=60_000)
    page.screenshot(path=file)
    print(file.relative_to(ROOT))


if __name__ == "__main__":
    main()
