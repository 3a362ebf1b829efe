"""What the pages of problems look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.auth import Caller
from api.console.inbox.looking import Entry, entries_of
from api.console.problems.asking import Asking
from api.runtime import Service
from engine.alerts.problem import Problem
from engine.alerts.suggesting import Suggestion
from engine.people import Directory
from engine.store.alert_filter import AlertFilter
from engine.store.problem_pages import ProblemPage, ProblemSort

AT_ONCE = 25


def called(people: Directory, who: str | None) -> str:
    """Return the name of a person, or of a team or key as it is."""
    person = people.person(who)
    return person.name if person else "Heedful" if who == "heedful" else who or "nobody"


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    page: ProblemPage
    people: Directory
    now: datetime


@dataclass(frozen=True, slots=True)
class One:
    """A problem as it stands.

    Parameters
    ----------
    more
        All that belongs to it, as `engine.store.problems.Problems.one` says it.
    people
        Who there is, for their names.
    """

    problem: Problem
    more: Mapping[str, Any]
    people: Directory

    @property
    def linked(self) -> int:
        """How many alerts and signals that may be seen belong to it."""
        return sum(self.more["linked"].values())

    def name(self, who: str | None) -> str:
        """Return what somebody is called."""
        return called(self.people, who)


@dataclass(frozen=True, slots=True)
class Linked:
    """Some of the alerts of a problem, the newest first, and whether there are more."""

    entries: tuple[Entry, ...]
    more: bool


def listed_of(service: Service, caller: Caller, asking: Asking) -> Listed:
    """Return a page of the problems that somebody may see, the open ones first."""
    page = service.store.problems.page(
        asking.wanted, sort=ProblemSort.OPEN_FIRST, limit=AT_ONCE, cursor=asking.after or None, scope=caller.scope
    )
    return Listed(page, service.store.people.directory(), service.engine.clock.now())


def suggested_of(service: Service, caller: Caller) -> Sequence[Suggestion]:
    """Return what may be a problem, likely patterns first."""
    return service.store.problems.suggestions(service.engine.clock.now(), caller.scope)


def one_of(service: Service, caller: Caller, problem_id: str) -> One:
    """Return a problem as it stands.

    Raises
    ------
    NotFoundError
        If there is none, or the caller may not see it.
    """
    problem, more = service.store.problems.one(problem_id, caller.scope)
    return One(problem, more, service.store.people.directory())


def linked_of(service: Service, caller: Caller, problem_id: str, shown: int) -> Linked:
    """Return so many of the alerts of a problem, with what was said."""
    wanted = AlertFilter(problem=problem_id)
    page = service.store.alerts.page(wanted, limit=shown, scope=caller.scope)
    return Linked(entries_of(service, caller, page.alerts), page.cursor is not None)
