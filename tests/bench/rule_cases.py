"""Cases to judge by rules: texts of voc train and the sample, read once by the shipped model, with facts drawn anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np

from engine.feedback import Feedback, Part
from engine.reading import Reading, ReadingStatus, blank_reading
from engine.rules.case import Case
from models.reader import load_reader
from tests.bench.data import ROOT, voc_records

STORES = tuple(f"{city} {number}" for city in ("Leeds", "Austin", "Dublin", "Berlin", "Lyon") for number in range(40))
UNITS = tuple(f"{area}/{unit}" for area in ("emea/uk", "emea/de", "amer/us", "apac/jp") for unit in range(1, 26))
TIERS = ("basic", "basic", "basic", "silver", "silver", "gold", "staff")
INDUSTRIES = ("retail", "banking", "telecom", "energy", "hotel", "parcel", "insurance", "airline", "saas", "health")
CHANNELS = ("survey", "email", "chat", "app-review", "phone", "social")
SCORES = {"nps": (0, 10), "csat": (1, 5), "rating": (1, 5), "ces": (1, 7)}
SEED = 20


def texts(limit: int = 2_000) -> list[str]:
    """Return texts of customers: those of voc train, evenly, and all of the sample."""
    voc = [record["text"] for record in voc_records(20_000)]
    sample = [json.loads(line)["text"] for line in (ROOT / "samples" / "feedback.jsonl").read_text().splitlines()]
    return [*voc[:: max(1, len(voc) // limit)][:limit], *sample]


def cases(count: int) -> list[Case]:
    """Return cases: each text's reading serves for several, with scores and attributes drawn at random."""
    draw = Random(SEED)
    said = texts()
    readings = load_reader().read([[Part(text)] for text in said])
    found = []
    for number in range(count):
        place = draw.randrange(len(said))
        found.append(Case(_feedback(str(number), said[place], draw), readings[place]))
    return found


def random_cases(some: Sequence[Case], count: int) -> list[Case]:
    """Return cases with the facts of others and readings drawn at random: few labels, many ties, some unread."""
    numbers = np.random.default_rng(SEED)
    taxonomy = some[0].reading.taxonomy
    found = []
    for number in range(count):
        feedback = some[number % len(some)].feedback
        spans = some[number % len(some)].reading.spans
        if numbers.random() < 0.03:
            status = list(ReadingStatus)[numbers.integers(1, len(ReadingStatus))]
            found.append(Case(feedback, blank_reading(status, taxonomy, model="random", spans=spans)))
            continue
        shape = (len(spans) + 1, len(taxonomy.columns))
        confidence = np.where(
            numbers.random(shape) < 0.1, numbers.integers(0, 21, shape) / 20, numbers.random(shape) / 20
        )
        standing = numbers.choice(3, shape, p=(0.94, 0.02, 0.04)).astype(np.uint8)
        embedding = numbers.standard_normal((len(spans), 8)).astype(np.float16)
        reading = Reading(
            ReadingStatus.READ, "en", "random", taxonomy, spans, confidence.astype(np.float32), standing, embedding
        )
        found.append(Case(feedback, reading))
    return found


def _feedback(key: str, text: str, draw: Random) -> Feedback:
    asked = draw.choices(("nps", "csat", "rating", "ces", None), (5, 3, 2, 1, 2))[0]
    attributes: dict[str, Any] = {
        "customer_tier": draw.choice(TIERS),
        "store": draw.choice(STORES),
        "industry": draw.choice(INDUSTRIES),
    }
    if draw.random() < 0.7:
        attributes["contract_months"] = float(draw.randrange(1, 61))
    if draw.random() < 0.5:
        attributes["basket"] = round(draw.lognormvariate(4, 1), 2)
    return Feedback(
        id=key,
        parts=(Part(text),),
        scores={} if asked is None else {asked: float(draw.randint(*SCORES[asked]))},
        attributes=attributes,
        channel=draw.choice(CHANNELS),
        unit=draw.choice(UNITS),
        customer=f"C{draw.randrange(5_000)}",
    )
