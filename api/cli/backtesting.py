"""`heedful rules backtest` and `heedful rules diff`: what rules would have raised over stored feedback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from api.cli.options import Db, Model, ProgramFolder
from api.cli.output import progress, say, stderr, stdout
from api.cli.running import is_there
from engine.errors import ConfigError, HeedfulError, Located
from engine.moments import parse_since
from engine.phrase_book import PhraseBook
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.rules.backtest import Backtest, Raised, RuleBacktest, RuleDifference, differences
from engine.rules.grouping import say_key
from engine.rules.load import LoadedRules, load_rules
from engine.store.store import Store
from engine.stored_span import StoredSpan

FLOODS = 1
LOSES = 1
WIDEST = 40
DEFAULT_SOURCE = "default"
Since = Annotated[str, typer.Option(help="a span such as 30d, or a date such as 2026-03-01")]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]


class NothingStoredError(HeedfulError):
    """There is no feedback in the store in that span: name the store with --db, or an earlier --since."""


def backtest_rules(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="a folder of rules, or a program folder")],
    since: Since = "30d",
    db: Db = None,
    program_folder: ProgramFolder = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Replay stored feedback by the rules of a folder, and say what they would have raised.

    The same alerts as live, windows and cooldowns included. Ends with 1 when a rule alerts on more than a tenth of
    all feedback.

    Example: `heedful rules backtest samples/program --since 30d --db sqlite:///var/heedful.db`
    """
    with _Bench(db, since, model) as bench:
        found = bench.run(bench.load(folder, program_folder))
    if as_json:
        typer.echo(orjson.dumps(found.as_dict()))
    else:
        _show(found)
    if found.floods:
        raise typer.Exit(FLOODS)


def diff_rules(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="a folder of rules, or a program folder")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="the changed one")],
    since: Since = "30d",
    db: Db = None,
    program_folder: ProgramFolder = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Say which alerts over stored feedback a changed folder of rules gains and loses.

    Ends with 1 when a rule that says `must_not_lose: true` loses one.

    Example: `heedful rules diff samples/program changed --since 30d --db sqlite:///var/heedful.db`
    """
    with _Bench(db, since, model) as bench:
        before, after = (bench.run(bench.load(folder, program_folder)) for folder in (old, new))
    found = differences(before, after)
    if as_json:
        typer.echo(orjson.dumps([one.as_dict() for one in found]))
    else:
        _show_differences(found)
    if any(one.must_not_lose and one.lost for one in found):
        raise typer.Exit(LOSES)


class _Bench:
    """A store, and a span of it to replay."""

    def __init__(self, db: str | None, since: str, model: Path | None) -> None:
        from api.settings import settings_of

        self._url = settings_of(db=db).db
        self._model = model
        self._until = SystemClock().now()
        self._since = parse_since(since, self._until)

    def __enter__(self) -> _Bench:
        from api.opening import open_store

        if not is_there(self._url):
            raise NothingStoredError
        self._store: Store = open_store(self._url)
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def load(self, folder: Path, program_folder: Path | None) -> LoadedRules:
        is_program = (folder / "program.yaml").is_file()
        program, warnings = load_program(folder if is_program else program_folder, None if is_program else folder)
        rules = self._rules(program)
        _warn((*warnings, *rules.findings))
        if rules.errors:
            raise ConfigError(list(rules.errors))
        return rules

    def _rules(self, program: Program) -> LoadedRules:
        from models.topics import load_program_reader

        self._reader = load_program_reader(program, self._model)
        return load_rules(program, self._store.readings.newest_taxonomy() or self._reader.taxonomy)

    def run(self, rules: LoadedRules) -> Backtest:
        book = PhraseBook(self._store.phrases)
        _warn(book.ask(rules, self._reader, keep=False))
        span = StoredSpan(self._store, book, self._since, self._until)
        with progress() as bar:
            found = span.backtest(rules, partial(bar.track, total=span.size(rules), description="replaying"))
        if not found.records:
            raise NothingStoredError
        return found


def _warn(findings: Iterable[Located]) -> None:
    for finding in findings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)


def _show(found: Backtest) -> None:
    table = _table([one.rule.slug for one in found.rules], ("alerts", "a day", "share", "reviews"))
    table.add_column("held back")
    judged = any(one.precision for one in found.rules)
    if judged:
        table.add_column("precision")
    for one in found.rules:
        held = ", ".join(f"{count} {reason}" for reason, count in sorted(one.held_back.items()))
        row = [str(len(one.raised)), f"{one.a_day:.1f}", f"{one.share:.1%}", str(one.reviews), held]
        row += [_precision(one)] * judged
        table.add_row(one.rule.slug, *row, style={"error": "red", "warning": "yellow"}.get(one.level))
    table.title = f"{found.records:,} records received since {_day(found.since)}, from {found.days:.3g} days"
    stdout.print(table)
    if not judged:
        say("no verdicts on these alerts yet, so nothing is known of their precision")
    for one in found.rules:
        for raised in one.raised[:3]:
            say(f"{one.rule.slug}: {_told(raised)} [{'; '.join(raised.alert.reasons)}]")
    for receiver, count in found.call_backs.items():
        say(f"{receiver}: {count:g} call-backs a month")
    for one in found.rules:
        if one.level != "ok":
            stderr.print(
                f"{one.level}: {one.rule.slug} alerts on {one.share:.1%} of all feedback", markup=False, highlight=False
            )


def _table(slugs: Sequence[str], counts: Sequence[str]) -> Table:
    """Return a table of rules, which are looked for by their names: those are never cut short."""
    table = Table(title_justify="left")
    table.add_column("rule", overflow="fold", min_width=min(WIDEST, max(map(len, slugs), default=0)))
    for title in counts:
        table.add_column(title, justify="right")
    return table


def _told(raised: Raised) -> str:
    """Return what opened an alert, in one line, by the name that `heedful explain` takes."""
    alert = raised.alert
    if not alert.feedback_id:
        group = f" for {say_key(alert.key)}" if alert.key else ""
        return f"(no feedback: time opened it{group})"
    source = "" if alert.source == DEFAULT_SOURCE else f" ({alert.source})"
    return f"{alert.feedback_id}{source} {' '.join(raised.text.split())}"


def _precision(one: RuleBacktest) -> str:
    if one.precision is None:
        return "no verdicts"
    low, high = one.precision.interval
    return f"{one.precision.value:.0%} ({low:.0%} to {high:.0%}, {one.precision.judged} judged)"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _show_differences(found: tuple[RuleDifference, ...]) -> None:
    told = [one for one in found if one.change != "same" or one.gained or one.lost]
    table = _table([one.slug for one in told], ("gained", "lost"))
    table.add_column("change")
    for one in told:
        table.add_row(one.slug, str(len(one.gained)), str(len(one.lost)), one.change)
    if told:
        stdout.print(table)
    say(f"{len(found) - len(told)} rules are the same, and raise the same")
    for one in told:
        for sign, some in (("+", one.gained), ("-", one.lost)):
            for raised in some:
                say(f"{sign} {one.slug}: {_told(raised)}")
        if one.must_not_lose and one.lost:
            stderr.print(f"{one.slug} must not lose an alert, and loses {len(one.lost)}", style="red", markup=False)
