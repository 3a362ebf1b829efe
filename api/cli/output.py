"""Where the command line writes: results to standard output, everything else to standard error."""

from __future__ import annotations

import logging
import sys

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

stderr = Console(stderr=True)
stdout = Console()


def progress() -> Progress:
    """Return a progress bar on standard error; it vanishes when it is done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=stderr,
        transient=True,
    )


def say(text: str) -> None:
    """Write a line to standard output as it is: customers' words are never taken for markup."""
    stdout.print(text, markup=False, highlight=False, soft_wrap=True)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write the log as one JSON object a line to standard error, without any customer's words or personal data."""
    from api.masking import mask_event

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
