"""A comparison of two models as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from api.cli.output import stderr, stdout

if TYPE_CHECKING:
    from training.alert_changes import ChangedAlert, RuleChange
    from training.compare import Difference, LabelDifference, ScoreChanges
    from training.reader_pair import Speed

MOST_LABELS = 20
MOST_EXAMPLES = 3
MOST_TEXT = 200
SIGNIFICANT = 0.05


def show(a: str, b: str, scores: ScoreChanges, speeds: tuple[Speed, Speed], rules: Sequence[RuleChange] | None) -> None:
    """Print what two models were compared by."""
    _say(f"A is {a}, B is {b}; {scores.records:,} records, judged whole")
    _say_of_trees(scores)
    stdout.print(_tasks(scores))
    stdout.print(_labels(scores))
    _say(
        f"{len(scores.labels)} labels are compared (10 positives and more; {len(scores.left_out)} have fewer), "
        "so p-values are corrected by Holm; intervals are 95% of a paired bootstrap over records"
    )
    for name, speed in zip("AB", speeds, strict=True):
        _say(
            f"{name} reads {speed.records_a_second:,.0f} records and {speed.sentences_a_second:,.0f} sentences "
            f"a second, one record alone in {speed.single_ms:.1f} ms"
        )
    if rules is not None:
        _say_of_rules(rules)


def _say_of_trees(scores: ScoreChanges) -> None:
    for name, labels in (("A", scores.only_a), ("B", scores.only_b)):
        if labels:
            _say(f"only {name} has {', '.join(labels)}; they are not compared")


def _tasks(scores: ScoreChanges) -> Table:
    table = Table("task", "labels", "A", "B", "change", "interval", "p", title="macro-F1", title_justify="left")
    for one in scores.tasks:
        table.add_row(one.task, str(one.labels), *_difference(one.macro_f1))
    return table


def _labels(scores: ScoreChanges) -> Table:
    changed = sorted(scores.labels, key=_by_significance)
    more = f", {MOST_LABELS} of {len(changed)}; --json has all" if len(changed) > MOST_LABELS else ""
    table = Table(title=f"F1 by label, the surest changes first{more}", title_justify="left")
    for column in (
        "label",
        "there",
        "A",
        "B",
        "change",
        "interval",
        "p",
        "A alone right",
        "B alone right",
        "p (McNemar)",
    ):
        table.add_column(column)
    for one in changed[:MOST_LABELS]:
        split = (str(one.only_a), str(one.only_b), _chance(one.mcnemar_corrected))
        table.add_row(f"{one.task} {one.label}", str(one.positives), *_difference(one.f1), *split)
    return table


def _by_significance(one: LabelDifference) -> tuple[float, float]:
    return min(one.f1.p_corrected, one.mcnemar_corrected), -abs(one.f1.change)


def _difference(one: Difference) -> tuple[str, str, str, str, str]:
    interval = f"{one.low:+.3f} to {one.high:+.3f}"
    return f"{one.a:.3f}", f"{one.b:.3f}", f"{one.change:+.3f}", interval, _chance(one.p_corrected)


def _chance(p: float) -> str:
    said = "<0.001" if p < 0.001 else f"{p:.3f}"
    return f"[bold]{said} *[/]" if p < SIGNIFICANT else said


def _say_of_rules(rules: Sequence[RuleChange]) -> None:
    table = Table(title="alerts by live rule", title_justify="left")
    for column in ("rule", "A", "B", "gained", "lost", "reviews A", "reviews B", "must not lose"):
        table.add_column(column)
    for one in rules:
        counts = (*one.alerts, len(one.gained), len(one.lost), *one.reviews)
        table.add_row(
            one.rule, *map(str, counts), "yes" if one.must_not_lose else "", style="red" if one.forbidden else ""
        )
    stdout.print(table)
    for one in rules:
        for line in one.broken:
            stderr.print(f"{one.rule} loads under one model only: {line}", style="yellow", markup=False, soft_wrap=True)
        _say_of_alerts(f"{one.rule} would lose", one.lost)
        _say_of_alerts(f"{one.rule} would gain", one.gained)
    for one in rules:
        if one.forbidden:
            said = f"{one.rule} must not lose an alert, and loses {len(one.lost)}"
            stderr.print(said, style="red", markup=False, highlight=False, soft_wrap=True)


def _say_of_alerts(what: str, alerts: Sequence[ChangedAlert]) -> None:
    if not alerts:
        return
    table = Table("id", "text", "why", "why not", title=f"{what} {len(alerts)}", title_justify="left", show_lines=True)
    for one in alerts[:MOST_EXAMPLES]:
        text = one.text if len(one.text) <= MOST_TEXT else one.text[: MOST_TEXT - 3] + "..."
        table.add_row(*(escape(said) for said in (one.id, text, "\n".join(one.why), "\n".join(one.why_not))))
    stdout.print(table)
    if len(alerts) > MOST_EXAMPLES:
        _say(f"and {len(alerts) - MOST_EXAMPLES:,} more; --json has all")


def _say(text: str) -> None:
    # Customers' words are shown as they are, never taken for markup.
    stdout.print(text, markup=False, highlight=False, soft_wrap=True)
