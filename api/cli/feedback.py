"""`heedful feedback`: search all feedback."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table
from rich.text import Text

from api.cli.context import told
from api.cli.files import writing_file
from api.cli.options import AsJson, Db
from api.cli.output import say, stdout
from api.cli.where import As, Output, Since, Unit, Until, Where, looking
from api.tables import write_table
from engine.store.searching import Found

feedback = typer.Typer(help="Search all feedback.", no_args_is_help=True)
MOST_ROWS = 10_000
MOST_SHOWN = 160


@feedback.callback()
def _group() -> None:
    """Keep `search` a command of its own."""


@feedback.command()
def search(
    words: Annotated[str, typer.Argument(metavar="[WORDS]", help='all of these words, "a phrase", -not, begin*')] = "",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="at most so many")] = 20,
    cursor: Annotated[str | None, typer.Option(help="where the page before ended")] = None,
    person: As = None,
    unit: Unit = None,
    output: Output = None,
    as_json: AsJson = False,
    db: Db = None,
) -> None:
    """Search all feedback, the newest first; with --output up to 10,000 rows as CSV.

    Put `--` before words of which the first begins with a minus: `heedful feedback search -- -refund`.

    Example: `heedful feedback search "late deliver* -refund" --where score=nps:..6 --db sqlite:///var/heedful.db`
    """
    with looking(db, where, since, until, words=words, person=person, unit=unit) as look:
        store, who = look.context.store, look.who
        if output is not None:
            rows = (one.as_row() for one in store.search.each(look.asked, MOST_ROWS, who.scope, who.person))
            with writing_file(output) as file:
                count = write_table(rows, file)
            say(f"{count} rows are in {output}")
            return
        page = store.search.page(
            look.asked, limit=limit, cursor=cursor, counted=True, scope=who.scope, person=who.person
        )
    if as_json:
        typer.echo(orjson.dumps(page.as_dict()))
        return
    table = Table()
    for name in ("when", "source/id", "scores", "labels", "alerts", "words"):
        table.add_column(name, overflow="fold")
    for one in page.found:
        table.add_row(*_cells(one))
    stdout.print(table)
    if page.count is not None:
        say(f"{page.count.count:,}{' or more' if page.count.more else ''} found")
    if page.cursor is not None:
        say(f"the next page: --cursor {page.cursor}")


def _cells(one: Found) -> tuple[Text, ...]:
    """Return cells of plain text: a customer's words are never taken for markup."""
    scores = ", ".join(f"{name} {value:g}" for name, value in one.feedback.scores.items())
    labels = ", ".join(label for names in one.labels.values() for label in names)
    alerts = ", ".join(dict.fromkeys(alert.rule for alert in one.alerts))
    words = Text(one.excerpt.text)
    for start, end in one.excerpt.spans:
        words.stylize("bold", start, end)
    words.truncate(MOST_SHOWN, overflow="ellipsis")
    plain = (told(one.occurred_at), f"{one.feedback.source}/{one.feedback.id}", scores, labels, alerts)
    return (*map(Text, plain), words)
