"""The labelling screen: one record at a time, by mouse or by keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import KeyEventArguments

from api.console import look
from api.console.context import Context, later, say_done
from api.console.judging import parts
from api.console.labelling.journal import LabellingError, key_of
from api.console.labelling.picker import Picker
from api.console.labelling.pile import Pile
from api.console.labelling.sheet import Label, Sheet, sheet_of
from engine.taxonomy import TASKS

HOW = (
    "A label holds if the sentence says it. 1 to 9 choose, / finds a label, Enter keeps and goes on, N: nothing holds, "
    "S: skip the sentence, X: skip the record, U: undo."
)
EMPTY = "Everything that is worth it is labelled, others have it on their table, or no feedback was read yet."
ERASED = "this record was erased meanwhile, and your answers with it; here is the next one"
OFTEN = 4
SHOWN = 10
Act = Callable[[], Awaitable[None]]


class Screen:
    """Somebody's table.

    Parameters
    ----------
    context
        Who labels.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pile = context.desk.kept(Pile)
        self._who = context.caller.name
        self._page = context.client.id
        self._journal = self._pile.journal(self._who)
        self._sheet: Sheet | None = None
        self._often: Counter[Label] = Counter()
        self._is_at_work = False

    async def draw(self) -> None:
        """Draw the screen, and take the first record once the page is there."""
        context = self._context
        context.need(parts.LABELLERS)
        await context.when_erased(self._forget)
        self._taxonomy = await context.read(self._pile.taxonomy)
        context.client.on_delete(lambda: self._pile.leave(self._page))
        with Element("div").classes("hf-row"):
            self._progress = look.words("p", "", "hf-strong hf-grow").props("role=status")
            self._button("Undo", "U", self._undo)
            self._make = look.button("Make a version", self._acting(self._make_version))
        self._waiting = look.busy("Picking what is worth labelling")
        self._empty = look.nothing_here("Nothing is left to label", EMPTY)
        self._table = Element("div").classes("hf-stack")
        with self._table:
            self._draw_table()
        with look.section("Versions of the data set"), Element("div") as self._versions:
            pass
        self._table.set_visibility(False)
        self._empty.set_visibility(False)
        self._listen()
        later(self._begin())

    def _draw_table(self) -> None:
        with Element("div").classes("hf-card hf-stack"):
            self._why = look.words("p", "", "hf-small hf-muted")
            self._sentences = Element("ol").classes("hf-sentences")
            self._sentences.props["aria-label"] = "The sentences of the record"
        self._picker = Picker(self._taxonomy, self._toggle)
        self._picker.draw()
        with Element("div").classes("hf-row hf-actions"):
            for said, key, act in (
                ("Keep and go on", "Enter", self._keep),
                ("Nothing holds", "N", self._nothing),
                ("Skip sentence", "S", self._skip_sentence),
                ("Skip record", "X", self._skip_record),
            ):
                self._button(said, key, act, main=act == self._keep)
        look.words("p", HOW, "hf-small hf-muted")

    def _button(self, said: str, key: str, act: Act, *, main: bool = False) -> ui.button:
        with look.button(said, self._acting(act), main=main) as found:
            look.words("kbd", key, "hf-key")
        return found

    def _listen(self) -> None:
        # Enter on a button presses it; letters and numbers mean the same everywhere but in a field.
        ui.keyboard(self._entered, repeating=False)
        ui.keyboard(self._typed, repeating=False, ignore=["input", "select", "textarea"])

    async def _begin(self) -> None:
        with self._context.client:
            await self._acting(self._next)()

    def _acting(self, act: Act) -> Act:
        """Return what does one thing at a time: a key that is pressed twice does not answer two sentences."""
        handled = self._context.doing(act)

        async def once(*_: object) -> None:
            if self._is_at_work:
                return
            self._is_at_work = True
            try:
                await handled()
            finally:
                self._is_at_work = False

        return once

    async def _entered(self, event: KeyEventArguments) -> None:
        if event.action.keydown and event.key == "Enter" and self._sheet is not None:
            await self._acting(self._keep)()

    async def _typed(self, event: KeyEventArguments) -> None:
        held = event.modifiers
        if not event.action.keydown or held.ctrl or held.alt or held.meta:
            return
        acts = {"n": self._nothing, "s": self._skip_sentence, "x": self._skip_record, "u": self._undo}
        name = event.key.name.lower()
        if self._sheet is None and name != "u":
            return
        if name in acts:
            await self._acting(acts[name])()
        elif event.key.number is not None and (label := self._picker.numbered(event.key.number)):
            self._toggle(label)

    def _toggle(self, label: Label) -> None:
        if self._sheet is not None and not self._is_at_work:
            self._sheet.toggle(label)
            self._picker.press()

    async def _keep(self) -> None:
        sheet = self._at_hand()
        self._often.update(sheet.chosen)
        await self._on(sheet, is_done=sheet.keep())

    async def _nothing(self) -> None:
        sheet = self._at_hand()
        await self._on(sheet, is_done=sheet.keep(nothing=True))

    async def _skip_sentence(self) -> None:
        sheet = self._at_hand()
        await self._on(sheet, is_done=sheet.skip())

    async def _skip_record(self) -> None:
        self._pile.skip(self._at_hand().row.key, self._who)
        await self._next()

    async def _undo(self) -> None:
        """Open the sentence before again, or the record that was answered last."""
        sheet = self._sheet
        if sheet is not None and sheet.back():
            self._show(sheet)
            return
        rows = await self._context.read(self._journal.rows)
        if not rows:
            raise LabellingError("there is no answer to take back")
        self._pile.leave(self._page)
        self._pile.hold(key_of(rows[-1]), self._who, self._page)
        saved = await self._context.read(self._journal.take_back)
        if saved is not None:
            self._show(sheet_of(saved, self._taxonomy.columns))
        await self._tell()

    async def _on(self, sheet: Sheet, *, is_done: bool) -> None:
        if not is_done:
            self._pile.hold(sheet.row.key, self._who, self._page)
            self._show(sheet)
            return
        await self._save(sheet)
        await self._next()

    async def _save(self, sheet: Sheet) -> None:
        """Put a record into the journal, if it is still this page's; one that was skipped whole is left to others."""
        context = self._context
        context.need(parts.LABELLERS)
        try:
            self._pile.hold(sheet.row.key, self._who, self._page)
        except LabellingError:
            await self._next()
            raise
        if not await context.read(lambda: self._pile.is_there(sheet.row)):
            await self._next()
            raise LabellingError(ERASED)
        if sheet.judged:
            await context.read(lambda: self._journal.add(sheet.as_dict()))
        else:
            self._pile.skip(sheet.row.key, self._who)

    async def _forget(self) -> None:
        """Take another record where the one on the table is erased."""
        sheet = self._sheet
        if sheet is not None and not await self._context.read(lambda: self._pile.is_there(sheet.row)):
            await self._next()

    async def _next(self) -> None:
        context, scope = self._context, self._context.caller.scope
        self._pile.leave(self._page)
        row = await context.read(lambda: self._pile.next(self._who, self._page, scope))
        self._waiting.set_visibility(False)
        self._sheet = None
        self._table.set_visibility(row is not None)
        self._empty.set_visibility(row is None)
        if row is not None:
            self._show(Sheet(row, self._taxonomy.columns))
        await self._tell()

    def _at_hand(self) -> Sheet:
        if self._sheet is None:
            raise LabellingError("no record is on the table")
        return self._sheet

    def _show(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._table.set_visibility(True)
        self._empty.set_visibility(False)
        place = f"Sentence {sheet.at + 1} of {len(sheet.row.sentences)}"
        self._why.text = f"{place}. Why this record: {'; '.join(sheet.row.why)}"
        self._sentences.clear()
        with self._sentences:
            for number, text in enumerate(sheet.row.sentences):
                self._draw_sentence(sheet, number, text)
        self._picker.show(sheet, [label for label, _ in self._often.most_common(OFTEN)])

    def _draw_sentence(self, sheet: Sheet, number: int, text: str) -> None:
        with Element("li") as entry:
            if number == sheet.at:
                entry.props["aria-current"] = "step"
            look.highlighted(text)
            given = sheet.answer(number)
            if given is None or number == sheet.at:
                return
            with Element("div").classes("hf-row"):
                held = [(task, leaf) for task in TASKS for leaf in given.get(task, ())]
                for task, leaf in held:
                    look.label_chip(task, leaf)
                if not held:
                    look.chip("nothing holds" if given else "skipped")

    async def _tell(self) -> None:
        count = len(await self._context.read(self._journal.rows))
        said = "1 record answered" if count == 1 else f"{count:,} records answered"
        self._progress.text = f"{said}, not in a version yet" if count else "No record answered yet"
        self._make.set_enabled(bool(count))
        versions = await self._context.read(self._known)
        self._versions.clear()
        with self._versions:
            _draw_versions(versions)

    def _known(self) -> list[tuple[str, str, str]]:
        from training.datasets import versions

        return [
            _said(one.name, one.manifest) for one in versions(self._context.service.settings.labelled)[-SHOWN:][::-1]
        ]

    async def _make_version(self) -> None:
        context = self._context
        context.need(parts.LABELLERS)
        now = context.now().isoformat(timespec="seconds")
        made = await context.read(lambda: self._journal.make_version(self._taxonomy, now))
        version = made.outcome.version
        name = version.name if version else ""
        if made.outcome.written:
            await context.write(lambda: None, parts.LABELLERS, audited=("make", "data set version", name))
        say_done(f"{name} has your answers" if made.outcome.written else "The data set had these answers already")
        await self._tell()


def _said(name: str, manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    parent = (manifest.get("parent") or {}).get("version", "nothing")
    counts = (
        f"{manifest.get('added', 0):,} added, {manifest.get('replaced', 0):,} replaced, {manifest['records']:,} in all"
    )
    return (
        f"{name}, made of {parent} by {manifest.get('created_by', 'nobody')}",
        counts,
        str(manifest.get("created_at", "")),
    )


def _draw_versions(versions: list[tuple[str, str, str]]) -> None:
    if not versions:
        said = "There is none yet. Your answers become the first, that 'heedful train' and 'heedful review' know too."
        look.words("p", said, "hf-muted")
        return
    with Element("ul").classes("hf-list").props('aria-label="Versions of the data set"'):
        for name, counts, at in versions:
            with Element("li").classes("hf-list-entry hf-row"):
                look.words("span", name, "hf-strong hf-grow")
                look.words("span", counts, "hf-small hf-muted")
                if at:
                    look.moment(datetime.fromisoformat(at))
