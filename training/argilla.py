"""Argilla: every sentence as a record with its text around it, the questions, and what comes back.

The files are those of Argilla 2: settings for ``rg.Settings.from_json`` and records for
``dataset.records.from_json``; what comes back is what ``dataset.records.to_json`` writes.

References
----------
https://docs.argilla.io/latest/how_to_guides/import_export and https://docs.argilla.io/latest/how_to_guides/record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import DataError
from engine.taxonomy import TASKS, Taxonomy
from training.annotations import NONE, Annotation, ByTask, Checker, Problems, Subject, subject_of
from training.check import Place
from training.data import join
from training.review import ReviewRow

COMPLETED, SUBMITTED = "completed", "submitted"


def settings_of(taxonomy: Taxonomy) -> dict[str, Any]:
    """Return the settings of a dataset: two texts, one question a task, and no limit on metadata."""
    return {
        "guidelines": (
            "Label the sentence, read in its text. Choose every label that holds, or "
            f"'{NONE}'. What cannot be told is left open: discard the record."
        ),
        "fields": [_field("sentence", "The sentence"), _field("text", "The text around it")],
        "questions": [_question(task, taxonomy) for task in TASKS],
        "metadata": [],
        "vectors": [],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }


def _field(name: str, title: str) -> dict[str, Any]:
    return {"name": name, "title": title, "required": True, "settings": {"type": "text", "use_markdown": False}}


def _question(task: str, taxonomy: Taxonomy) -> dict[str, Any]:
    options = [{"value": leaf, "text": leaf} for leaf in (*taxonomy.leaves[task], NONE)]
    settings = {
        "type": "multi_label_selection",
        "options": options,
        "visible_options": None,
        "options_order": "suggestion",
    }
    return {"name": task, "title": task, "description": None, "required": True, "settings": settings}


def records_of(rows: Sequence[ReviewRow]) -> list[dict[str, Any]]:
    """Return the records to log, one a sentence, each with the model's labels as suggestions."""
    return [record for row in rows for record in _records(row)]


def _records(row: ReviewRow) -> Iterator[dict[str, Any]]:
    text, spans = join(row.sentences)
    source, name, revision = row.key
    metadata: dict[str, Any] = {"source": source, "feedback": name, "revision": revision}
    if row.excerpt:
        metadata |= {"first": row.excerpt[0], "last": row.excerpt[1]}
    metadata |= {"spans": " ".join(f"{start}:{end}" for start, end in spans), "model": row.model}
    metadata |= {"why": "; ".join(row.why)} | _flat(row.facts)
    for number, sentence in enumerate(row.sentences):
        yield {
            "id": f"{source}/{name}/{revision}/{row.first + number + 1}",
            "fields": {"sentence": sentence, "text": text},
            "metadata": metadata | {"sentence": number},
            "suggestions": {
                task: {"value": list(leaves) or [NONE], "score": None, "agent": row.model}
                for task, leaves in row.suggested[number].items()
            },
            "responses": {},
            "vectors": {},
        }


def _flat(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as metadata, which holds no objects: ``scores_nps``."""
    found: dict[str, Any] = {}
    for name, value in facts.items():
        found |= {f"{name}_{key}": one for key, one in value.items()} if isinstance(value, Mapping) else {name: value}
    return found


def _nested(metadata: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in metadata.items():
        group, _, key = name.partition("_")
        if group in ("scores", "attributes") and key:
            found.setdefault(group, {})[key] = value
        elif name in ("channel", "unit"):
            found[name] = value
    return found


def annotations_of(records: Sequence[tuple[Place, Any]], taxonomy: Taxonomy) -> list[Annotation]:
    """Return what was labelled, from the records of an export.

    Only completed records count, and of their responses those that were submitted, where the export says
    so. The sentences of a record that were not labelled stay in it, not judged.

    Raises
    ------
    DataError
        With every record that does not fit, all at once.
    """
    problems = Problems()
    checker = Checker(taxonomy, problems)
    sentences: dict[tuple[Subject, str], dict[int, _Sentence]] = {}
    for place, record in records:
        try:
            for one in _answers(record, place, checker):
                sentences.setdefault((one.subject, one.by), {})[one.number] = one
        except DataError as problem:
            problems.found.append(str(problem))
        except (KeyError, TypeError, AttributeError, ValueError):
            problems.add(place, "this is not a record that Heedful exported; write it with dataset.records.to_json")
    problems.refuse()
    return [_annotation(subject, by, found) for (subject, by), found in sentences.items()]


class _Sentence:
    """One person's answers about one sentence."""

    def __init__(self, place: Place, record: Mapping[str, Any], by: str, suggested: ByTask) -> None:
        metadata = record["metadata"]
        first, last = metadata.get("first"), metadata.get("last")
        given = {"id": metadata["feedback"], "source": metadata["source"], "revision": metadata["revision"]}
        self.subject = subject_of(given | ({"excerpt": [first, last]} if first and last else {}), place)
        pairs = (span.split(":") for span in metadata["spans"].split())
        self.texts = tuple(record["fields"]["text"][int(start) : int(end)] for start, end in pairs)
        self.number: int = metadata["sentence"]
        if self.texts[self.number] != record["fields"]["sentence"]:
            raise DataError(f"{place}: the sentence is not the one that was exported")
        self.place, self.by, self.suggested = place, by, suggested
        self.labels: ByTask = {}
        self.model: str | None = metadata.get("model")
        self.facts = _nested(metadata)


def _answers(record: Mapping[str, Any], place: Place, checker: Checker) -> Iterator[_Sentence]:
    if record.get("status", COMPLETED) != COMPLETED:
        return
    given: dict[str, dict[str, Any]] = {}
    for task, responses in (record.get("responses") or {}).items():
        for response in responses if task in TASKS else ():
            if response.get("status", SUBMITTED) == SUBMITTED:
                given.setdefault(str(response["user_id"]), {})[task] = response["value"]
    told = record.get("suggestions") or {}
    suggested = checker.known({task: one["value"] for task, one in told.items() if one})
    for by, answers in given.items():
        one = _Sentence(place, record, by, suggested)
        one.labels = checker.by_task(answers, place, one.subject)
        yield one


def _annotation(subject: Subject, by: str, found: Mapping[int, _Sentence]) -> Annotation:
    one = found[min(found)]
    rows = range(len(one.texts))
    return Annotation(
        place=one.place,
        subject=subject,
        by=by,
        sentences=one.texts,
        labels=tuple(found[row].labels if row in found else {} for row in rows),
        suggested=tuple(found[row].suggested if row in found else {} for row in rows),
        model=one.model,
        facts=one.facts,
    )
