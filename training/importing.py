"""Labels that come back, from files and from verdicts: read, made one, and written as a new version of a data set."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.errors import DataError
from engine.names import is_storable
from engine.store.store import Store
from engine.taxonomy import Taxonomy
from training import argilla, label_studio
from training.annotations import Annotation, Checker, Conflict, Problems, changes, merged, subject_of
from training.check import Place
from training.data import MODEL, refuse_benchmarks
from training.datasets import Outcome, Update, add, imported_as, sha256_of, versions
from training.verdicts import rows_from_verdicts

_BLANK = " \t\r\n"


class Format(StrEnum):
    """Who the file is for, or from."""

    JSONL = "jsonl"
    LABEL_STUDIO = "label-studio"
    ARGILLA = "argilla"


@dataclass(frozen=True)
class FileImport:
    """What an import of a file did.

    Parameters
    ----------
    unlabelled
        Rows of the file in which nothing was judged; they are left out.
    shown, changed
        Suggestions that were judged, one a sentence and task, and how many of them were changed.
    models
        Whose suggestions they were.
    """

    outcome: Outcome
    conflicts: Sequence[Conflict] = ()
    unlabelled: int = 0
    shown: int = 0
    changed: int = 0
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerdictImport:
    """What an import of verdicts did; `left_out` counts verdicts that gave no labels, by the reason."""

    outcome: Outcome
    conflicts: Sequence[str]
    left_out: Mapping[str, int]


def import_file(
    path: Path, folder: Path, taxonomy: Taxonomy, form: Format | None = None, *, now: str, by: str
) -> FileImport:
    """Bring the labels of a file into a data set, as its next version.

    Raises
    ------
    DataError
        With everything that does not fit in the file, or if the data set cannot be written; nothing is written then.
    """
    source = {"file": path.name, "sha256": sha256_of(path)}
    before = imported_as(versions(folder), source["sha256"])
    if before is not None:
        return FileImport(Outcome(before, written=False))
    annotations, form = read_annotations(path, taxonomy, form)
    made, conflicts = merged(annotations)
    if not made:
        raise DataError(f"{path} has no labels: nobody judged anything in it")
    shown, changed = changes(annotations)
    models = tuple(sorted({one.model for one in annotations if one.model}))
    unlabelled = sum(not one.judged for one in annotations)
    facts = {
        "taxonomy": taxonomy.version,
        "unlabelled": unlabelled,
        "suggestions": {"models": list(models), "shown": shown, "changed": changed},
        "conflicts": [conflict.as_dict() for conflict in conflicts],
    }
    update = Update([one.row(str(form)) for one in made], source | {"format": str(form)}, facts)
    return FileImport(add(folder, update, now, by), conflicts, unlabelled, shown, changed, models)


def import_verdicts(store: Store, folder: Path, taxonomy: Taxonomy, *, now: str, by: str) -> VerdictImport:
    """Bring what the verdicts of a store say about labels into a data set, as its next version.

    Raises
    ------
    DataError
        If the data set cannot be written.
    """
    found = rows_from_verdicts(store, taxonomy)
    digest = hashlib.sha256(json.dumps(found.rows, sort_keys=True).encode()).hexdigest()
    source = {"verdicts": store.database.safe_url, "sha256": digest}
    facts = {"taxonomy": taxonomy.version, "conflicts": found.conflicts, "left_out": dict(found.left_out)}
    return VerdictImport(add(folder, Update(found.rows, source, facts), now, by), found.conflicts, found.left_out)


def read_annotations(path: Path, taxonomy: Taxonomy, form: Format | None = None) -> tuple[list[Annotation], Format]:
    """Return what people labelled, and the form of the file; without one it is told from the content.

    Raises
    ------
    DataError
        With file and line of everything that does not fit.
    """
    refuse_benchmarks(path)
    text = _text(path)
    form = form or _form(text)
    if form is Format.JSONL:
        found = _of_lines(path, text, taxonomy)
    else:
        read = label_studio.annotations_of if form is Format.LABEL_STUDIO else argilla.annotations_of
        found = read(list(_items(path, text)), taxonomy)
    problems = Problems()
    for one in found:
        if not all(map(is_storable, one.sentences)):
            problems.add(one.place, "the text has a NUL or half a surrogate pair; save the file as UTF-8")
    problems.refuse()
    return found, form


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise DataError(f"{path} is not UTF-8; save it as UTF-8") from problem


def _form(text: str) -> Format:
    """Return the form of a file: lists come from tools, and only Argilla's records have fields and no annotations."""
    if not text.lstrip().startswith("["):
        return Format.JSONL
    return Format.ARGILLA if '"fields"' in text and '"annotations"' not in text else Format.LABEL_STUDIO


def _items(path: Path, text: str) -> Iterator[tuple[Place, Any]]:
    """Yield the values of a JSON list, each with the line it begins on.

    Raises
    ------
    DataError
        If the text is not a JSON list.
    """
    decoder = json.JSONDecoder()
    at = _after_blanks(text, 0)
    if text[at : at + 1] != "[":
        raise DataError(f"{path}:1: this must be a JSON list, as the tool exports it")
    line, counted, at = 1, 0, _after_blanks(text, at + 1)
    while text[at : at + 1] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as problem:
            raise DataError(f"{path}:{line}: this is not valid JSON") from problem
        yield Place(str(path), line), item
        at = _after_blanks(text, at)
        if text[at : at + 1] == ",":
            at = _after_blanks(text, at + 1)
        elif text[at : at + 1] != "]":
            raise DataError(f"{path}:{line}: the list ends in the middle; export it again")


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _of_lines(path: Path, text: str, taxonomy: Taxonomy) -> list[Annotation]:
    problems = Problems()
    checker = Checker(taxonomy, problems)
    found: list[Annotation] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = Place(str(path), number)
        try:
            found.append(_of_row(json.loads(line), place, checker))
        except DataError as problem:
            problems.found.append(str(problem))
        except (ValueError, RecursionError):
            problems.add(place, "this line is not valid JSON")
        except (KeyError, TypeError, AttributeError):
            problems.add(place, "a record needs id, and text or sentences with text")
    problems.refuse()
    return found


def _of_row(row: Mapping[str, Any], place: Place, checker: Checker) -> Annotation:
    whole = "sentences" not in row
    given = [row] if whole else row["sentences"]
    texts = tuple(one["text"] for one in given)
    if not texts or not all(isinstance(text, str) for text in texts):
        raise DataError(f"{place}: a record needs id, and text or sentences with text")
    labels = [row.get("labels", {})] if whole else given
    if not all(isinstance(one, Mapping) for one in labels):
        raise DataError(f'{place}: labels must be an object by task, such as {{"intent": ["praise"]}}')
    subject = subject_of(row, place)
    suggested = tuple(checker.known(one) for one in row.get("suggested", []))
    return Annotation(
        place=place,
        subject=subject,
        by=str(row.get("by") or f"line {place.line}"),
        sentences=texts,
        labels=tuple(checker.by_task(one, place, subject) for one in labels),
        whole=whole,
        bounded=row.get("boundaries") != MODEL,
        suggested=suggested if len(suggested) == len(texts) else (),
        model=row.get("model"),
        facts={name: row[name] for name in ("scores", "attributes", "channel", "unit") if name in row},
    )
