"""`heedful run`: the whole pipeline over a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.files import InputError, Lines, can_be_read_twice, located, parse_map, read_entries, writing
from api.cli.in_force import in_force
from api.cli.options import Columns, Model, ProgramFolder, RulesFolder
from api.cli.output import progress, stderr
from api.cli.reading import Input
from api.cli.recordings import Recordings
from api.cli.spoken import ChannelOption, SourceOption, SpeakersOption, SpokenFiles, spoken_files, told
from engine.decision import Decision
from engine.delivery.redaction import Mask
from engine.errors import ConfigError, ConflictError, FeedbackError, HeedfulError
from engine.feedback import Feedback
from engine.intake import admit
from engine.pipeline import Engine
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.rules.load import load_rules
from engine.shelf.view import ShelfView
from engine.store.database import Database

CHUNK = 250
# Recordings take long to hear: what a crash makes to hear again is little.
FEW = 8


def run(
    source: Input,
    program_folder: ProgramFolder = None,
    rules_folder: RulesFolder = None,
    db: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="where to store; without it nothing is kept")
    ] = None,
    notify: Annotated[bool, typer.Option("--notify", help="send the messages of the alerts")] = False,
    revise: Annotated[bool, typer.Option("--revise", help="store changed records as their next revision")] = False,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="OUT", help="one decision a line; - is standard output")
    ] = None,
    columns: Columns = None,
    model: Model = None,
    speakers: SpeakersOption = None,
    source_name: SourceOption = None,
    channel: ChannelOption = None,
) -> None:
    """Run the whole pipeline over a file or a folder: read, judge by the rules, raise alerts, store.

    A transcript or a recording is a record, with an id from its name; of a folder, every one below it is. Every record
    of a file, and every file of a folder, is checked before the first one is stored; standard input and pipes are
    checked as they come, and end at the first record that is not valid. Anything can be run again:
    records that are stored keep their first decision. Without a program, the rules that are published in the
    store judge, if there are any.

    Example: `heedful run survey.csv --program samples/program --db sqlite:///feedback.db -o decisions.jsonl`
    """
    from api.opening import open_store
    from api.privacy import redactor_of
    from api.settings import settings_of
    from models.topics import load_program_reader

    program, warnings = load_program(program_folder, rules_folder)
    if program_folder is None and rules_folder is None and db is not None:
        program = _published(db, notify=notify) or program
    program = in_force(program, db)
    spoken = spoken_files(source, program, told(speakers, source_name, channel))
    recordings = spoken.recordings if spoken else Recordings(program)
    admitted, total = _checked(source, spoken, parse_map(columns), program)
    reader = load_program_reader(program, model)
    rules = load_rules(program, reader.taxonomy)
    if rules.errors:
        raise ConfigError(list(rules.errors))
    for finding in (*warnings, *rules.findings):
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)
    store, clock = open_store(db or "sqlite://"), SystemClock()
    # A store that knows people keeps them: `heedful serve` and `people import` bring them up to date.
    if program.people is not None and not store.people.directory().people:
        store.people.bring(program.people, clock.now())
    redactor = redactor_of(program, settings_of(), store, clock)
    engine = Engine(store, reader, rules, clock, redactor)
    tally = Tally()
    with progress() as bar, writing(output) as lines:
        task = bar.add_task("deciding", total=total)
        try:
            for batch in _batches(admitted(), FEW if spoken else CHUNK):
                heard = recordings.new(batch, engine, bar, revise=revise)
                decisions = engine.process(heard, notify=notify, revise=revise)
                _write(lines, decisions)
                tally.add(decisions)
                bar.advance(task, len(batch))
        except (InputError, ConflictError) as problem:
            raise _stopped(problem, tally.records, kept=db is not None) from problem
    if notify:
        tally.messages = _deliver(engine, program, redactor.mask)
    if spoken is not None:
        spoken.say_guessed()
    stderr.print(tally.table())
    store.close()


def _published(db: str, *, notify: bool) -> Program | None:
    """Return the program whose rules are published in a store, with them; None if there is none yet.

    Raises
    ------
    InputError
        If messages are to be sent, and only the program's folder knows where to.
    """
    from api.opening import open_store

    if not is_there(db):
        return None
    store = open_store(db)
    program, view = store.versions.newest_program(), ShelfView(store.shelf)
    view.look()
    store.close()
    if program is None or not view.revision:
        return None
    if notify and any(receiver.kind != "log" for receiver in program.receivers.values()):
        raise InputError("the store has no addresses to send to: name the program with --program, or leave --notify")
    return replace(program, rule_files=view.rule_files)


def is_there(db: str) -> bool:
    """Return whether a database may hold something; a SQLite file that is not there yet is not made."""
    url = Database(db).url
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def _checked(
    source: str, spoken: SpokenFiles | None, mapping: dict[str, str], program: Program
) -> tuple[Callable[[], Iterable[Feedback]], int | None]:
    """Return what gives the records, and how many there are: all are checked, where they can be read twice."""
    clock = SystemClock()
    if spoken is not None:
        return partial(spoken.admitted, clock.now()), spoken.check(clock.now())
    admitted = partial(_admitted, source, mapping, program, clock)
    return admitted, _count(admitted()) if can_be_read_twice(source) else None


def _count(records: Iterable[Feedback]) -> int:
    """Check every record, and return how many there are."""
    with progress() as bar:
        task = bar.add_task("checking", total=None)
        for _ in records:
            bar.advance(task)
        return int(bar.tasks[0].completed)


def _stopped(problem: HeedfulError, records: int, *, kept: bool) -> InputError:
    """Say of an error in the middle of a run what became of the records before it."""
    hint = " (with --revise)" if isinstance(problem, ConflictError) else ""
    if not records:
        return InputError(f"{problem}{hint}")
    said = "are stored and keep their decisions when you run it again" if kept else "were decided"
    return InputError(f"{problem}{hint}\nthe first {records:,} records {said}")


def _admitted(source: str, mapping: dict[str, str], program: Program, clock: SystemClock) -> Iterable[Feedback]:
    for entry in read_entries(source, mapping, program.scores):
        try:
            yield admit(entry.record, program, clock.now())
        except FeedbackError as problem:
            raise located(source, entry.line, problem) from problem


def _batches(feedback: Iterable[Feedback], most: int) -> Iterable[list[Feedback]]:
    batch: list[Feedback] = []
    for one in feedback:
        batch.append(one)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(lines: Lines | None, decisions: Iterable[Decision]) -> None:
    if lines is not None:
        for decision in decisions:
            lines.write(decision.as_dict())


def _deliver(engine: Engine, program: Program, mask: Mask) -> dict[str, int]:
    """Send what is due now, and return how many messages stand in each state."""
    from engine.delivery.delivering import outbox_of
    from engine.delivery.receivers import receivers_of

    receivers = receivers_of(program.receivers, mask, templates=program.templates)
    outbox = outbox_of(engine.store, program, receivers, engine.clock)
    while outbox.run_once():
        pass
    return engine.store.outbox.counts()


STATES = {
    "sent": "sent",
    "pending": "wait for another try: 'heedful serve' on the same --db makes it",
    "held": "held",
    "dead": "given up",
}


class Tally:
    """Counts what a run made of its records."""

    def __init__(self) -> None:
        self.records = 0
        self.messages: dict[str, int] = {}
        self.statuses: Counter[str] = Counter()
        self.alerts: Counter[tuple[str, str, str]] = Counter()
        self.held: Counter[tuple[str, str]] = Counter()

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count decisions."""
        for decision in decisions:
            self.records += 1
            self.statuses[str(decision.reading.status)] += 1
            self.alerts.update((alert.rule, str(alert.severity), str(alert.kind)) for alert in decision.alerts)
            self.held.update((held.rule, str(held.reason)) for held in decision.held_back)

    def table(self) -> Table:
        """Return the sum as a table."""
        statuses = ", ".join(f"{count:,} {status}" for status, count in self.statuses.most_common())
        table = Table(title=f"{self.records:,} records ({statuses or 'none'})", title_justify="left")
        for column in ("rule", "what came of it"):
            table.add_column(column)
        table.add_column("count", justify="right")
        for (rule, severity, kind), count in sorted(self.alerts.items()):
            table.add_row(rule, f"{kind}, {severity}", f"{count:,}")
        for (rule, reason), count in sorted(self.held.items()):
            table.add_row(rule, f"held back: {reason}", f"{count:,}", style="dim")
        for state, count in sorted(self.messages.items()):
            table.add_row("messages", STATES.get(state, state), f"{count:,}")
        return table
