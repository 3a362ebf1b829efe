"""Walking through a tree of conditions, whatever kinds it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass


def inside(condition: object) -> Iterator[object]:
    """Yield the conditions that stand directly in one: in its fields, alone or in tuples."""
    if not is_dataclass(condition):
        return
    for field in fields(condition):
        value = getattr(condition, field.name)
        for one in value if isinstance(value, tuple) else (value,):
            if is_dataclass(one) and hasattr(one, "judge"):
                yield one


def walk(condition: object) -> Iterator[object]:
    """Yield a condition and all that are in it; one that stands there several times comes once."""
    waiting, seen = [condition], {id(condition)}
    while waiting:
        one = waiting.pop()
        yield one
        fresh = [child for child in inside(one) if id(child) not in seen]
        seen.update(map(id, fresh))
        waiting.extend(fresh)
