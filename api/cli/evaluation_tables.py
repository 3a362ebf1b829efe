"""An evaluation on a terminal: the summary, the labels, what is confused, the slices and the worst errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.names import show as show_name

if TYPE_CHECKING:
    from training.evaluation import Evaluation
    from training.intervals import Estimate
    from training.levels import LevelResult
    from training.mistakes import Mistake

CONFUSIONS = 5
MISTAKES = 5
LINE = 160


def show(found: Evaluation, console: Console) -> None:
    """Print what was measured; ``--html`` and ``--json`` hold the rest."""
    levels = {"records": found.record}
    levels |= {"sentences": found.sentence} if found.sentence else {}
    for table in (_summary(found, levels), _labels(found), _confusions(found), *_slices(found)):
        if table.row_count:
            console.print(table)
    _mistakes("said with the most confidence, and wrong", found.record.wrong, console)
    _mistakes("there, and missed with the least confidence", found.record.missed, console)
    _facts(found, console)


def _table(title: str, *columns: str, words: int = 1) -> Table:
    """Return a table whose first columns are words and whose others are numbers."""
    table = Table(title=Text(title), title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < words else "right")
    return table


def _add(table: Table, *cells: object) -> None:
    # Names come from files: they are shown as they are, never taken for markup.
    table.add_row(*(Text(str(cell)) for cell in cells))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _estimate(found: Estimate) -> str:
    around = f" ({found.low:.3f} to {found.high:.3f})" if found.low is not None and found.high is not None else ""
    return _number(found.value) + around


def _summary(found: Evaluation, levels: Mapping[str, LevelResult]) -> Table:
    columns = ("task", "over", "macro-F1 (95%)", "labels", "micro-F1 (95%)", "mean AP", "calibration error", "at 0.8+")
    table = _table(f"{found.model}: {found.records:,} records", *columns, words=2)
    for task in found.record.tasks:
        for name, level in levels.items():
            if one := level.tasks.get(task):
                sure = f"{_number(one.right_when_sure)} of {one.sure:,}"
                scores = (_estimate(one.macro_f1), one.labels_counted, _estimate(one.micro_f1))
                _add(table, task, name, *scores, _number(one.mean_average_precision), one.calibration_error, sure)
    for name, level in levels.items():
        for grouping, groups in level.groups.items():
            _add(table, f"{grouping} groups", name, _estimate(groups.macro_f1), groups.groups_counted, "", "", "", "")
    for name, boundaries in found.boundaries.items():
        _add(table, f"boundaries, {name}", "records", _estimate(boundaries.f1), "", "", "", "", "")
    return table


def _labels(found: Evaluation) -> Table:
    columns = ("task", "label", "F1 (95%)", "precision", "recall", "there", "said", "AP")
    table = _table("labels, over records", *columns, words=2)
    for task, result in found.record.tasks.items():
        for one in result.labels:
            if one.there or one.said:
                average = _number(one.curve.average_precision if one.curve else None)
                shares = (_estimate(one.f1), _number(one.precision.value), _number(one.recall.value))
                _add(table, task, one.label, *shares, one.there, one.said, average)
    return table


def _confusions(found: Evaluation) -> Table:
    table = _table("said instead, over records", "task", "missed", "said instead", "times", "of its misses", words=3)
    for task, result in found.record.tasks.items():
        for one in [one for one in result.confusions if one.said is not None][:CONFUSIONS]:
            _add(table, task, one.missed, one.said, one.rows, f"{one.share:.0%}")
    return table


def _slices(found: Evaluation) -> Iterator[Table]:
    for attribute in dict.fromkeys(one.attribute for one in found.slices):
        tasks = list(found.record.tasks)
        table = _table(
            f"by {show_name(attribute)}", "", "records", *(f"{task} micro-F1 / macro-F1 (labels)" for task in tasks)
        )
        for one in (one for one in found.slices if one.attribute == attribute):
            cells = []
            for task in tasks:
                scored = one.tasks.get(task)
                both = scored and (scored.micro_f1.value, scored.macro_f1.value, scored.labels_counted)
                cells.append(f"{_number(both[0])} / {_number(both[1])} ({both[2]})" if both else "-")
            _add(table, one.value, f"{one.records:,}", *cells)
        yield table


def _mistakes(title: str, found: Sequence[Mistake], console: Console) -> None:
    if found:
        _say(console, f"{title}:")
    for one in found[:MISTAKES]:
        words = " ".join(one.text.split())
        short = words if len(words) <= LINE else words[: LINE - 1] + "…"
        _say(console, f"  {one.task} {one.label} ({one.confidence:.2f}), there: {', '.join(one.labels) or 'nothing'}")
        _say(console, f"    {one.id}: {short}")


def _facts(found: Evaluation, console: Console) -> None:
    statuses = ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in found.statuses.items())
    speed = found.speed
    _say(console, f"records: {statuses}")
    _say(
        console, f"speed: {speed.records_per_second:,.0f} records, {speed.sentences_per_second:,.0f} sentences a second"
    )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
