"""Holidays: days on which nobody is there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property


@dataclass(frozen=True)
class Holidays:
    """The public holidays of a country or one of its parts, and days beside them.

    Parameters
    ----------
    country, subdivision
        ISO 3166 codes; None has no public holidays.
    also, never
        Days that are holidays too, and days that are none.
    """

    country: str | None = None
    subdivision: str | None = None
    also: frozenset[date] = frozenset()
    never: frozenset[date] = frozenset()

    def holds(self, day: date) -> bool:
        """Return whether a day is a holiday."""
        return day in self.also or (day in self._public(day.year) and day not in self.never)

    def _public(self, year: int) -> Collection[date]:
        """Return the public holidays of a year, whole: threads that ask at once both get all of them."""
        if self.country is None:
            return ()
        found = self._years.get(year)
        if found is None:
            import holidays

            found = frozenset(holidays.country_holidays(self.country, subdiv=self.subdivision, years=year))
            self._years[year] = found
        return found

    @cached_property
    def _years(self) -> dict[int, frozenset[date]]:
        return {}


NO_HOLIDAYS = Holidays()


def supported_countries() -> Collection[str]:
    """Return the countries whose public holidays are known, as two letters."""
    return _known()


def subdivisions_of(country: str) -> Collection[str]:
    """Return the parts of a country that have holidays of their own."""
    return _known().get(country, ())


@cache
def _known() -> Mapping[str, Collection[str]]:
    import holidays

    return holidays.list_supported_countries()
