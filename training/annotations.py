"""Annotations: what people labelled, checked against the trees, and made one where several labelled the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import DataError
from engine.names import is_storable, show
from engine.taxonomy import TASKS, Taxonomy
from training.check import Place
from training.data import MODEL, Labels

ByTask = Mapping[str, tuple[str, ...]]
MOST_SHOWN = 100
# How the tools' forms say that no label of a task holds: nothing chosen means not judged.
NONE = "none of these"


@dataclass(frozen=True)
class Subject:
    """What is labelled: a record, or the sentences of a part of it.

    Parameters
    ----------
    excerpt
        First and last sentence, counted from 1; None is the whole record.
    """

    source: str
    id: str
    revision: int
    excerpt: tuple[int, int] | None = None

    def __str__(self) -> str:
        return f"{self.source}/{show(self.id)}"


@dataclass(frozen=True)
class Annotation:
    """What one person labelled of one subject.

    Parameters
    ----------
    by
        The annotator, as the tool names them.
    sentences
        As they were labelled; of a record that was labelled whole, its text.
    labels
        For each sentence, by task, all labels that hold; a task that is absent was not judged.
    whole
        Whether the labels are those of the whole text.
    bounded
        Whether a person told the sentences apart.
    suggested
        What was suggested for each sentence; empty if that is not known.
    facts
        Scores, attributes, channel and unit, if they came along.
    """

    place: Place
    subject: Subject
    by: str
    sentences: tuple[str, ...]
    labels: tuple[ByTask, ...]
    whole: bool = False
    bounded: bool = False
    suggested: tuple[ByTask, ...] = ()
    model: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> bool:
        """Whether anything was judged at all."""
        return any(self.labels)

    def row(self, origin: str) -> dict[str, Any]:
        """Return it as labelled feedback."""
        row: dict[str, Any] = {"id": self.subject.id, "source": self.subject.source, "revision": self.subject.revision}
        if self.subject.excerpt:
            row["excerpt"] = list(self.subject.excerpt)
        plain = [{task: list(names) for task, names in labels.items()} for labels in self.labels]
        if self.whole:
            row |= {"text": self.sentences[0], "labels": plain[0]}
        else:
            row["sentences"] = [{"text": text} | given for text, given in zip(self.sentences, plain, strict=True)]
            row |= {} if self.bounded else {"boundaries": MODEL}
        return row | {"origin": origin} | dict(self.facts)


@dataclass(frozen=True)
class Conflict:
    """One sentence that was labelled two ways.

    Parameters
    ----------
    labels
        What each annotator said.
    resolved
        ``majority``, or ``left out``: then the task of that sentence is not judged.
    """

    places: tuple[str, ...]
    id: str
    sentence: str
    task: str
    labels: Mapping[str, tuple[str, ...]]
    resolved: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return vars(self) | {"places": list(self.places), "labels": {by: list(n) for by, n in self.labels.items()}}


class Problems:
    """Everything that is wrong with a file, told at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, place: Place, said: object) -> None:
        """Note one."""
        self.found.append(f"{place}: {said}")

    def refuse(self) -> None:
        """Refuse the file if anything was noted.

        Raises
        ------
        DataError
            With every problem, each with its file and line.
        """
        more = len(self.found) - MOST_SHOWN
        if self.found:
            raise DataError("\n".join(self.found[:MOST_SHOWN]) + (f"\nand {more:,} more" if more > 0 else ""))


class Checker:
    """Checks names against the trees, and notes what does not fit.

    Parameters
    ----------
    problems
        Where mistakes are noted.
    """

    def __init__(self, taxonomy: Taxonomy, problems: Problems) -> None:
        self.taxonomy = taxonomy
        self.problems = problems
        self._labels = Labels(taxonomy)

    def leaves(self, task: str, names: Any, place: Place, subject: Subject) -> tuple[str, ...]:
        """Return the paths of some labels, in the order of the trees; `NONE` beside a label counts for nothing."""
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.problems.add(place, f"{subject}: {task} must be a list of labels; write [] where none holds")
            return ()
        columns = set()
        for name in names:
            if name.strip() == NONE:
                continue
            try:
                columns.add(self._labels.column(task, name.strip()))
            except DataError as problem:
                self.problems.add(place, f"{subject}: {problem}")
        return tuple(self.taxonomy.columns[column][1] for column in sorted(columns))

    def by_task(self, given: Mapping[str, Any], place: Place, subject: Subject) -> dict[str, tuple[str, ...]]:
        """Return the checked labels of every task that was judged; None is not judged."""
        return {t: self.leaves(t, given[t], place, subject) for t in TASKS if given.get(t) is not None}

    def known(self, given: Any) -> ByTask:
        """Return suggestions without those that are not in the trees any more."""
        if not isinstance(given, Mapping):
            return {}
        found = {}
        for task in TASKS:
            if isinstance(names := given.get(task), list):
                columns = [self.taxonomy.column(task, name) for name in names if isinstance(name, str)]
                found[task] = tuple(self.taxonomy.columns[column][1] for column in columns if column is not None)
        return found


def subject_of(given: Mapping[str, Any], place: Place) -> Subject:
    """Return which record a row is about; source ``default`` and revision 1 where it does not say.

    Raises
    ------
    DataError
        If it has no id, or what it has is not one that Heedful gave.
    """
    record, source, revision = given.get("id"), given.get("source", "default"), given.get("revision", 1)
    if not isinstance(record, str | int) or isinstance(record, bool) or not str(record):
        raise DataError(f"{place}: the record has no id; keep id, source and revision as they were exported")
    excerpt = given.get("excerpt")
    numbers = [revision, *(excerpt or [])]
    if excerpt is not None and (not isinstance(excerpt, list) or len(excerpt) != 2):
        raise DataError(f"{place}: the excerpt must be two numbers, as it was exported")
    if not isinstance(source, str) or not all(isinstance(number, int) for number in numbers):
        raise DataError(f"{place}: source must be text and revision a number, as they were exported")
    if not is_storable(f"{record}{source}"):
        raise DataError(f"{place}: the id is not one that can be stored")
    return Subject(source, str(record), revision, tuple(excerpt) if excerpt else None)


def merged(annotations: Sequence[Annotation]) -> tuple[list[Annotation], list[Conflict]]:
    """Make the annotations of each subject one; return them and what they did not agree on.

    Of one annotator the last word counts. Where sentences were told apart in two ways, the way of most
    annotators counts, and the others' labels are left out. A label holds if most of those who judged
    its task say so; where as many say that it does not, the task of that sentence is left out.
    """
    by_subject: dict[Subject, dict[str, Annotation]] = {}
    for one in annotations:
        if one.judged:
            by_subject.setdefault(one.subject, {})[one.by] = one
    made, conflicts = [], []
    for said in by_subject.values():
        one, found = _made_one(list(said.values()))
        made.append(one)
        conflicts += found
    return made, conflicts


def _made_one(said: Sequence[Annotation]) -> tuple[Annotation, list[Conflict]]:
    ways = Counter(one.sentences for one in said)
    way = ways.most_common(1)[0][0]
    agreed = [one for one in said if one.sentences == way]
    conflicts = [_cut_otherwise(one, agreed[0]) for one in said if one.sentences != way]
    labels = []
    for row in range(len(way)):
        kept, found = _vote(agreed, row)
        labels.append(kept)
        conflicts += found
    return Annotation(**(vars(agreed[0]) | {"labels": tuple(labels)})), conflicts


def _cut_otherwise(one: Annotation, kept: Annotation) -> Conflict:
    places = (str(kept.place), str(one.place))
    return Conflict(places, one.subject.id, " ".join(one.sentences), "sentences", {}, "left out")


def _vote(said: Sequence[Annotation], row: int) -> tuple[ByTask, list[Conflict]]:
    kept: dict[str, tuple[str, ...]] = {}
    conflicts = []
    for task in TASKS:
        judged = [one for one in said if task in one.labels[row]]
        if not judged:
            continue
        ways = [one.labels[row][task] for one in judged]
        votes = Counter(name for names in ways for name in names)
        tied = any(2 * count == len(judged) for count in votes.values())
        if not tied:
            kept[task] = tuple(
                name for name in dict.fromkeys(n for names in ways for n in names) if 2 * votes[name] > len(judged)
            )
        if len(set(ways)) > 1:
            labels = {one.by: one.labels[row][task] for one in judged}
            places = tuple(dict.fromkeys(str(one.place) for one in judged))
            resolved = "left out" if tied else "majority"
            conflicts.append(Conflict(places, said[0].subject.id, said[0].sentences[row], task, labels, resolved))
    return kept, conflicts


def changes(annotations: Sequence[Annotation]) -> tuple[int, int]:
    """Return how many suggestions were judged, one a sentence and task, and how many of them were changed."""
    shown = changed = 0
    for one in annotations:
        if len(one.suggested) != len(one.labels):
            continue
        for labels, suggested in zip(one.labels, one.suggested, strict=True):
            judged = [task for task in labels if task in suggested]
            shown += len(judged)
            changed += sum(set(labels[task]) != set(suggested[task]) for task in judged)
    return shown, changed
