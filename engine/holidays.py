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
        return day in self.also or (day in self._public and day not in self.never)

    @cached_property
    def _public(self) -> Collection[date]:
        if self.country is None:
            return ()
        import holidays

        return holidays.country_holidays(self.country, subdiv=self.subdivision)


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
