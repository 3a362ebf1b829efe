"""What lint says of two tests."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from engine.names import show
from engine.rules.conditions import Condition
from engine.rules.formula import Literal


@runtime_checkable
class _Said(Protocol):
    @property
    def said(self) -> str: ...


def said(condition: Condition) -> str:
    """Return a condition as people say it, fit for a message."""
    return show(condition.said) if isinstance(condition, _Said) else "this condition"


def because_of(literal: Literal, other: Literal) -> str:
    """Return why two tests cannot both be as the rule wants them."""
    where = _line(other)
    if literal.holds and other.holds:
        return (
            f"nothing has both '{said(literal.condition)}' and '{said(other.condition)}'{where}; "
            "change one of them, or put both under 'any'"
        )
    wanted, kept_out = (literal, other) if literal.holds else (other, literal)
    here, there = ("wanted here", f"is kept out{where}") if literal.holds else ("kept out here", f"is wanted{where}")
    one, two = (wanted, kept_out) if literal.holds else (kept_out, wanted)
    return f"'{said(one.condition)}' is {here}, and '{said(two.condition)}' {there}; change one of them"


def needless(literal: Literal, other: Literal, *, together: bool) -> str:
    """Return what to say of a test that another one makes needless.

    Parameters
    ----------
    together
        Whether both must be as wanted; else one of them is enough.
    """
    where, mine, theirs = _line(other), said(literal.condition), said(other.condition)
    if literal.condition == other.condition:
        return f"'{mine}' is here twice (also{where}); remove one" if where else f"'{mine}' is here twice; remove one"
    if literal.holds is together and other.holds is together:
        return f"'{mine}' always holds beside '{theirs}'{where}; leave it out"
    if together and other.holds:
        return f"'{mine}' never holds beside '{theirs}'{where}, so it keeps nothing out; leave it out"
    none = "" if other.holds or literal.holds is other.holds else "none of: "
    return f"'{mine}' is covered by '{none}{theirs}'{where}; leave it out"


def _line(literal: Literal) -> str:
    return f" on line {literal.node.line}" if literal.node else ""
