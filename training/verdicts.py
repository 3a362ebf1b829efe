"""Labels for free: what verdicts on alerts say about their feedback.

A verdict wrong_label gives all labels of the whole record in the tasks it names. A verdict right confirms the labels
on which the rule held, in the sentences that were their evidence, and says nothing of any other label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.alerts.verdict import Verdict, VerdictKind
from engine.decision import Stored
from engine.errors import NotFoundError
from engine.phrase_book import PhraseBook
from engine.rules.grounds import Ground, grounds
from engine.store.store import Store
from engine.store.verdicts import Judged
from engine.taxonomy import TASKS, Taxonomy
from training.data import MODEL
from training.datasets import VERDICTS

CHUNK = 200
# Sentences around the evidence, so that it is read in its context.
AROUND = 2


@dataclass
class FromVerdicts:
    """Labelled rows out of verdicts, and why the other verdicts gave none."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def rows_from_verdicts(store: Store, taxonomy: Taxonomy) -> FromVerdicts:
    """Return what the latest verdicts of a store say about labels, one row a record.

    Where one alert of a record was judged right and another wrong_label, what wrong_label says of a task
    counts; of two wrong_label the later. Labels that are not in the trees any more are left out.
    """
    made = FromVerdicts()
    by_place: dict[int, list[Judged]] = {}
    for one in store.verdicts.latest():
        if one.verdict.kind in (VerdictKind.RIGHT, VerdictKind.WRONG_LABEL):
            by_place.setdefault(one.alert.sequence, []).append(one)
        else:
            made.left_out[f"judged {one.verdict.kind}"] += 1
    book = PhraseBook(store.phrases)
    places = list(by_place)
    for start in range(0, len(places), CHUNK):
        for stored in store.records.at(places[start : start + CHUNK]):
            _add(made, store, book, stored, by_place[stored.decision.sequence], taxonomy)
    return made


def _add(
    made: FromVerdicts, store: Store, book: PhraseBook, stored: Stored, judged: Sequence[Judged], taxonomy: Taxonomy
) -> None:
    told = _told([one.verdict for one in judged if one.verdict.kind is VerdictKind.WRONG_LABEL], taxonomy, made)
    confirmed: list[Ground] = []
    for one in judged:
        if one.verdict.kind is VerdictKind.RIGHT:
            confirmed += _confirmed(store, book, stored, one, taxonomy, made)
    against = [ground for ground in confirmed if ground.task in told]
    for ground in against:
        if ground.label not in told[ground.task]:
            made.conflicts.append(
                f"{stored.feedback.source}/{stored.feedback.id}: one alert was right about {ground.task} "
                f"{ground.label}, another was judged wrong_label with {', '.join(told[ground.task]) or 'none'}; "
                "wrong_label counts"
            )
    confirmed = [ground for ground in confirmed if ground.task not in told]
    if not stored.feedback.text.strip():
        made.left_out["records without words"] += 1
    elif told:
        made.rows.append(_whole(stored, told, confirmed))
    elif confirmed:
        made.rows.append(_evidence(stored, confirmed))


def _told(verdicts: Sequence[Verdict], taxonomy: Taxonomy, made: FromVerdicts) -> dict[str, list[str]]:
    """Return the labels by task, the latest word on each task."""
    told: dict[str, list[str]] = {}
    for verdict in sorted(verdicts, key=lambda one: one.at):
        for task, names in (verdict.labels or {}).items():
            if any(taxonomy.column(task, name) is None for name in names):
                made.left_out["labels that are not in the trees"] += 1
            else:
                told[task] = list(names)
    return {task: told[task] for task in TASKS if task in told}


def _confirmed(
    store: Store, book: PhraseBook, stored: Stored, judged: Judged, taxonomy: Taxonomy, made: FromVerdicts
) -> Iterator[Ground]:
    """Yield the labels on which the judged alert's rule held."""
    try:
        rules = store.versions.ruleset(stored.decision.ruleset)
    except NotFoundError:
        made.left_out["rules that have changed since"] += 1
        return
    rule = next((rule for rule in rules.rules if rule.slug == judged.alert.rule), None)
    if rule is None or rule.version != judged.alert.rule_version:
        made.left_out["rules that have changed since"] += 1
        return
    found = grounds(rule.when, book.case(rules, stored.feedback, stored.decision.reading))
    if not found:
        made.left_out["rules that go by no label"] += 1
    of_customer = stored.decision.reading.of_customer(stored.feedback.parts)
    for ground in found:
        if not of_customer[ground.sentence]:
            made.left_out["labels of what the customer did not say"] += 1
        elif taxonomy.column(ground.task, ground.label) is None:
            made.left_out["labels that are not in the trees"] += 1
        else:
            yield ground


def _identity(stored: Stored) -> dict[str, Any]:
    feedback = stored.feedback
    return {"id": feedback.id, "source": feedback.source, "revision": stored.decision.revision}


def _whole(stored: Stored, told: dict[str, list[str]], confirmed: Sequence[Ground]) -> dict[str, Any]:
    """Return the record with the labels of its whole text; of confirmed tasks only the named labels were judged."""
    labels = dict(told)
    for ground in confirmed:
        if ground.label not in labels.setdefault(ground.task, []):
            labels[ground.task].append(ground.label)
    partial = [task for task in TASKS if task in labels and task not in told]
    row = _identity(stored) | {"text": stored.feedback.text, "labels": labels}
    return row | ({"partial": partial} if partial else {}) | {"origin": VERDICTS}


def _evidence(stored: Stored, confirmed: Sequence[Ground]) -> dict[str, Any]:
    """Return the sentences that were evidence, with those around them."""
    reading, parts = stored.decision.reading, stored.feedback.parts
    own = np.flatnonzero(reading.of_customer(parts)).tolist()
    places = [own.index(ground.sentence) for ground in confirmed]
    rows = {row for place in places for row in own[max(0, place - AROUND) : place + AROUND + 1]}
    sentences = []
    for row in sorted(rows):
        part, start, end = reading.spans[row].tolist()
        labels: dict[str, list[str]] = {}
        for ground in confirmed:
            if ground.sentence == row and ground.label not in labels.setdefault(ground.task, []):
                labels[ground.task].append(ground.label)
        sentences.append({"text": parts[part].text[start:end]} | labels)
    partial = [task for task in TASKS if any(ground.task == task for ground in confirmed)]
    made = _identity(stored) | {"sentences": sentences, "boundaries": MODEL, "partial": partial}
    return made | {"origin": VERDICTS}
