"""The shapes of what gives trust in rules; they belong to the contract as those in `api.shapes` do."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.alert_shapes import AlertOut
from api.shapes import FindingOut, Shape


class SaidOut(Shape):
    """A rule in plain English."""

    slug: str
    said: str


class MutantsOut(Shape):
    """What became of changes of a rule: how many its examples noticed; those alive are among the findings."""

    tried: int
    caught: int
    alive: int
    untried: int


class CheckOut(Shape):
    """What is wrong with a rule's text, beside all published rules and by its own examples."""

    slug: str | None = Field(description="the rule's name; null where the text has errors")
    examples: int
    model: str | None = Field(description="which read the examples; null where none could")
    model_problem: str | None = Field(description="why the model read none; pinned labels were tried all the same")
    findings: list[FindingOut]
    mutants: MutantsOut | None


class RaisedOut(AlertOut):
    """An alert of a backtest, with the beginning of the text behind it."""

    text: str


class PrecisionOut(Shape):
    """How many of the judged alerts were right, with the 95% Wilson interval."""

    right: int
    judged: int
    value: float
    low: float
    high: float


class RuleBacktestOut(Shape):
    """One rule over a span; `share` and `level` are of all feedback in it."""

    rule: str
    status: Literal["live"]
    alerts: int
    reviews: int
    held_back: dict[str, int]
    alerts_a_day: float
    share: float
    level: Literal["ok", "warning", "error"]
    precision: PrecisionOut | None
    top: list[RaisedOut]


class RulePrecisionOut(Shape):
    """How many of a rule's alerts were right; null where nobody has said so of any."""

    rule: str
    precision: PrecisionOut | None


class BacktestOut(Shape):
    """What a rule would have raised, had it been live; `days` is how long feedback came for in the span."""

    since: datetime
    until: datetime
    days: float
    feedback: int
    call_backs_a_month: dict[str, float]
    rules: list[RuleBacktestOut]


class DiffOut(Shape):
    """What a text would gain and lose against the published rule; of the alerts the first hundred of each."""

    since: datetime
    until: datetime
    feedback: int
    rule: str
    change: Literal["added", "changed", "removed", "same"]
    must_not_lose: bool
    gained: int
    lost: int
    gained_alerts: list[RaisedOut]
    lost_alerts: list[RaisedOut]
