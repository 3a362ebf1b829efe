"""Published receivers: looked up, published, retired and restored."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.body import MIB, body_of
from api.routes.feedback import PROBLEMS, as_json, service_of
from api.routes.receivers import Admin
from api.routes.rules import NEW, RESTORE, SEEN, TEXT, WRITE_PROBLEMS, Cursor, Limit, Number, Why, seen_version
from api.rule_body import YAML, rule_of, seen_by, shaped
from api.setting_changing import change_settings, receiver_key, setting_signature
from api.setting_shapes import SettingTextOut, SettingVersionsOut, setting_out, versions_out
from api.shapes import RestoreIn
from engine.shelf.setting import SettingDraft, SettingKind
from engine.shelf.setting_texts import exported

router = APIRouter(prefix="/v1", tags=["receivers"])
AS_YAML: dict[int | str, dict[str, Any]] = {200: {"content": {YAML[0]: {"schema": {"type": "string"}}}}}


@router.get("/receivers/export", responses=PROBLEMS | AS_YAML)
async def export_receivers(request: Request, _caller: Admin) -> Response:
    """Return the published receivers as the receivers.yaml that they could be."""
    found = await run_in_threadpool(service_of(request).store.shelf.settings.all)
    text = exported(found.values(), SettingKind.RECEIVER)
    return Response(text, media_type=YAML[0], headers={"Cache-Control": "no-store"})


@router.get("/receivers/{name}", response_model=SettingTextOut, responses=PROBLEMS)
async def get_receiver(request: Request, _caller: Admin, name: str) -> Response:
    """Return the latest version of a published receiver, also of a retired one."""
    rows = service_of(request).store.shelf.settings
    return await run_in_threadpool(lambda: setting_out(rows, rows.latest((SettingKind.RECEIVER, name))))


@router.put(
    "/receivers/{name}",
    response_model=SettingTextOut,
    openapi_extra=TEXT | {"parameters": SEEN + NEW},
    responses=WRITE_PROBLEMS | {201: {"model": SettingTextOut, "description": "a new receiver"}},
)
async def put_receiver(request: Request, caller: Admin, name: str, why: Why = None) -> Response:
    """Publish a receiver: a new one with `If-None-Match: *`, a change with `If-Match` and the ETag of what is changed.

    The text is that of receivers.yaml; `url` and `secret` name variables of the service's environment. Messages go
    there from now on; other services on the same database follow within seconds.
    """
    service, (kind, _) = service_of(request), receiver_key(name)
    by, seen = setting_signature(caller, why), seen_by(request)
    with service.door.passing() as count:
        said = await rule_of(request, count)
    by = setting_signature(caller, said.why or why)
    draft = SettingDraft(kind, name, said.text)

    def put() -> Response:
        what = ("publish", "receiver", name)
        version = change_settings(service, caller, what, by, lambda settings: settings.put(draft, seen, by))
        return setting_out(service.store.shelf.settings, version, 201 if seen is None else 200)

    return await run_in_threadpool(put)


@router.delete(
    "/receivers/{name}", response_model=SettingTextOut, openapi_extra={"parameters": SEEN}, responses=WRITE_PROBLEMS
)
async def retire_receiver(request: Request, caller: Admin, name: str, why: Why = None) -> Response:
    """Take a receiver out of use that nothing sends to any more; what waits for it goes to its fallback or `operators`.

    Its versions stay, and one of them can be restored.
    """
    service = service_of(request)
    by, seen = setting_signature(caller, why), seen_version(request)

    def retire() -> Response:
        what = ("retire", "receiver", name)
        version = change_settings(service, caller, what, by, lambda settings: settings.retire(name, seen, by))
        return setting_out(service.store.shelf.settings, version)

    return await run_in_threadpool(retire)


@router.get("/receivers/{name}/versions", response_model=SettingVersionsOut, responses=PROBLEMS)
async def list_receiver_versions(
    request: Request, _caller: Admin, name: str, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Return all versions of a published receiver, newest first; also of a retired one."""
    rows, key = service_of(request).store.shelf.settings, (SettingKind.RECEIVER, name)
    found = await run_in_threadpool(lambda: rows.history(key, before=cursor, limit=limit + 1))
    return as_json(versions_out(found, limit))


@router.get("/receivers/{name}/versions/{number}", response_model=SettingTextOut, responses=PROBLEMS)
async def get_receiver_version(request: Request, _caller: Admin, name: str, number: Number) -> Response:
    """Return one version of a published receiver, and the text before it."""
    rows = service_of(request).store.shelf.settings
    return await run_in_threadpool(lambda: setting_out(rows, rows.version((SettingKind.RECEIVER, name), number)))


@router.post(
    "/receivers/{name}/restore",
    response_model=SettingTextOut,
    openapi_extra=RESTORE | {"parameters": SEEN},
    responses=WRITE_PROBLEMS,
)
async def restore_receiver(request: Request, caller: Admin, name: str) -> Response:
    """Publish the text of an earlier version again, as a new version; also of a receiver that was retired."""
    service, key = service_of(request), receiver_key(name)
    setting_signature(caller)
    seen = seen_version(request)
    with service.door.passing() as count:
        said = shaped(RestoreIn, await body_of(request, count, most=MIB))
    by = setting_signature(caller, said.why or f"version {said.version} again")

    def restore() -> Response:
        what = ("restore", "receiver", name)
        work = change_settings(service, caller, what, by, lambda one: one.restore(key, said.version, seen, by))
        return setting_out(service.store.shelf.settings, work)

    return await run_in_threadpool(restore)
