"""Silences: messages are kept quiet for a while, by somebody and for a reason."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Check, Field, choice
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table, asking, handler
from api.console.settings.section import Access, Section
from api.silence_changing import beginning, ending, silence_of
from engine.alerts.matching import ATTRIBUTE
from engine.alerts.severity import Severity
from engine.alerts.silence import Silence
from engine.errors import QuestionError
from engine.scope import JUDGES, READERS
from engine.store.silence_trial import SPAN, SilenceTrial, try_silence

ACCESS = Access(READERS, everywhere=False)
CHANGE = Access(JUDGES, everywhere=False)
LASTS = {"1h": "1 hour", "4h": "4 hours", "24h": "1 day", "7d": "7 days", "": "Until a moment"}
NOTHING = ("Nothing is silenced", "Every message goes to whom it is for.")


async def draw(context: Context) -> None:
    """Draw the section."""
    listing = _Listing(context)
    if CHANGE.holds(context):
        look.button("Silence something", handler(context, _Beginning(context, listing).ask), main=True)
    await listing.draw()
    context.follow(listing.bring, Topic.SETTINGS, Topic.ERASURES)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._cells = ("What is quiet", "State", "Why", "Until", "")

    async def draw(self) -> None:
        with Element("div").classes("st-tools st-after"):
            self._ended = Check("Those that have ended too", changed=handler(self._context, lambda _: self._again()))
        self._paged = Paged(self._context, Table("Silences", self._cells, self._draw, NOTHING), self._fetch)
        await self._paged.begin()

    async def bring(self) -> None:
        """Bring the list up to date."""
        await self._paged.bring()

    async def _again(self) -> None:
        await self._paged.begin()

    def _fetch(self, cursor: str | None) -> tuple[list[tuple[Silence, str]], str | None]:
        store, now = self._context.service.store, self._context.now()
        scope = self._context.caller.scope
        found = store.silences.page(now, ended=self._ended.value, limit=PAGE + 1, after=cursor or "", scope=scope)
        shown = [(one, one.state(now)) for one in found[:PAGE]]
        return shown, found[PAGE - 1].id if len(found) > PAGE else None

    def _draw(self, one: tuple[Silence, str], cells: Cells) -> None:
        silence, state = one
        with cells():
            look.words("span", silence.matching.said, "hf-strong")
        with cells():
            look.chip({"active": "Quiet now", "pending": "To come", "ended": "Ended"}[state], "neutral")
        with cells():
            look.words("div", silence.reason)
            by = silence.author if silence.ended_by is None else f"{silence.author}; ended by {silence.ended_by}"
            look.words("div", by, "hf-small hf-muted")
        with cells():
            if state == "pending":
                look.words("span", "from ")
                look.moment(silence.starts_at)
                look.words("span", " to ")
            look.moment(silence.ends_at)
        with cells():
            if state != "ended" and CHANGE.holds(self._context):
                button = look.button("End it", handler(self._context, lambda: self._ask_end(silence)))
                button.props["aria-label"] = f"End it: the silence of {silence.matching.said}"

    async def _ask_end(self, silence: Silence) -> None:
        context = self._context

        async def end() -> None:
            CHANGE.need(context)
            await context.write(ending(context.service, context.caller, silence.id), JUDGES)
            say_done("The silence has ended")
            await self.bring()

        means = [
            f"Messages about alerts where {silence.matching.said} are sent again from now on.",
            "Whoever missed some because of it is told once what they were.",
        ]
        with asking(context, "End this silence", means, "End it", end):
            pass


class _Beginning:
    """Begins a silence: what, for how long, why; and first what it would keep quiet."""

    def __init__(self, context: Context, listing: _Listing) -> None:
        self._context, self._listing = context, listing

    async def ask(self) -> None:
        """Open the dialog."""
        context = self._context
        rules = {"": "Any rule"} | {one.slug: one.title or one.slug for one in context.service.rules.rules}
        severities = {"": "Any severity"} | {str(one): str(one).capitalize() for one in Severity}
        means = ["Alerts still open, and their clocks run. Only their messages are kept quiet."]
        with asking(context, "Silence something", means, "Begin", self._begin):
            with Element("div").classes("st-form"):
                self._rule = choice("Rule", rules)
                self._severity = choice("Severity", severities)
                unit = context.caller.scope.unit
                self._unit = Field("Unit", unit or "", hint="And all below it")
                self._topic = Field("Topic", hint="Such as digital/ease-of-use")
                self._customer = Field("Customer")
                self._attribute = Field("Attribute", hint="Such as product=card")
                self._lasts = choice("For", LASTS, "4h")
                self._until = Field("Until", hint="Where it is a moment: 2026-12-24T18:00")
                self._reason = Field("Why", hint="For whoever wonders about the quiet", most=500, wide=True)
            look.button("What would it keep quiet?", handler(context, self._try))
            self._found = Element("div").props("role=status")

    def _said(self, reason: str | None) -> dict[str, Any]:
        named = {"rule": self._rule, "severity": self._severity, "unit": self._unit, "topic": self._topic}
        matching: dict[str, Any] = {key: field.said for key, field in (named | {"customer": self._customer}).items()}
        matching = {key: value for key, value in matching.items() if value is not None}
        if self._attribute.said is not None:
            name, equals, value = self._attribute.said.partition("=")
            if not equals or not name.strip() or not value.strip():
                raise QuestionError("an attribute is written name=value, such as product=card")
            matching[f"{ATTRIBUTE}{name.strip()}"] = value.strip()
        if not matching:
            raise QuestionError("choose at least one thing: a silence of everything would hide what matters most")
        return {"matching": matching, "reason": reason, "ends": self._lasts.said or self._until.said}

    async def _try(self) -> None:
        context, said = self._context, self._said("tried")

        def work() -> SilenceTrial:
            silence = silence_of(context.service, context.caller, said)
            store = context.service.store
            return try_silence(store.database, silence.matching, context.now(), context.caller.scope)

        found = await context.read(work)
        self._found.clear()
        with self._found:
            _draw_trial(found)

    async def _begin(self) -> None:
        context, said = self._context, self._said(self._reason.said)
        CHANGE.need(context)
        silence = await context.read(lambda: silence_of(context.service, context.caller, said))
        await context.write(beginning(context.service, context.caller, silence), JUDGES)
        say_done(f"Quiet where {silence.matching.said}")
        await self._listing.bring()


def _draw_trial(found: SilenceTrial) -> None:
    if not found.of:
        look.words("p", f"No message was sent in the last {SPAN.days} days, so nothing can be told.", "hf-muted")
        return
    waiting = f"; {found.waiting:,} wait to be sent now" if found.waiting else ""
    said = f"Of the {found.of:,} newest messages of the last {SPAN.days} days it would have held back {found.fits:,}"
    look.words("p", f"{said}{waiting}.", "hf-strong")
    with Element("ul"):
        for title in found.titles:
            look.words("li", title, "hf-small")


SECTION = Section("silences", "Silences", "What is kept quiet, until when, and why.", ACCESS, draw)
