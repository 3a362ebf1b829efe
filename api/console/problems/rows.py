"""How a problem is drawn in the list: on a wide screen in columns, on a narrow one with their names before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nicegui.element import Element

from api.addresses import problem_path
from api.console import look
from api.console.problems.seen import called
from api.console.problems.telling import GROUPS, STATES, TRENDS, said_share
from engine.alerts.problem import Problem
from engine.alerts.rates import RateChange, Trend
from engine.people import Directory

COLUMNS = ("Problem", "Topic and unit", "Who has it", "Alerts", "Before", "Since", "Status", "Opened")
INKS = {Trend.LOWER: "hf-good", Trend.HIGHER: "hf-bad"}


@dataclass(frozen=True, slots=True)
class Row:
    """A problem of the list.

    Parameters
    ----------
    linked
        How many alerts and signals belong to it.
    rate
        None while it is not counted, or where it has no topic.
    """

    problem: Problem
    linked: int
    people: Directory
    rate: RateChange | None
    now: datetime

    @property
    def version(self) -> tuple[object, ...]:
        """What tells whether it looks the same."""
        rate = self.rate and (self.rate.before, self.rate.after.count, self.rate.after.of)
        return self.problem, self.linked, self.people.revision, rate


def draw_head() -> None:
    """Draw the names of the columns."""
    for name in COLUMNS:
        look.words("span", name)


def draw_row(row: Row) -> None:
    """Draw a problem."""
    problem, rate = row.problem, row.rate
    with Element("div").classes("hf-problem-row"):
        look.link(problem.title, problem_path(problem.id), "hf-link hf-strong hf-problem-title")
        _cell("Topic and unit", lambda: _place(problem))
        _cell("Who has it", lambda: _words(called(row.people, problem.holder) if problem.holder else "nobody yet"))
        _cell("Alerts", lambda: _words(f"{row.linked:,}"))
        _cell("Before", lambda: _words(said_share(rate.before) if rate else "–"))
        _cell("Since", lambda: _since(rate))
        _cell("Status", lambda: _status(problem))
        _cell("Opened", lambda: look.moment(problem.created_at, look.Clock.AGO))


def _cell(name: str, draw: Callable[[], object]) -> None:
    with Element("div").classes("hf-problem-cell"):
        look.words("span", name, "hf-problem-name")
        with Element("div"):
            draw()


def _words(text: str) -> None:
    look.words("span", text)


def _place(problem: Problem) -> None:
    look.words("div", problem.topic or "no topic", "hf-break")
    look.words("div", problem.unit or "everywhere", "hf-small hf-muted hf-break")


def _since(rate: RateChange | None) -> None:
    if rate is None:
        _words("–")
        return
    look.words("div", said_share(rate.after))
    look.words("div", TRENDS[rate.trend], f"hf-small {INKS.get(rate.trend, 'hf-muted')}")


def _status(problem: Problem) -> None:
    look.chip(STATES[problem.state], GROUPS[problem.state])
    if problem.solved_at is not None:
        with Element("div").classes("hf-small hf-muted"):
            look.moment(problem.solved_at, look.Clock.AGO)
    elif problem.due_at is not None:
        with Element("div").classes("hf-small"):
            look.moment(problem.due_at, look.Clock.DUE)
