"""The label trees: which labels exist, in which order, and what lies under a node."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

TASKS = ("emotion", "intent", "topic")
# The emotion that holds for a record only when no other does.
NEUTRAL = ("emotion", "neutral/neutral")


@dataclass(frozen=True)
class Taxonomy:
    """The leaves of every task, in the order of a reading's columns.

    Parameters
    ----------
    leaves
        For each task its leaf paths, such as ``{"emotion": ("anger/anger", ...), ...}``. The columns
        of a reading are the leaves of emotion, then intent, then topic.
    descriptions
        What a leaf means, by ``task:path``; may be empty.
    """

    leaves: Mapping[str, tuple[str, ...]]
    descriptions: Mapping[str, str]

    @cached_property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """All columns as (task, leaf path), in order."""
        return tuple((task, leaf) for task in TASKS for leaf in self.leaves[task])

    @cached_property
    def slices(self) -> Mapping[str, slice]:
        """The columns of each task."""
        slices, start = {}, 0
        for task in TASKS:
            slices[task] = slice(start, start + len(self.leaves[task]))
            start += len(self.leaves[task])
        return slices

    @cached_property
    def _nodes(self) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
        nodes: dict[str, dict[str, list[int]]] = {task: {} for task in TASKS}
        for column, (task, leaf) in enumerate(self.columns):
            steps = leaf.split("/")
            for depth in range(1, len(steps) + 1):
                nodes[task].setdefault("/".join(steps[:depth]), []).append(column)
        return {task: {node: tuple(columns) for node, columns in found.items()} for task, found in nodes.items()}

    def nodes(self, task: str) -> tuple[str, ...]:
        """Return every valid name of a task, groups and leaves."""
        return self._names[task]

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        return {task: tuple(nodes) for task, nodes in self._nodes.items()}

    def columns_under(self, task: str, node: str) -> tuple[int, ...]:
        """Return the columns of the leaves at or below a node.

        Raises
        ------
        KeyError
            If the task has no such node.
        """
        return self._nodes[task][node]

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], int]:
        found = {column: place for place, column in enumerate(self.columns)}
        steps = Counter((task, leaf.rsplit("/", 1)[-1]) for task, leaf in self.columns)
        for place, (task, leaf) in enumerate(self.columns):
            short = (task, leaf.rsplit("/", 1)[-1])
            if steps[short] == 1:
                found.setdefault(short, place)
        return found

    def column(self, task: str, name: str) -> int | None:
        """Return the column of a leaf, named by its path or by a last step that is unique in its task, or None."""
        return self._named.get((task, name))

    @cached_property
    def version(self) -> str:
        """A short hash of the trees: equal exactly when the columns are."""
        body = json.dumps({task: list(self.leaves[task]) for task in TASKS}, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, object]:
        """Return the trees as plain JSON values."""
        return {"leaves": {task: list(self.leaves[task]) for task in TASKS}, "descriptions": dict(self.descriptions)}


def taxonomy_from_dict(record: Mapping[str, Mapping[str, Sequence[str]]]) -> Taxonomy:
    """Rebuild a `Taxonomy` from what `Taxonomy.as_dict` returned."""
    leaves = {task: tuple(record["leaves"][task]) for task in TASKS}
    return Taxonomy(leaves, dict(record.get("descriptions", {})))  # type: ignore[arg-type]
