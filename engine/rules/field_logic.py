"""What tests of scores, attributes and facts say of each other: certain, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.rules.field_condition import FieldCondition
from engine.rules.phrasing import Value, say

Key = tuple[str, str | float]


def includes(wide: FieldCondition, narrow: FieldCondition) -> bool:
    """Return whether every value that fits `narrow` surely fits `wide`; both test the same field."""
    if narrow.missing is not None or wide.missing is not None:
        present = narrow.missing is not True
        return wide.missing is not None and wide.missing is not present
    return _bounds_include(wide, narrow) and _values_include(wide, narrow)


def excludes(one: FieldCondition, other: FieldCondition) -> bool:
    """Return whether surely no value, nor its absence, fits both; both test the same field."""
    if one.missing is not None or other.missing is not None:
        return (one.missing is True) != (other.missing is True)
    if _interval(one)[1] < _interval(other)[0] or _interval(other)[1] < _interval(one)[0]:
        return True
    if _outside(one, other) or _outside(other, one):
        return True
    return bool(one.values and other.values) and not _share_a_value(one, other)


def fits_nothing(one: FieldCondition) -> bool:
    """Return whether surely no value fits: each one wanted lies outside the bounds."""
    return _outside(one, one)


def _interval(one: FieldCondition) -> tuple[float, float]:
    low = float("-inf") if one.at_least is None else one.at_least
    return low, float("inf") if one.at_most is None else one.at_most


def _outside(values: FieldCondition, bounds: FieldCondition) -> bool:
    """Return whether every value that one wants lies outside the bounds of another."""
    if not values.values or not bounds.has_bounds:
        return False
    low, high = _interval(bounds)
    numbers = (values.number(value) for value in values.values)
    return all(number is None or not low <= number <= high for number in numbers)


def _bounds_include(wide: FieldCondition, narrow: FieldCondition) -> bool:
    if not wide.has_bounds:
        return True
    low, high = _interval(wide)
    if narrow.values:
        numbers = [narrow.number(value) for value in narrow.values]
        return all(number is not None and low <= number <= high for number in numbers)
    inner = _interval(narrow)
    return narrow.has_bounds and low <= inner[0] and inner[1] <= high


def _values_include(wide: FieldCondition, narrow: FieldCondition) -> bool:
    if not wide.values:
        return True
    if not narrow.values:
        return False
    known = {key for value in wide.values for key in written(value)}
    if wide.kind == "unit":
        return all(any(("text", path) in known for path in _paths(value)) for value in narrow.values)
    return all(any(key in known for key in covering(narrow, value)) for value in narrow.values)


def _share_a_value(one: FieldCondition, other: FieldCondition) -> bool:
    if one.kind == "unit":
        mine, theirs = _texts(one.values), _texts(other.values)
        above = {path for value in one.values for path in _paths(value)}
        return bool(above & theirs) or any(path in mine for value in other.values for path in _paths(value))
    known = {key for value in one.values for key in covering(one, value)}
    return any(key in known for value in other.values for key in covering(other, value))


def written(value: Value) -> Iterator[Key]:
    """Yield what a wanted value is, as it is written."""
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    yield ("number", float(value)) if plain else ("text", say(value).casefold())


def covering(one: FieldCondition, value: Value) -> Iterator[Key]:
    """Yield the wanted values, each of which fits whatever fits this one.

    What fits a text that is a number is that text or that number; what fits a number may be spelt in many ways.
    Two wanted values that have no such value in common are never met by one value found.
    """
    yield from written(value)
    number = one.number(value)
    if isinstance(value, str) and number is not None:
        yield ("number", number)


def _texts(values: Iterable[Value]) -> set[str]:
    return {say(value).casefold() for value in values}


def _paths(value: Value) -> list[str]:
    """Return a unit and everything above it."""
    steps = say(value).casefold().split("/")
    return ["/".join(steps[:depth]) for depth in range(1, len(steps) + 1)]
