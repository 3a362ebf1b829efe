"""Walking through a tree of conditions, whatever kinds it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass


def inside(condition: object) -> Iterator[object]:
    """Yield what stands directly in a condition or a rule: in its fields, alone or in tuples.

    What is no part of its identity, such as the taxonomy that it was loaded under, is left out.
    """
    if not is_dataclass(condition):
        return
    for field in fields(condition):
        value = getattr(condition, field.name) if field.compare else None
        for one in value if isinstance(value, tuple) else (value,):
            if is_dataclass(one):
                yield one


def walk(condition: object) -> Iterator[object]:
    """Yield a condition or a rule, and all that is in it; what stands there several times comes once."""
    waiting, seen = [condition], {id(condition)}
    while waiting:
        one = waiting.pop()
        yield one
        fresh = [child for child in inside(one) if id(child) not in seen]
        seen.update(map(id, fresh))
        waiting.extend(fresh)
