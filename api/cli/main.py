"""The commands, put together."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import typer

from api.cli.alerts import alerts
from api.cli.attainment import attainment
from api.cli.behaviour import behaviour
from api.cli.comparing import compare
from api.cli.data import data
from api.cli.demo import demo
from api.cli.evaluating import evaluate
from api.cli.explaining import explain
from api.cli.feedback import feedback
from api.cli.files import InputError
from api.cli.forget import erasures, forget
from api.cli.insights import insights
from api.cli.keys import keys
from api.cli.languages import languages
from api.cli.outbox import outbox
from api.cli.output import log_to_stderr, stderr
from api.cli.people import people
from api.cli.privacy import privacy
from api.cli.problems import problems
from api.cli.promoting import models, promote, rollback
from api.cli.reading import read
from api.cli.receivers import receivers
from api.cli.retention import retention
from api.cli.reviewing import review
from api.cli.routing import routes
from api.cli.rules import rules
from api.cli.running import run
from api.cli.serving import serve
from api.cli.silences import silences
from api.cli.topics import topics
from api.cli.training import train
from api.cli.users import users
from api.masking import mask
from engine.errors import ConfigError, HeedfulError

BAD_INPUT = 2

app = typer.Typer(
    name="heedful",
    help="Read what customers say in their own words, and alert the right person while it still matters.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS: tuple[Callable[..., None], ...] = (
    *(read, run, serve, explain, demo, attainment, languages, forget),
    *(train, evaluate, compare, behaviour, promote, rollback, models),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(alerts, name="alerts")
app.add_typer(rules, name="rules")
app.add_typer(data, name="data")
app.add_typer(review, name="review")
app.add_typer(topics, name="topics")
app.add_typer(routes, name="routes")
app.add_typer(outbox, name="outbox")
app.add_typer(receivers, name="receivers")
app.add_typer(people, name="people")
app.add_typer(keys, name="keys")
app.add_typer(users, name="users")
app.add_typer(silences, name="silences")
app.add_typer(problems, name="problems")
app.add_typer(feedback, name="feedback")
app.add_typer(insights, name="insights")
app.add_typer(privacy, name="privacy")
app.add_typer(erasures, name="erasures")
app.add_typer(retention, name="retention")


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and a message that says what to do."""
    log_to_stderr(logging.WARNING)
    try:
        app()
    except HeedfulError as problem:
        stderr.print(f"error: {_said(problem)}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        stderr.print("stopped", markup=False)
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output went away (`heedful read ... | head`): nothing to tell it.
        sys.stderr.close()
        sys.exit(0)


def _said(problem: HeedfulError) -> str:
    """Return what an error says, without personal data; what files say of themselves, with their names, as it is."""
    return str(problem) if isinstance(problem, InputError | ConfigError) else mask(str(problem))
