"""The inbox: the queue of alerts, the most urgent first."""

from __future__ import annotations

from api.console.context import Context
from api.console.inbox.inbox import Inbox
from api.console.inbox.view import view_of
from api.console.page import Page

PAGE = Page("/", "Inbox", icon="inbox", place=1)


async def page(
    context: Context,
    queue: str = "",
    severity: str = "",
    state: str = "",
    kind: str = "",
    rule: str = "",
    unit: str = "",
    holder: str = "",
    since: str = "",
    search: str = "",
) -> None:
    """Build the page; the parameters are those of a `View`, as its address says them."""
    said = {"queue": queue, "severity": severity, "state": state, "kind": kind, "rule": rule, "unit": unit}
    view, passed = view_of(said | {"holder": holder, "since": since, "search": search})
    await Inbox(context, view, passed).draw()
