"""Receivers: where messages go, how each does, and whether a test arrives."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from nicegui.element import Element
from starlette.concurrency import run_in_threadpool

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field
from api.console.live import Topic
from api.console.settings.parts import Act, Cells, Table, asking, dialog, handler, pairs
from api.console.settings.section import Access, Section
from api.masking import mask_texts
from api.receiver_changing import pausing, starting, testing
from engine.delivery.permitted import body_for
from engine.delivery.samples import sample_message
from engine.delivery.spec import OPERATORS, ReceiverSpec, Sees
from engine.delivery.trial import Tested
from engine.scope import ADMINS
from engine.store.messages import HELD, PENDING
from engine.store.receiver_states import ReceiverStanding

ADMIN = Access(ADMINS, everywhere=False)
CHANGE = Access()
SEES = {
    Sees.EVERYTHING: "everything",
    Sees.MASKED: "words without personal data",
    Sees.LABELS: "labels only, no words",
}
PAUSE = (
    "Nothing is sent there until somebody starts it again. What comes meanwhile is held, and sent then.",
    "It counts as one that fails: the operators are told, and its fallback, if any, gets what waits too long.",
)


@dataclass(frozen=True)
class Shown:
    """A receiver, how it does, and how many messages wait for it."""

    spec: ReceiverSpec
    standing: ReceiverStanding | None
    waiting: int


async def draw(context: Context) -> None:
    """Draw the section."""
    folder = context.service.settings.program
    where = f"in receivers.yaml of {folder}" if folder else "in receivers.yaml of a program; this service runs without"
    said = f"Receivers are declared {where}. The file is read at a start. Addresses and secrets are never shown."
    look.words("p", said, "st-note")
    listing = _Listing(context)
    await listing.bring()
    context.follow(listing.bring, Topic.SETTINGS)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context
        columns = ("Receiver", "May see", "State", "Last message", "Waiting", "")
        self._table = Table("Receivers", columns, self._draw, ("There are no receivers", ""))

    async def bring(self) -> None:
        """Bring the list up to date."""
        self._table.show(await self._context.read(self._look))

    def _look(self) -> list[Shown]:
        service = self._context.service
        standings, counts = service.store.receivers.all(), service.store.outbox.counts_by_receiver()
        return [
            Shown(spec, standings.get(name), counts.get((PENDING, name), 0) + counts.get((HELD, name), 0))
            for name, spec in sorted(service.specs.items())
        ]

    def _draw(self, one: Shown, cells: Cells) -> None:
        spec, standing = one.spec, one.standing
        with cells():
            look.words("div", spec.name, "hf-strong")
            look.words("div", _about(spec), "hf-small hf-muted")
        cells(SEES[spec.sees])
        with cells():
            _state(standing)
        with cells():
            if standing is not None and standing.last_sent_at is not None:
                look.moment(standing.last_sent_at, look.Clock.AGO)
            else:
                look.words("span", "none yet", "hf-muted")
        cells(f"{one.waiting:,}", "st-count")
        with cells(), Element("div").classes("st-buttons"):
            self._button("Test", spec.name, lambda: self._ask_test(spec))
            if not CHANGE.holds(self._context):
                return
            if standing is not None and standing.stopped is not None:
                self._button("Start", spec.name, lambda: self._ask_start(spec.name))
            elif spec.name != OPERATORS:
                self._button("Pause", spec.name, lambda: self._ask_pause(spec.name))

    def _button(self, text: str, name: str, act: Act) -> None:
        look.button(text, handler(self._context, act)).props["aria-label"] = f"{text} {name}"

    async def _ask_test(self, spec: ReceiverSpec) -> None:
        context = self._context
        means = ["One message goes there the way alerts do. It is about no customer, and says that it is a test."]

        async def test() -> None:
            given = address.said if address is not None else None
            work = testing(context.service, context.caller, spec.name, given)
            ADMIN.need(context)
            # Not in the thread that writes: the other side may take its time.
            tested = await run_in_threadpool(work)
            # Nor on the loop: personal data is looked for in it.
            sent = await context.read(lambda: _sent(context, spec, given))
            self._show_tested(spec, tested, sent)
            await self.bring()

        doing = "It is being sent: the other side may take its time."
        with asking(context, f"Send a test to {spec.name}", means, "Send it", test, doing=doing):
            address = Field("Address", hint="Where this message goes", most=500) if spec.takes_address else None

    def _show_tested(self, spec: ReceiverSpec, tested: Tested, sent: str) -> None:
        context = self._context
        title = f"{spec.name} took the message" if tested.delivered else f"{spec.name} did not take the message"
        with dialog(context, title) as shown:
            again = "trying again is of no use until it is put right" if tested.permanent else "a later try may work"
            outcome = "delivered" if tested.delivered else f"not delivered; {again}"
            pairs([("Outcome", outcome), ("It said", tested.said), ("It took", f"{tested.took_s:.1f} s")])
            look.words("p", "What it may see of the message:", "hf-small hf-muted")
            pre = look.words("pre", sent, "st-pre").props("tabindex=0 role=region")
            pre.props["aria-label"] = "The message"
            look.button("Close", shown.close)

    async def _ask_pause(self, name: str) -> None:
        context = self._context

        async def pause() -> None:
            CHANGE.need(context)
            await context.write(pausing(context.service, context.caller, name, why.value), ADMINS)
            say_done(f"{name} is paused")
            await self.bring()

        with asking(context, f"Pause {name}", PAUSE, "Pause it", pause, grave=True):
            why = Field("Why", hint="For whoever wonders where the messages are", most=500)

    async def _ask_start(self, name: str) -> None:
        context = self._context

        async def start() -> None:
            CHANGE.need(context)
            due = await context.write(starting(context.service, context.caller, name), ADMINS)
            say_done(f"{name} is started; {due:,} held messages are sent now" if due else f"{name} is started")
            await self.bring()

        means = ["Messages go there again, and those that were held for it are sent now, all at once."]
        with asking(context, f"Start {name}", means, "Start it", start):
            pass


def _about(spec: ReceiverSpec) -> str:
    said: list[str] = [spec.kind]
    said += ["to each person's own address"] if spec.takes_address else []
    said += ["to customers"] if spec.to_customer else []
    said += [f"else to {spec.fallback}"] if spec.fallback else []
    said += [f"{spec.budget} a day"] if spec.budget else []
    if spec.quiet_hours:
        said.append(f"quiet {spec.quiet_hours.start:%H:%M} to {spec.quiet_hours.end:%H:%M} {spec.quiet_hours.zone}")
    return ", ".join(said)


def _state(standing: ReceiverStanding | None) -> None:
    if standing is None:
        look.words("span", "Never sent to", "hf-muted")
    elif standing.stopped is not None:
        look.words("div", "Paused" if standing.is_paused else "Stopped", "hf-strong hf-bad")
        look.words("p", standing.stopped, "hf-small hf-muted")
        look.moment(standing.since, look.Clock.AGO)
    elif standing.failures:
        times = "1 try" if standing.failures == 1 else f"{standing.failures:,} tries in a row"
        look.words("div", f"Failing: {times}", "hf-strong hf-warn")
        if standing.failing_since is not None:
            look.moment(standing.failing_since, look.Clock.AGO)
    else:
        look.words("span", "Works", "hf-good hf-strong")


def _sent(context: Context, spec: ReceiverSpec, address: str | None) -> str:
    """Return what a receiver sees of a test message, as it is permitted to."""
    engine = context.service.engine
    mask = engine.redactor.mask if engine.redactor is not None else mask_texts
    body = body_for(spec, sample_message(spec, engine.clock, address), mask)
    return orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()


SECTION = Section("receivers", "Receivers", "Where messages go, and how each receiver does.", ADMIN, draw)
