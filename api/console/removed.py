"""What was taken out of a feedback, for those who may see it: asked why, written down, then shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from nicegui import ui
from nicegui.element import Element

from api.console import fields, look
from api.console.context import Context
from api.private_looking import look_at
from engine.privacy.seeing import MOST_WHY, Private
from engine.scope import READERS

# Then it is hidden again.
LASTS = timedelta(minutes=10)


class Removed:
    """Offers to show what was removed, below the words that it is shown in.

    Parameters
    ----------
    key
        Source and id of the feedback.
    show
        Shows the words as they came.
    hide
        Shows them as they are stored again.
    """

    def __init__(
        self,
        context: Context,
        key: tuple[str, str],
        show: Callable[[Private], Awaitable[None]],
        hide: Callable[[], None],
    ) -> None:
        self._context = context
        self._key = key
        self._show_words = show
        self._hide_words = hide
        self._place = Element("div").classes("hf-alert-more")
        self._offer()

    def _offer(self) -> None:
        self._place.clear()
        with self._place:
            look.button("Show what was removed", self._context.doing(self._ask), icon="visibility")

    async def _ask(self) -> None:
        """Ask why: nobody looks without a reason on record."""
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.props["aria-label"] = "Show what was removed"
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._offer)
            why = fields.Field("Why do you need to see it? Your name and this are kept.", most=MOST_WHY)

            async def show() -> None:
                await self._show(why.value)

            with Element("div").classes("hf-row"):
                look.button("Show", self._context.doing(show), main=True)
                look.button("Cancel", self._offer)
        fields.focus(form)

    async def _show(self, why: str) -> None:
        context = self._context
        found = await context.write(lambda: look_at(context.service, context.caller, *self._key, why), READERS)
        await self._show_words(found)
        self._place.clear()
        with self._place:
            self._draw_shown(found)

    def _draw_shown(self, found: Private) -> None:
        minutes = f"{LASTS.total_seconds() / 60:.0f} minutes"
        said = f"This is how it came, for {minutes}. That you looked at it, and why, is on record."
        look.words("p", said, "hf-warn").props("role=status")
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
        # Whoever leaves the page open shows it to nobody for long; what takes its place stops the clock.
        ui.timer(LASTS.total_seconds(), self._hide, once=True)

    def _hide(self) -> None:
        self._hide_words()
        self._offer()
