"""Conditions of searches and insights in the address of a page: the same names as the API's parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from api.privacy import customers_asked
from api.runtime import Service
from engine.errors import QuestionError
from engine.insights.asked import Asked
from engine.insights.asking import CONDITIONS, CUSTOMER, parse_asked, parse_where
from engine.names import show

TIMES = ("since", "until")
WORDS = "words"
# What a page's address may ask for; everything else in it is the page's own.
ASKABLE = (*CONDITIONS, WORDS, *TIMES)
MOST_LENGTH = 1_000
Params = Sequence[tuple[str, str]]


class Serving(Protocol):
    """What knows the service: the context of a page, or the desk."""

    @property
    def service(self) -> Service:
        """What runs."""


def asked_of(context: Serving, params: Iterable[tuple[str, str]]) -> Asked:
    """Return what the parameters of an address ask for; those that are the page's own are passed over.

    Raises
    ------
    QuestionError
        If one is not valid.
    """
    kept = [(name, value) for name, value in params if name in ASKABLE and value]
    long = next((name for name, value in kept if len(value) > MOST_LENGTH), None)
    if long is not None:
        raise QuestionError(f"a condition has at most {MOST_LENGTH:,} characters", long)
    given: dict[str, Any] = parse_where([f"{name}={value}" for name, value in kept if name in CONDITIONS])
    for name, value in kept:
        if name in TIMES:
            given[name] = _moment(name, value)
        elif name == WORDS:
            given[name] = f"{given.get(name, '')} {value}".strip()
    engine = context.service.engine
    if CUSTOMER in given:
        given[CUSTOMER] = customers_asked(given[CUSTOMER][-1], engine.redactor)
    return parse_asked(engine.program, given)


def params_of(asked: Asked) -> list[tuple[str, str]]:
    """Return conditions as the parameters of an address: `asked_of` reads them again."""
    many = [(name, value if isinstance(value, list) else [value]) for name, value in asked.as_params().items()]
    return [(name, _said(one)) for name, values in many for one in values]


def address(path: str, params: Iterable[tuple[str, str]]) -> str:
    """Return the address of a page with parameters."""
    query = urlencode(list(params))
    return f"{path}?{query}" if query else path


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _moment(name: str, value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError as problem:
        raise QuestionError(f"'{show(value)}' is no date; write 2026-03-01", name) from problem
