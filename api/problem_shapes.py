"""What the API takes and answers about problems (the cause behind many alerts), as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.alert_shapes import AlertOut
from api.shapes import Shape


class InhibitionShape(Shape):
    """What a problem keeps quiet while it is open."""

    matching: dict[str, Any] = Field(
        description="which alerts, by the conditions of a route", examples=[{"topic": "digital/reliability"}]
    )
    link: bool = Field(True, description="whether the alerts whose messages it held are linked to it")


class ProblemIn(Shape):
    """A problem that is to be opened."""

    title: str = Field(max_length=200)
    cause: str | None = Field(None, max_length=4_000)
    topic: str | None = Field(None, description="a node of the topic tree, whose rate shows whether it went away")
    unit: str | None = None
    holder: str | None = Field(None, description="a person, team or receiver")
    due: str | None = Field(None, description="a moment, or a span from now on", examples=["14d"])
    inhibits: InhibitionShape | None = None
    alerts: list[str] | None = Field(None, max_length=1_000, description="alerts and signals to link")


class ProblemChangeIn(Shape):
    """One change of a problem; which fields belong to it depends on the change."""

    change: Literal["link", "unlink", "note", "edit", "solve", "reopen"]
    version: int = Field(description="the version that was seen")
    why: str | None = Field(None, description="the note, what was done, or the reason")
    alerts: list[str] | None = Field(None, max_length=1_000, description="of link and unlink")
    at: str | None = Field(None, description="of solve: since when; else since now", examples=["2026-03-01"])
    title: str | None = None
    cause: str | None = None
    topic: str | None = None
    holder: str | None = None
    due: str | None = None
    inhibits: InhibitionShape | None = None


class ProblemRecordOut(Shape):
    """A problem."""

    id: str
    title: str
    cause: str
    topic: str | None
    unit: str | None
    state: Literal["open", "solved"]
    holder: str | None
    due_at: datetime | None
    created_at: datetime
    created_by: str
    inhibits: InhibitionShape | None
    solved_at: datetime | None
    version: int


class ProblemRecordsOut(Shape):
    """One page of problems, the newest first; the cursor leads to the next."""

    problems: list[ProblemRecordOut]
    cursor: str | None


class ProblemEventOut(Shape):
    """One change of a problem, on record."""

    at: datetime
    kind: str
    who: str
    why: str
    data: dict[str, Any]


class RateOut(Shape):
    """The share of feedback with the topic in a span, with a 95% interval."""

    since: datetime
    until: datetime
    days: float
    count: int
    of: int
    a_day: float | None
    share: float | None
    low: float
    high: float


class RateChangeOut(Shape):
    """The rate of the topic before the problem was opened, and since it was solved (while it is open: since then)."""

    topic: str
    unit: str | None
    before: RateOut
    after: RateOut
    p: float | None = Field(description="how likely such a difference is by chance; null with too little to tell")
    trend: Literal["lower", "higher", "unclear", "too_little"]
    said: str


class ProblemRecordDetailOut(ProblemRecordOut):
    """A problem with its history, its alerts, and the rate of its topic."""

    events: list[ProblemEventOut]
    linked: dict[str, int] = Field(description="how many alerts and signals are linked, by state")
    root_causes: dict[str, int] = Field(description="what was said to be behind them, the most frequent first")
    alerts: list[AlertOut] = Field(description="the newest 100 of them")
    rate: RateChangeOut | None = Field(description="null where the problem has no topic")


class BehindAlertOut(Shape):
    """An alert of a customer behind a problem."""

    id: str
    state: str


class CustomerOut(Shape):
    """A customer behind a problem, by their latest feedback; or one feedback of nobody in particular."""

    customer: str | None
    source: str
    feedback_id: str
    occurred_at: datetime
    unit: str | None
    channel: str | None
    scores: dict[str, float]
    feedback: int
    alerts: list[BehindAlertOut]
    more_alerts: int
    holders: list[str]


class CustomersOut(Shape):
    """The customers behind a problem, by name, then the feedback without a customer."""

    problem: str
    customers: list[CustomerOut]


class SuggestionOut(Shape):
    """Open alerts that may belong together."""

    by: Literal["rule", "topic"]
    name: str
    unit: str | None
    week: int = Field(description="alerts of the last seven days")
    before: list[int] = Field(description="alerts of each whole week before, the latest first")
    expected: float | None
    p: float | None
    finding: Literal["pattern", "no_pattern", "too_new"]
    said: str
    open: int
    alerts: list[str]


class SuggestionsOut(Shape):
    """What may be a problem, patterns first."""

    suggestions: list[SuggestionOut]
