"""Label Studio: records as tasks with pre-annotations, the form to label them with, and what comes back.

Every sentence is a region of the text; emotion, intent and topic are chosen for each region. A task that has a tree is
a `Taxonomy`, a flat one `Choices`. Regions count characters as code points.

References
----------
https://labelstud.io/guide/predictions (tasks with predictions), https://labelstud.io/guide/task_format (what is
exported), https://labelstud.io/tags/taxonomy and https://labelstud.io/tags/choices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.errors import DataError
from engine.taxonomy import TASKS, Taxonomy
from training.annotations import NONE, Annotation, ByTask, Checker, Problems, Subject, subject_of
from training.check import Place
from training.data import join
from training.review import ReviewRow

TEXT, SENTENCE = "text", "sentence"


def config_of(taxonomy: Taxonomy) -> str:
    """Return the labelling configuration for a taxonomy, as XML."""
    view = Element("View")
    SubElement(view, "Header", value="$why", size="5")
    labels = SubElement(view, "Labels", name=SENTENCE, toName=TEXT)
    SubElement(labels, "Label", value=SENTENCE, background="#4c78a8")
    SubElement(view, "Text", name=TEXT, value=f"${TEXT}", granularity="word")
    for task in TASKS:
        form = SubElement(view, "View", visibleWhen="region-selected")
        SubElement(form, "Header", value=task, size="6")
        if _has_tree(taxonomy, task):
            control = SubElement(form, "Taxonomy", name=task, toName=TEXT, perRegion="true", leafsOnly="true")
        else:
            control = SubElement(form, "Choices", name=task, toName=TEXT, perRegion="true", choice="multiple")
        SubElement(control, "Choice", value=NONE)
        _add_leaves(control, taxonomy, task)
    indent(view)
    return tostring(view, "unicode") + "\n"


def _has_tree(taxonomy: Taxonomy, task: str) -> bool:
    return any("/" in leaf for leaf in taxonomy.leaves[task])


def _add_leaves(control: Element, taxonomy: Taxonomy, task: str) -> None:
    groups: dict[str, Element] = {"": control}
    for leaf in taxonomy.leaves[task]:
        above, _, name = leaf.rpartition("/")
        at = ""
        for step in above.split("/") if above else []:
            path = f"{at}/{step}" if at else step
            if path not in groups:
                groups[path] = SubElement(groups[at], "Choice", value=step)
            at = path
        said = taxonomy.descriptions.get(f"{task}:{leaf}")
        choice = SubElement(groups[above], "Choice", value=name)
        if said:
            choice.set("hint", said)


def tasks_of(rows: Sequence[ReviewRow], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Return rows as tasks to import, each with the model's labels as its prediction."""
    return [_task(row, taxonomy) for row in rows]


def _task(row: ReviewRow, taxonomy: Taxonomy) -> dict[str, Any]:
    text, spans = join(row.sentences)
    kept = row.as_dict()
    texts = [one["text"] for one in kept.pop("sentences")]
    data = {TEXT: text, "why": "; ".join(row.why), "record": kept | {"sentences": texts}}
    result = [
        entry
        for number, (start, end) in enumerate(spans)
        for entry in _region(f"s{number}", start, end, text, row.suggested[number], taxonomy)
    ]
    return {"data": data, "predictions": [{"model_version": row.model, "result": result}]}


def _region(
    name: str, start: int, end: int, text: str, suggested: ByTask, taxonomy: Taxonomy
) -> Iterator[dict[str, Any]]:
    where = {"start": start, "end": end, "text": text[start:end]}
    yield _result(name, SENTENCE, "labels", where | {"labels": [SENTENCE]})
    for task, leaves in suggested.items():
        names = leaves or (NONE,)
        if _has_tree(taxonomy, task):
            yield _result(name, task, "taxonomy", where | {"taxonomy": [leaf.split("/") for leaf in names]})
        else:
            yield _result(name, task, "choices", where | {"choices": list(names)})


def _result(region: str, name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": region, "from_name": name, "to_name": TEXT, "type": kind, "value": value}


def annotations_of(records: Sequence[tuple[Place, Any]], taxonomy: Taxonomy) -> list[Annotation]:
    """Return what was labelled, from the tasks of a JSON export (not JSON-MIN).

    Annotations that were skipped are passed over. A task for which nothing is chosen in a sentence is not
    judged; `NONE` says that no label holds.

    Raises
    ------
    DataError
        With every task that does not fit, all at once.
    """
    problems = Problems()
    checker = Checker(taxonomy, problems)
    found: list[Annotation] = []
    for place, task in records:
        try:
            found += _of_task(task, place, checker)
        except DataError as problem:
            problems.found.append(str(problem))
        except (KeyError, TypeError, AttributeError, ValueError):
            problems.add(place, "this is not a task that Heedful exported; export from Label Studio as JSON")
    problems.refuse()
    return found


def _of_task(task: Mapping[str, Any], place: Place, checker: Checker) -> Iterator[Annotation]:
    data, record = task["data"], task["data"]["record"]
    subject = subject_of(record, place)
    texts = record["sentences"]
    suggested = tuple(checker.known(one) for one in record.get("suggested", []))
    facts = {name: record[name] for name in ("scores", "attributes", "channel", "unit") if name in record}
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            continue
        regions = _regions(annotation["result"], data[TEXT], texts, place, subject, checker)
        spans = _spans(regions, texts)
        same = [data[TEXT][start:end] for start, end in spans] == texts
        yield Annotation(
            place=place,
            subject=subject,
            by=_person(annotation),
            sentences=tuple(data[TEXT][start:end] for start, end in spans),
            labels=tuple(regions.get(span, {}) for span in spans),
            bounded=not same,
            suggested=suggested if same else (),
            model=record.get("model"),
            facts=facts,
        )


def _person(annotation: Mapping[str, Any]) -> str:
    """Return who annotated: a number, or what an export with users says of them."""
    given = annotation.get("completed_by")
    if isinstance(given, Mapping):
        given = given.get("email") or given.get("id")
    return f"annotation {annotation.get('id')}" if given is None else str(given)


Span = tuple[int, int]


def _regions(
    result: Sequence[Mapping[str, Any]],
    text: str,
    texts: Sequence[str],
    place: Place,
    subject: Subject,
    checker: Checker,
) -> dict[Span, ByTask]:
    """Return the labels of every region by its place in the text."""
    exported = dict(zip((f"s{number}" for number in range(len(texts))), join(texts)[1], strict=True))
    where: dict[str, Span] = {}
    given: dict[str, dict[str, Any]] = {}
    for entry in result:
        name, value = entry["id"], entry["value"]
        if "start" not in value:
            continue
        if name not in where:
            where[name] = _span(value, text, exported.get(name), place)
        if entry["from_name"] in TASKS:
            chosen = value["taxonomy"] if entry["type"] == "taxonomy" else [[one] for one in value["choices"]]
            given.setdefault(name, {})[entry["from_name"]] = ["/".join(path) for path in chosen]
    spans = sorted(where.values())
    if any(second[0] < first[1] for first, second in pairwise(spans)):
        raise DataError(f"{place}: two sentences overlap; cut the text into regions that do not")
    return {span: checker.by_task(given.get(name, {}), place, subject) for name, span in where.items()}


def _span(value: Mapping[str, Any], text: str, exported: Span | None, place: Place) -> Span:
    """Return where a region lies; old versions of Label Studio count an emoji as two characters."""
    start, end, said = value["start"], value["end"], value.get("text")
    if exported is not None and said in (None, text[slice(*exported)]):
        return exported
    wide = text.encode("utf-16-le", "surrogatepass")
    first = len(wide[: 2 * start].decode("utf-16-le", "replace"))
    spans: list[Span] = [(start, end)]
    spans.append((first, first + len(wide[2 * start : 2 * end].decode("utf-16-le", "replace"))))
    for span in spans:
        if said is None or text[slice(*span)] == said:
            return span
    raise DataError(f"{place}: a region ({start} to {end}) does not lie in the text that was exported")


def _spans(regions: Mapping[Span, ByTask], texts: Sequence[str]) -> list[Span]:
    """Return the sentences: the regions, and those that were exported where no region lies now."""
    spans = sorted(regions)
    for start, end in join(texts)[1]:
        if not any(first < end and start < last for first, last in regions):
            spans.append((start, end))
    return sorted(spans)
