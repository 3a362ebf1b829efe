"""Who publishes rules, and under which names: the same for the API and the console."""

from __future__ import annotations

from api.auth import Caller
from api.problems import ParameterError
from engine.errors import ForbiddenError
from engine.shelf.publisher import Signature
from engine.shelf.version import is_name

# No rule can be published under these: they are addresses of their own.
WORDS = frozenset({"backtest", "check", "diff", "export", "new", "say", "schema", "validate"})


def signature(caller: Caller, slug: str, why: str | None = None) -> Signature:
    """Return who changes a rule, if that may be.

    Raises
    ------
    ForbiddenError
        If the key is one of a unit: rules hold for all units.
    ParameterError
        If no rule can have that name.
    """
    if caller.scope.unit is not None:
        raise ForbiddenError(f"rules hold for every unit, and this key is for {caller.scope.unit} only")
    check_name(slug)
    return Signature(caller.name, reason(why))


def check_name(slug: str) -> None:
    """Refuse a name that no rule can have.

    Raises
    ------
    ParameterError
        If it is none, or a word of the API.
    """
    if not is_name(slug):
        raise ParameterError("a rule's name has lower-case letters, digits and - only, at most 100", field="slug")
    if slug in WORDS:
        raise ParameterError(f"'{slug}' is a word of the API; choose another name for the rule", field="slug")


def reason(why: str | None) -> str:
    """Return the reason of a change, for the history.

    Raises
    ------
    ParameterError
        If it is more than one line.
    """
    if why is not None and not why.isprintable():
        raise ParameterError("the reason is one line for people to read", field="why")
    return why or ""
