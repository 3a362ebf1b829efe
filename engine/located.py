"""Strict YAML whose every value knows where it stands.

The text is read as events by PyYAML's C parser and composed here, so that depth, anchors, aliases, tags and
merge keys are refused before anything is built (PyYAML's own C composer recurses and can end the process on deep
input). Plain scalars follow YAML 1.2's core schema: ``no`` and ``on`` are words, not flags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.errors import Located
from engine.names import show

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_NUMBER_CHARACTERS = 40
MAX_ERRORS = 100

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NUMBER_BEGINS = frozenset("0123456789+-.")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


@dataclass(slots=True)
class Node:
    """A value of the file: a scalar, a list of nodes, or a mapping.

    Parameters
    ----------
    value
        A scalar, a list of `Node`, or a dict of key text to (key node, value node).
    line, column
        From 1.
    source
        A scalar as it is written: ``0042``, where the value is 42.
    """

    value: Any
    line: int
    column: int
    source: str = ""

    @property
    def is_map(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, list)

    def items(self) -> Iterator[tuple[str, Node, Node]]:
        """Yield key, key node and value node of a mapping, in the order of the file."""
        for key, (key_node, value) in self.value.items():
            yield key, key_node, value

    def get(self, key: str) -> Node | None:
        """Return the value node of a key of a mapping, or None."""
        found = self.value.get(key) if self.is_map else None
        return found[1] if found else None

    @property
    def kind(self) -> str:
        """What it is, for messages."""
        if self.is_map:
            return "a mapping"
        if self.is_list:
            return "a list"
        if self.value is None:
            return "nothing"
        if isinstance(self.value, bool):
            return "true or false"
        return "text" if isinstance(self.value, str) else "a number"


class StopReadingError(Exception):
    """The file is not read further."""


@dataclass
class Findings:
    """The errors and warnings found in one file, in the order they were found, and the number of errors."""

    file: str
    found: list[Located] = field(default_factory=list)
    errors: int = 0

    def error(self, where: Node, message: str) -> None:
        """Add an error at a node.

        Raises
        ------
        StopReadingError
            After `MAX_ERRORS` errors: what is broken all through is not told line by line.
        """
        if self.errors >= MAX_ERRORS:
            raise StopReadingError
        self.errors += 1
        if self.errors == MAX_ERRORS:
            message += f" ({MAX_ERRORS} errors; the rest of the file is not checked)"
        self.found.append(Located(self.file, where.line, where.column, message))

    def warning(self, where: Node, message: str) -> None:
        """Add a warning at a node."""
        self.found.append(Located(self.file, where.line, where.column, message, "warning"))


def parse(text: str, findings: Findings) -> list[Node]:
    """Return the documents of a YAML text; what is wrong with it is added to the findings.

    A file with a syntax error yields the documents before the error.
    """
    documents: list[Node] = []
    start = Node(None, 1, 1)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        findings.error(start, "the file is larger than 1 MiB; split it into several files")
        return documents
    try:
        for document in _compose(text, findings):
            documents.append(document)  # noqa: PERF402 - keeps what came before an error
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        where = Node(None, mark.line + 1, mark.column + 1) if mark else start
        said = " ".join(part for part in (problem.context, problem.problem) if part)
        findings.error(where, f"this is not valid YAML: {said}")
    except yaml.YAMLError as problem:
        findings.error(start, f"this is not valid YAML: {str(problem).splitlines()[0]}")
    except UnicodeEncodeError:
        findings.error(start, "the file has characters that are not valid Unicode; save it as UTF-8")
    except StopReadingError:
        pass
    return documents


def _compose(text: str, findings: Findings) -> Iterator[Node]:
    """Yield the root node of each document, building on an explicit stack (no recursion)."""
    stack: list[_Frame] = []
    root: Node | None = None
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            node = _begun(event, len(stack), findings)
            node.source = event.value
            node.value = _scalar(event, node, findings)
        elif isinstance(event, yaml.CollectionEndEvent):
            node = stack.pop().node
        elif isinstance(event, yaml.NodeEvent):
            node = _begun(event, len(stack), findings)
            node.value = {} if isinstance(event, yaml.MappingStartEvent) else []
            stack.append(_Frame(node, findings))
            continue
        else:
            if isinstance(event, yaml.DocumentEndEvent):
                if root is not None and root.value is not None:
                    yield root
                root = None
            continue
        if stack:
            stack[-1].take(node)
        else:
            root = node


def _begun(event: yaml.NodeEvent, depth: int, findings: Findings) -> Node:
    """Return the node that an event begins, still without a value."""
    mark = event.start_mark
    here = Node(None, mark.line + 1, mark.column + 1) if mark else Node(None, 1, 1)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        message = "anchors and aliases (& and *) are not allowed; write the value out"
    elif getattr(event, "tag", None) not in (None, "!"):
        message = "tags (!) are not allowed; remove it"
    elif depth >= MAX_DEPTH:
        message = f"nested deeper than {MAX_DEPTH} levels"
    else:
        return here
    findings.error(here, message)
    raise StopReadingError


class _Frame:
    """A mapping or list under construction."""

    __slots__ = ("findings", "key", "node")

    def __init__(self, node: Node, findings: Findings) -> None:
        self.node = node
        self.findings = findings
        self.key: Node | None = None

    def take(self, child: Node) -> None:
        inside = self.node.value
        if type(inside) is list:
            inside.append(child)
        elif self.key is None:
            self.key = child
        else:
            self._put(self.key, child)
            self.key = None

    def _put(self, key: Node, child: Node) -> None:
        name = key.value
        if type(name) is not str:
            if key.is_map or key.is_list or name is None:
                self.findings.error(key, f"a key must be a word, not {key.kind}")
                return
            name = str(name)
        if name == "<<":
            self.findings.error(key, "merge keys (<<) are not allowed; write the values out")
        elif name in self.node.value:
            first = self.node.value[name][0]
            self.findings.error(key, f"'{show(name)}' is here twice (first on line {first.line}); remove one")
        else:
            self.node.value[name] = (key, child)


def _scalar(event: yaml.ScalarEvent, here: Node, findings: Findings) -> Scalar:
    text: str = event.value
    if "\x00" in text:
        findings.error(here, "the text has a NUL character; remove it")
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_BEGINS and len(text) <= MAX_NUMBER_CHARACTERS:
        if _INTEGER.match(text):
            return int(text)
        if _FLOAT.match(text):
            return float(text)
    return text
