"""Review: what people should look at next, with the model's labels as suggestions and the reason for each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from engine.alerts.verdict import VerdictKind
from engine.reading import Reading, ReadingStatus, Standing
from engine.store.verdicts import Judged
from engine.taxonomy import TASKS, Taxonomy
from training.check import words_of
from training.data import MODEL
from training.selection import MOST_DOUBTFUL, Candidate, Key, Pick, Pool, Reason, doubts, focus_of
from training.sources import Fetched, Source

ByTask = Mapping[str, tuple[str, ...]]

# A person labels so many sentences of one record at most: those around the most doubtful one.
MOST_SENTENCES = 30
LEAST_FETCHED, FETCHED = 16, 200
DISAGREES = (VerdictKind.WRONG_LABEL, VerdictKind.NOT_ACTIONABLE)


@dataclass(frozen=True)
class ReviewRow:
    """One record to label: its sentences, what the model suggests, and why it is here.

    Parameters
    ----------
    first, total
        The place of the first sentence in the record, and how many sentences the record has.
    suggested, unsure
        For each sentence, by task, the labels that hold by the model, and those it is unsure of. Where the
        model did not read the record a sentence has no task.
    verdicts
        What people said about alerts of this record: rule, verdict, right labels and note.
    facts
        Scores, attributes, channel and unit; empty unless they were asked for.
    """

    key: Key
    first: int
    total: int
    sentences: tuple[str, ...]
    suggested: tuple[ByTask, ...]
    unsure: tuple[ByTask, ...]
    why: tuple[str, ...]
    model: str
    taxonomy: str
    verdicts: tuple[Mapping[str, Any], ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def excerpt(self) -> tuple[int, int] | None:
        """The first and last sentence, counted from 1, of a record that is not here whole; else None."""
        whole = self.total == len(self.sentences)
        return None if whole else (self.first + 1, self.first + len(self.sentences))

    def identity(self) -> dict[str, Any]:
        """Return what an import matches by: id, source, revision and, of a part, its sentences."""
        source, record, revision = self.key
        found: dict[str, Any] = {"id": record, "source": source, "revision": revision}
        return found | ({"excerpt": list(self.excerpt)} if self.excerpt else {})

    def as_dict(self) -> dict[str, Any]:
        """Return the row as labelled feedback that has no labels yet, with everything else beside it."""
        row = self.identity() | {
            "sentences": [{"text": text} for text in self.sentences],
            "boundaries": MODEL,
            "suggested": [_plain(labels) for labels in self.suggested],
            "unsure": [_plain(labels) for labels in self.unsure],
            "why": list(self.why),
        }
        if self.verdicts:
            row["verdicts"] = list(self.verdicts)
        return row | {"model": self.model, "taxonomy": self.taxonomy} | dict(self.facts)


def choose(
    source: Source,
    n: int,
    *,
    seed: int = 0,
    judged: Sequence[Judged] = (),
    without: Collection[Key] = (),
    facts: bool = False,
) -> list[ReviewRow]:
    """Return what is worth labelling next.

    Feedback whose alert was judged wrong_label or not_actionable comes first, always and in full number;
    then the `n` rows are filled by doubt and unlikeness. No two rows have the same words. The same
    readings and seed give the same rows.

    Parameters
    ----------
    judged
        Alerts with their latest verdicts; their sequence numbers must be places of the source.
    without
        Records that are left out.
    facts
        Whether rows carry scores, attributes, channel and unit.
    """
    pool = Pool(source.taxonomy, n, seed)
    for one in source.each():
        if one.key not in without:
            pool.offer(one.key, one.place, one.reading)
    rows = _Rows(source.taxonomy, pool, facts=facts)
    _add_judged(rows, source, judged, without)
    picks = pool.ranked(rows.taken)
    while len(rows.found) < n and (some := list(islice(picks, max(LEAST_FETCHED, n - len(rows.found))))):
        for pick, fetched in zip(some, source.fetch([pick.candidate.place for pick in some]), strict=True):
            if len(rows.found) < n:
                rows.add(fetched, pick)
    return list(rows.found.values())


def _add_judged(rows: _Rows, source: Source, judged: Sequence[Judged], without: Collection[Key]) -> None:
    by_place: dict[int, list[Judged]] = {}
    for one in judged:
        by_place.setdefault(one.alert.sequence, []).append(one)
    rows.verdicts = {place: tuple(_said(one) for one in some) for place, some in by_place.items()}
    disagreed = [place for place, some in by_place.items() if any(one.verdict.kind in DISAGREES for one in some)]
    for start in range(0, len(disagreed), FETCHED):
        for fetched in source.fetch(disagreed[start : start + FETCHED]):
            if fetched.key not in without:
                rows.add(fetched)


def _said(judged: Judged) -> dict[str, Any]:
    """Return what was said of an alert, without who said it."""
    verdict = judged.verdict.as_dict()
    return {"rule": judged.alert.rule} | {name: verdict[name] for name in ("verdict", "labels", "note")}


class _Rows:
    """The rows so far, by their words."""

    def __init__(self, taxonomy: Taxonomy, pool: Pool, *, facts: bool) -> None:
        self.found: dict[str, ReviewRow] = {}
        self.taken: list[Candidate] = []
        self.verdicts: dict[int, tuple[Mapping[str, Any], ...]] = {}
        self._taxonomy = taxonomy
        self._pool = pool
        self._facts = facts

    def add(self, fetched: Fetched, pick: Pick | None = None) -> None:
        """Add a row, unless its words are here: then only the verdicts are added to it."""
        verdicts = self.verdicts.get(fetched.place, ())
        why = [f"an alert of rule {one['rule']} was judged {one['verdict']}" for one in verdicts]
        reading = fetched.reading
        if pick is not None:
            why.append(self._why(pick, reading))
        row = _row(fetched, self._taxonomy, tuple(why), verdicts, facts=self._facts)
        words = words_of(" ".join(row.sentences))
        if not words.strip():
            return
        before = self.found.get(words)
        if before is None:
            self.found[words] = row
        elif pick is None:
            self.found[words] = _with_verdicts(before, row)
        if pick is None and reading.n_sentences:
            self.taken.append(self._pool.candidate(fetched.key, fetched.place, reading))

    def _why(self, pick: Pick, reading: Reading) -> str:
        if pick.reason is Reason.UNLIKE:
            return f"unlike the others (nearest {pick.nearest:.2f})"
        said = _doubted(reading, self._pool)
        return f"in doubt: {', '.join(said)}" if said else "in doubt when it was first read"


def _with_verdicts(row: ReviewRow, other: ReviewRow) -> ReviewRow:
    why = tuple(dict.fromkeys((*row.why, *other.why)))
    return ReviewRow(**(vars(row) | {"why": why, "verdicts": row.verdicts + other.verdicts}))


def _doubted(reading: Reading, pool: Pool) -> list[str]:
    """Return the labels that were doubted most, each with the confidence in the sentence of the doubt."""
    found = doubts(reading)
    if not found.size:
        return []
    columns = reading.taxonomy.columns
    weights = dict(zip(pool.taxonomy.columns, pool.weights.tolist(), strict=True))
    highest = found.max(axis=0) * np.array([weights.get(column, 0.0) for column in columns])
    most = [column for column in np.argsort(-highest, kind="stable")[:MOST_DOUBTFUL].tolist() if highest[column] > 0]
    rows = found.argmax(axis=0)
    return [f"{' '.join(columns[column])} {reading.confidence[rows[column], column]:.2f}" for column in most]


def _row(
    fetched: Fetched,
    taxonomy: Taxonomy,
    why: tuple[str, ...],
    verdicts: tuple[Mapping[str, Any], ...],
    *,
    facts: bool,
) -> ReviewRow:
    reading, parts = fetched.reading, fetched.feedback.parts
    if reading.status is ReadingStatus.READ and reading.n_sentences:
        total = reading.n_sentences
        first = max(0, min(focus_of(reading) - MOST_SENTENCES // 2, total - MOST_SENTENCES))
        rows = range(first, min(total, first + MOST_SENTENCES))
        texts = [parts[part].text[start:end] for part, start, end in reading.spans[rows.start : rows.stop].tolist()]
        suggested = [_labels(reading, row, Standing.HOLDS, taxonomy) for row in rows]
        unsure = [_labels(reading, row, Standing.UNSURE, taxonomy) for row in rows]
    else:
        spoken = [part.text.strip() for part in parts if part.speaker == "customer" and part.text.strip()]
        first, total, texts = 0, len(spoken), spoken[:MOST_SENTENCES]
        suggested = unsure = [{} for _ in texts]
    return ReviewRow(
        key=fetched.key,
        first=first,
        total=total,
        sentences=tuple(texts),
        suggested=tuple(suggested),
        unsure=tuple(unsure),
        why=why,
        model=reading.model,
        taxonomy=taxonomy.version,
        verdicts=verdicts,
        facts=dict(_facts(fetched)) if facts else {},
    )


def _labels(reading: Reading, row: int, standing: Standing, taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    """Return by task the labels that stand so in a sentence and are in the trees."""
    found: dict[str, list[str]] = {task: [] for task in TASKS}
    for column in np.flatnonzero(reading.standing[row] == standing).tolist():
        task, leaf = reading.taxonomy.columns[column]
        if (task, leaf) in taxonomy.columns:
            found[task].append(leaf)
    return {task: tuple(names) for task, names in found.items()}


def _facts(fetched: Fetched) -> Iterator[tuple[str, Any]]:
    record = fetched.feedback.as_dict()
    for name in ("scores", "attributes", "channel", "unit"):
        if name in record:
            yield name, record[name]


def _plain(labels: ByTask) -> dict[str, list[str]]:
    return {task: list(names) for task, names in labels.items()}
