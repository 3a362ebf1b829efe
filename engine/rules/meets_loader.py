"""Loading `meets`: the definitions that a condition names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.located import Node
from engine.names import show, unknown
from engine.program import DEFINE
from engine.rules.conditions import AnyOf, Condition
from engine.rules.defined_condition import DefinedCondition

if TYPE_CHECKING:
    from engine.rules.condition_loader import ConditionLoader


def load_meets(loader: ConditionLoader, value: Node) -> Condition | None:
    """Return the condition that ``meets: name`` or ``meets: [a, b]`` means. None when it has errors."""
    entries: list[Node] = value.value if value.is_list else [value]
    if not entries:
        loader.findings.error(value, "'meets' names no definition; name at least one")
    found = [_named(loader, entry) for entry in entries]
    once = {one.name: one for one in found if one is not None}
    if not entries or None in found:
        return None
    return next(iter(once.values())) if len(once) == 1 else AnyOf(tuple(once.values()))


def _named(loader: ConditionLoader, node: Node) -> DefinedCondition | None:
    if not isinstance(node.value, str):
        loader.findings.error(node, f"'meets' must name a definition of {DEFINE}, not {node.kind}")
        return None
    name, named = node.value, loader.definitions.named
    if name not in named:
        hint = "" if named else f"; conditions are defined in {DEFINE}, at the top of the rules folder"
        loader.findings.error(node, unknown("definition", name, named) + hint)
        return None
    loader.used.add(name)
    definition = named[name]
    if definition.condition is not None:
        return DefinedCondition(name, definition.condition)
    if name not in loader.told:
        loader.told.add(name)
        message = f"definition '{show(name)}' has errors ({definition.file}:{definition.line}); mend it there first"
        loader.findings.error(node, message)
    return None
