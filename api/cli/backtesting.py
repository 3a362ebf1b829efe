"""`heedful rules backtest` and `heedful rules diff`: what rules would have raised over stored feedback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from api.cli.output import progress, say, stderr, stdout
from api.cli.reading import Model, ProgramFolder
from api.cli.running import Db
from engine.decision import Stored
from engine.errors import ConfigError, HeedfulError, Located
from engine.moments import parse_since
from engine.phrase_book import PhraseBook
from engine.ports import SystemClock
from engine.program import Program
from engine.program_folder import load_program
from engine.rules.backtest import Backtest, RuleBacktest, RuleDifference, backtest, differences
from engine.rules.load import LoadedRules, load_rules
from engine.store.store import Store

FLOODS = 1
LOSES = 1
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
        from api.runtime import open_store

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
        verdicts, book = self._store.verdicts.kinds(), PhraseBook(self._store.phrases)
        _warn(book.learn(rules, self._reader))
        case_of, stored = partial(book.case, rules), self._stored(rules)
        found = backtest(rules, stored, self._since, self._until, verdicts=verdicts, case_of=case_of)
        if not found.records:
            raise NothingStoredError
        return found

    def _stored(self, rules: LoadedRules) -> Iterator[Stored]:
        """Yield what is replayed: from the beginning, where earlier feedback matters to windows or cooldowns."""
        earlier = bool(rules.windowed) or any(rule.cooldown for rule in rules.evaluated)
        with progress() as bar:
            task = bar.add_task("replaying", total=None)
            for one in self._store.records.each(None if earlier else self._since):
                bar.advance(task)
                yield one


def _warn(findings: Iterable[Located]) -> None:
    for finding in findings:
        stderr.print(str(finding), style="yellow", markup=False, highlight=False)


def _show(found: Backtest) -> None:
    table = Table("rule", "alerts", "a day", "of feedback", "reviews", "held back", "precision")
    for one in found.rules:
        held = ", ".join(f"{count} {reason}" for reason, count in sorted(one.held_back.items()))
        row = (str(len(one.raised)), f"{one.a_day:.1f}", f"{one.share:.1%}", str(one.reviews), held, _precision(one))
        table.add_row(one.rule.slug, *row, style={"error": "red", "warning": "yellow"}.get(one.level))
    table.title = f"{found.records:,} records since {_day(found.since)}"
    stdout.print(table)
    for one in found.rules:
        for raised in one.raised[:3]:
            say(
                f"{one.rule.slug}: {raised.text or '(no feedback: time opened it)'} [{'; '.join(raised.alert.reasons)}]"
            )
    for receiver, count in found.call_backs.items():
        say(f"{receiver}: {count:g} call-backs a month")
    for one in found.rules:
        if one.level != "ok":
            stderr.print(
                f"{one.level}: {one.rule.slug} alerts on {one.share:.1%} of all feedback", markup=False, highlight=False
            )


def _precision(one: RuleBacktest) -> str:
    if one.precision is None:
        return "no verdicts"
    low, high = one.precision.interval
    return f"{one.precision.value:.0%} ({low:.0%} to {high:.0%}, {one.precision.judged} judged)"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _show_differences(found: tuple[RuleDifference, ...]) -> None:
    table = Table("rule", "change", "gained", "lost")
    for one in found:
        table.add_row(one.slug, one.change, str(len(one.gained)), str(len(one.lost)))
    stdout.print(table)
    for one in found:
        for sign, some in (("+", one.gained), ("-", one.lost)):
            for raised in some:
                say(f"{sign} {one.slug}: {raised.alert.feedback_id or raised.alert.key} {raised.text}")
        if one.must_not_lose and one.lost:
            stderr.print(f"{one.slug} must not lose an alert, and loses {len(one.lost)}", style="red", markup=False)
