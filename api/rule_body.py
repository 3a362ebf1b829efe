"""Bodies and preconditions of requests about rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.body import JSON, MIB, body_of, media_type, parsed
from api.problems import BadBodyError, ParameterError, UnseenError
from api.shapes import RuleIn

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")
_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"\Z')
Shape = TypeVar("Shape", bound=BaseModel)


async def rule_of(request: Request, count: Callable[[int], None]) -> RuleIn:
    """Return the rule of a body: YAML as it is, or JSON with the text and the reason.

    Raises
    ------
    BadBodyError
        If it is no UTF-8, or no JSON though it is said to be.
    ParameterError
        If the JSON is of another shape.
    """
    body = await body_of(request, count, most=MIB, kinds=(*YAML, JSON))
    if media_type(request).endswith("json"):
        return shaped(RuleIn, body)
    try:
        return RuleIn(text=body.decode("utf-8-sig"), why=None)
    except UnicodeDecodeError as problem:
        raise BadBodyError(f"the body is not UTF-8 (byte {problem.start}); send it as UTF-8") from problem


def shaped(shape: type[Shape], body: bytes) -> Shape:
    """Return what a body of JSON says.

    Raises
    ------
    BadBodyError
        If it is no JSON.
    ParameterError
        If it has another shape.
    """
    try:
        return shape.model_validate(parsed(body))
    except ValidationError as problem:
        first = problem.errors()[0]
        field = ".".join(str(step) for step in first["loc"])[:100]
        raise ParameterError(f"{field or 'the body'}: {first['msg']}", field=field) from problem


def seen_by(request: Request) -> int | None:
    """Return the number of the version that a request changes; None when it makes a new rule.

    Raises
    ------
    UnseenError
        If it does not say.
    ParameterError
        If it says it in a way that cannot be understood.
    """
    match, none_match = request.headers.get("if-match"), request.headers.get("if-none-match")
    if match is None and none_match is None:
        raise UnseenError
    if match is None:
        if none_match != "*":
            raise ParameterError("If-None-Match must be *: the rule is to be a new one", field="If-None-Match")
        return None
    found = _TAG.match(match.strip())
    if none_match is not None or found is None:
        message = 'If-Match must be the ETag of the version that is changed, such as "3", and stand alone'
        raise ParameterError(message, field="If-Match")
    return int(found[1])
