"""A note for coaching that begins at what a customer said: for those who manage the employee it is about."""

from __future__ import annotations

from urllib.parse import urlencode

from nicegui.element import Element

from api.coaching_notes import add_note
from api.console import fields, look
from api.console.context import Context, say_done
from api.console.insights.place import PATH
from engine.insights.coaching import MOST_NOTE
from engine.scope import READERS


class CoachingNote:
    """Offers to write a note, and asks for it in the same place.

    Parameters
    ----------
    employee, name
        Whom it is for, and what they are called.
    key
        Source and id of the feedback that it is about.
    """

    def __init__(self, context: Context, employee: str, name: str, key: tuple[str, str]) -> None:
        self._context = context
        self._employee = employee
        self._name = name
        self._key = key
        self._place = Element("div")
        self._offer()

    def _offer(self, _event: object = None) -> None:
        self._place.clear()
        with self._place, Element("div").classes("hf-row"):
            look.button("Note for coaching", self._context.doing(self._ask), icon="edit_note")
            there = f"{PATH}/coaching?{urlencode({'employee': self._employee})}"
            look.link(f"Coaching of {self._name}", there, "hf-link hf-small")

    async def _ask(self) -> None:
        self._place.clear()
        with self._place, Element("form").classes("hf-form") as form:
            form.props["aria-label"] = "Note for coaching"
            form.on("submit", js_handler="(event) => event.preventDefault()")
            form.on("keydown.escape", self._offer)
            note = fields.note(f"A note for {self._name}, about what was said here", most=MOST_NOTE)
            look.words("p", "The employee sees it, and everybody who manages them. Nobody else does.", "hf-hint")

            async def send() -> None:
                await self._add(note.value)

            with Element("div").classes("hf-row"):
                look.button("Add the note", self._context.doing(send), main=True)
                look.button("Cancel", self._offer)
        fields.focus(form)

    async def _add(self, text: str) -> None:
        context, employee, key = self._context, self._employee, self._key
        await context.write(lambda: add_note(context.service, context.caller, employee, text, key), READERS)
        self._offer()
        say_done("The note is added")
