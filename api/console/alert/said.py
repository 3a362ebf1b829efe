"""What was said, and for those who may see it, as it came: asked why, and written down."""

from __future__ import annotations

from dataclasses import replace

from nicegui.element import Element

from api.console import look
from api.console.alert import fields
from api.console.alert.host import Host
from api.console.alert.sections import UNREADABLE
from api.console.verbatim import Verbatim, prepared
from api.private_looking import look_at
from engine.privacy.seeing import MOST_WHY, Private
from engine.scope import READERS


class SaidPanel:
    """The panel of the page.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._verbatim: Verbatim | None = None

    def draw(self) -> None:
        """Draw the words with what was read in them."""
        basis = self._host.basis
        feedback, reading = basis.feedback, basis.reading
        if feedback is None:
            look.words("p", "What was said is not here any more, or your account does not show it.")
            return
        if basis.erased_at is not None:
            with Element("p").classes("hf-muted"):
                look.words("span", "What was said was erased ")
                look.moment(basis.erased_at)
            return
        if basis.revised:
            look.words("p", "The feedback was revised since: this is what the alert was opened on.", "hf-warn")
        if reading is not None and reading.status in UNREADABLE:
            look.words("p", UNREADABLE[reading.status], "hf-warn")
        if feedback.speakers_guessed:
            look.words("p", "Who is the customer was guessed from what was said.", "hf-small hf-muted")
        self._verbatim = Verbatim(basis.shown)
        if self._host.context.caller.see_private and feedback.redactions and not basis.revised:
            self._place = Element("div").classes("hf-alert-more")
            self._offer()

    def _offer(self) -> None:
        self._place.clear()
        with self._place:
            look.button("Show what was removed", self._host.context.doing(self._ask), icon="visibility")

    async def _ask(self) -> None:
        """Ask why: nobody looks without a reason on record."""
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.props["aria-label"] = "Show what was removed"
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._offer)
            why = fields.text("Why do you need to see it? Your name and this are kept.", most=MOST_WHY)

            async def show() -> None:
                await self._show(why.value)

            with Element("div").classes("hf-row"):
                look.button("Show", self._host.context.doing(show), main=True)
                look.button("Cancel", self._offer)
        fields.focus(form)

    async def _show(self, why: str) -> None:
        context, alert = self._host.context, self._host.now.alert
        key = (alert.source, alert.feedback_id)
        found = await context.write(lambda: look_at(context.service, context.caller, *key, why), READERS)
        original = found.original
        evidence = []
        for one in alert.evidence:
            start, end = original.span(one.part, one.start, one.end)
            evidence.append(replace(one, start=start, end=end))
        reading = original.reading(found.stored.decision.reading)
        shown = await context.read(lambda: prepared(original.feedback, reading, evidence))
        if self._verbatim is not None:
            self._verbatim.show(shown)
        self._place.clear()
        with self._place:
            self._draw_shown(found)

    def _draw_shown(self, found: Private) -> None:
        look.words("p", "This is how it came. That you looked at it, and why, is on record.", "hf-warn").props(
            "role=status"
        )
        outside = [
            (one.field, value)
            for one, value in zip(found.stored.feedback.redactions, found.values, strict=True)
            if not one.field.startswith("parts.")
        ]
        if outside:
            with Element("dl").classes("hf-pairs"):
                for name, value in outside:
                    look.words("dt", name.removeprefix("attributes."))
                    look.words("dd", str(value))
        look.button("Hide it again", self._hide, icon="visibility_off")

    def _hide(self) -> None:
        if self._verbatim is not None:
            self._verbatim.show(self._host.basis.shown)
        self._offer()
