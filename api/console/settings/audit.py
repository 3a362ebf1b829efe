"""The audit log: who changed which setting, when, and through which account."""

from __future__ import annotations

import csv
import io

import orjson
from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Field, choice
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table, handler
from api.console.settings.section import WHOLE, Section
from api.exporting import note_export
from api.spreadsheet import cell
from engine.store.audit import Audited

MOST_ROWS = 50_000
AT_ONCE = 1_000
COLUMNS = ("id", "at", "who", "through", "what", "kind", "subject", "data")


async def draw(context: Context) -> None:
    """Draw the section."""
    listing = _Listing(context)
    await listing.draw()
    context.follow(listing.bring, Topic.SETTINGS, Topic.ERASURES)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        context = self._context
        kinds = await context.read(context.service.store.audit.kinds)
        again = handler(context, lambda _: self._again())
        with Element("div").classes("st-tools"):
            self._kind = choice("Kind", {"": "Everything"} | {kind: kind for kind in kinds}, changed=again)
            self._who = Field("By", hint="Whole name or e-mail", changed=again)
            self._subject = Field("Of", hint="Whole name of what was changed", changed=again)
            look.button("Save as CSV", handler(context, self._save), icon="download")
        columns = ("When", "Who", "What", "Said")
        nothing = ("No changes are found", "Changes of alerts stand in the histories of the alerts.")
        self._paged = Paged(context, Table("Changes", columns, _draw, nothing), self._fetch)
        await self._paged.begin()

    async def bring(self) -> None:
        """Bring the list up to date."""
        await self._paged.bring()

    async def _again(self) -> None:
        await self._paged.begin()

    def _fetch(self, cursor: str | None, limit: int = PAGE) -> tuple[list[Audited], str | None]:
        found = self._context.service.store.audit.page(
            before=int(cursor) if cursor else None,
            limit=limit + 1,
            kind=self._kind.said,
            subject=self._subject.said,
            who=self._who.said,
        )
        return found[:limit], str(found[limit - 1].id) if len(found) > limit else None

    async def _save(self) -> None:
        WHOLE.need(self._context)
        context = self._context
        file = await context.read(self._file)
        asked = {"kind": self._kind.said, "who": self._who.said, "subject": self._subject.said}
        pairs = [(name, value) for name, value in asked.items() if value]
        await note_export(context.service, context.caller, "audit", "log", pairs)
        ui.download.content(file, "audit.csv", "text/csv")

    def _file(self) -> bytes:
        """Return what is asked for as CSV, at most `MOST_ROWS` of it, the newest."""
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        cursor: str | None = None
        for _ in range(MOST_ROWS // AT_ONCE):
            found, cursor = self._fetch(cursor, AT_ONCE)
            for one in found:
                told = one.as_dict() | {"data": orjson.dumps(one.as_dict()["data"]).decode()}
                writer.writerow([cell(told[name]) for name in COLUMNS])
            if cursor is None:
                break
        return out.getvalue().encode()


def _draw(one: Audited, cells: Cells) -> None:
    entry = one.entry
    with cells():
        look.moment(one.at)
    with cells():
        look.words("div", entry.who, "hf-strong")
        if entry.through:
            look.words("div", f"through {entry.through}", "hf-small hf-muted")
    with cells():
        look.words("div", f"{entry.what} {entry.kind}")
        look.words("div", entry.subject, "hf-small hf-muted")
    with cells():
        for name, value in entry.data.items():
            said = value if isinstance(value, str) else orjson.dumps(value).decode()
            look.words("div", f"{name.replace('_', ' ')}: {said[:200]}", "hf-small")


SECTION = Section("audit", "Audit log", "Who changed which setting, and when.", WHOLE, draw)
