"""The command line, put together and run."""

from __future__ import annotations

import logging
import sys

import typer

from api.cli.commands import MARKUP, Commands
from api.cli.output import log_to_stderr, stderr
from api.opened import closing_what_is_opened
from engine.errors import ConfigError, HeedfulError

BAD_INPUT = 2

app = typer.Typer(
    name="heedful",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def heedful() -> None:
    """Read what customers say in their own words, and alert the right person while it still matters."""


def main() -> None:
    """Run the command line; bad input ends with exit code 2 and a message that says what to do."""
    log_to_stderr(logging.WARNING)
    try:
        with closing_what_is_opened():
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
    from api.cli.files import InputError
    from api.masking import mask

    return str(problem) if isinstance(problem, InputError | ConfigError) else mask(str(problem))
