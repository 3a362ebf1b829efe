"""The HTTP application."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import problems
from api.alert_shapes import VerdictIn
from api.change_shapes import AttemptIn, ChangeIn, ChangesIn, FeedbackKeyIn, SeenIn
from api.erasure_shapes import ErasureIn
from api.headers import Careful
from api.insight_shapes import NoteIn
from api.metrics import Measured
from api.only import Only
from api.people_shapes import PersonIn
from api.problem_shapes import ProblemChangeIn, ProblemIn
from api.receiver_shapes import ReceiverTestIn
from api.recording_shapes import RecordingIn, RecordingRecordIn
from api.route_shapes import ImaginedAlertIn, RouteTryIn
from api.routes import (
    alert_changes,
    alerts,
    attainment,
    audio,
    audit,
    coaching,
    erasures,
    feedback,
    health,
    insights,
    languages,
    links,
    outbox,
    people,
    privacy,
    published_receivers,
    published_routes,
    receivers,
    routing,
    rule_trust,
    rules,
    search,
    silences,
)
from api.routes import problems as problem_routes
from api.runtime import Service
from api.shapes import CueIn, FeedbackIn, PartIn, RestoreIn, RuleIn
from api.silence_shapes import SilenceIn

TITLE = "Heedful"
VERSION = "0.1.0"
# The shapes of bodies that are parsed by hand.
BODIES = (
    *(CueIn, PartIn, FeedbackIn, VerdictIn, RuleIn, RestoreIn, SilenceIn, ErasureIn, ProblemIn, ProblemChangeIn),
    *(RecordingIn, RecordingRecordIn),
    *(PersonIn, ReceiverTestIn, RouteTryIn, ImaginedAlertIn),
    *(FeedbackKeyIn, SeenIn, ChangeIn, ChangesIn, AttemptIn, NoteIn),
)
# The words of /v1/rules come before the names of rules.
API = (
    audio,
    *(feedback, alerts, alert_changes, attainment, people, outbox, receivers, routing, silences, problem_routes),
    *(published_receivers, published_routes),
    *(privacy, erasures, rule_trust, rules, audit, links, languages, health),
    *(search, insights, coaching),
)


def create_app(service: Service, *, console: bool = False) -> FastAPI:
    """Return the application of a composed service; it starts and ends the service's threads.

    Parameters
    ----------
    console
        Whether the console is at `/`. It wants one process: each keeps the pages that are open in it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.start()
        async with AsyncExitStack() as stack:
            if console:
                from api.console.mounting import running

                await stack.enter_async_context(running(app.state.desk))
            # What is loaded by now stays for good: the collector need not look at it again and again.
            gc.collect()
            gc.freeze()
            yield
        service.close()

    app = FastAPI(title=TITLE, version=VERSION, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service
    app.add_middleware(Measured, metrics=service.metrics)
    app.add_middleware(Careful, public_url=service.settings.public_url)
    problems.install(app)
    modules = (links, health) if service.only is Only.CONSOLE else API
    for module in modules:
        app.include_router(module.router)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    if console:
        from api.console.mounting import mount

        mount(app, service)
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
