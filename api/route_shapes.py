"""What the API takes and answers about routes, as OpenAPI shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.shapes import FeedbackIn, FindingOut, Shape


class GroupOut(Shape):
    """How the messages of a route are combined."""

    by: list[str]
    wait: str
    interval: str


class RouteOut(Shape):
    """A route with all below it, and what it takes from above filled in."""

    name: str
    when: dict[str, Any]
    said: str
    to: list[str]
    group: GroupOut | None
    continue_: bool = Field(alias="continue")
    routes: list[RouteOut]


class RoutesOut(Shape):
    """The top of the routes; null where what no rule sends elsewhere goes to `operators`."""

    routes: RouteOut | None
    stands: Literal["file", "published", "nowhere"] = Field(description="where they are declared, and so changed")
    version: int | None = Field(description="of published ones")
    problems: list[FindingOut] = Field(description="what keeps the published ones from being used, or is unclear")


class ImaginedAlertIn(Shape):
    """An alert that somebody imagines; without a severity it is the one that its rule gives, else medium."""

    rule: str | None = None
    severity: Literal["low", "medium", "high", "critical"] | None = None
    kind: Literal["alert", "review", "signal", "system"] | None = None
    source: str | None = None
    channel: str | None = None
    unit: str | None = None
    employee: str | None = None
    customer: str | None = None
    emotion: list[str] | str | None = None
    intent: list[str] | str | None = None
    topic: list[str] | str | None = None
    scores: dict[str, float | None] | None = None
    attributes: dict[str, str | float | bool | None] | None = None


class RouteTryIn(Shape):
    """What is tried: a feedback, or an alert that somebody imagines. Give one of them."""

    feedback: FeedbackIn | None = None
    alert: ImaginedAlertIn | None = None
    routes: str | None = Field(None, description="routes that are not published, as YAML, instead of those in force")


class StepOut(Shape):
    """A route that was tried, and why it did not take the alert."""

    route: str
    takes: bool
    why_not: str | None


class DestinationOut(Shape):
    """Where a message would go, and what would become of it at this moment; `by` says what holds or carries it."""

    recipient: str
    receiver: str
    group: dict[str, Any] | None
    now: Literal["send", "wait", "hold", "carry"]
    reason: str | None
    by: str | None
    until: datetime | None


class TriedOut(Shape):
    """Where one alert would go; `held_back` says why the match would open none."""

    rule: str
    severity: Literal["low", "medium", "high", "critical"]
    kind: Literal["alert", "review", "signal", "system"]
    held_back: str | None
    subject: dict[str, Any]
    route: str
    why: str
    holder: str | None
    team: str | None
    steps: list[StepOut]
    destinations: list[DestinationOut]


class RouteTryOut(Shape):
    """Where every alert would go, in the order of the rules; none where no rule holds."""

    alerts: list[TriedOut]
