"""Reading and writing people.csv: one person a line, lists parted by semicolons."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.calendar import ALWAYS
from engine.errors import ConfigError, FeedbackError, Located
from engine.intake import admit_unit
from engine.located import Findings, Node, StopReadingError
from engine.names import is_storable, show, unknown
from engine.people import Contact, Person
from engine.people_checks import managers_in_a_ring, name_problem
from engine.program import Program
from engine.program_files import read_text, shown_path

COLUMNS = ("id", "name", "manager", "units", "teams", "contacts", "calendar")
LEAD = "lead:"
MOST_BYTES = 32 * 1024 * 1024
MOST_NAME = 200
MOST_LISTED = 100
MOST_ADDRESS = 500


def load_people(path: Path, program: Program, found: list[Located]) -> tuple[Person, ...] | None:
    """Return the people of a file, None where there is no file. What is wrong with it is added to what was found.

    Parameters
    ----------
    program
        Whose receivers and calendars the people may name.
    """
    if not path.exists():
        return None
    try:
        text = read_text(path, MOST_BYTES)
    except ConfigError as problem:
        found.extend(problem.findings)
        return None
    return parse_people(text, shown_path(path), program, found)


def parse_people(text: str, file: str, program: Program, found: list[Located]) -> tuple[Person, ...]:
    """Return the people of a text, in its order; what is wrong with it is added to what was found."""
    findings = Findings(file)
    reader = _PeopleReader(program, findings)
    with suppress(StopReadingError):
        reader.read(text)
    found.extend(findings.found)
    return tuple(reader.people)


def people_text(people: Iterable[Person]) -> str:
    """Return people as the text of a people.csv."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in people:
        units = [f"{LEAD}{unit}" if unit in one.leads else unit for unit in one.units]
        contacts = [f"{receiver}:{address}" for receiver, address in one.contacts]
        lists = (";".join(listed) for listed in (units, one.teams, contacts))
        writer.writerow([one.id, one.name, one.manager or "", *lists, one.calendar or ""])
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its cells by column, and where they stand."""

    cells: Mapping[str, str]
    line: int
    text: str

    def at(self, column: str, part: str | None = None) -> Node:
        """Return where a cell stands, or a part of it."""
        before = list(self.cells).index(column)
        least = sum(len(cell) + 1 for cell in list(self.cells.values())[:before])
        place = self.text.find(part if part is not None else self.cells[column], least)
        return Node(None, self.line, max(place, least, 0) + 1)


class _PeopleReader:
    """Reads people, and reports what is wrong with them."""

    def __init__(self, program: Program, findings: Findings) -> None:
        self.people: list[Person] = []
        self._program = program
        self._findings = findings
        self._calendars = {*program.targets.calendars.by_name, ALWAYS}

    def read(self, text: str) -> None:
        """Read everybody, then look at what they are to one another."""
        rows: dict[str, _Row] = {}
        for row in _rows(text, self._findings):
            person = self._person(row, rows)
            if person is not None:
                rows[person.id] = row
                self.people.append(person)
        self._together(rows)

    def _person(self, row: _Row, rows: Mapping[str, _Row]) -> Person | None:
        person_id = row.cells["id"].strip()
        if not person_id:
            self._findings.error(row.at("id"), "a person needs an id")
            return None
        problem = name_problem(person_id, "a person")
        if problem is None and person_id in self._program.receivers:
            problem = f"'{person_id}' is the name of a receiver; a person needs another id"
        if problem is None and person_id in rows:
            problem = f"'{person_id}' is here twice (first on line {rows[person_id].line}); remove one"
        if problem is not None:
            self._findings.error(row.at("id"), problem)
            return None
        units, leads = self._units(row)
        return Person(
            id=person_id,
            name=self._text(row, "name") or person_id,
            manager=self._text(row, "manager"),
            units=units,
            leads=leads,
            teams=self._teams(row),
            contacts=self._contacts(row),
            calendar=self._calendar(row),
            managed=True,
        )

    def _text(self, row: _Row, column: str) -> str | None:
        text = row.cells.get(column, "").strip()
        if len(text) > MOST_NAME:
            self._findings.error(row.at(column), f"the {column} is longer than {MOST_NAME} characters")
            return None
        return text or None

    def _listed(self, row: _Row, column: str) -> list[str]:
        parts = [part.strip() for part in row.cells.get(column, "").split(";")]
        parts = list(dict.fromkeys(part for part in parts if part))
        if len(parts) > MOST_LISTED:
            self._findings.error(row.at(column), f"there are more than {MOST_LISTED} {column}")
            return []
        return parts

    def _units(self, row: _Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
        units: list[str] = []
        leads: list[str] = []
        for part in self._listed(row, "units"):
            try:
                unit = admit_unit(part.removeprefix(LEAD).strip())
            except FeedbackError as problem:
                self._findings.error(row.at("units", part), f"{problem}, not '{show(part)}'")
                continue
            if unit is not None:
                units.append(unit)
                leads += [unit] if part.startswith(LEAD) else []
        return tuple(dict.fromkeys(units)), tuple(dict.fromkeys(leads))

    def _teams(self, row: _Row) -> tuple[str, ...]:
        teams = self._listed(row, "teams")
        for team in teams:
            # A team called like a receiver has that receiver as its channel; `operators` is one.
            problem = None if team in self._program.receivers else name_problem(team, "a team")
            if problem is not None:
                self._findings.error(row.at("teams", team), problem)
        return tuple(teams)

    def _contacts(self, row: _Row) -> tuple[Contact, ...]:
        found: list[Contact] = []
        for part in self._listed(row, "contacts"):
            receiver, _, address = (one.strip() for one in part.partition(":"))
            if not receiver or not address or len(address) > MOST_ADDRESS:
                said = f"'{show(part)}' is no contact; write RECEIVER:ADDRESS, such as mail:ann@example.com"
                self._findings.error(row.at("contacts", part), said)
                continue
            if receiver not in self._program.receivers:
                said = unknown("receiver", receiver, self._program.receivers)
                self._findings.warning(row.at("contacts", part), f"{said}; nobody is reached there")
            found.append((receiver, address))
        return tuple(found)

    def _calendar(self, row: _Row) -> str | None:
        calendar = self._text(row, "calendar")
        if calendar is not None and calendar not in self._calendars:
            self._findings.error(row.at("calendar"), unknown("calendar", calendar, self._calendars))
        return calendar

    def _together(self, rows: Mapping[str, _Row]) -> None:
        """Report managers who are not there or are in a ring, names that are taken, and units with two leads."""
        leads: dict[str, str] = {}
        for person in self.people:
            row = rows[person.id]
            if person.manager is not None and person.manager not in rows:
                self._findings.error(row.at("manager"), unknown("person", person.manager, rows))
            for team in person.teams:
                if team in rows:
                    self._findings.error(row.at("teams", team), f"'{team}' is the id of a person, and no team")
            for unit in person.leads:
                first = leads.setdefault(unit, person.id)
                if first != person.id:
                    said = f"{first} leads {unit} too; who comes first by id is told"
                    self._findings.warning(row.at("units", unit), said)
        for ring in managers_in_a_ring({one.id: one.manager for one in self.people}):
            said = " -> ".join((*ring, ring[0])) if len(ring) > 1 else f"{ring[0]} manages nobody but themself"
            self._findings.error(rows[ring[0]].at("manager"), f"the managers go round in a ring: {said}")


def _rows(text: str, findings: Findings) -> Iterator[_Row]:
    """Yield the rows below the head, each with a cell for every column of the head."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] | None = None
    ended = 0
    try:
        for cells in reader:
            line, ended = ended + 1, reader.line_num
            written = lines[line - 1].rstrip("\r\n") if line <= len(lines) else ""
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _head(cells, line, written, findings)
                if columns is None:
                    return
            elif len(cells) != len(columns):
                where = Node(None, line, 1)
                findings.error(where, f"this line has {len(cells)} cells, and the first line names {len(columns)}")
            elif not is_storable("".join(cells)):
                findings.error(Node(None, line, 1), "this line has characters that cannot be stored")
            else:
                yield _Row(dict(zip(columns, cells, strict=True)), line, written)
    except csv.Error as problem:
        findings.error(Node(None, ended + 1, 1), f"this is not valid CSV: {problem}")
    if columns is None:
        findings.error(Node(None, 1, 1), f"the first line names the columns: {','.join(COLUMNS)}")


def _head(cells: Sequence[str], line: int, written: str, findings: Findings) -> list[str] | None:
    """Return the columns that the first line names; None where the rest makes no sense."""
    columns = [cell.strip().lower() for cell in cells]
    for place, column in enumerate(columns):
        where = Node(None, line, written.find(cells[place]) + 1)
        if column not in COLUMNS:
            findings.error(where, unknown("column", column, COLUMNS))
        elif column in columns[:place]:
            findings.error(where, f"column {column} is here twice; remove one")
    if "id" not in columns:
        findings.error(Node(None, line, 1), "people need an id: the column 'id' is missing")
    return columns if "id" in columns and len(set(columns)) == len(columns) else None
