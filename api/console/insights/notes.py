"""The notes of coaching: written by those who manage an employee, seen by the employee too."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element

from api.conditions import who_of
from api.console import look
from api.console.context import Context, say_done
from engine.insights.coaching import MOST_NOTE, Note
from engine.insights.seeing import Seeing
from engine.scope import READERS


class Notes:
    """The notes for an employee.

    Parameters
    ----------
    employee
        Whom they are for.
    seeing
        How who looks stands to the employee: only managers write.
    names
        Of people, by id.
    """

    def __init__(self, context: Context, employee: str, seeing: Seeing, names: dict[str, str]) -> None:
        self._context = context
        self._employee = employee
        self._seeing = seeing
        self._names = names

    def draw(self, notes: Sequence[Note]) -> None:
        """Draw the notes, and for managers what writes another."""
        with look.section("Notes"), Element("div").classes("hf-card hf-stack"):
            seen = "You and everybody who manages you see these." if self._seeing is Seeing.SELF else _SEEN
            look.words("p", seen, "hf-small hf-muted")
            if self._seeing is Seeing.MANAGER:
                self._text = ui.textarea("A note").props(f"outlined dense autogrow maxlength={MOST_NOTE}")
                self._text.classes("hf-wide")
                look.button("Add the note", self._context.doing(self._add), main=True)
            self._list = look.Listed(self._entry, "Notes, the newest first")
            self._none = look.words("p", "There are no notes yet.", "hf-muted")
            self.show(notes)

    def show(self, notes: Sequence[Note]) -> None:
        """Show notes in place of those that are shown."""
        self._notes = list(notes)
        self._list.show([(one.id, (one.note, one.feedback_id), one) for one in notes])
        self._none.set_visibility(not notes)

    def _entry(self, note: Note) -> None:
        look.words("p", note.note, "hf-note")
        with Element("div").classes("hf-row hf-small hf-muted"):
            ui.label(self._names.get(note.author, note.author))
            look.moment(note.at)
            if note.feedback_id is not None:
                ui.label(f"about {note.source}/{note.feedback_id}")
            if note.author == self._context.caller.name:

                async def remove() -> None:
                    await self._remove(note)

                away = look.button("Remove", self._context.doing(remove))
                away.props["aria-label"] = f"Remove the note: {note.note[:60]}"

    async def _add(self) -> None:
        context, text = self._context, str(self._text.value or "")
        coaching, who, now = context.service.store.coaching, who_of(context.caller), context.now()
        note = await context.write(lambda: coaching.add(self._employee, text, now, who), READERS)
        self._text.value = ""
        self.show([note, *self._notes])
        say_done("The note is added")

    async def _remove(self, note: Note) -> None:
        context = self._context
        coaching, who = context.service.store.coaching, who_of(context.caller)
        await context.write(lambda: coaching.remove(self._employee, note.id, who), READERS)
        self.show([one for one in self._notes if one.id != note.id])
        say_done("The note is removed")


_SEEN = "The employee sees these, and everybody who manages them. Nobody else does."
