"""Two sets of conditions as one: what fits both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.kinds import narrower

ALL_OF = ("labels", "scores", "attributes", "missing")
ANY_OF = ("sentiments", "sources", "channels", "languages", "statuses", "customers")
ONE = ("employee", "alerted", "pattern", "behind")


def together(asked: Asked, other: Asked, field: str) -> Asked:
    """Return the conditions of what fits both; the words are those of the first.

    Parameters
    ----------
    field
        Which parameter the other conditions came by.

    Raises
    ------
    QuestionError
        If nothing can fit both, or it cannot be said in one.
    """
    values: dict[str, Any] = {}
    for name in ALL_OF:
        values[name] = tuple(dict.fromkeys((*getattr(asked, name), *getattr(other, name))))
    for name in ANY_OF:
        values[name] = _any_of(getattr(asked, name), getattr(other, name), name, field)
    for name in ONE:
        values[name] = _one(getattr(asked, name), getattr(other, name), name, field)
    if asked.rules and other.rules and asked.rules != other.rules:
        raise QuestionError("name rules in one place: feedback may have alerts of both", field)
    values["rules"] = asked.rules or other.rules
    values["unit"] = asked.unit if other.unit is None else narrower(asked.unit, other.unit)
    values["since"] = _bound(max, asked.since, other.since)
    values["until"] = _bound(min, asked.until, other.until)
    return replace(asked, **values)


def _any_of(one: tuple[str, ...], other: tuple[str, ...], name: str, field: str) -> tuple[str, ...]:
    if not one or not other:
        return one or other
    both = tuple(value for value in one if value in other)
    if not both:
        raise _nothing(name, field)
    return both


def _one(one: Any, other: Any, name: str, field: str) -> Any:
    if one is not None and other is not None and one != other:
        raise _nothing(name, field)
    return one if other is None else other


def _bound(
    pick: Callable[[datetime, datetime], datetime], one: datetime | None, other: datetime | None
) -> datetime | None:
    return pick(one, other) if one is not None and other is not None else one or other


def _nothing(name: str, field: str) -> QuestionError:
    return QuestionError(f"nothing fits both: they name different {name}", field)
