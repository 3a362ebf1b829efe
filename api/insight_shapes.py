"""The shapes of search, insights and coaching; they belong to the contract as those in `api.shapes` do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.change_shapes import FeedbackKeyIn
from api.people_shapes import CountsOut
from api.shapes import ByTask, Shape
from api.trust_shapes import PrecisionOut

Conditions = dict[str, Any]
BEHIND = "parameters of GET /v1/feedback that find exactly the records behind the number"


class MatchOut(Shape):
    """Where words stand that were searched for: half-open code-point offsets into the text that is shown."""

    start: int
    end: int


class AlertFoundOut(Shape):
    """An alert about a feedback that was found."""

    id: str
    rule: str
    title: str
    severity: Literal["low", "medium", "high", "critical"]
    kind: Literal["alert", "review", "signal", "system"]
    state: str
    problem: str | None = Field(description="the problem that it is linked to")


class FoundOut(Shape):
    """A feedback that was found; `text` is as much of the customer's words as is shown, from `text_start` on."""

    source: str
    id: str
    revision: int
    sequence: int
    received_at: datetime
    occurred_at: datetime
    text: str
    text_start: int
    text_cut: bool = Field(description="whether there is more of the words")
    matches: list[MatchOut]
    language: str | None
    status: Literal["read", "empty", "unsure", "unsupported_language", "unread"]
    labels: ByTask
    scores: dict[str, float]
    attributes: dict[str, str | float | bool]
    unit: str | None
    channel: str | None
    customer: str | None
    employee: str | None
    alerts: list[AlertFoundOut]


class CountOut(Shape):
    """How many fit; with `more` there are at least so many."""

    count: int
    more: bool


class FoundFeedbackOut(Shape):
    """One page of feedback, the newest first; the cursor leads to the next."""

    feedback: list[FoundOut]
    cursor: str | None
    count: CountOut | None = Field(description="where it was asked for")
    complete: bool = Field(description="false while older feedback is still being entered after an upgrade")


class VolumeBinOut(Shape):
    """A part of the span: so much feedback, so many of it counted, with the share's 95% interval."""

    start: str
    end: str
    feedback: int
    count: int
    share: float | None
    low: float | None
    high: float | None
    behind: Conditions = Field(description=BEHIND)
    behind_count: Conditions


class VolumeOut(Shape):
    """How much feedback came over time, and how much of it is counted."""

    total: VolumeBinOut
    bins: list[VolumeBinOut]


class TrendBinOut(Shape):
    """A part of the span; with its `since` and `until` the `behind` of a series finds the records of both."""

    start: datetime
    end: datetime
    feedback: int
    behind: Conditions = Field(description=BEHIND)


class SeriesOut(Shape):
    """How many records of each bin have a name."""

    name: str
    count: int
    share: float | None
    low: float | None
    high: float | None
    counts: list[int]
    shares: list[float | None]
    behind: Conditions = Field(description=BEHIND)


class TrendsOut(Shape):
    """Series over time, the largest first."""

    feedback: int
    behind: Conditions
    bins: list[TrendBinOut]
    series: list[SeriesOut]


class DriverOut(Shape):
    """How often something is among the target and among the rest; a ratio to nothing is null."""

    kind: str
    name: str
    count: int
    of: int
    share: float | None
    rest_count: int
    rest_of: int
    rest_share: float | None
    ratio: float | None
    low: float | None
    high: float | None
    p: float
    q: float = Field(description="the share of accidents if everything as clear is believed (Benjamini-Hochberg)")
    finding: Literal["over", "under", "unclear"]
    behind: Conditions = Field(description="of the target's records that have it")
    behind_all: Conditions = Field(description="of all records that have it")


class DriversOut(Shape):
    """What stands out among a target, the clearest first."""

    target: int
    rest: int
    tried: int = Field(description="how many were compared; the others have too few records")
    behind: Conditions
    behind_all: Conditions
    drivers: list[DriverOut]


class SegmentOut(Shape):
    """The answers of a segment; `net` is promoters minus detractors, -100 to 100, of NPS only."""

    name: str | None
    answers: int
    good: int
    bad: int
    net_value: float | None
    net_low: float | None
    net_high: float | None
    good_value: float | None
    good_low: float | None
    good_high: float | None
    mean_value: float | None
    mean_low: float | None
    mean_high: float | None
    behind: Conditions = Field(description=BEHIND)
    behind_good: Conditions
    behind_bad: Conditions


class SegmentsOut(Shape):
    """A score by segment, the largest first; `good` and `bad` are the ranges that are called so."""

    score: str
    good: str
    bad: str
    total: SegmentOut
    segments: list[SegmentOut]


class RuleLineOut(Shape):
    """A rule in a span."""

    rule: str
    alerts: int
    reviews: int
    signals: int
    a_week: float
    precision: PrecisionOut | None
    follow_up: CountsOut | None
    close: CountsOut | None
    behind_alerts: Conditions = Field(description="parameters of GET /v1/alerts that list its alerts")


class RuleLinesOut(Shape):
    """The rules that opened alerts in a span, the busiest first."""

    rules: list[RuleLineOut]


class SignalLineOut(Shape):
    """A signal, and how much feedback stands behind it."""

    id: str
    rule: str
    title: str
    severity: Literal["low", "medium", "high", "critical"]
    state: str
    key: str | None
    opened_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    problem: str | None
    feedback: int
    behind: Conditions = Field(description=BEHIND)


class ProblemLineOut(Shape):
    """A problem, and how many alerts are linked to it."""

    id: str
    title: str
    topic: str | None
    unit: str | None
    state: str
    created_at: datetime
    solved_at: datetime | None
    alerts: int


class HappeningsOut(Shape):
    """The signals and problems of a span, the newest first; `more` tells that there are others."""

    signals: list[SignalLineOut]
    problems: list[ProblemLineOut]
    more: bool


class EmployeeOut(Shape):
    """Somebody whose coaching may be seen."""

    id: str
    name: str


class EmployeesOut(Shape):
    """Those whose coaching may be seen."""

    employees: list[EmployeeOut]


class WeekOut(Shape):
    """A week of an employee's feedback; so much of it is praise, and of so much an alert was opened."""

    start: datetime
    end: datetime
    feedback: int
    praise: int
    praise_share: float | None
    praise_low: float | None
    praise_high: float | None
    alerts: int
    alerts_share: float | None
    alerts_low: float | None
    alerts_high: float | None
    behind: Conditions = Field(description=BEHIND)
    behind_praise: Conditions
    behind_alerts: Conditions


class TallyOut(Shape):
    """An employee's feedback about a topic, or (null) all of it."""

    name: str | None
    feedback: int
    praise: int
    praise_share: float | None
    praise_low: float | None
    praise_high: float | None
    alerts: int
    alerts_share: float | None
    alerts_low: float | None
    alerts_high: float | None
    behind: Conditions = Field(description=BEHIND)
    behind_praise: Conditions
    behind_alerts: Conditions


class NoteIn(Shape):
    """A note for an employee."""

    note: str = Field(max_length=4_000)
    feedback: FeedbackKeyIn | None = Field(None, description="the feedback of theirs that it is about")


class NoteAboutOut(Shape):
    """The feedback that a note is about."""

    source: str
    id: str


class NoteOut(Shape):
    """What a manager noted for an employee; the author is a person's id."""

    id: int
    author: str
    at: datetime
    note: str
    feedback: NoteAboutOut | None


class CoachingOut(Shape):
    """What customers say of an employee in a span, and the notes, the newest first."""

    employee: str
    name: str | None
    seeing: Literal["self", "manager"] = Field(description="how who asks stands to the employee")
    total: TallyOut
    topics: list[TallyOut]
    weeks: list[WeekOut]
    notes: list[NoteOut]
