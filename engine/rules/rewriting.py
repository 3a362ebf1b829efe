"""Rewriting a rule's text: only what is to say something else changes, and comments and line breaks stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.located import Findings, Node, parse
from engine.rules.writing import entry_lines, flow, is_inline, item_lines, written


def values_of(text: str) -> dict[str, Any] | None:
    """Return what a text of one document says, as plain values; None if it is no such text or not valid YAML."""
    findings = Findings("")
    found = parse(text, findings)
    if findings.errors or len(found) != 1 or not found[0].is_map:
        return None
    values: dict[str, Any] = _plain(found[0])
    return values


def _plain(node: Node) -> Any:
    if node.is_map:
        return {key: _plain(value) for key, _, value in node.items()}
    return [_plain(one) for one in node.value] if node.is_list else node.value


def rewrite(text: str, wanted: dict[str, Any]) -> str:
    """Return a text that says what is wanted.

    What it says already stays as it is written. A text that is no single valid document is written anew.
    """
    now = values_of(text)
    if now is None:
        return written(wanted)
    if same(now, wanted):
        return text
    for way in (_spliced, _by_entries):
        found = way(text, now, wanted)
        read = values_of(found) if found is not None else None
        if found is not None and read is not None and same(read, wanted):
            return found
    return written(wanted)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are written alike: unlike `==`, neither true nor 1.0 is 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def _spliced(text: str, now: dict[str, Any], wanted: dict[str, Any]) -> str | None:
    return _with(text, lambda splicer, root: splicer.value(root, now, wanted))


def _by_entries(text: str, now: dict[str, Any], wanted: dict[str, Any]) -> str | None:
    """Write each entry of the rule anew that says something else: the coarser way."""
    return _with(text, lambda splicer, root: splicer.mapping(root, now, wanted, whole=True))


def _with(text: str, work: Callable[[_Splicer, yaml.MappingNode], None]) -> str | None:
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return None
    splicer = _Splicer(text)
    try:
        work(splicer, root)
    except _CannotError:
        return None
    return splicer.applied()


class _CannotError(Exception):
    """A change that cannot be made in place."""


@dataclass
class _Splicer:
    """Gathers the changes of a text: each replaces what stands between two places."""

    text: str
    changes: list[tuple[int, int, str]] = field(default_factory=list)

    def applied(self) -> str:
        """Return the text with the changes made."""
        found = self.text
        for start, end, said in sorted(self.changes, reverse=True):
            found = found[:start] + said + found[end:]
        return found

    def value(self, node: yaml.Node, now: Any, wanted: Any) -> None:
        """Change a value where it stands."""
        if same(now, wanted):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(wanted, dict) and now.keys() & wanted.keys():
            self.mapping(node, now, wanted)
        elif isinstance(node, yaml.SequenceNode) and isinstance(wanted, list) and wanted and now:
            self._list(node, now, wanted)
        elif is_inline(wanted) and _is_one_line(node):
            self._replace(node.start_mark.index, _end(node), flow(wanted))
        else:
            raise _CannotError

    def mapping(self, node: yaml.MappingNode, now: Any, wanted: Any, *, whole: bool = False) -> None:
        """Change the entries of a mapping."""
        if node.flow_style:
            if now.keys() == wanted.keys():
                for key, value in node.value:
                    self.value(value, now[_name(key, now)], wanted[_name(key, now)])
            else:
                self._replace(node.start_mark.index, _end(node), flow(wanted))
            return
        column, kept = node.start_mark.column, None
        for key, value in node.value:
            name = _name(key, now)
            if name not in wanted:
                self._take_out(key, value)
                continue
            kept = (key, value)
            if not same(now[name], wanted[name]):
                self._entry(key, value, name, now[name], wanted[name], whole=whole)
        added = [line for name, one in wanted.items() if name not in now for line in entry_lines(name, one)]
        if added and kept is None:
            raise _CannotError
        if added and kept is not None:
            self._insert(_end(kept[1]), added, column)

    def _entry(self, key: yaml.Node, value: yaml.Node, name: str, now: Any, wanted: Any, *, whole: bool) -> None:
        before = len(self.changes)
        try:
            if whole:
                raise _CannotError
            self.value(value, now, wanted)
        except _CannotError:
            del self.changes[before:]
            column = key.start_mark.column
            self._replace(key.start_mark.index, _end(value), _set_in(entry_lines(name, wanted), column))

    def _list(self, node: yaml.SequenceNode, now: list[Any], wanted: list[Any]) -> None:
        if node.flow_style:
            if len(now) != len(wanted):
                self._replace(node.start_mark.index, _end(node), flow(wanted))
                return
            for child, had, has in zip(node.value, now, wanted, strict=True):
                self.value(child, had, has)
            return
        column = node.start_mark.column
        first, last = _alike(now, wanted)
        middle, fresh = node.value[first : len(now) - last], wanted[first : len(wanted) - last]
        for child, had, has in zip(middle, now[first:], fresh, strict=False):
            self._item(child, had, has, column)
        for child in middle[len(fresh) :]:
            self._take_out(self._dash(child, column), child)
        added = [line for one in fresh[len(middle) :] for line in item_lines(one)]
        if added and first + len(middle) > 0:
            self._insert(_end(node.value[first + len(middle) - 1]), added, column)
        elif added:
            start = self._dash(node.value[0], column)
            self._replace(start, start, _set_in(added, column) + "\n" + " " * column)

    def _item(self, child: yaml.Node, now: Any, wanted: Any, column: int) -> None:
        before = len(self.changes)
        try:
            self.value(child, now, wanted)
        except _CannotError:
            del self.changes[before:]
            self._replace(self._dash(child, column), _end(child), _set_in(item_lines(wanted), column))

    def _dash(self, child: yaml.Node, column: int) -> int:
        """Return where the line of an item begins, with its dash."""
        place = self.text.rfind("\n", 0, child.start_mark.index) + 1 + column
        if self.text[place : place + 1] != "-":
            raise _CannotError
        return place

    def _take_out(self, key: yaml.Node | int, value: yaml.Node) -> None:
        """Take an entry or an item out, with its whole lines."""
        place = key if isinstance(key, int) else key.start_mark.index
        start, end = self.text.rfind("\n", 0, place) + 1, self.text.find("\n", _end(value))
        # The first entry of an item shares its line with the dash.
        if self.text[start:place].strip():
            raise _CannotError
        self._replace(start, len(self.text) if end < 0 else end + 1, "")

    def _insert(self, after: int, lines: Sequence[str], column: int) -> None:
        """Put lines after the line that a place is on, so that its comment stays with it."""
        place = self.text.find("\n", after)
        place = len(self.text) if place < 0 else place
        self._replace(place, place, "\n" + " " * column + _set_in(lines, column))

    def _replace(self, start: int, end: int, said: str) -> None:
        self.changes.append((start, end, said))


def _name(key: yaml.Node, now: dict[str, Any]) -> str:
    name = str(key.value)
    if name not in now:
        raise _CannotError
    return name


def _is_one_line(node: yaml.Node) -> bool:
    if isinstance(node, yaml.CollectionNode):
        return bool(node.flow_style)
    return getattr(node, "style", None) not in ("|", ">") and node.start_mark.index < node.end_mark.index


def _end(node: yaml.Node) -> int:
    """Return where a value really ends: blocks are told to end where the next one begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    if getattr(node, "style", None) in ("|", ">"):
        raise _CannotError
    found: int = node.end_mark.index
    return found


def _alike(now: list[Any], wanted: list[Any]) -> tuple[int, int]:
    """Return how many items are the same at the beginning, and at the end."""
    most = min(len(now), len(wanted))
    first = next((at for at in range(most) if not same(now[at], wanted[at])), most)
    left = most - first
    return first, next((at for at in range(left) if not same(now[-1 - at], wanted[-1 - at])), left)


def _set_in(lines: Sequence[str], column: int) -> str:
    return f"\n{' ' * column}".join(lines)
