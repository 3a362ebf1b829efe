"""`heedful compare`: what another model would change, in scores and in alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.comparison_tables import show
from api.cli.files import InputError, located, read_entries, writing
from api.cli.options import RulesFolder, current_model
from api.cli.output import progress, stderr
from engine.errors import FeedbackError
from engine.feedback import Feedback, Part
from engine.intake import FIELDS, admit
from engine.ports import Reader, SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.taxonomy import TASKS, Taxonomy

if TYPE_CHECKING:
    from training.alert_changes import RuleChange
    from training.compare import ScoreChanges
    from training.data import Labelled
    from training.reader_pair import Speed

MODEL_HELP = "a model's folder, or a model store for its current one"
# What is said of a record in labelled data and is not feedback.
LABELS = ("labels", "sentences", *TASKS)


@dataclass(frozen=True)
class Comparison:
    """Everything that two models were compared by; `rules` is None when no rules were given."""

    a: str
    b: str
    scores: ScoreChanges
    speeds: tuple[Speed, Speed]
    rules: tuple[RuleChange, ...] | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", callback=current_model, help=MODEL_HELP)],
    b: Annotated[Path, typer.Argument(metavar="B", callback=current_model, help="the model that would follow")],
    data: Annotated[list[Path], typer.Option("--data", metavar="FILE", help="labelled feedback; may be repeated")],
    program_folder: Annotated[
        Path | None, typer.Option("--program", metavar="DIR", help="judge by this program's rules too")
    ] = None,
    rules_folder: RulesFolder = None,
    as_json: Annotated[
        str | None, typer.Option("--json", metavar="FILE", help="everything, as one JSON object")
    ] = None,
    seed: Annotated[int, typer.Option(help="of the bootstrap")] = 0,
) -> None:
    """Compare two models on labelled feedback: scores with significance, speed, and alerts gained and lost.

    With --rules or --program every record is judged by the live rules under both models. Ends with 1 when a rule
    that says `must_not_lose: true` loses an alert.

    Example: `heedful compare models/default var/models/mine --data dev.jsonl --program samples/program`
    """
    from models.topics import load_program_reader

    program, warnings = load_program(program_folder, rules_folder)
    for finding in warnings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)
    readers = (load_program_reader(program, a), load_program_reader(program, b))
    with_rules = program_folder is not None or rules_folder is not None
    found = _compared(readers, data, program if with_rules else None, seed)
    with writing(as_json) as lines:
        if lines is not None:
            lines.write(found.as_dict())
    show(found.a, found.b, found.scores, found.speeds, found.rules)
    if any(change.forbidden for change in found.rules or ()):
        raise typer.Exit(1)


def _compared(readers: tuple[Reader, Reader], data: Sequence[Path], program: Program | None, seed: int) -> Comparison:
    import numpy as np

    from engine.reading import Standing
    from training.alert_changes import AlertComparison
    from training.compare import compare_scores
    from training.reader_pair import ReaderPair

    trees = (readers[0].taxonomy, readers[1].taxonomy)
    alerts = AlertComparison(program, readers, SystemClock().now()) if program else None
    items, feedback = _records(data, trees, program)
    pair = ReaderPair(*readers)
    standing: tuple[list[Any], list[Any]] = ([], [])
    parts = [one.parts for one in feedback] if program else [(Part(item.text),) for item in items]
    with progress() as bar:
        task = bar.add_task("reading with both", total=len(items))
        for place, readings in enumerate(pair.read(parts)):
            for rows, reading in zip(standing, readings, strict=True):
                rows.append(reading.standing[-1] == Standing.HOLDS)
            if alerts is not None:
                alerts.add(feedback[place], readings)
            bar.advance(task)
    scores = compare_scores((np.stack(standing[0]), np.stack(standing[1])), trees, items, seed=seed)
    changes = alerts.changes() if alerts is not None else None
    return Comparison(readers[0].model, readers[1].model, scores, pair.speeds(), changes)


def _records(
    data: Sequence[Path], trees: tuple[Taxonomy, Taxonomy], program: Program | None
) -> tuple[list[Labelled], list[Feedback]]:
    """Return the labelled records of all files and, for a program, each as feedback."""
    from training.compare import joined
    from training.data import read_to_measure

    items: list[Labelled] = []
    feedback: list[Feedback] = []
    for path in data:
        found = read_to_measure(path, joined(*trees))
        items += found
        if program is not None:
            feedback += _feedback(path, found, program)
    return items, feedback


def _feedback(path: Path, items: Sequence[Labelled], program: Program) -> list[Feedback]:
    now, admitted = SystemClock().now(), []
    entries = list(read_entries(str(path), {}, program.scores))
    if len(entries) != len(items):
        raise InputError(f"{path} has lines that end in other ways than by a line feed; save it with plain line ends")
    for entry, item in zip(entries, items, strict=True):
        try:
            admitted.append(admit(_unlabelled(entry.record, item.text, entry.line), program, now))
        except FeedbackError as problem:
            raise located(str(path), entry.line, problem) from problem
    return admitted


def _unlabelled(record: Mapping[str, Any], text: str, line: int) -> dict[str, Any]:
    """Return the feedback in a labelled record: its text whole, and its other plain values as attributes."""
    kept = {name: value for name, value in record.items() if name in FIELDS and name != "parts"}
    others = {
        name: value for name, value in record.items() if name not in FIELDS and isinstance(value, str | int | float)
    }
    given = kept.get("attributes")
    attributes = others | dict(given) if isinstance(given, Mapping | None) and given else others
    attributes = {name: value for name, value in attributes.items() if name not in LABELS}
    return {"id": str(line)} | kept | {"text": text, "attributes": attributes}
