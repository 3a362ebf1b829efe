"""What rules name and no feedback has had: most often a name or a value that is spelt in another way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import Located
from engine.fields import as_written
from engine.located import Node
from engine.names import nearest, show
from engine.program import Program
from engine.rules.load import LoadedRules
from engine.rules.node_walk import tests_in, when_of
from engine.rules.rule import Rule
from engine.rules.seen import FACTS, Seen

MOST_TOLD = 1_000


def unseen(loaded: LoadedRules, seen: Seen, span: str) -> list[Located]:
    """Return a warning for each attribute, value and channel that a rule names and no feedback has had.

    Nothing is told where there is no feedback to compare with.

    Parameters
    ----------
    span
        The time that was looked at, for the messages.
    """
    if not seen.records:
        return []
    told: list[Located] = []
    for rule in loaded.rules:
        when = when_of(rule)
        for key, key_node, value in tests_in(when) if when is not None else ():
            told += _Names(loaded.program, seen, span, rule).of_test(key, key_node, value)
        if len(told) >= MOST_TOLD:
            break
    return told[:MOST_TOLD]


@dataclass(frozen=True)
class _Names:
    program: Program
    seen: Seen
    span: str
    rule: Rule

    def of_test(self, key: str, key_node: Node, value: Node) -> Iterator[Located]:
        """Yield what one test names and was not seen."""
        name = key.removeprefix("attribute.")
        if key in self.program.scores:
            if key not in self.seen.scores:
                yield self._told(key_node, f"has score '{show(key)}'", nearest(key, self.seen.scores))
        elif key in FACTS:
            yield from self._values((key, key), value)
        elif name != key or key in self.program.attributes:
            if ("attribute", name) in self.seen.values:
                yield from self._values(("attribute", name), value)
            else:
                known = [other for kind, other in self.seen.values if kind == "attribute"]
                yield self._told(key_node, f"has attribute '{show(name)}'", nearest(name, known))

    def _values(self, key: tuple[str, str], value: Node) -> Iterator[Located]:
        found = self.seen.values.get(key, frozenset())
        if found is None:
            return
        known = {_folded(one): one for one in found}
        for node in _named(value):
            wanted = str(as_written(node).value)
            if _folded(wanted) not in known and not (key[0] == "unit" and _is_above(wanted, known)):
                yield self._told(node, f"has {show(key[1])} '{show(wanted)}'", nearest(wanted, found))

    def _told(self, node: Node, what: str, guess: str | None) -> Located:
        hint = f"; did you mean '{show(guess)}'?" if guess is not None else ""
        message = f"no feedback of the last {self.span} {what}{hint}"
        return Located(self.rule.file, self.rule.line + node.line - 1, node.column, message, "warning")


def _named(value: Node) -> Iterator[Node]:
    """Yield the values that a test names; bounds name none."""
    if value.is_map:
        for key in ("is", "in"):
            inner = value.get(key)
            if inner is not None:
                yield from _named(inner)
    elif value.is_list:
        yield from (child for child in value.value if not child.is_map and not child.is_list)
    else:
        yield value


def _folded(value: str) -> str:
    """Return a value such that two that rules take for one are one: without case, and numbers as numbers."""
    text = value.strip().casefold()
    try:
        return f"{float(text):g}" if text[:1] in "+-.0123456789" else text
    except ValueError:
        return text


def _is_above(unit: str, known: dict[str, str]) -> bool:
    return any(one.startswith(unit.casefold() + "/") for one in known)
