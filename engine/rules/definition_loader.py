"""Loading `_define.yaml`: names, each with a condition, in an order in which each can use those before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from engine.fields import as_map
from engine.located import MAX_ERRORS, Findings, Node, StopReadingError, parse
from engine.names import show
from engine.program import DEFINE, Program, RuleFile
from engine.program_files import SLUG
from engine.rules.condition_loader import ConditionLoader
from engine.rules.definitions import Definition, Definitions
from engine.rules.size import size_of
from engine.rules.window_loader import WINDOWS
from engine.taxonomy import Taxonomy

MOST_SHOWN = 5


def is_definitions(file: RuleFile) -> bool:
    """Return whether a file defines conditions, and has no rules."""
    return PurePath(file.name).name == DEFINE


def load_definitions(program: Program, taxonomy: Taxonomy) -> tuple[Definitions, list[Findings]]:
    """Load the conditions that a program defines.

    Returns
    -------
    tuple[Definitions, list[Findings]]
        The definitions, those with errors too, and what was found in each of the files that define.
    """
    definitions, told = Definitions(), []
    for file in filter(is_definitions, program.rule_files):
        findings = Findings(file.name)
        told.append(findings)
        with suppress(StopReadingError):
            if file.name == DEFINE:
                _DefinitionLoader(program, taxonomy, findings, definitions).load(file)
            else:
                message = f"definitions stand in one {DEFINE} at the top of the rules folder; move them there"
                findings.error(Node(None, 1, 1), message)
    return definitions, told


class _DefinitionLoader:
    """Loads one file of definitions."""

    def __init__(self, program: Program, taxonomy: Taxonomy, findings: Findings, definitions: Definitions) -> None:
        self._program = program
        self._taxonomy = taxonomy
        self._findings = findings
        self._definitions = definitions
        self._nodes: dict[str, Node] = {}
        self._uses: dict[str, dict[str, Node]] = {}

    def load(self, file: RuleFile) -> None:
        documents = parse(file.text, self._findings)
        if len(documents) > 1:
            self._findings.error(documents[1], "this file holds one document; remove the '---'")
        root = as_map(documents[0], "the definitions", self._findings) if documents else None
        for name, where, node in root.items() if root else ():
            # A name with errors is known too: what uses it says so, and not that there is none.
            self._definitions.put(Definition(name, self._findings.file, where.line))
            if not SLUG.match(name):
                self._findings.error(
                    where, f"'{show(name)}' cannot name a definition; use lower-case letters, digits and -"
                )
            else:
                self._nodes[name] = node
                self._uses[name] = dict(_mentioned(node))
        order, cycles = _in_order(self._uses)
        self._tell(cycles)
        for name in order:
            self._one(name, frozenset(one for cycle in cycles for one in cycle if name in cycle))

    def _tell(self, cycles: list[list[str]]) -> None:
        for cycle in cycles:
            shown = " -> ".join(show(name) for name in cycle[:MOST_SHOWN]) + (" ..." if cycle[MOST_SHOWN:] else "")
            message = f"definition '{cycle[0]}' comes back to itself ({shown}); take one of these uses out"
            self._findings.error(self._uses[cycle[0]][cycle[1]], message)

    def _one(self, name: str, around: frozenset[str]) -> None:
        node, before = self._nodes[name], self._findings.errors
        loader = ConditionLoader(self._program, self._taxonomy, self._findings, self._definitions, told=set(around))
        over_time = _over_time(node)
        for where in over_time:
            self._findings.error(where, "a condition over time cannot be defined; write it into the rule itself")
        condition = None if over_time else loader.load(node)
        if condition is None or around or self._findings.errors > before:
            return
        size = size_of(condition, self._definitions.sizes)
        if size.problem:
            self._findings.error(node, f"definition '{name}' {size.problem}")
            return
        written = json.dumps([name, _written(node), self._definitions.digests(loader.used)])
        digest = hashlib.sha256(written.encode()).hexdigest()
        line = self._definitions.named[name].line
        uses = tuple(sorted(loader.used))
        self._definitions.put(Definition(name, self._findings.file, line, condition, size, uses, digest))


def _mentioned(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the names that a node uses anywhere below it, each with its place."""
    if node.is_list:
        for child in node.value:
            yield from _mentioned(child)
    for key, _, value in node.items() if node.is_map else ():
        if key != "meets":
            yield from _mentioned(value)
            continue
        entries = value.value if value.is_list else [value]
        yield from ((entry.value, entry) for entry in entries if isinstance(entry.value, str))


def _over_time(node: Node) -> list[Node]:
    """Return where conditions over time stand in a node."""
    if node.is_list:
        return [where for child in node.value for where in _over_time(child)]
    found = []
    for key, where, value in node.items() if node.is_map else ():
        found += [where] if key in WINDOWS else _over_time(value)
    return found


def _written(node: Node) -> Any:
    """Return what a node says, apart from comments and line breaks."""
    if node.is_list:
        return [_written(child) for child in node.value]
    if node.is_map:
        return {key: _written(value) for key, _, value in node.items()}
    return [node.value, node.source]


def _in_order(uses: Mapping[str, Mapping[str, Node]]) -> tuple[list[str], list[list[str]]]:
    """Return names so that each comes after those it uses, and the ways from a name back to itself.

    Depth first on a stack of our own: a chain of definitions may be as long as the file.
    """
    order: list[str] = []
    cycles: list[list[str]] = []
    done: set[str] = set()
    for start in uses:
        path: dict[str, Iterator[str]] = {} if start in done else {start: iter(uses[start])}
        while path:
            name = next(reversed(path))
            following = next((one for one in path[name] if one in uses and one not in done), None)
            if following is None:
                done.add(name)
                order.append(path.popitem()[0])
            elif following not in path:
                path[following] = iter(uses[following])
            elif len(cycles) < MAX_ERRORS:
                names = list(path)
                cycles.append([*names[names.index(following) :], following])
    return order, cycles
