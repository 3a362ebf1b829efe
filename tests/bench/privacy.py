"""Finding personal data: what it costs beside reading, how much of what is planted is found, and what else is hit."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence

from engine.feedback import Part
from engine.ports import Recogniser
from engine.privacy.policy import Kind
from models.privacy import load_recogniser
from models.reader import load_reader
from tests.bench.data import folder, goemotions_dev
from tests.support import personal_held_out as held_out
from tests.support import personal_ways as first
from tests.support.personal import covered, planted
from tests.support.personal_values import STRUCTURED, Way

BATCH = 256
PLANTED = 7_000
NAMED = (Kind.NAME, Kind.ADDRESS)


def measure() -> list[str]:
    """Return the lines of the report."""
    texts = [json.loads(line)["text"] for line in goemotions_dev().read_text().splitlines()]
    patterns, names = load_recogniser(), load_recogniser(names=True)
    return [*_speed(texts, patterns, names), *_recall(patterns, names), *_hits(texts, patterns, names)]


def _rate(step: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """Return how many texts a second a step takes, in batches as the pipeline makes them."""
    step(texts[:BATCH])
    started = time.perf_counter()
    for at in range(0, len(texts), BATCH):
        step(texts[at : at + BATCH])
    return len(texts) / (time.perf_counter() - started)


def _speed(texts: Sequence[str], patterns: Recogniser, names: Recogniser) -> list[str]:
    reader = load_reader()

    def reading(recogniser: Recogniser | None) -> Callable[[Sequence[str]], object]:
        def step(batch: Sequence[str]) -> object:
            if recogniser is not None:
                recogniser.find(batch)
            return reader.read([[Part(text)] for text in batch])

        return step

    plain, with_patterns, with_names = (_rate(reading(one), texts) for one in (None, patterns, names))
    alone, named = _rate(patterns.find, texts), _rate(names.find, texts)
    each = f"patterns {1e3 / alone:.2f} ms a record, with names {1e3 / named:.2f} ms"
    said = (
        f"**{with_patterns:,.0f} records a second** with patterns, {with_names:,.0f} with names, {plain:,.0f} without"
    )
    return [
        f"- Recogniser alone on GoEmotions dev, one thread: {each}.",
        f"- Recogniser and reader together: {said}. Asked for: 600 with patterns.",
    ]


def _recall(patterns: Recogniser, names: Recogniser) -> list[str]:
    lines = ["- Planted personal data that is found, all its letters and digits covered:", ""]
    kinds = (*STRUCTURED, *NAMED)
    lines += ["  | ways of writing | " + " | ".join(kinds) + " |", "  " + "|---" * (1 + len(kinds)) + "|"]
    for title, table in (("first", first), ("held out, since mended", held_out)):
        shares = _found(patterns, STRUCTURED, table.WAYS, table.CARRIERS) | _found(
            names, NAMED, table.WAYS, table.CARRIERS
        )
        lines.append(f"  | {title} | " + " | ".join(f"{shares[kind]:.3f}" for kind in kinds) + " |")
    return [*lines, ""]


def _found(
    recogniser: Recogniser, kinds: Sequence[Kind], ways: Mapping[Kind, Sequence[Way]], carriers: Sequence[str]
) -> dict[Kind, float]:
    rows = planted(len(kinds) * PLANTED // len(STRUCTURED), 11, kinds, ways, carriers)
    there, hit = dict.fromkeys(kinds, 0), dict.fromkeys(kinds, 0)
    for row, findings in zip(rows, recogniser.find([row.text for row in rows]), strict=True):
        for span in row.spans:
            there[span[2]] += 1
            hit[span[2]] += covered(row.text, span, findings)
    return {kind: hit[kind] / there[kind] for kind in kinds}


def _hits(texts: Sequence[str], patterns: Recogniser, names: Recogniser) -> list[str]:
    lines = []
    for title, some in (("voc", _voc()), ("GoEmotions dev", texts)):
        found = sum(map(len, patterns.find(some)))
        people = sum(one.kind in NAMED for findings in names.find(some) for one in findings)
        lines.append(
            f"- Findings in {len(some):,} texts of {title}: {found} by patterns, {people} names and addresses."
        )
    return lines


def _voc() -> list[str]:
    rows = [
        json.loads(line)
        for name in ("train.jsonl", "dev.jsonl")
        for line in (folder() / "voc" / name).read_text().splitlines()
    ]
    return [" ".join(sentence["text"] for sentence in row["sentences"]) for row in rows]
