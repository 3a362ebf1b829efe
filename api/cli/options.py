"""The options that many commands have, and what they mean; light, as every command imports it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from engine.errors import HeedfulError

MOST_WORDS = 500


def current_model(place: Path | None) -> Path | None:
    """Return the folder of the model that an option means: a model store stands for its current one."""
    from models.store import model_folder

    return model_folder(place)


Db = Annotated[
    str | None,
    typer.Option(
        "--db", envvar="HEEDFUL_DB", metavar="URL", help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
    ),
]
ProgramFolder = Annotated[
    Path | None,
    typer.Option("--program", envvar="HEEDFUL_PROGRAM", metavar="DIR", help="the program; else the built-in one"),
]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", metavar="DIR", help="rules that override the program's own")
]
Model = Annotated[
    Path | None,
    typer.Option(callback=current_model, help="a model's folder, or a model store; without it, the model that ships"),
]
Columns = Annotated[
    str | None,
    typer.Option("--map", metavar="FIELD=COLUMN,...", help="what CSV columns mean: text=Comment,nps='Q1 score'"),
]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
Why = Annotated[str, typer.Option("--why", help="the reason, for the history")]
By = Annotated[str | None, typer.Option("--by", help="who does it; else the user that is logged in")]


class ReasonError(HeedfulError):
    """The reason and the name are for people to read: at most 500 characters on one line."""


def named_by(by: str | None) -> str:
    """Return who does something: as said, else the user that is logged in.

    Raises
    ------
    ReasonError
        If the name is too long, or cannot be printed.
    """
    if by is not None:
        return line_of(by)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user may have no name.
        return f"user {os.getuid()}"


def line_of(text: str) -> str:
    """Return a text for people, if it is a short line.

    Raises
    ------
    ReasonError
        If it is not.
    """
    if len(text) > MOST_WORDS or not text.isprintable():
        raise ReasonError
    return text
