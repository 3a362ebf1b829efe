"""Whether it lives, whether it is ready, and what it counts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.concurrency import run_in_threadpool

from api.auth import allowed
from api.routes.feedback import as_json, service_of
from engine.scope import READERS

router = APIRouter(tags=["health"])
TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/livez", openapi_extra={"security": []})
async def live() -> Response:
    """Answer that the process lives."""
    return as_json({"status": "live"})


@router.get("/readyz", openapi_extra={"security": []})
async def ready(request: Request) -> Response:
    """Answer whether feedback is taken: 200 when it is, 503 when it is not.

    `readers` names the models of other languages. A service whose reader is down is ready only if its program accepts
    unread feedback. Where the model store's
    current model cannot be used, the one before is read with, and `model_problem` says why; where the published rules
    cannot be looked at, those from before judge on, and `rules_problem` says why.
    """
    service = service_of(request)
    problem = service.reader.problem
    await run_in_threadpool(service.store.database.ping)
    rules = await run_in_threadpool(lambda: service.rules)
    takes = problem is None or service.engine.program.degrade
    body = {
        "status": "ready" if problem is None else ("degraded" if takes else "not ready"),
        "model": service.reader.model,
        "readers": dict(service.reader.others),
        "model_problem": service.model_problem,
        "rules": len(rules.rules),
        "rule_errors": len({*rules.errors, *(one for one in service.findings if one.level == "error")}),
        "rules_problem": service.published.problem,
    }
    answer = as_json(body)
    answer.status_code = 200 if takes else 503
    return answer


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return the counters for Prometheus."""
    service = service_of(request)
    if not service.settings.open_metrics:
        await allowed(request, READERS)
    service.metrics.waiting.set(service.reader.depth)
    service.metrics.model.info({"model": service.reader.model, "taxonomy": service.reader.taxonomy.version})
    service.metrics.model_refused.set(service.model_problem is not None)
    now = service.engine.clock.now()
    await run_in_threadpool(service.metrics.waiting_to_be_sent, service.store.outbox, now)
    return Response(service.metrics.text(), media_type=TEXT)


@router.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    if not service_of(request).settings.open_docs:
        await allowed(request, READERS)
    return as_json(request.app.openapi())


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Return the API's documentation as a page."""
    if not service_of(request).settings.open_docs:
        await allowed(request, READERS)
    return get_swagger_ui_html(openapi_url="/openapi.json", title="Heedful")
