"""`heedful topics`: topics of one's own, from a file of names and descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table

from api.cli.files import located, parse_map, read_entries
from api.cli.options import Columns, Model
from api.cli.output import progress, stderr, stdout
from api.cli.reading import CHUNK, KEPT, Input, chunked
from api.cli.training import need_extra
from engine.errors import ConfigError, DataError, FeedbackError, Located
from engine.intake import admit
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_topic_tree
from engine.topics import ProgramTopics, TopicTree

if TYPE_CHECKING:
    from engine.feedback import Feedback
    from models.trial import Said, TopicTrial, TrialReport
    from training.topics import TopicScore

topics = typer.Typer(help="Describe topics of your own, and see what they would catch.", no_args_is_help=True)
OVERLAPS_SHOWN = 10

Tree = Annotated[Path, typer.Argument(metavar="TREE", help="a YAML file of topics")]
Fitted = Annotated[Path | None, typer.Option(metavar="FILE", help="what 'heedful topics fit' wrote")]


@topics.callback()
def _group() -> None:
    """Describe topics of your own, and see what they would catch."""


@topics.command()
def check(tree_file: Tree, fitted: Fitted = None, model: Model = None) -> None:
    """Check a file of topics: every error at once, each with file and line, and topics that say nearly the same.

    Exit code 2 when there are errors; warnings do not fail the check.

    Example: `heedful topics check samples/topics/topics.yaml`
    """
    from models.fitted import load_fitted
    from models.reader import load_reader
    from models.topics import zero_shot_heads
    from models.zero_shot import alike

    tree = load_topic_tree(tree_file)
    reader = load_reader(model)
    warnings: list[Located] = []
    try:
        ProgramTopics(tree).taxonomy(reader.taxonomy)
    except ConfigError as problem:
        warnings += [Located(one.file, one.line, one.column, one.message, "warning") for one in problem.findings]
    logits = zero_shot_heads(reader, tree).logits
    if fitted:
        load_fitted(fitted).check(reader.model, tree, logits.weights.shape[1])
    warnings += alike(tree, logits)
    for finding in warnings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False, soft_wrap=True)
    stdout.print(f"{len(tree.topics)} topics are good; {len(warnings)} warnings", markup=False)


@topics.command("try")
def try_topics(
    tree_file: Tree,
    source: Input,
    fitted: Fitted = None,
    columns: Columns = None,
    top: Annotated[int, typer.Option(min=1, max=100, help="how many sentences to show a topic")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="everything, as JSON")] = False,
    model: Model = None,
) -> None:
    """Show what each topic would catch: counts, sentences, what is near the threshold, and which topics overlap.

    Nothing is stored, and nothing but descriptions is needed.

    Example: `heedful topics try samples/topics/topics.yaml samples/feedback.jsonl`
    """
    from api.privacy import reading_redactor
    from api.settings import settings_of
    from models.fitted import load_fitted
    from models.reader import load_reader
    from models.topics import TopicReader
    from models.trial import Trial

    tree = load_topic_tree(tree_file)
    entries = read_entries(source, parse_map(columns), ())
    own = ProgramTopics(tree, beside_default=False)
    trial = Trial(TopicReader(load_reader(model), own, load_fitted(fitted) if fitted else None), tree, top)
    program, now = Program(), SystemClock().now()
    redactor = reading_redactor(program, settings_of())
    with progress() as bar:
        task = bar.add_task("reading", total=None)
        for chunk in chunked(entries, CHUNK):
            batch: list[Feedback] = []
            for entry in chunk:
                try:
                    batch.append(admit({k: v for k, v in entry.record.items() if k in KEPT}, program, now))
                except FeedbackError as problem:
                    raise located(source, entry.line, problem) from problem
            trial.add(redactor.redact(batch))
            bar.advance(task, len(batch))
    report = trial.report()
    if as_json:
        typer.echo(orjson.dumps(report.as_dict(), option=orjson.OPT_INDENT_2))
    else:
        _show(report)


def _show(report: TrialReport) -> None:
    table = Table(title=f"{report.records:,} records, {report.read:,} of them read", title_justify="left")
    table.add_column("topic")
    for column in ("records", "share", "unsure", "holds from"):
        table.add_column(column, justify="right")
    for one in report.topics:
        table.add_row(one.topic, f"{one.records:,}", f"{one.share:.1%}", f"{one.unsure:,}", f"{one.threshold:.2f}")
    stdout.print(table)
    for one in report.topics:
        _say(f"\n{one.topic}: {one.records:,} records")
        _sentences("surest", one.top)
        _sentences("near the threshold", _not_yet_shown(one))
    _say("")
    for pair in report.overlaps[:OVERLAPS_SHOWN]:
        _say(f"{' and '.join(pair.topics)} hold together in {pair.records:,} records ({pair.share:.0%} of the rarer)")
    if report.quiet:
        _say(f"nothing was caught by: {', '.join(report.quiet)}")


def _not_yet_shown(one: TopicTrial) -> list[Said]:
    shown = {said.sentence for said in one.top}
    return [said for said in one.near if said.sentence not in shown]


def _sentences(what: str, sentences: Iterable[Said]) -> None:
    lines = [f"    {said.confidence:.2f}  {said.sentence}  ({said.id})" for said in sentences]
    for line in ([f"  {what}"] if lines else []) + lines:
        _say(" ".join(line.split("\n")))


def _say(text: str) -> None:
    # Customers' words are shown as they are, never taken for markup.
    stdout.print(text, markup=False, highlight=False, soft_wrap=True)


@topics.command()
def fit(
    tree_file: Tree,
    labelled: Annotated[
        Path | None, typer.Option(metavar="FILE", help="labelled feedback, JSONL or CSV; else the tree's 'labelled'")
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="what to write")] = Path("topics.json"),
    model: Model = None,
) -> None:
    """Learn topics from labelled sentences: each with eight or more gets a head of its own, the others stay described.

    A program uses the file with `topics: {file: topics.yaml, fitted: topics.json}`. It is for one model and one
    tree: when either changes, fit again. Needs the extra 'train'; using the file does not.

    Example: `heedful topics fit topics.yaml --labelled labelled.jsonl -o topics.json`
    """
    need_extra("sklearn")
    from models.fitted import save_fitted
    from models.reader import load_reader
    from training.data import read_labelled
    from training.topics import fit_topics, tree_taxonomy

    tree = load_topic_tree(tree_file)
    file = labelled or _labelled_of(tree, tree_file)
    reader = load_reader(model)
    taxonomy = tree_taxonomy(tree, reader.taxonomy)
    items = read_labelled(file, taxonomy)
    with progress() as bar:
        bar.add_task("fitting", total=None)
        fitted, scores = fit_topics(tree, items, taxonomy, reader)
    save_fitted(fitted, output)
    _show_scores(scores, output)


def _labelled_of(tree: TopicTree, tree_file: Path) -> Path:
    if tree.labelled is None:
        raise DataError(f"name the labelled sentences with --labelled, or with 'labelled:' in {tree_file}")
    return tree_file.parent / tree.labelled


def _show_scores(scores: list[TopicScore], output: Path) -> None:
    table = Table("topic", title=f"{output}: {sum(one.fitted for one in scores)} topics fitted", title_justify="left")
    for column in ("sentences", "described", "learnt"):
        table.add_column(column, justify="right")
    for one in scores:
        found = [f"{value:.2f}" if value is not None else "" for value in (one.described, one.learnt)]
        table.add_row(one.path, f"{one.sentences:,}", found[0], found[1] or "needs 8 sentences from 2 records")
    stderr.print(table)
    stderr.print("described, learnt: average precision on the labelled sentences, learnt in cross-validation")
