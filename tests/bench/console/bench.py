"""The console's promises of speed, measured on a store with 100,000 feedback and 10,000 alerts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.console import actions, ingest, pages
from tests.bench.console.browser import chromium
from tests.bench.console.served import FEEDBACK, filled, serving


def measure() -> list[str]:
    """Return the lines of the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stored, alerts = filled(folder)
        lines = [
            f"{FEEDBACK:,} feedback and {alerts:,} open alerts on SQLite, Chromium on the same cores.",
            "",
        ]
        with serving(stored, folder / "seen") as house, chromium() as browser:
            alert = actions.posted(house, 1, "first")[0]
            lines += pages.measure(browser, house, alert)
            lines += actions.measure(browser, house)
        return lines + ingest.measure(stored, folder)


if __name__ == "__main__":
    print("\n".join(measure()))
