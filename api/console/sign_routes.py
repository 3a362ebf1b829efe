"""Signing in and out over HTTP: by password, by a link, by the identity provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from api.body import body_of
from api.console import browsers, oidc, sign_pages
from api.console.assets import asset
from api.console.desk import Desk
from api.console.guard import is_from_here, local_path
from api.console.signing import sign_in
from engine.accounts import ABSOLUTE
from engine.errors import HeedfulError, LinkError, NotFoundError, OverloadedError, SignInError

router = APIRouter(include_in_schema=False)
MOST_FORM = 16_384
FORM = ("application/x-www-form-urlencoded",)
NOT_FROM_HERE = "This form does not come from this page. Open the page again, and send it from there."


@router.get("/sign-in")
async def show(request: Request) -> Response:
    """Show the form; who is signed in goes on."""
    desk, wanted = desk_of(request), local_path(request.query_params.get("next"))
    if await desk.signed_in(request.cookies.get(desk.cookie)) is not None:
        return _to(wanted)
    return sign_pages.form(wanted, provider=_provider_name(desk))


@router.post("/sign-in")
async def by_password(request: Request) -> Response:
    """Sign in by e-mail and password."""
    desk = desk_of(request)
    if not is_from_here(request, desk):
        return sign_pages.saying("Not signed in", NOT_FROM_HERE, 403)
    said = await _form(request)
    wanted, email = local_path(said.get("next")), said.get("email", "")[:200]
    service, address = desk.service, request.client.host if request.client else ""
    now, password = service.engine.clock.now(), said.get("password", "")
    browser = desk.browsers.known(request.cookies.get(desk.named(browsers.NAME)), email)
    try:
        token = await desk.hashing.run(lambda: sign_in(service.store, email, password, address, now, browser))
    except SignInError as problem:
        status = 401 if problem.retry_after is None else 429
        answer = sign_pages.form(wanted, email=email, said=str(problem), provider=_provider_name(desk), status=status)
        if problem.retry_after is not None:
            answer.headers["Retry-After"] = str(int(problem.retry_after.total_seconds()) + 1)
        return answer
    except OverloadedError as problem:
        return sign_pages.form(wanted, email=email, said=str(problem), provider=_provider_name(desk), status=503)
    return _signed_in(desk, token, wanted, email)


@router.get("/sign-in/link/{token}")
async def look_at_link(request: Request, token: str) -> Response:
    """Show whom a link signs in, without using it: mail scanners look at links too."""
    desk = desk_of(request)
    now = desk.service.engine.clock.now()
    try:
        account = await run_in_threadpool(desk.service.store.sessions.look, token, now)
    except LinkError as problem:
        return _no_link(problem)
    return sign_pages.link(account.name, account.email)


@router.post("/sign-in/link/{token}")
async def use_link(request: Request, token: str) -> Response:
    """Sign in by a link, once."""
    desk = desk_of(request)
    if not is_from_here(request, desk):
        return sign_pages.saying("Not signed in", NOT_FROM_HERE, 403)
    now = desk.service.engine.clock.now()
    try:
        account, session = await run_in_threadpool(desk.service.store.sessions.use, token, now)
    except LinkError as problem:
        return _no_link(problem)
    return _signed_in(desk, session, "/", account.email)


@router.get("/sign-in/provider")
async def leave_for_provider(request: Request) -> Response:
    """Go to the identity provider."""
    desk = desk_of(request)
    if desk.provider is None:
        raise NotFoundError("there is no identity provider here")
    wanted = local_path(request.query_params.get("next"))
    try:
        answer, kept = await desk.provider.leave(request, _callback(desk), wanted)
    except SignInError as problem:
        return sign_pages.saying("Not signed in", str(problem), 502)
    # The provider leads back here from its own pages: only a lax cookie comes along.
    answer.set_cookie(desk.named(oidc.COOKIE), kept, max_age=int(oidc.LASTS.total_seconds()), **_safely(desk))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get(oidc.CALLBACK)
async def arrive_from_provider(request: Request) -> Response:
    """Come back from the identity provider."""
    desk = desk_of(request)
    if desk.provider is None:
        raise NotFoundError("there is no identity provider here")
    store, now = desk.service.store, desk.service.engine.clock.now()
    try:
        wanted, path = await desk.provider.arrive(request, request.cookies.get(desk.named(oidc.COOKIE)))
        account = await run_in_threadpool(oidc.account_for, store, wanted, now)
        token = await run_in_threadpool(store.sessions.begin, account.id, now)
    except HeedfulError as problem:
        answer = sign_pages.saying("Not signed in", str(problem), 403)
    else:
        answer = _signed_in(desk, token, local_path(path), account.email)
    answer.delete_cookie(desk.named(oidc.COOKIE), path="/", secure=desk.is_secure, httponly=True, samesite="lax")
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """Sign out, here or everywhere."""
    desk = desk_of(request)
    if not is_from_here(request, desk):
        return sign_pages.saying("Still signed in", NOT_FROM_HERE, 403)
    signed_in = await desk.signed_in(request.cookies.get(desk.cookie))
    sessions = desk.service.store.sessions
    if signed_in is not None:
        everywhere = (await _form(request)).get("everywhere") == "yes"
        end, whom = (sessions.end_all, signed_in.account.id) if everywhere else (sessions.end, signed_in.session)
        await run_in_threadpool(end, whom)
    answer = _to("/sign-in")
    answer.delete_cookie(desk.cookie, path="/", secure=desk.is_secure, httponly=True, samesite="lax")
    # Nothing of what was shown stays in the browser's back and forth.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/_console/{name}")
async def console_asset(name: str) -> Response:
    """Return a script or style of the console."""
    return asset(name)


@router.get("/favicon.ico")
async def icon() -> Response:
    """Return the icon of the browser's tab."""
    return asset("icon.svg")


def desk_of(request: Request) -> Desk:
    """Return the desk of an application."""
    desk: Desk = request.app.state.desk
    return desk


def _provider_name(desk: Desk) -> str | None:
    return desk.provider.name if desk.provider else None


def _callback(desk: Desk) -> str:
    return str(desk.service.settings.public_url).rstrip("/") + oidc.CALLBACK


async def _form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; of a field that comes twice, the first."""
    body = await body_of(request, lambda _size: None, most=MOST_FORM, kinds=FORM)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _no_link(problem: LinkError) -> Response:
    if problem.ended:
        said = "Each link signs in once, within 15 minutes. Ask for a new one."
        return sign_pages.saying("This link has ended", said, 410)
    return sign_pages.saying("This link is not valid", "Open the whole link as it was given to you.", 404)


def _signed_in(desk: Desk, token: str, wanted: str, email: str) -> Response:
    answer = _to(wanted)
    answer.set_cookie(desk.cookie, token, max_age=int(ABSOLUTE.total_seconds()), **_safely(desk))
    known, lasts = desk.browsers.remembered(email), int(browsers.LASTS.total_seconds())
    answer.set_cookie(desk.named(browsers.NAME), known, max_age=lasts, **_safely(desk))
    return answer


def _safely(desk: Desk) -> dict[str, Any]:
    return {"httponly": True, "secure": desk.is_secure, "samesite": "lax", "path": "/"}


def _to(path: str) -> Response:
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})
