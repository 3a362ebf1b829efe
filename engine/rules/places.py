"""Places: where each condition of a rule stands in its file."""

from __future__ import annotations

from engine.located import Node
from engine.rules.conditions import Condition


class Places:
    """The node of each condition, by identity: equal conditions may stand in several places."""

    def __init__(self) -> None:
        # The condition is kept too: an identity is good only as long as its object lives.
        self._found: dict[int, tuple[Condition, Node]] = {}

    def put(self, condition: Condition, node: Node) -> None:
        """Remember where a condition stands."""
        self._found[id(condition)] = (condition, node)

    def of(self, condition: Condition) -> Node | None:
        """Return where a condition stands, or None if it was not loaded from a file."""
        found = self._found.get(id(condition))
        return found[1] if found else None
