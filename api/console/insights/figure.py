"""Figures, as data: what is found in words, its table, its chart, and the conditions behind every number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.console.insights.options import Options
from engine.insights.asked import Asked
from engine.store.searching import Found


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a number: what it is called, and the conditions that find it."""

    title: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Parameters
    ----------
    behind
        What opens when it is chosen.
    to
        The page it leads to.
    at
        A moment, that is shown instead of the text, in the viewer's zone.
    """

    text: str
    behind: Behind | None = None
    to: str | None = None
    at: datetime | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names it.

    Parameters
    ----------
    rows
        As they are shown.
    data
        The rows as they are saved in a file: more of them, and more exact.
    is_open
        Whether it is shown at first.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    data: Sequence[Mapping[str, Any]]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Parameters
    ----------
    name
        Of its files.
    finding
        What it shows, in words.
    note
        How it is counted.
    points
        What stands behind the points of the chart, by the places of the series and of the point in it.
    """

    name: str
    finding: str
    table: Table
    note: str = ""
    chart: Options | None = None
    height: float = 18.0
    points: Mapping[tuple[int, int], Behind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to show, and why."""

    title: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that a page begins with.

    Parameters
    ----------
    told
        What is to be known of it: its interval, and how it was before.
    """

    name: str
    value: str
    told: Sequence[str]
    behind: Behind | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """Numbers side by side, and what they come to in a sentence."""

    tiles: Sequence[Tile]
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Verbatims:
    """Some verbatims, and what finds all of them."""

    found: Sequence[Found]
    behind: Behind


Shown = Figure | Nothing | Tiles | Verbatims


def number(text: str, behind: Behind | None = None) -> Cell:
    """Return a cell with a number."""
    return Cell(text, behind, is_number=True)
