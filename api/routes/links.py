"""Links in messages: looking at one shows a page and has no effect, its button acts, once an action."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from api.link_pages import asking, saying
from api.routes.feedback import service_of
from api.runtime import Service
from engine.delivery.links import Claim
from engine.errors import AlertStateError, LinkError

router = APIRouter(tags=["links"])
USED = "You have done this before; it was done once."


# HEAD too, which scanners of mail ask with.
@router.api_route("/l/{token}", methods=["GET", "HEAD"], include_in_schema=False)
async def look(request: Request, token: str) -> Response:
    """Show what a link does, without doing it."""
    service = service_of(request)

    def answer() -> Response:
        claim = _claim(service, token)
        found = service.store.links.look(claim)
        if found.used:
            return saying("Done already", USED, 200, found.alert)
        return asking(claim, found.alert)

    try:
        return await run_in_threadpool(answer)
    except LinkError as problem:
        return _refused(problem)


@router.post("/l/{token}", include_in_schema=False)
async def act(request: Request, token: str) -> Response:
    """Do what a link is for; a second time nothing more is done."""
    service = service_of(request)
    try:
        claim = _claim(service, token)
        done = await service.writer.run(lambda: service.store.links.use(claim, service.engine.clock.now()))
    except LinkError as problem:
        return _refused(problem)
    except AlertStateError as problem:
        return saying("Nothing was done", f"{str(problem)[:1].upper()}{str(problem)[1:]}.", 409)
    if done.used:
        return saying("Done already", USED, 200, done.alert)
    return saying("Done", f"Recorded as {claim.who}: {claim.action.label}.", 200, done.alert)


def _claim(service: Service, token: str) -> Claim:
    if service.links is None:
        raise LinkError
    return service.links.claim(token, service.engine.clock.now())


def _refused(problem: LinkError) -> Response:
    if problem.ended:
        return saying("This link has ended", f"{problem} Ask whoever runs Heedful here if you still need it.", 410)
    return saying("This link is not valid", "Open the whole link as it stands in the message.", 404)
