"""Loading `together` and `same_sentence`: conditions that have to hold in the same few sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.fields import as_map, check_keys
from engine.located import Findings, Node
from engine.names import show
from engine.rules.conditions import Condition
from engine.rules.scope_loader import SCOPE_KEYS, load_count, load_scope
from engine.rules.together_condition import TogetherCondition
from engine.taxonomy import TASKS

if TYPE_CHECKING:
    from engine.rules.condition_loader import ConditionLoader

TOGETHER_KEYS = ("sentences", "all", *SCOPE_KEYS)
INSIDE = (*TASKS, "sentiment", "says")
GROUPED = ("all", "any", "none")


def load_together(loader: ConditionLoader, key: str, _where: Node, value: Node) -> Condition | None:
    """Return the condition that `together` means, or None with errors."""
    findings, before = loader.findings, loader.findings.errors
    if as_map(value, key, findings) is None:
        return None
    check_keys(value, TOGETHER_KEYS, f"word of {key}", findings)
    counted, children = value.get("sentences"), value.get("all")
    sentences = load_count(counted, "sentences", findings)
    scope = load_scope(value, findings)
    if counted is None:
        findings.error(value, "together needs 'sentences', the number of sentences it looks at, such as sentences: 2")
    if children is None:
        findings.error(value, "together needs 'all', the list of what has to stand together")
        return None
    loaded = _children(loader, key, children)
    if findings.errors > before or sentences is None:
        return None
    return TogetherCondition(sentences, tuple(loaded), scope)


def load_same_sentence(loader: ConditionLoader, key: str, _where: Node, value: Node) -> Condition | None:
    """Return the condition that `same_sentence` means, or None with errors."""
    before = loader.findings.errors
    children = _children(loader, key, value)
    return TogetherCondition(1, tuple(children)) if loader.findings.errors == before else None


def _children(loader: ConditionLoader, key: str, node: Node) -> list[Condition]:
    if not node.is_list or not node.value:
        loader.findings.error(node, f"{key} needs a list of conditions on text, each on a line that starts with '- '")
        return []
    for child in node.value:
        _check(child, key, loader)
    found = (loader.load(child) for child in node.value)
    return [child for child in found if child is not None]


def _check(node: Node, key: str, loader: ConditionLoader) -> None:
    """Report what cannot be judged on a sentence; what is no condition at all is reported when it is loaded."""
    if not node.is_map:
        return
    for name, where, value in node.items():
        if name in GROUPED:
            for child in value.value if value.is_list else ():
                _check(child, key, loader)
        elif name in INSIDE:
            _check_scope(value, key, loader.findings)
        elif loader.knows(name):
            loader.findings.error(where, f"'{show(name)}' cannot be judged on a sentence; put it outside '{key}'")


def _check_scope(node: Node, key: str, findings: Findings) -> None:
    for name in SCOPE_KEYS:
        if node.get(name) is not None:
            where = node.value[name][0]
            findings.error(where, f"'{name}' is said once for all: in 'together', beside 'sentences', not inside {key}")
