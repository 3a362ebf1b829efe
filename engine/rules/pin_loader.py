"""Loading the labels that examples pin: the form of labelled data, by leaf name or path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.fields import as_map, as_written, check_keys, number_of
from engine.located import Findings, Node
from engine.names import unknown
from engine.rules.example import PinnedSentence
from engine.taxonomy import TASKS, Taxonomy

HELD = 0.99
SENTENCE_KEYS = ("text", *TASKS)
Labels = dict[tuple[str, str], float]


@dataclass(frozen=True)
class PinLoader:
    """Reads pinned labels under one taxonomy."""

    taxonomy: Taxonomy
    findings: Findings

    def whole(self, text: Any, labels: Node, part: int = 0) -> tuple[PinnedSentence, ...]:
        """Return a part whose text is one sentence with these labels."""
        if as_map(labels, "labels", self.findings) is None:
            return ()
        check_keys(labels, TASKS, "task of labels", self.findings)
        found = self._labels(labels)
        if not isinstance(text, str) or not text.strip():
            self.findings.error(labels, "labels need a text beside them that has words")
            return ()
        return (PinnedSentence(part, 0, len(text), found),)

    def parts(self, node: Node) -> tuple[PinnedSentence, ...]:
        """Return the parts that have labels, each one sentence."""
        pinned: list[PinnedSentence] = []
        for number, part in enumerate(node.value if node.is_list else ()):
            labels = part.get("labels")
            if labels is not None:
                text = part.get("text")
                pinned += self.whole(as_written(text).value if text else None, labels, number)
        return tuple(pinned)

    def sentences(self, node: Node) -> tuple[str, tuple[PinnedSentence, ...]]:
        """Return the text of sentences joined by one space, and each with its labels."""
        if not node.is_list or not node.value:
            self.findings.error(node, "'sentences' must be a list, each such as {text: ..., emotion: anger}")
            return "", ()
        texts: list[str] = []
        pinned: list[PinnedSentence] = []
        start = 0
        for entry in node.value:
            text = self._sentence(entry)
            if text is not None:
                texts.append(text)
                pinned.append(PinnedSentence(0, start, start + len(text), self._labels(entry)))
                start += len(text) + 1
        return " ".join(texts), tuple(pinned)

    def _sentence(self, entry: Node) -> str | None:
        if as_map(entry, "a sentence", self.findings) is None:
            return None
        check_keys(entry, SENTENCE_KEYS, "word of a sentence", self.findings)
        named = entry.get("text")
        text = as_written(named).value if named else None
        if not isinstance(text, str) or not text.strip():
            self.findings.error(named or entry, "a sentence needs a text that has words")
            return None
        return text

    def _labels(self, node: Node) -> Labels:
        found: Labels = {}
        for task in TASKS:
            value = node.get(task)
            if value is not None:
                found |= self._of_task(task, value)
        return found

    def _of_task(self, task: str, node: Node) -> Labels:
        if node.is_map:
            named = [(key, key_node, self._confidence(value)) for key, key_node, value in node.items()]
        else:
            entries = node.value if node.is_list else [node]
            named = [(entry.value, entry, HELD) for entry in entries]
        leaves = ((self._leaf(task, name, where), confidence) for name, where, confidence in named)
        return {(task, leaf): confidence for leaf, confidence in leaves if leaf is not None}

    def _leaf(self, task: str, name: Any, where: Node) -> str | None:
        if not isinstance(name, str):
            self.findings.error(where, f"{task} must name a label, not {where.kind}; write [] where none holds")
            return None
        column = self.taxonomy.column(task, name)
        if column is not None:
            return self.taxonomy.columns[column][1]
        if name in self.taxonomy.nodes(task):
            below = self.taxonomy.columns[self.taxonomy.columns_under(task, name)[0]][1]
            self.findings.error(where, f"'{name}' is a group of {task} labels; name one of it, such as {below}")
        else:
            self.findings.error(where, unknown(f"{task} label", name, self.taxonomy.leaves[task]))
        return None

    def _confidence(self, node: Node) -> float:
        value = number_of(node, "a label's confidence", self.findings)
        if value is not None and not 0 <= value <= 1:
            self.findings.error(node, f"a label's confidence goes from 0 to 1, not {value:g}")
        elif value is None and node.value is None:
            self.findings.error(node, "a label's confidence must be a number from 0 to 1")
        return value if value is not None and 0 <= value <= 1 else HELD
