"""Loading conditions: located YAML becomes the typed tree, or findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from engine.fields import as_written, check_keys, flag_of, number_of
from engine.located import Findings, Node
from engine.names import nearest, show, unknown
from engine.program import AttributeSpec, Program
from engine.reading import ReadingStatus
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.definitions import Definitions
from engine.rules.field_condition import FieldCondition, FieldKind
from engine.rules.label_condition import LabelCondition
from engine.rules.meets_loader import load_meets
from engine.rules.phrasing import Value
from engine.rules.places import Places
from engine.rules.scope_loader import SCOPE_KEYS, load_scope
from engine.rules.text_loader import TEXT_LOADERS
from engine.rules.window_loader import WINDOWS
from engine.taxonomy import TASKS, Taxonomy

GROUPS: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"all": All, "any": AnyOf, "none": NoneOf}
FACTS = ("channel", "language", "status", "source", "unit")
FIELD_KEYS = ("is", "in", "at_least", "at_most", "between", "missing")
LABEL_KEYS = ("is", "at_least", "at_most", *SCOPE_KEYS)


@dataclass(frozen=True)
class ConditionLoader:
    """Turns the nodes of one rule into conditions under one program and one taxonomy.

    Parameters
    ----------
    definitions
        The conditions that it may name.
    used
        The names of those that it has named so far.
    told
        The definitions of which it was said that they have errors.
    """

    program: Program
    taxonomy: Taxonomy
    findings: Findings
    definitions: Definitions
    used: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    places: Places = field(default_factory=Places)

    def load(self, node: Node) -> Condition | None:
        """Return the condition that a mapping means: all of its entries. None when it has errors."""
        if not node.is_map:
            self.findings.error(node, f"a condition must be a mapping such as 'nps: {{at_most: 6}}', not {node.kind}")
            return None
        if not node.value:
            self.findings.error(node, "a condition is empty; write at least one test")
            return None
        entries = [self._entry(key, key_node, value) for key, key_node, value in node.items()]
        found = [entry for entry in entries if entry is not None]
        if len(found) < len(entries):
            return None
        for condition, (_, key_node, _) in zip(found, node.items(), strict=True):
            self.places.put(condition, key_node)
        return found[0] if len(found) == 1 else All(tuple(found))

    def _entry(self, key: str, where: Node, value: Node) -> Condition | None:
        if key in GROUPS:
            return self._group(key, value)
        if key == "meets":
            return load_meets(self, value)
        if key in WINDOWS:
            self.findings.error(
                where, f"'{key}' looks at a span of time, and stands at the top of 'when' or under its 'all', not here"
            )
            return None
        if key in TASKS:
            return self._label(key, value)
        if key in TEXT_LOADERS:
            return TEXT_LOADERS[key](self, key, where, value)
        if key in FACTS:
            return self._field(cast(FieldKind, key), key, value, None)
        if key in self.program.scores:
            return self._score(key, value)
        if key in self.program.attributes:
            return self._field("attribute", key, value, self.program.attributes[key])
        if key.startswith("attribute.") and len(key) > len("attribute."):
            return self._undeclared(key, where, value)
        self.findings.error(where, unknown("condition", key, self._words()) + self._hint(key))
        return None

    def knows(self, key: str) -> bool:
        """Return whether a word is the key of a condition."""
        return key in self._words() or key.startswith("attribute.")

    def _words(self) -> list[str]:
        words = [*GROUPS, "meets", *TASKS, *TEXT_LOADERS, *FACTS]
        return [*words, *self.program.scores, *self.program.attributes]

    def _hint(self, key: str) -> str:
        if key in SCOPE_KEYS:
            return f" (it stands inside a condition on text, such as emotion: {{is: anger, {key}: ...}})"
        found = nearest(key, self._words())
        return "" if found else " (an attribute that is not declared is written attribute.NAME)"

    def _undeclared(self, key: str, where: Node, value: Node) -> Condition | None:
        name = key.removeprefix("attribute.")
        if name not in self.program.attributes and not self.program.any_attribute:
            self.findings.warning(
                where, f"attribute '{show(name)}' is not declared in program.yaml; is it spelt as it arrives?"
            )
        return self._field("attribute", name, value, self.program.attributes.get(name))

    def _group(self, key: str, value: Node) -> Condition | None:
        if not value.is_list or not value.value:
            self.findings.error(value, f"'{key}' must be a list of conditions, each on a line that starts with '- '")
            return None
        children = [self.load(child) for child in value.value]
        found = tuple(child for child in children if child is not None)
        return GROUPS[key](found) if len(found) == len(children) else None

    def _label(self, task: str, value: Node) -> Condition | None:
        before = self.findings.errors
        named, at_least, at_most, scope = value, None, None, None
        if value.is_map:
            check_keys(value, LABEL_KEYS, f"test of {task}", self.findings)
            at_least = self._probability(value.get("at_least"), "at_least")
            at_most = self._probability(value.get("at_most"), "at_most")
            scope = load_scope(value, self.findings)
            named = value.get("is") or Node(None, value.line, value.column)
        names = self._labels(task, named)
        self._ordered(value, at_least, at_most)
        if self.findings.errors > before or not names:
            return None
        columns = sorted({column for name in names for column in self.taxonomy.columns_under(task, name)})
        return LabelCondition(task, names, tuple(columns), at_least, at_most, self.taxonomy, scope)

    def _labels(self, task: str, node: Node) -> tuple[str, ...]:
        valid = self.taxonomy.nodes(task)
        entries = node.value if node.is_list else [node]
        names = []
        for entry in entries:
            if not isinstance(entry.value, str):
                self.findings.error(entry, f"{task} must name a label, such as {valid[0]}, not {entry.kind}")
            elif entry.value not in valid:
                self.findings.error(entry, unknown(task, entry.value, valid))
            else:
                names.append(entry.value)
        if not entries:
            self.findings.error(node, f"{task} names no label; name one, such as {valid[0]}")
        return tuple(dict.fromkeys(names))

    def _probability(self, node: Node | None, key: str) -> float | None:
        value = number_of(node, key, self.findings)
        if value is not None and node is not None and not 0 <= value <= 1:
            self.findings.error(node, f"{key} is a confidence and goes from 0 to 1, not {value:g}")
        return value

    def _ordered(self, node: Node, low: float | None, high: float | None) -> None:
        if low is not None and high is not None and low > high:
            self.findings.error(node, f"nothing is at least {low:g} and at most {high:g}; swap them")

    def _score(self, name: str, value: Node) -> Condition | None:
        spec = self.program.scores[name]
        condition = self._field("score", name, value, AttributeSpec(name, "number"))
        if condition is None:
            return None
        numbers = [*condition.values, condition.at_least, condition.at_most]
        for number in numbers:
            if isinstance(number, (int, float)) and not spec.min <= number <= spec.max:
                self.findings.error(value, f"{name} goes from {spec.min:g} to {spec.max:g}; {number:g} is outside")
                return None
        return condition

    def _field(self, kind: FieldKind, name: str, value: Node, spec: AttributeSpec | None) -> FieldCondition | None:
        before = self.findings.errors
        tests = value if value.is_map else Node({"is": (value, value)}, value.line, value.column)
        check_keys(tests, FIELD_KEYS, f"test of {name}", self.findings)
        missing = tests.get("missing")
        absent = flag_of(missing, "missing", self.findings, default=True) if missing else None
        if missing and len(tests.value) > 1:
            self.findings.error(value, "'missing' stands alone; remove the other tests")
        at_least, at_most = self._range(tests)
        values = self._values(tests, kind, name, spec)
        if not tests.value:
            self.findings.error(value, f"{name} has no test; write one of: {', '.join(FIELD_KEYS)}")
        if (at_least is not None or at_most is not None) and (kind in FACTS or (spec and spec.kind != "number")):
            self.findings.error(value, f"{name} is not a number; use 'is' or 'in'")
        if self.findings.errors > before:
            return None
        return FieldCondition(kind, name, values, at_least, at_most, absent)

    def _range(self, tests: Node) -> tuple[float | None, float | None]:
        at_least = number_of(tests.get("at_least"), "at_least", self.findings)
        at_most = number_of(tests.get("at_most"), "at_most", self.findings)
        between = tests.get("between")
        if between is not None:
            bounds = between.value if between.is_list and len(between.value) == 2 else None
            if bounds is None or at_least is not None or at_most is not None:
                self.findings.error(
                    between, "'between' has two numbers, such as [0, 6], and no at_least or at_most beside it"
                )
            else:
                at_least, at_most = (number_of(bound, "between", self.findings) for bound in bounds)
        self._ordered(tests, at_least, at_most)
        return at_least, at_most

    def _values(self, tests: Node, kind: FieldKind, name: str, spec: AttributeSpec | None) -> tuple[Value, ...]:
        nodes = [node for key in ("is", "in") if (node := tests.get(key)) is not None]
        if len(nodes) > 1:
            self.findings.error(nodes[1], "'is' and 'in' mean the same; use one of them")
        entries = [entry for node in nodes for entry in (node.value if node.is_list else [node])]
        if nodes and not entries:
            self.findings.error(nodes[0], f"{name} lists no value; name at least one")
        values = (self._value(entry, kind, name, spec) for entry in entries)
        return tuple(value for value in values if value is not None)

    def _value(self, node: Node, kind: FieldKind, name: str, spec: AttributeSpec | None) -> Value | None:
        value = node.value
        if node.is_map or node.is_list or value is None:
            self.findings.error(node, f"{name} must be compared with text, a number or true/false, not {node.kind}")
            return None
        if spec is not None and spec.kind == "number":
            return number_of(node, name, self.findings)
        if spec is not None and spec.kind == "flag":
            if not isinstance(value, bool):
                self.findings.error(node, f"{name} is true or false, not {node.kind}")
            return bool(value)
        if spec is not None or kind in FACTS:
            return self._word(node, kind, name, spec)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return number_of(node, name, self.findings)
        return cast(Value, value)

    def _word(self, node: Node, kind: FieldKind, name: str, spec: AttributeSpec | None) -> str | None:
        text = as_written(node).value
        valid = spec.values if spec is not None and spec.kind == "one_of" else ()
        if kind == "status":
            valid = tuple(status.value for status in ReadingStatus)
        folded = {value.casefold() for value in valid}
        if valid and text.casefold() not in folded:
            self.findings.error(node, unknown(f"value of {name}", text, valid))
            return None
        return str(text)
