"""The outbox and the receivers: what waits, what was given up, and what can be done about it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auditing import noted
from api.auth import Caller, needs
from api.outbox_shapes import NotificationDetailOut, NotificationsOut, ReceiverStateOut, ReceiverStatesOut, StartedOut
from api.receiver_changing import pausing, starting
from api.routes.feedback import PROBLEMS, as_json, service_of
from api.shapes import NotificationOut, ProblemOut
from engine.scope import ADMINS
from engine.store.notifications import NotificationFilter

router = APIRouter(prefix="/v1", tags=["outbox"])
Admin = Annotated[Caller, Depends(needs(ADMINS))]
CHANGE_PROBLEMS = PROBLEMS | {409: {"model": ProblemOut}}


@router.get("/outbox", response_model=NotificationsOut, responses=PROBLEMS)
async def list_notifications(
    request: Request,
    caller: Admin,
    state: Literal["pending", "sent", "dead", "held", "dropped"] | None = None,
    receiver: str | None = None,
    alert: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: str | None = None,
) -> Response:
    """Return notifications in the order of their ids, without their messages."""
    store, wanted = service_of(request).store, NotificationFilter(state, receiver, alert)

    def answer() -> Response:
        found, following = store.notifications.page(wanted, limit=limit, cursor=cursor, scope=caller.scope)
        return as_json({"notifications": found, "cursor": following})

    return await run_in_threadpool(answer)


@router.get("/outbox/{notification_id}", response_model=NotificationDetailOut, responses=PROBLEMS)
async def get_notification(request: Request, caller: Admin, notification_id: str) -> Response:
    """Return a notification with its message and its attempts."""
    store = service_of(request).store
    return as_json(await run_in_threadpool(store.notifications.one, notification_id, caller.scope))


@router.post("/outbox/{notification_id}/retry", response_model=NotificationOut, responses=CHANGE_PROBLEMS)
async def retry_notification(request: Request, caller: Admin, notification_id: str) -> Response:
    """Send a notification that was given up, held or dropped, or that waits for its next try, now."""
    service = service_of(request)
    now, notifications = service.engine.clock.now(), service.store.notifications
    retry = noted(
        *(service, caller, ("retry", "notification", notification_id)),
        lambda: notifications.retry(notification_id, caller.name, now, caller.scope),
    )
    return as_json(await service.writer.run(retry))


@router.post("/outbox/{notification_id}/drop", response_model=NotificationOut, responses=CHANGE_PROBLEMS)
async def drop_notification(
    request: Request,
    caller: Admin,
    notification_id: str,
    why: Annotated[str, Query(min_length=1, max_length=500, description="the reason, for the alert's history")],
) -> Response:
    """Never send a notification."""
    service = service_of(request)
    now, notifications = service.engine.clock.now(), service.store.notifications
    drop = noted(
        *(service, caller, ("drop", "notification", notification_id)),
        lambda: notifications.drop(notification_id, caller.name, why, now, caller.scope),
    )
    return as_json(await service.writer.run(drop))


@router.get("/receivers/states", response_model=ReceiverStatesOut, responses=PROBLEMS)
async def list_receiver_states(request: Request, caller: Admin) -> Response:  # noqa: ARG001
    """Return how each receiver does that was ever sent to."""
    found = await run_in_threadpool(service_of(request).store.receivers.all)
    return as_json({"receivers": [one.as_dict() for one in found.values()]})


@router.post("/receivers/{name}/start", response_model=StartedOut, responses=PROBLEMS)
async def start_receiver(request: Request, caller: Admin, name: str) -> Response:
    """Send to a stopped receiver again, also what was held for it meanwhile."""
    service = service_of(request)
    due = await service.writer.run(starting(service, caller, name))
    return as_json({"name": name, "due": due})


@router.post("/receivers/{name}/pause", response_model=ReceiverStateOut, responses=CHANGE_PROBLEMS)
async def pause_receiver(
    request: Request,
    caller: Admin,
    name: str,
    why: Annotated[str, Query(min_length=1, max_length=500, description="the reason, for whoever wonders")],
) -> Response:
    """Hold all messages for a receiver until it is started; the operators are told, and its fallback gets them."""
    service = service_of(request)
    paused = await service.writer.run(pausing(service, caller, name, why))
    return as_json(paused.as_dict())
