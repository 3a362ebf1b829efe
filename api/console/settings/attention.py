"""What needs somebody, in a few words a section; only what is asked for cheaply."""

from __future__ import annotations

from collections.abc import Iterator

from api.console.context import Context
from api.console.settings.section import WHOLE
from engine.store.messages import DEAD


def attention_of(context: Context) -> dict[str, str]:
    """Return what needs somebody, by section; run it in a thread."""
    return dict(_found(context))


def _found(context: Context) -> Iterator[tuple[str, str]]:
    service, now = context.service, context.now()
    active = sum(one.is_active(now) for one in service.store.silences.page(now, scope=context.caller.scope))
    if active:
        yield "silences", f"{_count(active, 'silence')} at this moment"
    if not WHOLE.holds(context):
        return
    stopped = sum(one.stopped is not None for one in service.store.receivers.all().values())
    if stopped:
        yield "receivers", f"{_count(stopped, 'receiver')} stopped"
    dead = service.store.outbox.counts().get(DEAD, 0)
    if dead:
        yield "outbox", f"{_count(dead, 'message')} given up"
    if service.reader.problem or service.model_problem or service.published.problem:
        yield "health", "something does not work as it should"


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"
