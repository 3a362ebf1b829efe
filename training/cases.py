"""Behavioural cases: YAML files that say what a reader has to make of a text, and of the same text changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.errors import ConfigError, Located
from engine.fields import as_map, check_keys, choice_of, number_of, text_of
from engine.located import Findings, Node, StopReadingError, parse
from engine.names import show, unknown
from engine.program_files import SLUG, read_text
from engine.reading import ReadingStatus
from engine.taxonomy import TASKS, Taxonomy
from training.expectations import AnyOf, Expectation, HasStatus, Holds, Keeps, Label, Lowers, Raises, Same

ASIDE = "_"
WITHIN = 0.1
BY = 0.1
MOST_CHARACTERS = 20_000
FILE_KEYS = ("capability", "cases")


class Kind(StrEnum):
    """The three kinds of CheckList's tests."""

    MFT = "MFT"
    INV = "INV"
    DIR = "DIR"


KEYS = {
    Kind.MFT: ("id", "text", "status", "holds", "any_of", "not"),
    Kind.INV: ("id", "text", "variants", "same", "within"),
    Kind.DIR: ("id", "text", "then", "raises", "lowers", "keeps", "by", "within"),
}


@dataclass(frozen=True)
class Case:
    """What is expected of one text.

    Parameters
    ----------
    id
        Its name, one in the whole folder.
    capability
        What it tests, such as ``negation``.
    kind
        MFT: one text and what holds for it. INV: variants that read the same. DIR: a second text whose labels move.
    texts
        The case's own text, then its variants or the second text.
    expectations
        All of them have to be met.
    """

    id: str
    capability: str
    kind: Kind
    texts: tuple[str, ...]
    expectations: tuple[Expectation, ...]


def load_cases(folder: Path, taxonomy: Taxonomy) -> list[Case]:
    """Load the cases of a folder's ``*.yaml``; files whose names begin with ``_`` are left aside.

    Raises
    ------
    ConfigError
        With every error of every file, or if there are no cases.
    """
    cases: dict[str, Case] = {}
    found: list[Located] = []
    for path in sorted(folder.glob("*.yaml")):
        if not path.name.startswith(ASIDE):
            findings = Findings(str(path))
            with suppress(StopReadingError):
                _load_file(read_text(path), _Loader(taxonomy, findings), cases)
            found += findings.found
    if not found and not cases:
        found.append(Located(str(folder), 1, 1, "there are no behavioural cases here; name a folder with *.yaml files"))
    if found:
        raise ConfigError(found)
    return list(cases.values())


def _load_file(text: str, loader: _Loader, cases: dict[str, Case]) -> None:
    findings = loader.findings
    for number, document in enumerate(parse(text, findings)):
        if number:
            findings.error(document, "one document a file: put these cases into a file of their own")
        if as_map(document, "a file of cases", findings) is None:
            continue
        check_keys(document, FILE_KEYS, "word", findings)
        capability = text_of(_required(document, "capability", findings), "capability", findings, most=100)
        entries = _required(document, "cases", findings)
        for node in _list(entries, "cases", findings):
            case = loader.load(node, capability or "")
            if case is not None and case.id in cases:
                findings.error(node, f"there is another case '{case.id}'; give this one another id")
            elif case is not None:
                cases[case.id] = case


@dataclass(frozen=True)
class _Loader:
    taxonomy: Taxonomy
    findings: Findings

    def load(self, node: Node, capability: str) -> Case | None:
        if as_map(node, "a case", self.findings) is None:
            return None
        before = self.findings.errors
        kind = _kind(node)
        check_keys(node, KEYS[kind], f"word of a case of kind {kind}", self.findings)
        name = self._id(node)
        texts = [self._text(_required(node, "text", self.findings), "text")]
        if kind is Kind.INV:
            texts += [self._text(entry, "a variant") for entry in self._entries(node, "variants", required=True)]
        elif kind is Kind.DIR:
            texts.append(self._text(_required(node, "then", self.findings), "then"))
        expectations = tuple(self._expectations(node))
        if self.findings.errors == before and len(expectations) < 2 and "status" not in node.value:
            self.findings.error(node, f"the case expects nothing; it may have {', '.join(KEYS[kind][2:])}")
        if self.findings.errors > before or name is None:
            return None
        return Case(name, capability, kind, tuple(text for text in texts if text is not None), expectations)

    def _expectations(self, node: Node) -> Iterator[Expectation]:
        wanted = choice_of(node.get("status"), "status", [status.value for status in ReadingStatus], self.findings)
        yield HasStatus(ReadingStatus(wanted or ReadingStatus.READ))
        by = self._step(node, "by", BY)
        within = self._step(node, "within", WITHIN)
        yield from (Holds(label) for label in self._labels(node, "holds"))
        yield from (Holds(label, wanted=False) for label in self._labels(node, "not"))
        either = self._labels(node, "any_of")
        if either:
            yield AnyOf(either)
        yield from (Same(label, within) for label in self._labels(node, "same"))
        yield from (Raises(label, by) for label in self._labels(node, "raises"))
        yield from (Lowers(label, by) for label in self._labels(node, "lowers"))
        yield from (Keeps(label, within) for label in self._labels(node, "keeps"))

    def _id(self, node: Node) -> str | None:
        named = _required(node, "id", self.findings)
        if named is not None and not (isinstance(named.value, str) and SLUG.match(named.value)):
            self.findings.error(named, "an id has lower-case letters, digits and - only, at most 100")
            return None
        return named.value if named is not None else None

    def _text(self, node: Node | None, what: str) -> str | None:
        return text_of(node, what, self.findings, most=MOST_CHARACTERS)

    def _step(self, node: Node, key: str, default: float) -> float:
        step = number_of(node.get(key), key, self.findings)
        if step is None:
            return default
        if not 0 <= step <= 1:
            self.findings.error(node.value[key][1], f"{key} is a difference of confidences, 0 to 1")
        return step

    def _entries(self, node: Node, key: str, *, required: bool = False) -> Sequence[Node]:
        found = _required(node, key, self.findings) if required else node.get(key)
        return _list(found, key, self.findings)

    def _labels(self, node: Node, key: str) -> tuple[Label, ...]:
        labels = (self._label(entry) for entry in self._entries(node, key))
        return tuple(label for label in labels if label is not None)

    def _label(self, node: Node) -> Label | None:
        if not isinstance(node.value, str):
            self.findings.error(node, f"a label is written task:path, such as intent:churn, not {node.kind}")
            return None
        task, colon, path = node.value.partition(":")
        if not colon or task not in TASKS:
            message = f"'{show(node.value)}' names no task; write one of {', '.join(f'{task}:...' for task in TASKS)}"
            self.findings.error(node, message)
            return None
        if path not in self.taxonomy.nodes(task):
            self.findings.error(node, unknown(f"{task} label", path, self.taxonomy.nodes(task)))
            return None
        return Label(node.value, self.taxonomy.columns_under(task, path))


def _kind(node: Node) -> Kind:
    if "variants" in node.value or "same" in node.value:
        return Kind.INV
    moving = {"then", "raises", "lowers", "keeps"} & set(node.value)
    return Kind.DIR if moving else Kind.MFT


def _required(node: Node, key: str, findings: Findings) -> Node | None:
    found = node.get(key)
    if found is None:
        findings.error(node, f"'{key}' is missing")
    return found


def _list(node: Node | None, key: str, findings: Findings) -> Sequence[Node]:
    """Return the entries of a list that is there; one that is empty or no list is reported."""
    if node is None:
        return ()
    if not node.is_list or not node.value:
        findings.error(node, f"'{key}' must be a list with something in it")
        return ()
    entries: Sequence[Node] = node.value
    return entries
