"""The directory: who can be told, who leads which unit, and who manages whom."""

from __future__ import annotations

from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Check, Field
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table, asking, handler
from api.console.settings.section import WHOLE, Access, Section
from api.people_changing import entering, removing, sees
from engine.errors import PersonError
from engine.people import Person
from engine.scope import ADMINS, READERS

ACCESS = Access(READERS, everywhere=False)
CONTACTS = "One a line, the best first: receiver: address"


async def draw(context: Context) -> None:
    """Draw the section."""
    look.words(
        "p", "People of the program's people.csv are changed there, and imported. Others are entered here.", "st-note"
    )
    listing = _Listing(context)
    if WHOLE.holds(context):
        look.button("Enter somebody", handler(context, lambda: listing.ask(None)), main=True)
    await listing.draw()
    context.follow(listing.bring, Topic.PEOPLE)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        again = handler(self._context, lambda _: self._again())
        with Element("div").classes("st-tools st-after"):
            self._search = Field("Search", hint="Name, id, unit or team", changed=again)
            self._gone = Check("Those who have left too", changed=again)
        columns = ("Who", "Units", "Teams", "Manager", "Reached by", "")
        nothing = ("Nobody is found", "Where nobody is known, messages go to receivers by name.")
        self._paged = Paged(self._context, Table("People", columns, self._draw, nothing), self._fetch)
        await self._paged.begin()

    async def bring(self) -> None:
        """Bring the list up to date."""
        await self._paged.bring()

    async def _again(self) -> None:
        await self._paged.begin()

    def _fetch(self, cursor: str | None) -> tuple[list[Person], str | None]:
        context, wanted = self._context, (self._search.said or "").casefold()
        everybody = context.service.store.people.all(gone=self._gone.value)
        found = [one for one in everybody if one.id > (cursor or "") and sees(context.caller.scope, one)]
        found = [one for one in found if any(wanted in said.casefold() for said in _searched(one))]
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None

    def _draw(self, one: Person, cells: Cells) -> None:
        with cells():
            look.words("div", one.name, "hf-strong")
            state = "has left" if one.gone else "from people.csv" if one.managed else "entered here"
            look.words("div", f"{one.id}, {state}", "hf-small hf-muted")
        leads = [f"{unit} (leads it)" if unit in one.leads else unit for unit in one.units]
        cells(", ".join(leads))
        cells(", ".join(one.teams))
        cells(one.manager or "")
        # Whose address it is stays between them and the service; by what they are reached is no secret.
        cells(", ".join(dict.fromkeys(receiver for receiver, _ in one.contacts)))
        with cells(), Element("div").classes("st-buttons"):
            if one.managed or one.gone or not WHOLE.holds(self._context):
                return
            change = look.button("Change", handler(self._context, lambda: self.ask(one)))
            change.props["aria-label"] = f"Change {one.name}"
            remove = look.button("Remove", handler(self._context, lambda: self._ask_remove(one)))
            remove.props["aria-label"] = f"Remove {one.name}"

    async def ask(self, one: Person | None) -> None:
        """Ask what is to be known of somebody."""
        context = self._context

        async def enter() -> None:
            WHOLE.need(context)
            person_id = one.id if one is not None else fields.id.said or ""
            if one is None:
                known = await context.read(lambda: [person.id for person in context.service.store.people.all()])
                if person_id in known:
                    raise PersonError(f"there is somebody of the id {person_id} already", field="id")
            work = entering(context.service, context.caller, person_id, fields.said(), seen=one)
            person, is_new = await context.write(work, ADMINS)
            say_done(f"{person.name} is entered" if is_new else f"{person.name} is changed")
            await self.bring()

        title = f"Change {one.name}" if one is not None else "Enter somebody"
        with asking(context, title, ["Alerts that are opened from now on find them."], "Save", enter):
            fields = _Fields(one)

    async def _ask_remove(self, one: Person) -> None:
        context = self._context

        async def remove() -> None:
            WHOLE.need(context)
            await context.write(removing(context.service, context.caller, one.id), ADMINS)
            say_done(f"{one.name} is removed")
            await self.bring()

        means = ["New alerts go to nobody of this name any more. Alerts that they hold stay theirs; the history too."]
        with asking(context, f"Remove {one.name}", means, "Remove", remove, grave=True):
            pass


class _Fields:
    """The fields of a person."""

    def __init__(self, one: Person | None) -> None:
        with Element("div").classes("st-form"):
            if one is None:
                self.id = Field("Id", hint="What feedback and rules name them by", most=100)
            self._name = Field("Name", one.name if one else "")
            self._manager = Field("Manager", (one.manager or "") if one else "", hint="The id of who manages them")
            self._units = Field("Units", _joined(one.units if one else ()), hint="Separated by commas")
            self._leads = Field("Leads", _joined(one.leads if one else ()), hint="Of these units")
            self._teams = Field("Teams", _joined(one.teams if one else ()), hint="Separated by commas")
            self._calendar = Field("Calendar", (one.calendar or "") if one else "", hint="Of their own hours")
            lines = "\n".join(f"{receiver}: {address}" for receiver, address in (one.contacts if one else ()))
            self._contacts = Field("Reached by", lines, tag="textarea", hint=CONTACTS, most=2_000, wide=True)

    def said(self) -> dict[str, Any]:
        """Return what they say, as the API takes it."""
        return {
            "name": self._name.said,
            "manager": self._manager.said,
            "units": self._units.listed,
            "leads": self._leads.listed,
            "teams": self._teams.listed,
            "calendar": self._calendar.said,
            "contacts": [_contact(line) for line in self._contacts.value.splitlines() if line.strip()],
        }


def _contact(line: str) -> dict[str, str]:
    receiver, colon, address = line.partition(":")
    if not colon:
        raise PersonError(f"write how they are reached as receiver: address, not '{line[:60]}'", field="contacts")
    return {"receiver": receiver.strip(), "address": address.strip()}


def _joined(values: tuple[str, ...]) -> str:
    return ", ".join(values)


def _searched(one: Person) -> tuple[str, ...]:
    return (one.id, one.name, *one.units, *one.teams)


SECTION = Section("people", "People", "Who can be told of alerts: units, teams, managers.", ACCESS, draw)
