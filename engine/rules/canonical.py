"""The canonical form of a condition: equal for equal meanings of its words, whatever model reads."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum

# Where the words of a condition stand in a reading's arrays: another model has them elsewhere.
OF_A_MODEL = frozenset({"columns", "taxonomy"})


def canonical(value: object) -> str:
    """Return a text that is equal exactly for equal conditions."""
    if is_dataclass(value):
        inside = (
            f"{one.name}={canonical(getattr(value, one.name))}" for one in fields(value) if one.name not in OF_A_MODEL
        )
        return f"{type(value).__name__}({','.join(inside)})"
    if isinstance(value, (tuple, list)):
        return f"[{','.join(canonical(one) for one in value)}]"
    if isinstance(value, (frozenset, set)):
        return f"{{{','.join(sorted(canonical(one) for one in value))}}}"
    if value is None or isinstance(value, (str, bool, int, float, timedelta, Enum)):
        return repr(value)
    raise TypeError(f"a condition holds {type(value).__name__}, which has no canonical form")


def identity(*values: object) -> str:
    """Return a short id of some values: equal exactly when their canonical forms are."""
    return hashlib.sha256(canonical(list(values)).encode("utf-8", "surrogatepass")).hexdigest()[:20]
