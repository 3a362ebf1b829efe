"""`heedful alerts acknowledge`, `start`, `assign` and so on: one change of one alert, or of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from api.cli.context import Context, context_of
from api.cli.options import Db, ProgramFolder, named_by
from api.cli.output import say
from engine.alerts.alert import Alert
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.change_intake import ChangeIntake
from engine.alerts.changes import By
from engine.alerts.verdict import VerdictKind
from engine.errors import ChangeError
from engine.store.changes import Seen

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="of several all are changed, or none")]
As = Annotated[
    str | None, typer.Option("--as", metavar="PERSON", help="in this person's name; else the user that is logged in")
]
Version = Annotated[
    int | None, typer.Option("--version", help="the version that you saw, of a single alert; else what it is now")
]
Note = Annotated[str | None, typer.Option("--note", help="why")]
Remedy = Annotated[str | None, typer.Option(help="what was done for the customer")]
RootCause = Annotated[str | None, typer.Option("--root-cause", help="what was behind it")]


def acknowledge(ids: Ids, db: Db = None, person: As = None, version: Version = None, note: Note = None) -> None:
    """Say that an alert was seen.

    Example: `heedful alerts acknowledge al_0123456789abcdef01234567 --as ann --db sqlite:///var/heedful.db`
    """
    _change(db, ids, {"action": "acknowledge", "note": note}, person, version)


def start(ids: Ids, db: Db = None, person: As = None, version: Version = None, note: Note = None) -> None:
    """Say that somebody works on it.

    Example: `heedful alerts start al_0123456789abcdef01234567 --as ann`
    """
    _change(db, ids, {"action": "start", "note": note}, person, version)


def assign(
    ids: Ids,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="a person or team; without it, nobody")] = None,
    db: Db = None,
    person: As = None,
    version: Version = None,
    note: Note = None,
) -> None:
    """Give an alert to a person or a team of the directory, or to nobody.

    Example: `heedful alerts assign al_0123456789abcdef01234567 --to care`
    """
    _change(db, ids, {"action": "assign", "to": to, "note": note}, person, version)


def note(
    ids: Ids,
    text: Annotated[str, typer.Option("--note", help="the note")],
    db: Db = None,
    person: As = None,
    version: Version = None,
) -> None:
    """Add a note to the history.

    Example: `heedful alerts note al_0123456789abcdef01234567 --note "calls back on Monday"`
    """
    _change(db, ids, {"action": "note", "note": text}, person, version)


def attempt(
    ids: Ids,
    channel: Annotated[Channel, typer.Option(help="how the customer was tried to reach")],
    outcome: Annotated[AttemptOutcome, typer.Option(help="what became of it")],
    db: Db = None,
    remedy: Remedy = None,
    root_cause: RootCause = None,
    person: As = None,
    version: Version = None,
    note: Note = None,
    program_folder: ProgramFolder = None,
) -> None:
    """Record a try to reach the customer: the first one meets the follow-up clock.

    Example: `heedful alerts attempt al_0123456789abcdef01234567 --channel phone --outcome voicemail`
    """
    record = {"action": "attempt", "channel": channel.value, "outcome": outcome.value, "note": note}
    record |= {"remedy": remedy, "root_cause": root_cause}
    _change(db, ids, record, person, version, program_folder)


def resolve(
    ids: Ids,
    db: Db = None,
    remedy: Remedy = None,
    root_cause: RootCause = None,
    person: As = None,
    version: Version = None,
    note: Note = None,
    program_folder: ProgramFolder = None,
) -> None:
    """Close an alert: the customer was helped.

    Example: `heedful alerts resolve al_0123456789abcdef01234567 --remedy refund --root-cause "double booking"`
    """
    record = {"action": "resolve", "remedy": remedy, "root_cause": root_cause, "note": note}
    _change(db, ids, record, person, version, program_folder)


def dismiss(ids: Ids, db: Db = None, person: As = None, version: Version = None, note: Note = None) -> None:
    """Close an alert: nothing was to be done. It needs a note, or a verdict before.

    Example: `heedful alerts dismiss al_0123456789abcdef01234567 --note "a test of ours"`
    """
    _change(db, ids, {"action": "dismiss", "note": note}, person, version)


def reopen(ids: Ids, db: Db = None, person: As = None, version: Version = None, note: Note = None) -> None:
    """Open a closed alert again; the last resolve is the one that counts.

    Example: `heedful alerts reopen al_0123456789abcdef01234567 --note "she called again"`
    """
    _change(db, ids, {"action": "reopen", "note": note}, person, version)


def link(
    ids: Ids,
    feedback: Annotated[str, typer.Option("--feedback", metavar="ID", help="the feedback that belongs to it")],
    source: Annotated[str, typer.Option(help="the feedback's source")] = "default",
    db: Db = None,
    person: As = None,
    version: Version = None,
    note: Note = None,
) -> None:
    """Link another feedback to an alert.

    Example: `heedful alerts link al_0123456789abcdef01234567 --feedback call-17`
    """
    record = {"action": "link", "feedback": {"source": source, "id": feedback}, "note": note}
    _change(db, ids, record, person, version)


def verdict(
    ids: Ids,
    kind: Annotated[VerdictKind, typer.Option("--is", help="what is to be said of it")],
    label: Annotated[
        list[str] | None,
        typer.Option(metavar="TASK=LABEL", help="of wrong_label: a right label; intent= says that none holds"),
    ] = None,
    db: Db = None,
    person: As = None,
    version: Version = None,
    note: Note = None,
) -> None:
    """Say whether an alert was right: this moves the precision of its rule, and teaches the next model.

    Example: `heedful alerts verdict al_0123456789abcdef01234567 --is wrong_label --label intent=praise`
    """
    record = {"action": "verdict", "verdict": kind.value, "labels": _labels(label), "note": note}
    rules = {alert.rule for alert in _change(db, ids, record, person, version)}
    with opened(db) as context:
        precisions = {rule: context.store.verdicts.precision(rule) for rule in sorted(rules)}
    for rule, found in precisions.items():
        if found is not None:
            low, high = found.interval
            say(f"rule {rule}: precision {found.value:.0%} ({low:.0%} to {high:.0%}, {found.judged} judged)")


COMMANDS: Mapping[str, Callable[..., None]] = MappingProxyType(
    {
        command.__name__: command
        for command in (acknowledge, start, assign, note, attempt, resolve, dismiss, reopen, link, verdict)
    }
)


def _labels(given: Sequence[str] | None) -> dict[str, list[str]] | None:
    if not given:
        return None
    labels: dict[str, list[str]] = {}
    for one in given:
        task, equals, name = one.partition("=")
        if not equals:
            raise ChangeError(f"'{one}' is no label; write it as intent=praise, or intent= where none holds")
        labels.setdefault(task.strip(), []).extend([name.strip()] if name.strip() else [])
    return labels


@contextmanager
def opened(db: str | None, program_folder: Path | None = None) -> Iterator[Context]:
    """Open the store that an option or the settings name, and close it again."""
    context = context_of(db, program_folder)
    with closing(context.store):
        yield context


def _change(
    db: str | None,
    ids: Sequence[str],
    record: Mapping[str, Any],
    person: str | None,
    version: int | None,
    program_folder: Path | None = None,
) -> list[Alert]:
    """Make a change, tell of it, and return the alerts as they are now."""
    if version is not None and len(ids) > 1:
        raise ChangeError("--version belongs to a single alert")
    said = {name: value for name, value in record.items() if value is not None or name == "to"}
    with opened(db, program_folder) as context:
        alerts, who = _changed(context, dict.fromkeys(ids, version), said, person)
    for alert in alerts:
        stands = f"is {alert.state.replace('_', ' ')}, version {alert.version}"
        say(f"{alert.id} {stands}: {record['action']} by {who}")
    return alerts


def _changed(context: Context, seen: Seen, said: Mapping[str, Any], person: str | None) -> tuple[list[Alert], str]:
    intake = ChangeIntake(context.program, context.store.people.directory(), context.taxonomy)
    user = named_by(None)
    by = By(user) if person is None else By(intake.person(person), user)
    change = intake.admit(said, by.who, context.now)
    return context.store.changes.apply(change, seen, by, context.now), by.who
