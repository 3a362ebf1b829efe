"""Walking a rule's `when` as it is written: every test, with its place."""

from __future__ import annotations

from collections.abc import Iterator

from engine.located import Findings, Node, parse
from engine.rules.condition_loader import GROUPS
from engine.rules.rule import Rule
from engine.rules.window_loader import WINDOWS

# These hold a list of conditions that must hold together, in one stretch of the text.
STRETCHES = ("together", "same_sentence")


def when_of(rule: Rule) -> Node | None:
    """Return a rule's `when` as it is written, each value with its place in the rule's own text."""
    documents = parse(rule.text, Findings(rule.file))
    when = documents[0].get("when") if documents else None
    return when if when is not None and when.is_map else None


def tests_in(node: Node) -> Iterator[tuple[str, Node, Node]]:
    """Yield the key, key node and value of each test under a mapping of conditions, in the order of the file."""
    for key, key_node, value in node.items() if node.is_map else ():
        if key in GROUPS or key in STRETCHES:
            children = value if value.is_list else value.get("all")
            for child in children.value if children is not None and children.is_list else ():
                yield from tests_in(child)
        elif key in WINDOWS:
            of = value.get("of")
            if of is not None:
                yield from tests_in(of)
        else:
            yield key, key_node, value
