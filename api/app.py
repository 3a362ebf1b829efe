"""The HTTP application."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import problems
from api.alert_shapes import VerdictIn
from api.change_shapes import AttemptIn, ChangeIn, ChangesIn, FeedbackKeyIn, SeenIn
from api.erasure_shapes import ErasureIn
from api.metrics import Measured
from api.people_shapes import PersonIn
from api.problem_shapes import ProblemChangeIn, ProblemIn
from api.receiver_shapes import ReceiverTestIn
from api.route_shapes import ImaginedAlertIn, RouteTryIn
from api.routes import (
    alert_changes,
    alerts,
    attainment,
    erasures,
    feedback,
    health,
    links,
    outbox,
    people,
    receivers,
    routing,
    rule_trust,
    rules,
    silences,
)
from api.routes import problems as problem_routes
from api.runtime import Service
from api.shapes import FeedbackIn, PartIn, RestoreIn, RuleIn
from api.silence_shapes import SilenceIn

TITLE = "Heedful"
VERSION = "0.1.0"
# The shapes of bodies that are parsed by hand.
BODIES = (
    *(PartIn, FeedbackIn, VerdictIn, RuleIn, RestoreIn, SilenceIn, ErasureIn, ProblemIn, ProblemChangeIn),
    *(PersonIn, ReceiverTestIn, RouteTryIn, ImaginedAlertIn),
    *(FeedbackKeyIn, SeenIn, ChangeIn, ChangesIn, AttemptIn),
)


def create_app(service: Service) -> FastAPI:
    """Return the application of a composed service; it starts and ends the service's threads."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.start()
        # What is loaded by now stays for good: the collector need not look at it again and again.
        gc.collect()
        gc.freeze()
        yield
        service.close()

    app = FastAPI(title=TITLE, version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.add_middleware(Measured, metrics=service.metrics)
    problems.install(app)
    # The words of /v1/rules come before the names of rules.
    modules = (
        *(feedback, alerts, alert_changes, attainment, people, outbox, receivers, routing, silences, problem_routes),
        *(erasures, rule_trust, rules, links, health),
    )
    for module in modules:
        app.include_router(module.router)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the shapes that no route declares."""
    if app.openapi_schema is None:
        document = get_openapi(title=TITLE, version=VERSION, routes=app.routes)
        schemas = document["components"]["schemas"]
        for shape in BODIES:
            schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[shape.__name__] = schema
        document["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"key": []}]
        app.openapi_schema = document
    return app.openapi_schema
