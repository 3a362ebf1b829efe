"""Who publishes, and what came of a push."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes, and why."""

    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of files: the names of those that were published, taken over from HTTP, and retired."""

    published: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
