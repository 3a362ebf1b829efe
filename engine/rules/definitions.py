"""The conditions that a program's rules share by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.rules.conditions import Condition
from engine.rules.size import Size


@dataclass(frozen=True)
class Definition:
    """One named condition.

    Parameters
    ----------
    name
        What rules call it.
    file, line
        Where it stands.
    condition, size
        What it stands for, and how large that is; None when it has errors.
    uses
        The names that it uses itself.
    digest
        A hash of its words and of the words of all that it uses, also indirectly.
    """

    name: str
    file: str
    line: int
    condition: Condition | None = None
    size: Size | None = None
    uses: tuple[str, ...] = ()
    digest: str = ""


class Definitions:
    """The definitions of a program, by name, those with errors too.

    Attributes
    ----------
    named
        All of them, in the order of the file.
    sizes
        How large those are that loaded.
    """

    def __init__(self) -> None:
        self.named: dict[str, Definition] = {}
        self.sizes: dict[str, Size] = {}

    def put(self, definition: Definition) -> None:
        """Add a definition, or put it in the place of the one with its name."""
        self.named[definition.name] = definition
        if definition.size is not None:
            self.sizes[definition.name] = definition.size

    def digests(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the digests of some definitions, in the order of their names."""
        return tuple(self.named[name].digest for name in sorted(names) if name in self.named)

    def unused(self, names: Iterable[str]) -> Iterator[Definition]:
        """Yield the definitions that are neither among some names nor used by those that are."""
        waiting = [name for name in names if name in self.named]
        used = set(waiting)
        while waiting:
            more = [name for name in self.named[waiting.pop()].uses if name in self.named and name not in used]
            used.update(more)
            waiting.extend(more)
        yield from (one for name, one in self.named.items() if name not in used)
