"""First pages: from asking for one until it is connected and shows what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import median

from playwright.sync_api import Browser

from tests.bench.console.browser import opened, signed_in
from tests.bench.console.served import House

COLD, WARM = 3, 5
ASKED_MS = 1_500
FIGURE = "document.querySelector('.hf-figures .hf-card p.hf-strong, .hf-figures .hf-tile')"
# By the name of a page: its address, and what it is open for.
PAGES: Mapping[str, tuple[str, str]] = {
    "inbox": ("/", "document.querySelector('[data-alert] .hf-inbox-line')"),
    "feedback": ("/feedback", "document.querySelector('.hf-found-name')"),
    "rules": ("/rules", "document.querySelector('.hf-rules .hf-list-entry')"),
    "insights": ("/insights", FIGURE),
    "insights, drivers of 90 days": ("/insights?view=drivers&since={since}", FIGURE),
    "alert": ("/alerts/{alert}", "document.querySelector('hf-verbatim')"),
    "models": ("/models", "document.querySelector('.hf-card table, .hf-card dl')"),
    "settings": ("/settings", "document.querySelector('#main a, #main table')"),
}


def measure(browser: Browser, house: House, alert: str) -> list[str]:
    """Return a table of the report: each page in a browser that was never here, and in one that was."""
    since = (datetime.now(UTC) - timedelta(days=90)).date().isoformat()
    rows = [
        one_page(browser, house, name, path.format(alert=alert, since=since), seen)
        for name, (path, seen) in PAGES.items()
    ]
    return [
        f"First pages, asked for: {ASKED_MS:,} ms. Median of {COLD} in a new browser, {WARM} in a known one.",
        "",
        "| page | cold | warm | slowest |",
        "|---|---|---|---|",
        *rows,
        "",
    ]


def one_page(browser: Browser, house: House, name: str, path: str, seen: str) -> str:
    """Return the row of a page."""
    token = house.token()
    cold, warm = [], []
    for _ in range(COLD):
        context = signed_in(browser, house.base, token)
        cold.append(opened(context.new_page(), path, seen))
        if len(cold) == COLD:
            warm = [opened(context.new_page(), path, seen) for _ in range(WARM)]
        context.close()
    return f"| {name} | {_said(median(cold))} | {_said(median(warm))} | {max(*cold, *warm):,.0f} ms |"


def _said(ms: float) -> str:
    return f"**{ms:,.0f} ms**{' (late)' if ms > ASKED_MS else ''}"
