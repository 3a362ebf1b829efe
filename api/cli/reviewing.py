"""`heedful review`: what people decide goes back into training."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.files import STANDARD, can_be_read_twice, located, parse_map, read_entries, writing, writing_file
from api.cli.options import Columns, Db, Model, ProgramFolder
from api.cli.output import progress, stderr, stdout
from api.cli.reading import CHUNK, KEPT, chunked
from api.cli.running import is_there
from engine.errors import FeedbackError, HeedfulError
from engine.feedback import Feedback
from engine.intake import FIELDS, admit
from engine.ports import Redactor, SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.store.store import Store
from engine.store.verdicts import Judged
from engine.taxonomy import Taxonomy

if TYPE_CHECKING:
    from training.datasets import Outcome
    from training.importing import FileImport, VerdictImport
    from training.review import ReviewRow
    from training.sources import Source

review = typer.Typer(help="Send feedback to be labelled, and bring the labels back.", no_args_is_help=True)
SHOWN = 20


class ReviewError(HeedfulError):
    """The command needs something else."""


class Format(StrEnum):
    """Which tool the labels are made with."""

    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"
    ARGILLA = "argilla"


@review.callback()
def _group() -> None:
    """Send feedback to be labelled, and bring the labels back."""


@review.command()
def export(
    output: Annotated[str, typer.Option("--output", "-o", metavar="OUT", help="the file to label")],
    db: Db = None,
    source: Annotated[
        str | None, typer.Option("--in", metavar="IN", help="feedback as JSONL or CSV, instead of a store")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=10_000, help="how many records")] = 200,
    form: Annotated[Format, typer.Option("--format", help="the tool to label with")] = Format.JSONL,
    model: Model = None,
    seed: Annotated[int, typer.Option(help="the same seed picks the same records")] = 0,
    without: Annotated[
        Path | None, typer.Option(metavar="DATASET", help="leave out what this data set has labels for")
    ] = None,
    with_attributes: Annotated[
        bool, typer.Option("--with-attributes", help="scores, attributes, channel and unit too; else text only")
    ] = False,
    columns: Columns = None,
    program_folder: ProgramFolder = None,
) -> None:
    """Pick what is worth labelling next: in doubt, unlike each other, and where a verdict disagrees.

    Feedback whose alert was judged wrong_label or not_actionable is always in. Every row has the model's
    labels as suggestions, and says why it was picked. From a store the stored readings decide; with
    --model that model reads the picked records anew. For Label Studio the labelling configuration is
    written beside the file (.xml), for Argilla the settings (.settings.json).

    Example: `heedful review export --db sqlite:///var/heedful.db -o review.jsonl --n 100`
    """
    from api.privacy import reading_redactor
    from api.settings import settings_of
    from training.datasets import by_hand, versions
    from training.review import DISAGREES, choose

    beside = _beside(output, form)
    if source and not can_be_read_twice(source):
        raise ReviewError("the input is gone through twice: name a file, not standard input or a pipe")
    known = versions(without) if without else []
    if without and not known:
        raise ReviewError(f"{without} is not a data set: it has no version")
    labelled = by_hand(known[-1].rows()) if known else set()
    program, _ = load_program(program_folder)
    fields = FIELDS if with_attributes else KEPT
    redactor = reading_redactor(program, settings_of())
    entries = partial(_feedback, source or "", parse_map(columns), program, fields, SystemClock().now())
    feedback = partial(_redacted, entries, redactor)
    with _source(feedback if source else None, db, model, program) as (chosen_from, judged), progress() as bar:
        bar.add_task("picking", total=None)
        rows = choose(chosen_from, n, seed=seed, judged=judged, without=labelled, facts=with_attributes)
    if source is None and output != STANDARD:
        # Before the file is there: an erasure must find what it holds.
        _note(db, [Path(output)], "review")
    _write(rows, output, beside, form, chosen_from.taxonomy)
    disagreeing = sum(any(one["verdict"] in set(DISAGREES) for one in row.verdicts) for row in rows)
    said = f"{len(rows):,} records to label in {output}, {disagreeing:,} because a verdict disagrees"
    stderr.print(said, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _store(db: str | None) -> Iterator[Store]:
    from api.opening import open_store
    from api.settings import settings_of

    store = open_store(settings_of(db=db).db)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _source(
    feedback: Callable[[], Iterator[tuple[int, Feedback]]] | None,
    db: str | None,
    model: Path | None,
    program: Program,
) -> Iterator[tuple[Source, list[Judged]]]:
    """Open what is picked from, a file's feedback or a store, with the verdicts that are known."""
    from models.taxonomy import default_taxonomy
    from models.topics import load_program_reader
    from training.sources import FileSource, StoreSource

    if feedback is not None:
        yield FileSource(feedback, load_program_reader(program, model)), []
        return
    reader = load_program_reader(program, model) if model else None
    with _store(db) as store:
        trees = reader.taxonomy if reader else store.readings.newest_taxonomy() or default_taxonomy()
        yield StoreSource(store, trees, reader), store.verdicts.latest()


def _redacted(
    entries: Callable[[], Iterator[tuple[int, Feedback]]], redactor: Redactor
) -> Iterator[tuple[int, Feedback]]:
    """Yield lines and records as they would be stored: who labels them needs no personal data."""
    for some in chunked(entries(), CHUNK):
        lines = [line for line, _ in some]
        yield from zip(lines, redactor.redact([one for _, one in some]), strict=True)


def _note(db: str | None, paths: Iterable[Path], kind: str) -> None:
    """Have the store remember where its records are written, so that they can be erased there."""
    with _store(db) as store:
        for path in paths:
            store.exports.note(path, kind, _user(), SystemClock().now())


def _feedback(
    source: str, mapping: dict[str, str], program: Program, fields: Collection[str], now: datetime
) -> Iterator[tuple[int, Feedback]]:
    for entry in read_entries(source, mapping, program.scores):
        try:
            yield entry.line, admit({k: v for k, v in entry.record.items() if k in fields}, program, now)
        except FeedbackError as problem:
            raise located(source, entry.line, problem) from problem


def _beside(output: str, form: Format) -> str:
    """Return the second file that a tool takes; JSONL has none.

    Raises
    ------
    ReviewError
        If the output cannot have that form.
    """
    endings = {Format.JSONL: "", Format.LABEL_STUDIO: ".xml", Format.ARGILLA: ".settings.json"}
    beside = str(Path(output).with_suffix(endings[form]))
    if form is Format.JSONL and output.lower().endswith(".csv"):
        raise ReviewError("sentences do not fit into CSV; name a file that ends with .jsonl")
    if form is not Format.JSONL and (output == STANDARD or beside == output):
        raise ReviewError(f"{form} takes two files; name the first with -o FILE.json")
    return beside


def _write(rows: list[ReviewRow], output: str, beside: str, form: Format, taxonomy: Taxonomy) -> None:
    from training import argilla, label_studio

    if form is Format.JSONL:
        with writing(output) as lines:
            for row in rows:
                if lines is not None:
                    lines.write(row.as_dict())
        return
    if form is Format.LABEL_STUDIO:
        texts = label_studio.config_of(taxonomy), _json(label_studio.tasks_of(rows, taxonomy))
    else:
        texts = _json(argilla.settings_of(taxonomy)), _json(argilla.records_of(rows))
    for target, text in zip((beside, output), texts, strict=True):
        with writing_file(Path(target)) as file:
            file.write(text)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


@review.command("import")
def import_labels(
    into: Annotated[Path, typer.Option(metavar="DATASET", help="the data set: a folder of versions")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="labels: JSONL, or a tool's export")] = None,
    from_verdicts: Annotated[bool, typer.Option("--from-verdicts", help="labels from the verdicts of a store")] = False,
    db: Db = None,
    form: Annotated[Format | None, typer.Option("--format", help="else told from the file")] = None,
    model: Annotated[
        Path | None, typer.Option(help="a model whose label trees the labels must fit; else the one that ships")
    ] = None,
    by: Annotated[str | None, typer.Option(help="who imports, for the record; else the user of this machine")] = None,
) -> None:
    """Bring labels back as the next version of a data set: DATASET/v0001/data.jsonl, which `heedful train` reads.

    A version never changes and says in its manifest what it was made of. Where annotators differ, the
    majority counts, and what has none is left out. The same file twice is imported once.

    Example: `heedful review import review.jsonl --into labelled`
    """
    from models.artifact import DEFAULT, load_artifact
    from training import importing

    if (file is None) == (not from_verdicts):
        raise ReviewError("name a FILE with labels, or --from-verdicts")
    taxonomy = load_artifact(model or DEFAULT).config.taxonomy
    now, who = SystemClock().now().isoformat(timespec="seconds"), by or _user()
    if file is None:
        with _store(db) as store:
            _tell_verdicts(importing.import_verdicts(store, into, taxonomy, now=now, by=who))
    else:
        chosen = importing.Format(form) if form else None
        _tell_file(importing.import_file(file, into, taxonomy, chosen, now=now, by=who), file)
    if file is None or _knows_store(db):
        _note(db, [into, *([file] if file else [])], "dataset")


def _knows_store(db: str | None) -> bool:
    """Return whether there is a store, which labels in a file need not come from."""
    from api.settings import settings_of

    return is_there(settings_of(db=db).db)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _tell_file(done: FileImport, file: Path) -> None:
    version = done.outcome.version
    if not done.outcome.written:
        _say(f"{file} brings nothing new: {version.folder if version else 'the data set'} has it already")
        return
    _tell_written(done.outcome)
    _say(f"  {done.changed:,} of {done.shown:,} suggestions were changed ({', '.join(done.models) or 'no model'})")
    _say(f"  {done.unlabelled:,} without a label, left out")
    _tell(
        f"{len(done.conflicts):,} conflicts",
        [
            f"{', '.join(one.places)}: {one.id}, {one.task}, {one.resolved}: "
            + "; ".join(f"{by} says {', '.join(names) or 'none'}" for by, names in one.labels.items())
            + f" [{one.sentence}]"
            for one in done.conflicts
        ],
    )


def _tell_verdicts(done: VerdictImport) -> None:
    if done.outcome.written:
        _tell_written(done.outcome)
    else:
        _say("the verdicts bring nothing new")
    _tell(f"{len(done.conflicts):,} conflicts", list(done.conflicts))
    left_out = [f"{count:,} {reason}" for reason, count in sorted(done.left_out.items())]
    _tell(f"{sum(done.left_out.values()):,} gave no labels", left_out)


def _tell_written(outcome: Outcome) -> None:
    version = outcome.version
    if version is not None:
        records = version.manifest["records"]
        _say(f"{version.data}: {outcome.added:,} records added, {outcome.replaced:,} replaced, {records:,} in all")


def _tell(what: str, lines: list[str]) -> None:
    _say(f"  {what}{':' if lines else ''}")
    for line in lines[:SHOWN]:
        _say(f"    {line}")
    if len(lines) > SHOWN:
        _say(f"    ... and {len(lines) - SHOWN:,} more; the manifest has all")


def _say(text: str) -> None:
    stdout.print(text, markup=False, highlight=False, soft_wrap=True)
