"""Routes: a tree by which an alert finds who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.alerts.matching import EVERY_ALERT, Matching, Subject
from engine.durations import say_duration

TOP = "routes"


@dataclass(frozen=True, slots=True)
class Gathering:
    """How the messages of a route are combined.

    Parameters
    ----------
    by
        Alerts that agree in all of these come in one message: facts of a subject, or `attribute.NAME`.
    wait
        How long the first message waits for others.
    interval
        How long after a message the next one of the same group comes.
    """

    by: tuple[str, ...]
    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"by": list(self.by), "wait": say_duration(self.wait), "interval": say_duration(self.interval)}


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree, with what it inherits filled in.

    Parameters
    ----------
    to
        Names of people, teams and receivers, or words such as `manager_of: employee`.
    when
        What it takes.
    gathering
        How its messages are combined; None sends each by itself.
    goes_on
        Whether the routes after it are tried as well.
    file, line
        Where it stands.
    """

    name: str
    to: tuple[str, ...]
    when: Matching = EVERY_ALERT
    gathering: Gathering | None = None
    goes_on: bool = False
    routes: tuple[Route, ...] = ()
    file: str = ""
    line: int = 1

    def ways(self, subject: Subject, above: tuple[str, ...] = ()) -> tuple[Way, ...]:
        """Return the ways that a subject takes from here: into the first route that takes it, as deep as it goes."""
        path = (*above, self.name)
        found: list[Way] = []
        for child in self.routes:
            if child.when.fits(subject):
                found += child.ways(subject, path)
                if not child.goes_on:
                    break
        return tuple(found) or (Way(path, self),)

    def steps(self, subject: Subject, above: tuple[str, ...] = ()) -> Iterator[Step]:
        """Yield each route that is tried on the way, and why it did not take a subject."""
        path, taken = (*above, self.name), False
        for child in self.routes:
            why_not = child.when.why_not(subject) if not taken else "an earlier route took it, and does not continue"
            yield Step((*path, child.name), why_not)
            if why_not is None:
                yield from child.steps(subject, path)
                taken = not child.goes_on

    def each(self, above: tuple[str, ...] = ()) -> Iterator[Way]:
        """Yield this route and all below it, each with its path."""
        path = (*above, self.name)
        yield Way(path, self)
        for child in self.routes:
            yield from child.each(path)

    def as_dict(self) -> dict[str, Any]:
        """Return the route and all below it as plain JSON values."""
        return {
            "name": self.name,
            "when": self.when.as_dict(),
            "said": self.when.said,
            "to": list(self.to),
            "group": self.gathering.as_dict() if self.gathering else None,
            "continue": self.goes_on,
            "routes": [route.as_dict() for route in self.routes],
        }


@dataclass(frozen=True, slots=True)
class Way:
    """The names from the top of the tree to a route."""

    path: tuple[str, ...]
    route: Route

    @property
    def said(self) -> str:
        """The way as people read it."""
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class Step:
    """A route that was tried; `why_not` is None where it took the subject."""

    path: tuple[str, ...]
    why_not: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"route": " > ".join(self.path), "takes": self.why_not is None, "why_not": self.why_not}
