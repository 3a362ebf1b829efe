"""Published routes: looked up, published and restored."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.body import MIB, body_of
from api.routes.feedback import PROBLEMS, Viewer, as_json, service_of
from api.routes.published_receivers import AS_YAML
from api.routes.receivers import Admin
from api.routes.rules import NEW, RESTORE, SEEN, TEXT, WRITE_PROBLEMS, Cursor, Limit, Number, Why, seen_version
from api.rule_body import YAML, rule_of, seen_by, shaped
from api.setting_changing import change_settings, setting_signature
from api.setting_shapes import SettingTextOut, SettingVersionsOut, setting_out, versions_out
from api.shapes import RestoreIn
from engine.shelf.setting import routes_draft
from engine.shelf.setup import ROUTES

router = APIRouter(prefix="/v1", tags=["routes"])


@router.put(
    "/routes",
    response_model=SettingTextOut,
    openapi_extra=TEXT | {"parameters": SEEN + NEW},
    responses=WRITE_PROBLEMS | {201: {"model": SettingTextOut, "description": "the first routes"}},
)
async def put_routes(request: Request, caller: Admin, why: Why = None) -> Response:
    """Publish the tree of routes: the first with `If-None-Match: *`, a change with `If-Match` and the ETag of it.

    The text is that of routes.yaml. Alerts that open from now on go by it; other services on the same database follow
    within seconds.
    """
    service = service_of(request)
    setting_signature(caller, why)
    seen = seen_by(request)
    with service.door.passing() as count:
        said = await rule_of(request, count)
    by, draft = setting_signature(caller, said.why or why), routes_draft(said.text)

    def put() -> Response:
        what = ("publish", "routes", ROUTES[1])
        version = change_settings(service, caller, what, by, lambda settings: settings.put(draft, seen, by))
        return setting_out(service.store.shelf.settings, version, 201 if seen is None else 200)

    return await run_in_threadpool(put)


@router.get("/routes/published", response_model=SettingTextOut, responses=PROBLEMS)
async def get_published_routes(request: Request, _caller: Viewer) -> Response:
    """Return the latest version of the published routes with its text, also where a file is in force by now."""
    rows = service_of(request).store.shelf.settings
    return await run_in_threadpool(lambda: setting_out(rows, rows.latest(ROUTES)))


@router.get("/routes/export", responses=PROBLEMS | AS_YAML)
async def export_routes(request: Request, _caller: Viewer) -> Response:
    """Return the published routes as the routes.yaml that they could be."""
    found = await run_in_threadpool(service_of(request).store.shelf.settings.latest, ROUTES)
    return Response(found.draft.text, media_type=YAML[0], headers={"Cache-Control": "no-store"})


@router.get("/routes/versions", response_model=SettingVersionsOut, responses=PROBLEMS)
async def list_routes_versions(
    request: Request, _caller: Viewer, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Return all versions of the published routes, newest first."""
    rows = service_of(request).store.shelf.settings
    found = await run_in_threadpool(lambda: rows.history(ROUTES, before=cursor, limit=limit + 1))
    return as_json(versions_out(found, limit))


@router.get("/routes/versions/{number}", response_model=SettingTextOut, responses=PROBLEMS)
async def get_routes_version(request: Request, _caller: Viewer, number: Number) -> Response:
    """Return one version of the published routes, and the text before it."""
    rows = service_of(request).store.shelf.settings
    return await run_in_threadpool(lambda: setting_out(rows, rows.version(ROUTES, number)))


@router.post(
    "/routes/restore",
    response_model=SettingTextOut,
    openapi_extra=RESTORE | {"parameters": SEEN},
    responses=WRITE_PROBLEMS,
)
async def restore_routes(request: Request, caller: Admin) -> Response:
    """Publish the text of an earlier version again, as a new version."""
    service = service_of(request)
    setting_signature(caller)
    seen = seen_version(request)
    with service.door.passing() as count:
        said = shaped(RestoreIn, await body_of(request, count, most=MIB))
    by = setting_signature(caller, said.why or f"version {said.version} again")

    def restore() -> Response:
        what = ("restore", "routes", ROUTES[1])
        work = change_settings(service, caller, what, by, lambda one: one.restore(ROUTES, said.version, seen, by))
        return setting_out(service.store.shelf.settings, work)

    return await run_in_threadpool(restore)
