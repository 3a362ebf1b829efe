"""What was said, and for those who may see it, as it came: asked why, and written down."""

from __future__ import annotations

from dataclasses import replace

from nicegui.element import Element

from api.console import look
from api.console.alert.host import Host
from api.console.alert.sections import UNREADABLE
from api.console.removed import Removed
from api.console.verbatim import Verbatim, prepared
from engine.privacy.seeing import Private


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
        basis, alert = self._host.basis, self._host.now.alert
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
            Removed(self._host.context, (alert.source, alert.feedback_id), self._show_original, self._show_stored)

    async def _show_original(self, found: Private) -> None:
        original, evidence = found.original, []
        for one in self._host.now.alert.evidence:
            start, end = original.span(one.part, one.start, one.end)
            evidence.append(replace(one, start=start, end=end))
        reading = original.reading(found.stored.decision.reading)
        shown = await self._host.context.read(lambda: prepared(original.feedback, reading, evidence))
        if self._verbatim is not None:
            self._verbatim.show(shown)

    def _show_stored(self) -> None:
        if self._verbatim is not None:
            self._verbatim.show(self._host.basis.shown)
