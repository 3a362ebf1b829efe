"""Insights: what feedback says taken together. Every number comes with the conditions that find what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.addresses import base_of
from api.auth import Caller
from api.conditions import Conditions, who_of
from api.insight_shapes import (
    DriversOut,
    HappeningsOut,
    RuleLinesOut,
    SegmentsOut,
    TrendsOut,
    VolumeOut,
)
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.routes.search import CSV, as_table, noted_export
from api.tables import Format, happening_rows, trend_rows
from engine.alerts.attainment import span_of
from engine.errors import QuestionError
from engine.insights.asking import parse_target
from engine.insights.bins import Every
from engine.insights.kinds import kind_of
from engine.insights.trends import Depth
from engine.names import unknown
from engine.store.insights import spanned

router = APIRouter(prefix="/v1/insights", tags=["insights"])
As = Annotated[Format, Query(description="json, or a table as csv")]
Bins = Annotated[Every, Query(description="how long a bin is, in the program's zone; weeks begin on Monday")]
By = Annotated[str, Query(max_length=200, description="emotion, intent, topic, sentiment, unit, channel, an attribute")]
TARGET = "what is compared with the rest: alerted, rule=late-delivery, score=nps:..6, label=intent:churn, and so on"
ANSWERS = PROBLEMS | CSV
Rows = Callable[[Mapping[str, Any]], Iterable[Mapping[str, Any]]]


@router.get("/volume", response_model=VolumeOut, responses=ANSWERS)
async def get_volume(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    every: Bins = Every.DAY,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return how much feedback came, and of how much an alert was opened, over time; without a span of 30 days."""
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()
    insights = service.store.insights
    return await _told(
        request, caller, lambda: insights.volume(spanned(asked, now, program), every, program, who), format, _bins
    )


@router.get("/patterns", response_model=VolumeOut, responses=ANSWERS)
async def get_patterns(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    every: Bins = Every.WEEK,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return of how much alerted feedback the alert is part of a pattern: it has a problem, or a signal behind it."""
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()
    insights = service.store.insights
    return await _told(
        request, caller, lambda: insights.patterns(spanned(asked, now, program), every, program, who), format, _bins
    )


@router.get("/trends", response_model=TrendsOut, responses=ANSWERS)
async def get_trends(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    by: By = "topic",
    every: Bins = Every.DAY,
    under: Annotated[str | None, Query(max_length=800, description="only what is right below this node")] = None,
    leaves: Annotated[bool, Query(description="the lowest nodes, not the topmost")] = False,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return the shares of labels, sentiments or segments over time; of labels they are of what was read.

    The records behind a number fit the conditions of its series, with `since` and `until` of its bin.
    """
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()
    kind, depth = kind_of(by, program), Depth(under, leaves)

    def answer() -> Any:
        return service.store.insights.trends(spanned(asked, now, program), kind, every, program, depth=depth, who=who)

    return await _told(request, caller, answer, format, trend_rows)


@router.get("/drivers", response_model=DriversOut, responses=ANSWERS)
async def get_drivers(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    target: Annotated[str, Query(max_length=500, description=TARGET)] = "alerted",
    format: As = "json",  # noqa: A002
) -> Response:
    """Return which labels, units, channels and attribute values stand out among a target, against all other feedback.

    A ratio has a 95% interval; `q` is the share of accidents if everything that is as clear is believed.
    """
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()
    few, insights = parse_target(target, program), service.store.insights
    return await _told(
        request, caller, lambda: insights.drivers(spanned(asked, now, program), few, program, who), format, _drivers
    )


@router.get("/scores", response_model=SegmentsOut, responses=ANSWERS)
async def get_scores(
    request: Request,
    caller: Viewer,
    asked: Conditions,
    of: Annotated[str, Query(max_length=100, description="a declared score")] = "nps",
    by: Annotated[str | None, Query(max_length=200, description="topic, unit, channel, an attribute ...")] = None,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return a score by segment, with 95% intervals: NPS as promoters minus detractors, means, and the good share."""
    service, who = service_of(request), who_of(caller)
    program, now = service.engine.program, service.engine.clock.now()
    spec = program.scores.get(of)
    if spec is None:
        raise QuestionError(unknown("score", of, program.scores), "of")
    kind = None if by is None else kind_of(by, program)
    insights = service.store.insights
    return await _told(
        request, caller, lambda: insights.segments(spanned(asked, now, program), spec, kind, who), format, _segments
    )


@router.get("/rules", response_model=RuleLinesOut, responses=ANSWERS)
async def get_rules(
    request: Request,
    caller: Viewer,
    since: Annotated[datetime | None, Query(description="else 30 days ago")] = None,
    until: Annotated[datetime | None, Query(description="else now")] = None,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return how many alerts each rule opened in a span, how right they were, and how soon they were followed up."""
    service, who = service_of(request), who_of(caller)
    now = service.engine.clock.now()
    begin, end = span_of(since, until, now, service.engine.program.zone)

    def answer() -> Response:
        rows = [line.as_dict() for line in service.store.insights.rules(begin, end, now, who)]
        return as_table(rows, "rules") if format == "csv" else as_json({"rules": rows})

    return await _answered(request, caller, answer, format)


@router.get("/happenings", response_model=HappeningsOut, responses=ANSWERS)
async def get_happenings(
    request: Request,
    caller: Viewer,
    since: Annotated[datetime | None, Query(description="else 30 days ago")] = None,
    until: Annotated[datetime | None, Query(description="else now")] = None,
    format: As = "json",  # noqa: A002
) -> Response:
    """Return the signals, such as spikes, and the problems of a span, the newest first."""
    service, who = service_of(request), who_of(caller)
    now = service.engine.clock.now()
    begin, end = span_of(since, until, now, service.engine.program.zone)
    base = base_of(service.settings, request.base_url)
    found = lambda: service.store.insights.happenings(begin, end, who)  # noqa: E731
    return await _told(request, caller, found, format, lambda told: happening_rows(told, base))


async def _told(request: Request, caller: Caller, find: Callable[[], Any], form: Format, rows: Rows) -> Response:
    def answer() -> Response:
        found = find().as_dict()
        return as_table(rows(found), "insights") if form == "csv" else as_json(found)

    return await _answered(request, caller, answer, form)


async def _answered(request: Request, caller: Caller, answer: Callable[[], Response], form: Format) -> Response:
    told = await run_in_threadpool(answer)
    if form == "csv":
        await noted_export(request, caller, "insights", request.url.path.rpartition("/")[2])
    return told


def _bins(found: Mapping[str, Any]) -> Any:
    return found["bins"]


def _drivers(found: Mapping[str, Any]) -> Any:
    return found["drivers"]


def _segments(found: Mapping[str, Any]) -> Any:
    return [found["total"], *found["segments"]]
