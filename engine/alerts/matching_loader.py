"""Loading what chooses among alerts: from located YAML, or from the JSON of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, cast

from engine.alerts.alert import AlertKind
from engine.alerts.matching import ATTRIBUTE, FACTS, Matching, Named, Test, at_least
from engine.alerts.severity import Severity
from engine.errors import MatchingError
from engine.fields import as_map, as_written, check_keys, choice_of
from engine.located import Findings, Node, StopReadingError
from engine.names import is_storable, nearest, unknown
from engine.program import Program
from engine.rules.condition_loader import ConditionLoader
from engine.rules.definitions import Definitions
from engine.rules.field_condition import FieldCondition
from engine.taxonomy import TASKS, Taxonomy

MOST_VALUES = 200
MOST_CHARACTERS = 800
MOST_DEPTH = 4
CHOICES: Mapping[str, tuple[str, ...]] = {"severity": tuple(map(str, Severity)), "kind": tuple(map(str, AlertKind))}
NO_LABELS = Taxonomy(dict.fromkeys(TASKS, ()), {})


def load_matching(
    node: Node, program: Program, findings: Findings, taxonomy: Taxonomy | None = None
) -> Matching | None:
    """Return the conditions that a mapping means: all of its entries. None when it has errors.

    Parameters
    ----------
    taxonomy
        The label trees that labels are checked against; without them any name may be one.
    """
    root = as_map(node, "the conditions", findings)
    if root is None:
        return None
    if not root.value:
        findings.error(node, "the conditions are empty; write at least one, such as severity: high")
        return None
    loader = _Loader(program, findings, taxonomy)
    tests = [loader.test(key, key_node, value) for key, key_node, value in root.items()]
    found = tuple(test for test in tests if test is not None)
    return Matching(found) if len(found) == len(tests) else None


def matching_of_json(
    value: Any, program: Program, taxonomy: Taxonomy | None = None, *, field: str = "matching"
) -> Matching:
    """Return the conditions that a value of a request's JSON means.

    Parameters
    ----------
    field
        The path of the value in the request.

    Raises
    ------
    MatchingError
        With the path of the field, for the first thing that is wrong.
    """
    paths: list[str] = []
    findings = Findings("the request")
    with suppress(StopReadingError):
        loaded = load_matching(_node_of(value, field, paths), program, findings, taxonomy)
        if loaded is not None:
            return loaded
    first = next(one for one in findings.found if one.level == "error")
    raise MatchingError(f"{paths[first.line]}: {first.message}", field=paths[first.line])


def _node_of(value: Any, path: str, paths: list[str], depth: int = 0) -> Node:
    """Return a JSON value as a node; its line is the place of its path in the list of paths.

    Raises
    ------
    MatchingError
        If it is nested deeper than conditions ever are, or holds text that no database takes.
    """
    if depth > MOST_DEPTH:
        raise MatchingError(f"{path[:100]}: this is nested deeper than conditions ever are", field=path[:100])
    node = Node(value, len(paths), 1, _source(value))
    paths.append(path[:200])
    if isinstance(value, Mapping):
        node.value = {
            str(key): (
                _node_of(str(key), f"{path}.{key}", paths, depth),
                _node_of(one, f"{path}.{key}", paths, depth + 1),
            )
            for key, one in value.items()
        }
    elif isinstance(value, list):
        node.value = [_node_of(one, f"{path}.{place}", paths, depth + 1) for place, one in enumerate(value)]
    elif isinstance(value, str) and not is_storable(value):
        raise MatchingError(f"{path[:100]}: the text has a character that cannot be stored", field=path[:100])
    return node


def _source(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


class _Loader:
    """Turns entries into tests under one program."""

    def __init__(self, program: Program, findings: Findings, taxonomy: Taxonomy | None) -> None:
        self._program = program
        self._findings = findings
        self._taxonomy = taxonomy

    def test(self, key: str, where: Node, value: Node) -> Test | None:
        """Return the test that an entry means."""
        if key in TASKS or key in FACTS:
            return self._named(key, value)
        named = key.startswith(ATTRIBUTE) and len(key) > len(ATTRIBUTE)
        if named or key in self._program.scores or key in self._program.attributes:
            return self._field(key, where, value)
        words = [*FACTS, *TASKS, *self._program.scores, *self._program.attributes]
        hint = "" if nearest(key, words) else " (an attribute that is not declared is written attribute.NAME)"
        self._findings.error(where, unknown("condition", key, words) + hint)
        return None

    def _field(self, key: str, where: Node, value: Node) -> Test | None:
        entry = Node({key: (where, value)}, where.line, where.column)
        loaded = ConditionLoader(self._program, NO_LABELS, self._findings, Definitions()).load(entry)
        return cast(FieldCondition | None, loaded)

    def _named(self, key: str, value: Node) -> Named | None:
        if key == "severity" and value.is_map:
            return self._at_least(value)
        entries = value.value if value.is_list else [value]
        if not entries or len(entries) > MOST_VALUES:
            self._findings.error(value, f"{key} takes one value, or a list of 1 to {MOST_VALUES}")
            return None
        read = self._reader(key)
        found = tuple(name for entry in entries if (name := read(entry)) is not None)
        return Named(key, tuple(dict.fromkeys(found))) if len(found) == len(entries) else None

    def _at_least(self, value: Node) -> Named | None:
        check_keys(value, ("at_least",), "test of severity", self._findings)
        least = choice_of(value.get("at_least"), "severity", CHOICES["severity"], self._findings)
        if value.get("at_least") is None:
            self._findings.error(value, "severity takes at_least, one value, or a list of values")
        return None if least is None else Named("severity", at_least(Severity(least)))

    def _reader(self, key: str) -> Callable[[Node], str | None]:
        """Return what reads one value of a key."""
        if key in CHOICES:
            return lambda node: choice_of(node, key, CHOICES[key], self._findings)
        return lambda node: self._text(key, node)

    def _text(self, key: str, node: Node) -> str | None:
        text = as_written(node).value
        if not isinstance(text, str) or not text.strip():
            said = "empty" if text == "" else node.kind
            self._findings.error(node, f"{key} must be text, or a list of texts, not {said}")
            return None
        if len(text) > MOST_CHARACTERS:
            self._findings.error(node, f"{key} is longer than {MOST_CHARACTERS} characters")
            return None
        if key in TASKS and self._taxonomy is not None and text not in self._taxonomy.nodes(key):
            self._findings.error(node, unknown(key, text, self._taxonomy.nodes(key)))
            return None
        return text.strip("/") if key == "unit" else text
