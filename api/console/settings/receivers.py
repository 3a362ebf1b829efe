"""Receivers: where messages go, how each does, and whether a test arrives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import orjson
from nicegui.element import Element
from starlette.concurrency import run_in_threadpool

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field
from api.console.live import Topic
from api.console.settings.parts import Act, Cells, Table, asking, dialog, handler, pairs
from api.console.settings.publishing import publish, show_versions, why_field
from api.console.settings.receiver_form import SEES, ReceiverForm
from api.console.settings.section import Access, Section
from api.masking import mask_texts
from api.receiver_changing import pausing, starting, testing
from api.setting_changing import receiver_key
from engine.delivery.permitted import body_for
from engine.delivery.samples import sample_message
from engine.delivery.spec import OPERATORS, ReceiverSpec
from engine.delivery.trial import Tested
from engine.rules.rewriting import values_of
from engine.scope import ADMINS
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion
from engine.shelf.setting_texts import receiver_text
from engine.store.messages import HELD, PENDING
from engine.store.receiver_states import ReceiverStanding

ADMIN = Access(ADMINS, everywhere=False)
CHANGE = Access()
RECEIVER = SettingKind.RECEIVER
PAUSE = (
    "Nothing is sent there until somebody starts it again. What comes meanwhile is held, and sent then.",
    "It counts as one that fails: the operators are told, and its fallback, if any, gets what waits too long.",
)


RETIRE = (
    "No new message goes there. What waits for it goes to its fallback, or else to the operators.",
    "Its versions stay, and one of them can be published again.",
)


@dataclass(frozen=True)
class Shown:
    """A receiver, how it does, how many messages wait for it, and the version of a published one."""

    spec: ReceiverSpec
    standing: ReceiverStanding | None
    waiting: int
    version: SettingVersion | None


async def draw(context: Context) -> None:
    """Draw the section."""
    folder = context.service.settings.program
    said = f"Those in receivers.yaml of {folder} are changed there, and read at a start. " if folder else ""
    look.words("p", f"{said}Those made here count from now on. Addresses and secrets are never shown.", "st-note")
    listing = _Listing(context)
    if CHANGE.holds(context):
        look.button("Add a receiver", handler(context, listing.ask_add), main=True)
    listing.draw()
    await listing.bring()
    context.follow(listing.bring, Topic.SETTINGS)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    def draw(self) -> None:
        """Draw the places of the list, and of what is not in force."""
        columns = ("Receiver", "May see", "State", "Last message", "Waiting", "")
        with Element("div").classes("st-after"):
            self._table = Table("Receivers", columns, self._draw, ("There are no receivers", ""))
        self._left = Table("Not in force", ("Receiver", "Why", ""), self._draw_left, ("", ""))

    async def bring(self) -> None:
        """Bring the lists up to date."""
        shown, left = await self._context.read(self._look)
        self._table.show(shown)
        self._left.show_or_hide(left)

    def _look(self) -> tuple[list[Shown], list[SettingVersion]]:
        service = self._context.service
        # What another process published is told of before this one looks by itself.
        service.published.look()
        standings, counts = service.store.receivers.all(), service.store.outbox.counts_by_receiver()
        versions = {name: one for (kind, name), one in service.published.versions.items() if kind is RECEIVER}
        specs = sorted(service.specs.items())
        in_force = {name: versions[name] for name, spec in specs if spec.published and name in versions}
        waiting = {name: counts.get((PENDING, name), 0) + counts.get((HELD, name), 0) for name, _ in specs}
        shown = [Shown(spec, standings.get(name), waiting[name], in_force.get(name)) for name, spec in specs]
        return shown, [one for name, one in versions.items() if name not in in_force]

    def _draw(self, one: Shown, cells: Cells) -> None:
        spec, standing = one.spec, one.standing
        with cells():
            look.words("div", spec.name, "hf-strong")
            look.words("div", _about(spec), "hf-small hf-muted")
            if spec.problem is not None:
                look.words("p", f"It cannot be used: {spec.problem}", "hf-small hf-bad")
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
            if one.version is not None:
                self._draw_published(one.version)
            elif spec.name == OPERATORS and not spec.file:
                self._button("Change", spec.name, lambda: self._ask_change(spec.name, None))

    def _draw_published(self, version: SettingVersion) -> None:
        name = version.draft.name
        if not version.draft.managed:
            self._button("Change", name, lambda: self._ask_change(name, version))
            self._button("Retire", name, lambda: self._ask_retire(version))
        self._button("Versions", name, lambda: self._show_versions(version, may=not version.draft.managed))

    def _draw_left(self, version: SettingVersion, cells: Cells) -> None:
        draft = version.draft
        filed = self._context.service.published.in_file(draft.key)
        cells(draft.name, "hf-strong")
        why = "Retired" if draft.retired else f"It stands in {filed} by now, which counts"
        cells(f"{why}: {version.why}" if draft.retired and version.why else why)
        with cells(), Element("div").classes("st-buttons"):
            may = CHANGE.holds(self._context) and filed is None
            self._button("Versions", draft.name, lambda: self._show_versions(version, may=may))

    async def _show_versions(self, version: SettingVersion, *, may: bool) -> None:
        draft = version.draft
        await show_versions(self._context, draft.key, f"Versions of {draft.name}", self.bring, may=may)

    async def ask_add(self) -> None:
        """Ask for a new receiver."""
        await self._ask_change(None, None)

    async def _ask_change(self, name: str | None, version: SettingVersion | None) -> None:
        context = self._context
        values = values_of(version.draft.text) if version is not None and name is not None else None
        form = ReceiverForm(context, name, values[name] if values and name else {})
        seen = version.number if version is not None else None

        async def save() -> None:
            _, named = receiver_key(form.name)
            draft = SettingDraft(RECEIVER, named, receiver_text(named, form.settings))
            what = ("publish", "receiver", named)
            await publish(context, what, why.said, lambda settings, by: settings.put(draft, seen, by))
            say_done(f"Messages for {named} go there from now on")
            await self.bring()

        means = [
            "Addresses and secrets are not stored: whoever runs the service sets them as environment variables.",
            "Publish it, and test it before rules or routes send there.",
        ]
        with asking(context, f"Change {name}" if name else "Add a receiver", means, "Publish", save):
            form.draw()
            why = why_field()

    async def _ask_retire(self, version: SettingVersion) -> None:
        context, name = self._context, version.draft.name

        async def retire() -> None:
            what = ("retire", "receiver", name)
            await publish(context, what, why.said, lambda settings, by: settings.retire(name, version.number, by))
            say_done(f"{name} is retired")
            await self.bring()

        with asking(context, f"Retire {name}", RETIRE, "Retire it", retire, grave=True):
            why = why_field()

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
    said += [f"in {Path(spec.file).name}"] if spec.file else []
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
