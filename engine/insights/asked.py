"""Which feedback is asked for: by its words, labels, scores, attributes, people, alerts and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.insights.wording import NO_WORDS, Wording
from engine.names import is_storable


@dataclass(frozen=True, slots=True)
class LabelAsked:
    """A label that holds for the record, or any below it.

    Parameters
    ----------
    at_least
        How sure the model must be, beyond its own threshold.
    """

    task: str
    node: str
    at_least: float | None = None

    def __str__(self) -> str:
        return f"{self.task}:{self.node}" + ("" if self.at_least is None else f">={self.at_least:g}")


@dataclass(frozen=True, slots=True)
class RangeAsked:
    """A score, or an attribute that is a number, from one value to another; None is no end."""

    name: str
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        ends = ("" if end is None else said_value(end) for end in (self.low, self.high))
        return f"{self.name}:{'..'.join(ends)}"


@dataclass(frozen=True, slots=True)
class ValueAsked:
    """An attribute with one value; of one that is not declared, the value as text."""

    name: str
    value: str | float | bool
    declared: bool = True

    def __str__(self) -> str:
        return f"{'' if self.declared else 'attribute.'}{self.name}:{said_value(self.value)}"


def said_value(value: str | float | bool) -> str:
    """Return the value of an attribute as it is written."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else repr(float(value)).removesuffix(".0")


# The columns that may be asked for as absent.
ABSENT = ("unit", "channel", "language", "employee", "customer")


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions that all must hold; None and empty do not ask.

    Parameters
    ----------
    wording
        Of the customer's words.
    typed
        The same as it was typed.
    labels, scores, attributes
        Every one of these.
    sentiments, sources, channels, languages, statuses, rules
        One of these.
    missing
        Columns, scores and attributes that are absent.
    customers
        One customer, as they are named by who asks, and as the store may name them.
    unit
        A unit and everything below it.
    alerted
        Whether a rule opened an alert about the feedback; ``rules`` names which.
    pattern
        Of alerted feedback, whether it is part of a pattern: linked to a problem, or behind a signal.
    behind
        What an alert is about, and what is linked to it.
    since, until
        That occurred at or after the one, and before the other.
    """

    wording: Wording = NO_WORDS
    typed: str = ""
    labels: tuple[LabelAsked, ...] = ()
    sentiments: tuple[str, ...] = ()
    scores: tuple[RangeAsked, ...] = ()
    attributes: tuple[RangeAsked | ValueAsked, ...] = ()
    missing: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    unit: str | None = None
    employee: str | None = None
    alerted: bool | None = None
    rules: tuple[str, ...] = ()
    pattern: bool | None = None
    behind: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_storable(self) -> bool:
        """Whether a database can be asked for it at all."""
        named = [*self.customers, *self.sources, *self.channels, *self.languages, *self.rules, *self.missing]
        named += [one for one in (self.unit, self.employee, self.behind) if one is not None]
        named += [label.node for label in self.labels]
        for one in (*self.scores, *self.attributes):
            named += [one.name, *([str(one.value)] if isinstance(one, ValueAsked) else [])]
        return all(map(is_storable, named))

    def within(self, since: datetime | None, until: datetime | None) -> Asked:
        """Return the same for a part of the span."""
        return replace(self, since=since, until=until)

    def as_params(self) -> dict[str, Any]:
        """Return the conditions as the parameters of a request: with these a search finds the same feedback."""
        params: dict[str, Any] = {
            "words": self.typed,
            "label": list(map(str, self.labels)),
            "score": list(map(str, self.scores)),
            "attribute": list(map(str, self.attributes)),
            "alerted": self.alerted,
            "pattern": self.pattern,
            "since": _said(self.since),
            "until": _said(self.until),
        }
        for name, values in self._lists().items():
            params[name] = list(values)
        params["customer"] = next(iter(self.customers), None)
        for name in ("unit", "employee", "behind"):
            params[name] = getattr(self, name)
        return {name: value for name, value in params.items() if value not in (None, "", [])}

    def _lists(self) -> dict[str, Sequence[str]]:
        return {
            "sentiment": self.sentiments,
            "missing": self.missing,
            "source": self.sources,
            "channel": self.channels,
            "language": self.languages,
            "status": self.statuses,
            "rule": self.rules,
        }


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
