"""Who asks: API keys, roles and scopes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from api.problems import ParameterError
from engine.errors import AuthError, ForbiddenError
from engine.feedback import Feedback
from engine.names import unknown
from engine.scope import Role, Scope
from engine.store.store import Store


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a valid key's holder, or somebody who is signed in.

    Parameters
    ----------
    name
        Under which it acts: the key's name; of an account, the id of its person, or else its e-mail.
    through
        The account that acts in its person's name; None where the name is its own.
    see_private
        Whether they may see what was taken out of feedback.
    """

    name: str
    role: Role
    scope: Scope
    through: str | None = None
    see_private: bool = False


async def caller_of(request: Request, store: Store) -> Caller:
    """Return who sends a request.

    Raises
    ------
    AuthError
        If there is no key, or it is not valid.
    """
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise AuthError
    key = await run_in_threadpool(store.keys.find, secret.strip())
    if key is None:
        raise AuthError("this API key is not valid, or was revoked; 'heedful keys create' makes one")
    return Caller(key.name, key.role, Scope(key.unit), see_private=key.see_private)


async def allowed(request: Request, roles: Collection[Role]) -> Caller:
    """Return who sends a request, if the role may.

    Raises
    ------
    AuthError
        If there is no valid key.
    ForbiddenError
        If its role is not one of these.
    """
    caller = await caller_of(request, request.app.state.service.store)
    check_role(caller, roles)
    return caller


def check_role(caller: Caller, roles: Collection[Role]) -> None:
    """Refuse who may not do something, over HTTP and in the console alike.

    Raises
    ------
    ForbiddenError
        If the caller's role is not one of these.
    """
    if caller.role not in roles:
        may = ", ".join(sorted(roles))
        raise ForbiddenError(f"a key of role {caller.role} may not do that; it takes one of: {may}")


def needs(roles: Collection[Role]) -> Callable[[Request], Awaitable[Caller]]:
    """Return a dependency that lets only some roles through, and only with parameters that the route knows."""

    async def dependency(request: Request) -> Caller:
        caller = await allowed(request, roles)
        _check_parameters(request)
        return caller

    return dependency


def _check_parameters(request: Request) -> None:
    """Refuse a misspelt parameter: passed over, `notfy=false` would send messages."""
    known = list(_parameters(request.scope["route"].dependant))
    for name in request.query_params:
        if name not in known:
            raise ParameterError(unknown("parameter", name, known), field=name[:100])


def _parameters(dependant: Any) -> Iterator[str]:
    """Yield the parameters of a route, and of what it depends on."""
    yield from (field.alias for field in dependant.query_params)
    for one in dependant.dependencies:
        yield from _parameters(one)


def check_unit(feedback: Feedback, caller: Caller, position: int) -> None:
    """Refuse feedback of a unit that the sender's key does not cover.

    Raises
    ------
    ForbiddenError
        If the unit is outside the key's.
    """
    if not caller.scope.sees(feedback.unit):
        raise ForbiddenError(f"record {position}: unit {feedback.unit} is outside this key's unit {caller.scope.unit}")
