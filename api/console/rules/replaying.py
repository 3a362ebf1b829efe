"""The backtest of a text, before it is published: what it would have raised, and for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.rules.foretold import draw_foretold, shown
from api.console.rules.samples import Said, words_of
from api.replay_watch import ReplayWatch
from api.rule_replays import Foretold, check_replays, foretell
from engine.errors import ReplayStoppedError
from engine.scope import TESTERS

SPANS = {"7d": "the last 7 days", "30d": "the last 30 days", "90d": "the last 90 days", "365d": "the last year"}
BEGIN = "30d"
LOOK_S = 0.4
VALUE = "(event) => emit(event.target.value)"


class ReplayPanel:
    """Replays stored feedback by a text, and shows what it would have raised; one at a time in a service.

    Parameters
    ----------
    context
        Who asks.
    text
        Returns the text that is tried: what is published, or what stands in an editor.
    """

    def __init__(self, context: Context, text: Callable[[], str]) -> None:
        self._context = context
        self._text = text
        self._span = BEGIN
        self._watch: ReplayWatch | None = None
        context.client.on_delete(self.stop)

    @staticmethod
    def is_for(context: Context) -> bool:
        """Return whether an account may replay: it shows what customers of every unit said."""
        return context.may(TESTERS) and context.caller.scope.unit is None

    def draw(self) -> None:
        """Draw what begins a backtest, and the place for what comes of it."""
        with Element("div").classes("hf-row"):
            self._draw_spans()
            self._begin = look.button("Backtest", self._context.doing(self._run), icon="history")
            self._cancel = look.button("Stop", self._context.doing(self._stopped))
            self._cancel.set_visibility(False)
        with Element("div").classes("hf-row hf-small").props("role=status") as self._going:
            self._bar = Element("progress").classes("hf-progress")
            self._bar.props["max"] = "1"
            self._bar.props["aria-label"] = "How much is replayed"
            self._told = look.words("span", "")
        self._going.set_visibility(False)
        self._place = Element("div")

    def _draw_spans(self) -> None:
        with look.words("label", "", "hf-row"):
            look.words("span", "Over", "hf-small hf-muted")
            with Element("select").classes("hf-select") as chosen:
                chosen.props["aria-label"] = "Over which feedback"
                for span, said in SPANS.items():
                    option = look.words("option", said)
                    option.props["value"] = span
                    if span == self._span:
                        option.props["selected"] = True
            chosen.on("change", lambda event: self._choose(str(event.args)), js_handler=VALUE)

    def _choose(self, span: str) -> None:
        self._span = span if span in SPANS else BEGIN

    async def _run(self) -> None:
        context, text, span = self._context, self._text(), self._span
        check_replays(context.caller)
        watch = self._watch = ReplayWatch()
        self._place.clear()
        self._show_going(going=True)
        try:
            work = context.service.replayer.run(lambda: foretell(context.service, text, span, watch))
            found = await self._told_while(work, watch)
            said = await context.read(lambda: words_of(context, shown(found)))
        except ReplayStoppedError:
            return
        finally:
            self._show_going(going=False)
        self._draw_found(found, said, span)

    async def _told_while(self, work: Awaitable[Foretold], watch: ReplayWatch) -> Foretold:
        """Wait for a replay, and tell meanwhile how far it is."""
        going = asyncio.ensure_future(work)
        while not going.done():
            await asyncio.wait([going], timeout=LOOK_S)
            if not self._is_gone() and not going.done():
                self._bar.props["value"] = f"{watch.share:.3f}"
                self._bar.update()
                self._told.text = f"{watch.done:,} of {watch.total:,} records" if watch.total else "Getting ready"
        return going.result()

    def _draw_found(self, found: Foretold, said: Said, span: str) -> None:
        if self._is_gone():
            return
        with self._place:
            zone, taxonomy = self._context.service.engine.program.zone, self._context.service.rules.taxonomy
            draw_foretold(found, said, SPANS[span], zone, taxonomy)

    def forget(self) -> None:
        """Show nothing any more of what was found: whom it was found with may be forgotten by now."""
        self._place.clear()

    async def _stopped(self) -> None:
        self.stop()

    def stop(self) -> None:
        """Let the replay end that nobody waits for any more."""
        if self._watch is not None:
            self._watch.stop()

    def _is_gone(self) -> bool:
        """Return whether the panel was drawn away while it waited."""
        return self._context.client.is_deleted or self._place.is_deleted

    def _show_going(self, *, going: bool) -> None:
        if self._is_gone():
            return
        self._told.text = "Getting ready" if going else ""
        self._bar.props.pop("value", None)
        self._going.set_visibility(going)
        self._cancel.set_visibility(going)
        self._begin.set_visibility(not going)
