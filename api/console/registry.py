"""The pages: each is a module of `api.console.pages` with a ``PAGE`` and a function ``page``."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import structlog
from nicegui import app, ui
from starlette.requests import Request

from api.console import look, pages, shell
from api.console.context import UNFORESEEN, Context
from api.console.page import Page
from engine.errors import ForbiddenError, HeedfulError, NotFoundError, SignInError

Build = Callable[..., Awaitable[None]]
log = structlog.get_logger(__name__)
NO_PAGE = Page("", "Not found")
# A page that waits longer than this for its data shows what went wrong.
MOST_S = 20.0


@dataclass(frozen=True)
class Registered:
    """A page and what builds it."""

    page: Page
    build: Build


@cache
def _modules() -> Sequence[ModuleType]:
    return [import_module(f"{pages.__name__}.{one.name}") for one in pkgutil.iter_modules(pages.__path__)]


@cache
def all_pages() -> tuple[Registered, ...]:
    """Return every page of the package."""
    return tuple(Registered(module.PAGE, module.page) for module in _modules() if hasattr(module, "PAGE"))


def navigation(context: Context) -> Sequence[Page]:
    """Return the pages that the account finds in the navigation, in their order."""
    found = [one.page for one in all_pages() if one.page.place is not None and context.may(one.page.roles)]
    return sorted(found, key=lambda page: page.place or 0)


@cache
def register() -> None:
    """Give every page its address, and those that have files to give theirs (``ROUTER``); once a process."""
    for module in _modules():
        if hasattr(module, "ROUTER"):
            app.include_router(module.ROUTER, include_in_schema=False)
    # Addresses without parameters come first: /rules/new is no rule's.
    for one in sorted(all_pages(), key=lambda one: "{" in one.page.path):
        ui.page(one.page.path, title=f"{one.page.title} - Heedful", response_timeout=MOST_S)(_served(one))


async def not_found(request: Request) -> None:
    """Build the page of an address that leads nowhere."""

    async def nothing(_context: Context) -> None:
        raise NotFoundError("There is no page at this address.")

    await _build(Registered(NO_PAGE, nothing), request, {})


def _served(one: Registered) -> Build:
    async def served(request: Request, **given: Any) -> None:
        await _build(one, request, given)

    # The router reads which parameters a page takes from its address.
    taken = list(inspect.signature(one.build, eval_str=True).parameters.values())[1:]
    own = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in taken]
    served.__signature__ = inspect.Signature([own, *keyword])  # type: ignore[attr-defined]
    served.__name__ = one.page.title.lower().replace(" ", "_") or "page"
    return served


async def _build(one: Registered, request: Request, given: dict[str, Any]) -> None:
    client = ui.context.client
    context = Context(request.state.desk, request.state.signed_in, client)
    context.end_with_session()
    main = shell.draw(context, one.page, navigation(context), request)
    with main:
        try:
            context.need(one.page.roles)
            await one.build(context, **given)
        except Exception as problem:
            main.clear()
            client.status_code, said = _what(problem, request)
            look.went_wrong(said, back=one.page.path != "/")


def _what(problem: Exception, request: Request) -> tuple[int, str]:
    """Return the status and the words of what went wrong while a page was built."""
    match problem:
        case NotFoundError():
            return 404, str(problem)
        case ForbiddenError():
            return 403, "Your role does not show this page. Ask whoever runs Heedful here if you need it."
        case SignInError():
            return 401, str(problem)
        case HeedfulError():
            return 503, str(problem)
    log.error("a page failed", path=request.url.path, error=type(problem).__name__, exc_info=problem)
    return 500, UNFORESEEN
