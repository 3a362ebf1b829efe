"""Where on the insights somebody is: the view, the span, the conditions and what the view is asked, as an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from api.console.asked import ASKABLE, TIMES, asked_of
from api.console.context import Context
from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.bins import Every
from engine.names import show
from engine.store.insights import spanned

PATH = "/insights"
USUAL_DAYS = 30
MOST_DAYS = 3_660


class View(StrEnum):
    """What of the insights is shown."""

    OVERVIEW = "overview"
    LABELS = "labels"
    DRIVERS = "drivers"
    SCORES = "scores"
    RULES = "rules"
    HAPPENINGS = "happenings"


TITLES = {
    View.OVERVIEW: "Overview",
    View.LABELS: "What is said",
    View.DRIVERS: "Drivers",
    View.SCORES: "Scores",
    View.RULES: "Rules and teams",
    View.HAPPENINGS: "Signals and problems",
}
# What of an address is not a condition.
OWN = ("view", "days", "every", "target", "of", "by", "under")


@dataclass(frozen=True, slots=True)
class Place:
    """The parameters of an address, in order."""

    params: tuple[tuple[str, str], ...] = ()

    def one(self, name: str) -> str | None:
        """Return the last value of a parameter."""
        return next((value for own, value in reversed(self.params) if own == name and value), None)

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """The conditions without the span."""
        return tuple(one for one in self.params if one[0] in ASKABLE and one[0] not in TIMES and one[1])

    def having(self, **values: str | None) -> Place:
        """Return the same with other values of some parameters; None takes one away."""
        kept = [one for one in self.params if one[0] not in values]
        return Place((*kept, *((name, value) for name, value in values.items() if value)))

    def plus(self, name: str, value: str) -> Place:
        """Return the same with one more condition."""
        return self if (name, value) in self.params else Place((*self.params, (name, value)))

    def minus(self, name: str, value: str) -> Place:
        """Return the same without a condition."""
        return Place(tuple(one for one in self.params if one != (name, value)))

    @property
    def view(self) -> View:
        """Which view it is.

        Raises
        ------
        QuestionError
            If there is no such view.
        """
        named = self.one("view") or View.OVERVIEW
        if named not in TITLES:
            raise QuestionError(f"there is no view '{show(named)}' of the insights", "view")
        return View(named)

    @property
    def has_dates(self) -> bool:
        """Whether the span is from one date to another, not the last days."""
        return any(self.one(name) for name in TIMES)

    @property
    def days(self) -> int:
        """How many days are looked back.

        Raises
        ------
        QuestionError
            If that is no number of days.
        """
        said = self.one("days") or str(USUAL_DAYS)
        if not (said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= MOST_DAYS):
            raise QuestionError(f"'{show(said)}' is no number of days from 1 to {MOST_DAYS:,}", "days")
        return int(said)


def place_of(params: Iterable[tuple[str, str]]) -> Place:
    """Return the place that an address leads to; what is not known in it is left out."""
    return Place(tuple(one for one in params if one[0] in (*ASKABLE, *OWN)))


def asked_at(context: Context, place: Place) -> Asked:
    """Return what is asked at a place, with its span.

    A last day that is named belongs to the span.

    Raises
    ------
    QuestionError
        If something in it is not valid.
    """
    params = [(name, _after(value) if name == "until" else value) for name, value in place.params]
    asked, now = asked_of(context, params), context.now()
    if not place.has_dates:
        asked = asked.within(now - timedelta(days=place.days), now)
    return spanned(asked, now, context.service.engine.program)


def every_of(place: Place, asked: Asked) -> Every:
    """Return how long a bin is: as it is chosen, else as suits the span.

    Raises
    ------
    QuestionError
        If that is none.
    """
    named = place.one("every")
    if named is not None:
        if named not in tuple(Every):
            raise QuestionError(f"'{show(named)}' is none of hour, day and week", "every")
        return Every(named)
    if asked.since is None or asked.until is None:
        return Every.DAY
    long = asked.until - asked.since
    return Every.HOUR if long <= timedelta(days=2) else Every.DAY if long <= timedelta(days=62) else Every.WEEK


def _after(value: str) -> str:
    """Return the end of a span that is named by its last day."""
    try:
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat() if len(value) == 10 else value
    except (ValueError, OverflowError):
        return value
