"""The conditions of searches and insights, as the parameters of a request."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from api.auth import Caller
from api.privacy import customers_asked
from api.runtime import Service
from engine.insights.asked import Asked
from engine.insights.asking import parse_asked
from engine.store.insights import Who

LABEL = "a label or anything below it, such as topic:digital, or emotion:anger>=0.8; each of several must hold"
SCORE = "a range, such as nps:..6, csat:4..5 or nps:10; each of several must hold"
ATTRIBUTE = "such as store:Leeds, or tenure:1..3 of a number; each of several must hold"
MISSING = "unit, channel, language, employee, customer, a score or an attribute that is absent"
WORDS = 'the customer\'s words: all of them, "a phrase", -not, begin*'
Many = list[str] | None
MOST = 100


def _any(what: str) -> str:
    return f"one of these {what}"


async def conditions(
    request: Request,
    words: Annotated[str | None, Query(description=WORDS, max_length=1_000)] = None,
    label: Annotated[Many, Query(description=LABEL, max_length=MOST)] = None,
    sentiment: Annotated[Many, Query(description="positive, negative, mixed or neutral; one of these")] = None,
    score: Annotated[Many, Query(description=SCORE, max_length=MOST)] = None,
    attribute: Annotated[Many, Query(description=ATTRIBUTE, max_length=MOST)] = None,
    missing: Annotated[Many, Query(description=MISSING, max_length=MOST)] = None,
    source: Annotated[Many, Query(description=_any("sources"), max_length=MOST)] = None,
    channel: Annotated[Many, Query(description=_any("channels"), max_length=MOST)] = None,
    language: Annotated[Many, Query(description=_any("languages"), max_length=MOST)] = None,
    status: Annotated[Many, Query(description="how far the reader got; one of these")] = None,
    unit: Annotated[str | None, Query(description="a unit and everything below it")] = None,
    customer: Annotated[str | None, Query(description="named as they are sent, or as they are stored")] = None,
    employee: Annotated[str | None, Query(description="for the employee and those who manage them only")] = None,
    alerted: Annotated[bool | None, Query(description="whether an alert was opened about it")] = None,
    rule: Annotated[Many, Query(description="with an alert of one of these rules", max_length=MOST)] = None,
    pattern: Annotated[bool | None, Query(description="alerted, and part of a pattern, or alone")] = None,
    behind: Annotated[str | None, Query(description="what this alert or signal is about, or is linked to")] = None,
    since: Annotated[datetime | None, Query(description="occurred since; naive times take the program's zone")] = None,
    until: Annotated[datetime | None, Query(description="occurred before")] = None,
) -> Asked:
    """Return what the parameters of a request ask for."""
    service: Service = request.app.state.service
    customers = customers_asked(customer, service.engine.redactor)
    given = {
        "words": words,
        "label": label,
        "sentiment": sentiment,
        "score": score,
        "attribute": attribute,
        "missing": missing,
        "source": source,
        "channel": channel,
        "language": language,
        "status": status,
        "unit": unit,
        "customer": customers,
        "employee": employee,
        "alerted": alerted,
        "rule": rule,
        "pattern": pattern,
        "behind": behind,
        "since": since,
        "until": until,
    }
    return parse_asked(service.engine.program, given)


Conditions = Annotated[Asked, Depends(conditions)]


def who_of(caller: Caller) -> Who:
    """Return who asks: a key, or an account, that is named by a person's id is that person."""
    return Who(caller.scope, caller.name)
