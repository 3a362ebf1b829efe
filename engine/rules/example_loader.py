"""Loading examples: records beside their pinned labels, with an error for all that does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.durations import parse_duration
from engine.fields import as_map, as_written, check_keys, text_of
from engine.located import Findings, Node
from engine.names import unknown
from engine.program import Program
from engine.rules.example import MINUTE, Crowd, Example, PinnedSentence
from engine.rules.pin_loader import PinLoader
from engine.taxonomy import Taxonomy

RECORD_KEYS = ("text", "parts", "channel", "source", "unit", "customer", "employee")
PIN_KEYS = ("labels", "sentences")
CROWD_KEYS = ("repeat", "within", "others", "quiet")
MOST_COPIES = 10_000
LONGEST = timedelta(days=365)


@dataclass(frozen=True)
class ExampleLoader:
    """Turns the nodes of `examples` into examples under one program and one taxonomy."""

    program: Program
    taxonomy: Taxonomy
    findings: Findings

    def load(self, node: Node | None, *, over_time: bool) -> tuple[Example, ...]:
        """Return the examples of a rule, those that fire first.

        Parameters
        ----------
        over_time
            Whether the rule has a condition over time: only there it matters how often an example comes.
        """
        root = as_map(node, "examples", self.findings)
        if root is None:
            return ()
        check_keys(root, ("fires", "stays_quiet"), "kind of example", self.findings)
        return tuple(
            self._example(entry, fires, over_time=over_time)
            for key, fires in (("fires", True), ("stays_quiet", False))
            for entry in self._entries(key, root.get(key))
        )

    def _entries(self, key: str, entries: Node | None) -> Iterator[Node]:
        if entries is not None and not entries.is_list:
            self.findings.error(entries, f"'{key}' must be a list of examples")
            return
        for entry in entries.value if entries else ():
            if as_map(entry, "an example", self.findings):
                yield entry

    def _example(self, node: Node, fires: bool, *, over_time: bool) -> Example:
        record, pinned = self._record(node), self._pins(node)
        sentences = node.get("sentences")
        if sentences is not None:
            record["text"], pinned = PinLoader(self.taxonomy, self.findings).sentences(sentences)
        crowd = self._crowd(node)
        if crowd is not None and not over_time:
            self._misplaced(node)
        return Example(record, fires, node.line, node.column, pinned, crowd)

    def _misplaced(self, node: Node) -> None:
        for key, key_node, _ in node.items():
            if key in CROWD_KEYS:
                self.findings.error(
                    key_node, f"'{key}' is for rules with a condition over time, such as count; remove it"
                )

    def _record(self, node: Node) -> dict[str, Any]:
        """Return the input record that an example means: scores and attributes stand beside the text."""
        record: dict[str, Any] = {"scores": {}, "attributes": {}}
        for key, key_node, value in node.items():
            name = key.removeprefix("attribute.")
            spec = self.program.attributes.get(name)
            if key in RECORD_KEYS:
                record[key] = _parts(value) if key == "parts" else _plain(as_written(value))
            elif key in PIN_KEYS or key in CROWD_KEYS:
                continue
            elif key in self.program.scores:
                record["scores"][key] = _plain(value)
            elif spec is not None or name != key:
                is_text = spec is not None and spec.kind in ("text", "one_of")
                record["attributes"][name] = _plain(as_written(value) if is_text else value)
            else:
                self.findings.error(key_node, unknown("field of an example", key, self._words()))
        return record

    def _words(self) -> list[str]:
        return [*RECORD_KEYS, *PIN_KEYS, *CROWD_KEYS, *self.program.scores, *self.program.attributes]

    def _pins(self, node: Node) -> tuple[PinnedSentence, ...]:
        loader = PinLoader(self.taxonomy, self.findings)
        labels, parts = node.get("labels"), node.get("parts")
        for key in ("text", "parts", "labels"):
            beside = node.get(key)
            if beside is not None and node.get("sentences") is not None:
                self.findings.error(beside, f"'{key}' cannot stand beside 'sentences'; give one of the two")
                return ()
        if labels is not None and parts is not None:
            self.findings.error(labels, "'labels' cannot stand beside 'parts'; write them inside each part")
        elif labels is not None:
            text = node.get("text")
            return loader.whole(as_written(text).value if text else None, labels)
        return loader.parts(parts) if parts is not None else ()

    def _crowd(self, node: Node) -> Crowd | None:
        if not any(node.get(key) for key in CROWD_KEYS):
            return None
        return Crowd(
            repeat=self._count(node.get("repeat"), "repeat", 1),
            within=self._span(node.get("within"), "within", MINUTE),
            others=self._count(node.get("others"), "others", 0),
            quiet=self._span(node.get("quiet"), "quiet", timedelta()),
        )

    def _count(self, node: Node | None, key: str, least: int) -> int:
        if node is None:
            return least
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST_COPIES:
            self.findings.error(node, f"'{key}' must be a whole number from {least} to {MOST_COPIES}")
            return least
        return value

    def _span(self, node: Node | None, key: str, default: timedelta) -> timedelta:
        text = text_of(as_written(node) if node else None, key, self.findings)
        if text is None or node is None:
            return default
        try:
            span = parse_duration(text)
        except ValueError as problem:
            self.findings.error(node, f"'{key}': {problem}")
            return default
        if not timedelta() < span <= LONGEST:
            self.findings.error(node, f"'{key}' must be longer than nothing and at most {LONGEST.days} days")
        return span


def _parts(node: Node) -> Any:
    """Return the parts without the labels that are pinned in them."""
    if not node.is_list:
        return _plain(node)
    return [
        {key: _plain(value) for key, _, value in part.items() if key != "labels"} if part.is_map else _plain(part)
        for part in node.value
    ]


def _plain(node: Node) -> Any:
    if node.is_list:
        return [_plain(child) for child in node.value]
    if node.is_map:
        return {key: _plain(value) for key, _, value in node.items()}
    return node.value
