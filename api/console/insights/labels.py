"""What is said: emotions, intents, topics and sentiment over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.console.insights.figure import Behind, Cell, Figure, Nothing, Shown, Table, number
from api.console.insights.looking import Looking, Part
from api.console.insights.options import MOST_LINES, lines
from api.console.insights.saying import CLEAR, FEW, between, counted, listed, share_said
from api.tables import trend_rows
from engine.insights.intervals import LEAST_EXPECTED, adjusted, difference_p, expected
from engine.insights.kinds import kind_of
from engine.insights.telling import Share
from engine.insights.trends import Depth, Series, Trends

ROWS = 40
KINDS = {"topic": "Topics", "intent": "Intents", "emotion": "Emotions", "sentiment": "Sentiment"}
COLUMNS = ("Name", "Feedback", "Share", "95%", "First half", "Second half", "Change")


def parts(looking: Looking) -> Sequence[Part]:
    """Return a part for each kind of label."""
    return tuple(_part(looking, by, title) for by, title in KINDS.items())


def _part(looking: Looking, by: str, title: str) -> Part:
    under = looking.place.one("under") if by == "topic" else None
    return Part(f"{title} below {under}" if under else title, lambda: trend(looking, by, under))


def trend(looking: Looking, by: str, under: str | None = None) -> Shown:
    """Return how the shares of labels change over time."""
    kind = kind_of(by, looking.program)
    found = looking.insights.trends(
        looking.asked, kind, looking.every, looking.program, depth=Depth(under), who=looking.who
    )
    if not found.series:
        return _nothing(found, by)
    coarser = looking.coarser(found.totals)
    if coarser is not None:
        return trend(coarser, by, under)
    names = looking.bin_names(found.bins)
    moves = moves_of(found)
    drawn = found.series[:MOST_LINES]
    enough = [of >= FEW for of in found.totals]
    told = f"Of {counted(sum(found.totals), 'record')} that {'was' if sum(found.totals) == 1 else 'were'} read: "
    largest = listed([f"{share_said(one.total.value, 0)} {one.name}" for one in found.series])
    told += f"{largest}. {_moved(found.series, moves)}"
    chart = (
        lines(names, {one.name: _shares(one, enough) for one in drawn}) if 2 * sum(enough) > len(enough) > 1 else None
    )
    points = {
        (place, at): Behind(f"{one.name}, {names[at]}", one.behind.within(span.start, span.end))
        for place, one in enumerate(drawn)
        for at, span in enumerate(found.bins)
    }
    rows = [_row(one, move) for one, move in list(zip(found.series, moves, strict=True))[:ROWS]]
    table = Table(COLUMNS, rows, list(trend_rows(found.as_dict())), is_open=chart is None)
    return Figure(by, told, table, _note(looking, found, len(drawn), chart is None), chart, points=points)


def _nothing(found: Trends, by: str) -> Nothing:
    if not sum(found.totals):
        return Nothing("No feedback was read in this time", "Choose a longer time, or take a condition away.")
    return Nothing(f"No {by} was found", f"In {counted(sum(found.totals), 'record')} of feedback.")


def _note(looking: Looking, found: Trends, drawn: int, without_chart: bool) -> str:
    note = f"Drawn are the {drawn} largest of {len(found.series)}. " if len(found.series) > drawn else ""
    if without_chart:
        return f"There are too few records for shares over time: fewer than {FEW} in a {looking.every}."
    return f"{note}A {looking.every} with fewer than {FEW} records is left out. One record can have several."


def _shares(one: Series, enough: Sequence[bool]) -> list[float | None]:
    return [share.value if shown else None for share, shown in zip(one.shares, enough, strict=True)]


@dataclass(frozen=True, slots=True)
class Move:
    """How a share changed from the first half of a span to the second.

    Parameters
    ----------
    q
        The share of accidents if every change as clear is believed; None where there is too little to compare.
    """

    first: Share
    second: Share
    q: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it is more than chance."""
        return self.q is not None and self.q < CLEAR

    @property
    def is_more(self) -> bool:
        """Whether the share of the second half is the larger."""
        return self.second.count * self.first.of > self.first.count * self.second.of

    @property
    def says(self) -> str:
        """The change in words."""
        if self.q is None:
            return "too few to compare"
        return f"clearly {'more' if self.is_more else 'less'}" if self.is_clear else "no clear change"


def moves_of(found: Trends) -> list[Move]:
    """Return how the share of every series changed; how many are looked at is taken into account."""
    half = len(found.bins) // 2
    halves = [(_sum(one.shares[:half]), _sum(one.shares[half:])) for one in found.series]
    told = [_has_enough(*pair) for pair in halves]
    chances = [
        difference_p(one.count, one.of, other.count, other.of)
        for (one, other), enough in zip(halves, told, strict=True)
        if enough
    ]
    believed = iter(adjusted(chances))
    return [Move(*pair, next(believed) if enough else None) for pair, enough in zip(halves, told, strict=True)]


def _has_enough(one: Share, other: Share) -> bool:
    return bool(one.of and other.of) and expected(one.count, one.of, other.count, other.of) >= LEAST_EXPECTED


def _moved(series: Sequence[Series], moves: Sequence[Move]) -> str:
    """Return what changed clearly, in a sentence."""
    clear = [(one.name, move) for one, move in zip(series, moves, strict=True) if move.is_clear]
    more, less = ([name for name, move in clear if move.is_more is wanted] for wanted in (True, False))
    found = (("more", more), ("less", less))
    said = [f"clearly {what} in the second half: {listed(names)}" for what, names in found if names]
    if not said:
        return "From the first half to the second nothing changed clearly."
    told = "; ".join(said)
    return f"{told[:1].upper()}{told[1:]}."


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(one.count for one in shares), sum(one.of for one in shares))


def _row(one: Series, move: Move) -> list[Cell]:
    told = one.total.as_dict()
    return [
        Cell(one.name),
        number(f"{one.total.count:,}", Behind(one.name, one.behind)),
        number(share_said(one.total.value)),
        number(between(told["low"], told["high"])),
        number(share_said(move.first.value)),
        number(share_said(move.second.value)),
        Cell(move.says),
    ]
