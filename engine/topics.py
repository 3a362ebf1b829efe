"""A program's own topics: a tree of names, each leaf with a description and example phrases."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.errors import ConfigError, Located
from engine.fields import as_map, as_written, check_keys, text_of
from engine.located import Findings, Node, StopReadingError, parse
from engine.names import is_storable, nearest, show
from engine.taxonomy import Taxonomy

TASK = "topic"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")
TREE_KEYS = ("topics", "labelled")
LEAF_KEYS = ("description", "examples")
MOST_STEPS = 4
MOST_TOPICS = 1_000
MOST_EXAMPLES = 100
MOST_PHRASES = 5_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A leaf: its path, what it means in words, and phrases that are about it.

    Parameters
    ----------
    line
        Where it stands in its file; 0 when that is not known.
    """

    path: str
    description: str
    examples: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def said(self) -> str:
        """The name and the description, as they are understood: ``wifi: a slow or missing connection``."""
        return f"{self.path.rsplit('/', 1)[-1].replace('-', ' ')}: {self.description}"


@dataclass(frozen=True)
class TopicTree:
    """The topics of one file, in its order.

    Parameters
    ----------
    file
        Its name in messages.
    topics
        The leaves.
    labelled
        A file of labelled sentences, relative to the tree's, that `heedful topics fit` learns from; or None.
    """

    file: str
    topics: tuple[Topic, ...]
    labelled: str | None = None

    @cached_property
    def version(self) -> str:
        """A short hash of every name and phrase."""
        body = json.dumps([[one.path, one.description, list(one.examples)] for one in self.topics])
        return hashlib.sha256(body.encode()).hexdigest()[:12]

    def error(self, topic: Topic, message: str) -> Located:
        """Return a finding at a topic."""
        return Located(self.file, max(topic.line, 1), 1, message)


@dataclass(frozen=True)
class ProgramTopics:
    """How a program uses its topic tree.

    Parameters
    ----------
    tree
        The topics.
    beside_default
        Whether the model's own topics stay beside them; else they are replaced.
    fitted
        The file that `heedful topics fit` wrote, or None.
    """

    tree: TopicTree
    beside_default: bool = True
    fitted: Path | None = None

    def taxonomy(self, default: Taxonomy) -> Taxonomy:
        """Return a model's label trees with these topics beside or instead of its own.

        Raises
        ------
        ConfigError
            If a topic's first step is one of the model's: what ``topic: digital`` means must stay clear.
        """
        theirs = default.leaves[TASK] if self.beside_default else ()
        taken = {leaf.split("/", 1)[0] for leaf in theirs}
        clashes = [one for one in self.tree.topics if one.path.split("/", 1)[0] in taken]
        if clashes:
            raise ConfigError([self.tree.error(one, _clash(one)) for one in clashes])
        own = {f"{TASK}:{one.path}": one.description for one in self.tree.topics}
        paths = tuple(one.path for one in self.tree.topics)
        return Taxonomy({**default.leaves, TASK: (*theirs, *paths)}, {**default.descriptions, **own})

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without where its files are."""
        return {
            "beside_default": self.beside_default,
            "topics": [[one.path, one.description, list(one.examples)] for one in self.tree.topics],
        }


def _clash(topic: Topic) -> str:
    name = topic.path.split("/", 1)[0]
    return (
        f"'{name}' is a topic of the model already; choose another first name for '{topic.path}', "
        "or replace the model's topics with 'beside_default: false'"
    )


def program_topics_from_dict(record: Mapping[str, Any]) -> ProgramTopics:
    """Rebuild what `ProgramTopics.as_dict` returned."""
    topics = tuple(Topic(path, description, tuple(examples)) for path, description, examples in record["topics"])
    return ProgramTopics(TopicTree("topics.yaml", topics), record["beside_default"])


def parse_topics(text: str, file: str) -> TopicTree:
    """Return the tree that a YAML text holds.

    Parameters
    ----------
    text
        ``topics:`` with names, nested at most four deep; a leaf is its description, or ``description`` and
        ``examples``. ``labelled:`` may name a file of labelled sentences.
    file
        Its name in messages.

    Raises
    ------
    ConfigError
        With every error, each with its line and column.
    """
    findings = Findings(file)
    tree = TopicTree(file, ())
    with suppress(StopReadingError):
        tree = _tree(parse(text, findings), findings)
    if findings.errors:
        raise ConfigError(findings.found)
    return tree


def _tree(documents: list[Node], findings: Findings) -> TopicTree:
    start = Node(None, 1, 1)
    if len(documents) > 1:
        findings.error(documents[1], "this file holds one document; remove the '---'")
    root = as_map(documents[0], "the file", findings) if documents else None
    root = root or Node({}, start.line, start.column)
    check_keys(root, TREE_KEYS, "setting of a topic tree", findings)
    topics = as_map(root.get("topics"), "topics", findings)
    if findings.errors == 0 and (topics is None or not topics.value):
        findings.error(topics or root, "there are no topics; write 'topics:' with a name and a description for each")
    leaves = tuple(_leaves(topics, (), findings)) if topics else ()
    _bounded(leaves, topics or root, findings)
    return TopicTree(findings.file, leaves, text_of(root.get("labelled"), "labelled", findings))


def _leaves(group: Node, above: tuple[str, ...], findings: Findings) -> Iterator[Topic]:
    for name, where, value in group.items():
        steps = (*above, name)
        if not NAME.match(name):
            findings.error(
                where, f"'{show(name)}' cannot name a topic; use lower-case letters, digits and -, at most 60"
            )
        elif len(steps) > MOST_STEPS:
            findings.error(where, f"topics are nested at most {MOST_STEPS} deep")
        elif value.is_map and not any(key in value.value for key in LEAF_KEYS):
            if not value.value:
                findings.error(value, f"topic '{name}' is empty; give it a description, or topics below it")
            yield from _leaves(value, steps, findings)
        else:
            topic = _leaf("/".join(steps), where, value, findings)
            if topic is not None:
                yield topic


def _leaf(path: str, where: Node, value: Node, findings: Findings) -> Topic | None:
    given, examples = value, None
    if value.is_map:
        check_keys(value, LEAF_KEYS, "setting of a topic", findings)
        given, examples = value.get("description") or Node(None, value.line, value.column), value.get("examples")
    if given.value is None:
        findings.error(where, f"topic '{path}' needs a description: what people talk about, in a sentence")
        return None
    if given.is_list:
        guess = nearest(path.rsplit("/", 1)[-1], LEAF_KEYS)
        hint = f"; did you mean '{guess}'?" if guess else ""
        findings.error(given, f"the description of '{path}' must be text, not a list{hint}")
        return None
    description = _phrase(given, f"the description of '{path}'", findings)
    phrases = _examples(path, examples, findings)
    return Topic(path, description, phrases, where.line) if description else None


def _examples(path: str, node: Node | None, findings: Findings) -> tuple[str, ...]:
    if node is None:
        return ()
    if not node.is_list:
        findings.error(node, f"the examples of '{path}' must be a list, not {node.kind}")
        return ()
    if len(node.value) > MOST_EXAMPLES:
        findings.error(
            node,
            f"'{path}' has {len(node.value):,} examples, more than {MOST_EXAMPLES}; put them into a file of labelled "
            "sentences and use 'heedful topics fit'",
        )
    phrases = (_phrase(one, f"an example of '{path}'", findings) for one in node.value)
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))


def _phrase(node: Node, what: str, findings: Findings) -> str | None:
    text = text_of(as_written(node), what, findings)
    if text is not None and not is_storable(text):
        findings.error(node, f"{what} has characters that are not valid Unicode")
        return None
    return text.strip() if text else None


def _bounded(leaves: tuple[Topic, ...], where: Node, findings: Findings) -> None:
    if len(leaves) > MOST_TOPICS:
        findings.error(where, f"there are {len(leaves):,} topics; at most {MOST_TOPICS:,} are allowed")
    phrases = sum(1 + len(one.examples) for one in leaves)
    if phrases > MOST_PHRASES:
        findings.error(where, f"there are {phrases:,} phrases in all; at most {MOST_PHRASES:,} are allowed")
