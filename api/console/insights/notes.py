"""The notes of coaching: written by those who manage an employee, seen by the employee too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui
from nicegui.element import Element

from api.addresses import feedback_path
from api.coaching_notes import add_note, remove_note
from api.console import look
from api.console.context import Context, say_done
from api.console.highlight import shortened
from engine.feedback import Feedback
from engine.insights.coaching import MOST_NOTE, Note
from engine.insights.seeing import Seeing
from engine.scope import READERS

MOST_QUOTED = 400
Key = tuple[str, str]


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
    said
        What the notes are about, by source and id, as far as who looks may see it. It is read for the page, and no
        note keeps it: what is erased is gone from here too.
    """

    def __init__(
        self, context: Context, employee: str, seeing: Seeing, names: dict[str, str], said: Mapping[Key, Feedback]
    ) -> None:
        self._context = context
        self._employee = employee
        self._seeing = seeing
        self._names = names
        self._said = said

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

    def bring(self, notes: Sequence[Note], said: Mapping[Key, Feedback]) -> None:
        """Show notes, and what they are about, in place of those that are shown."""
        self._said = said
        self.show(notes)

    def show(self, notes: Sequence[Note]) -> None:
        """Show notes in place of those that are shown."""
        self._notes = list(notes)
        self._list.show([(one.id, (one.note, one.feedback_id, self._about(one) is None), one) for one in notes])
        self._none.set_visibility(not notes)

    def _draw_about(self, key: Key) -> None:
        """Draw the way to what a note is about, where it is still there, and may be seen."""
        if key in self._said:
            look.link("to what was said", feedback_path(*key))
        else:
            ui.label(f"about {'/'.join(key)}")

    def _about(self, note: Note) -> Feedback | None:
        return self._said.get((note.source or "", note.feedback_id or ""))

    def _entry(self, note: Note) -> None:
        look.words("p", note.note, "hf-note")
        said = self._about(note)
        if said is not None:
            with Element("blockquote").classes("hf-note-quote"):
                look.highlighted(shortened(said.text or said.parts[0].text, (), MOST_QUOTED)[0])
        with Element("div").classes("hf-row hf-small hf-muted"):
            ui.label(self._names.get(note.author, note.author))
            look.moment(note.at)
            if note.source is not None and note.feedback_id is not None:
                self._draw_about((note.source, note.feedback_id))
            if note.author == self._context.caller.name:

                async def remove() -> None:
                    await self._remove(note)

                away = look.button("Remove", self._context.doing(remove))
                away.props["aria-label"] = f"Remove the note: {note.note[:60]}"

    async def _add(self) -> None:
        context, text = self._context, str(self._text.value or "")
        service, caller = context.service, context.caller
        note = await context.write(lambda: add_note(service, caller, self._employee, text), READERS)
        self._text.value = ""
        self.show([note, *self._notes])
        say_done("The note is added")

    async def _remove(self, note: Note) -> None:
        service, caller = self._context.service, self._context.caller
        await self._context.write(lambda: remove_note(service, caller, self._employee, note.id), READERS)
        self.show([one for one in self._notes if one.id != note.id])
        say_done("The note is removed")


_SEEN = "The employee sees these, and everybody who manages them. Nobody else does."
