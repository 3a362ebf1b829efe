"""What gives trust in rules: their schema, said in plain English, checked, backtested and compared."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller, needs
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.routes.rules import TEXT, VIEWERS
from api.rule_body import rule_of
from api.rule_checks import check_rule
from api.rule_publishing import check_name
from api.rule_replays import backtest_published, backtest_text, check_replays, diff_text, published
from api.trust_shapes import BacktestOut, CheckOut, DiffOut, RulePrecisionOut, SaidOut
from engine.rules.definition_loader import load_definitions
from engine.rules.json_schema import rule_schema
from engine.rules.plain import say_rule
from engine.scope import TESTERS

SCHEMA = "application/schema+json"
PLAIN = "text/plain"
router = APIRouter(prefix="/v1", tags=["rules"])
TESTING = [Depends(needs(TESTERS))]
Tester = Annotated[Caller, Depends(needs(TESTERS))]
Since = Annotated[str, Query(max_length=40, description="a span such as 30d, or a date such as 2026-03-01")]
SCHEMA_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {SCHEMA: {"schema": {"type": "object"}}}}}
SAID_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {PLAIN: {"schema": {"type": "string"}}}}}


@router.get("/rules/schema", dependencies=VIEWERS, responses=PROBLEMS | SCHEMA_ANSWER)
async def get_schema(request: Request) -> Response:
    """Return the JSON Schema of a rule, for editors: with this program's scores, attributes, labels and receivers."""
    service = service_of(request)

    def answer() -> Response:
        rules = service.rules
        definitions, _ = load_definitions(rules.program, rules.taxonomy)
        schema = rule_schema(rules.program, rules.taxonomy, definitions.named)
        return Response(orjson.dumps(schema), media_type=SCHEMA, headers={"Cache-Control": "no-store"})

    return await run_in_threadpool(answer)


@router.get("/rules/{slug}/precision", response_model=RulePrecisionOut, responses=PROBLEMS)
async def get_precision(request: Request, caller: Viewer, slug: str) -> Response:
    """Return how many of a rule's alerts were right, by the latest verdicts on those that the key may see."""
    check_name(slug)
    found = await run_in_threadpool(service_of(request).store.verdicts.precision, slug, caller.scope)
    return as_json({"rule": slug, "precision": found.as_dict() if found else None})


@router.get("/rules/{slug}/say", response_model=SaidOut, dependencies=VIEWERS, responses=PROBLEMS | SAID_ANSWER)
async def say_published(request: Request, slug: str) -> Response:
    """Say a published rule in plain English: as JSON, or as text where `Accept` says text/plain."""
    service = service_of(request)

    def answer() -> Response:
        said = say_rule(published(service, slug)[1])
        if not _wants_text(request):
            return as_json({"slug": slug, "said": said})
        return Response(said + "\n", media_type=PLAIN, headers={"Cache-Control": "no-store"})

    found = await run_in_threadpool(answer)
    found.headers["Vary"] = "Accept"
    return found


@router.post("/rules/check", response_model=CheckOut, openapi_extra=TEXT, dependencies=TESTING, responses=PROBLEMS)
async def post_check(
    request: Request,
    slug: Annotated[str | None, Query(description="the name that it is to have; else its own")] = None,
    mutate: Annotated[bool, Query(description="change one thing at a time, and tell what no example notices")] = False,
) -> Response:
    """Check a rule's text beside all published rules, and try its examples; nothing is stored.

    By their pinned labels the examples test the rule: one that does not do what it should is an error. As the
    model reads them they catch drift, which is a warning.
    """
    service = service_of(request)
    if slug is not None:
        check_name(slug)
    with service.door.passing() as count:
        text = (await rule_of(request, count)).text
        found = await service.checker.run(lambda: check_rule(service, text, slug, mutants=mutate))
    return as_json(found.as_dict())


@router.get("/rules/{slug}/backtest", response_model=BacktestOut, responses=PROBLEMS)
async def backtest_rule(request: Request, caller: Tester, slug: str, since: Since = "30d") -> Response:
    """Replay stored feedback by a published rule, as if it were live, and say what it would have raised."""
    check_replays(caller)
    service = service_of(request)
    return as_json(await service.replayer.run(lambda: backtest_published(service, slug, since)))


@router.post("/rules/backtest", response_model=BacktestOut, openapi_extra=TEXT, responses=PROBLEMS)
async def post_backtest(request: Request, caller: Tester, since: Since = "30d") -> Response:
    """Replay stored feedback by a rule's text, as if it were published and live; nothing is stored."""
    check_replays(caller)
    service = service_of(request)
    with service.door.passing() as count:
        text = (await rule_of(request, count)).text
        return as_json(await service.replayer.run(lambda: backtest_text(service, text, since)))


@router.post("/rules/diff", response_model=DiffOut, openapi_extra=TEXT, responses=PROBLEMS)
async def post_diff(request: Request, caller: Tester, since: Since = "30d") -> Response:
    """Say which alerts over stored feedback a rule's text gains and loses against the published rule of its name.

    Each counts as far as it is live; where neither is, both are taken as if they were.
    """
    check_replays(caller)
    service = service_of(request)
    with service.door.passing() as count:
        text = (await rule_of(request, count)).text
        return as_json(await service.replayer.run(lambda: diff_text(service, text, since)))


def _wants_text(request: Request) -> bool:
    """Return whether plain text is named before JSON."""
    accepted = [kind.partition(";")[0].strip().lower() for kind in request.headers.get("accept", "").split(",")]
    known = [kind for kind in accepted if kind in (PLAIN, "application/json", "application/*", "*/*")]
    return known[:1] == [PLAIN]
