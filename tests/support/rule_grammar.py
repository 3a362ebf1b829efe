"""Hypothesis strategies for conditions of every kind, and for cases that stand at their bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.feedback import Feedback, Part
from engine.reading import Reading, ReadingStatus, blank_reading
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.taxonomy import TASKS, Taxonomy

HOME = Taxonomy(
    {
        "emotion": ("anger/anger", "anger/annoyance", "joy/gratitude", "neutral/neutral"),
        "intent": ("complaint", "churn"),
        "topic": ("digital/ease-of-use", "digital/reliability", "billing/accuracy"),
    },
    {},
)
MOVED = Taxonomy(
    {
        "emotion": ("joy/gratitude", "anger/anger", "fear/fear"),
        "intent": ("complaint",),
        "topic": ("billing/accuracy", "delivery/late"),
    },
    {},
)
# On both sides of what is shown with four decimals, with ties, and the values that rules name.
CONFIDENCES = (0.0, 0.03125, 0.09375, 0.49994, 0.5, 0.50006, 0.7999, 0.79995, 0.8, 0.80004, 0.99996, 1.0)
BOUNDS = (0.0, 0.0313, 0.5, 0.8, 0.80001, 1.0)
VALUES: tuple[str | float | bool, ...] = ("gold", "Gold", "7", " 7.0", "true", "emea", "emea/uk", 7.0, 1.0, 0.0, True)

bounds = st.none() | st.sampled_from(BOUNDS)


@st.composite
def label_conditions(draw: st.DrawFn) -> LabelCondition:
    task = draw(st.sampled_from(TASKS))
    names = tuple(draw(st.lists(st.sampled_from(HOME.nodes(task)), min_size=1, max_size=2, unique=True)))
    columns = sorted({column for name in names for column in HOME.columns_under(task, name)})
    return LabelCondition(task, names, tuple(columns), draw(bounds), draw(bounds), HOME)


numbers = st.none() | st.sampled_from((0.0, 1.0, 6.5, 7.0, 10.0))
values = st.lists(st.sampled_from(VALUES), max_size=2).map(tuple)
fields = st.one_of(
    st.tuples(st.just("score"), st.sampled_from(["nps", "csat"])),
    st.tuples(st.just("attribute"), st.sampled_from(["tier", "months"])),
    st.sampled_from([(name, name) for name in ("channel", "language", "status", "source", "unit")]),
)
field_conditions = st.builds(
    lambda field, tests: FieldCondition(*field, **tests),
    fields,
    st.one_of(
        st.fixed_dictionaries({"at_least": numbers, "at_most": numbers}),
        st.fixed_dictionaries({"values": values, "at_least": numbers}),
        st.fixed_dictionaries({"missing": st.booleans()}),
    ),
)
leaves: st.SearchStrategy[Condition] = st.one_of(label_conditions(), field_conditions)
groups = st.sampled_from([All, AnyOf, NoneOf])
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.builds(lambda group, of: group(tuple(of)), groups, st.lists(inner, max_size=4)),
    max_leaves=12,
)


@st.composite
def readings(draw: st.DrawFn, parts: int) -> Reading:
    taxonomy = draw(st.sampled_from([HOME, HOME, HOME, MOVED]))
    language = draw(st.sampled_from(["en", "de", None]))
    status = draw(st.sampled_from([*[ReadingStatus.READ] * 6, *ReadingStatus]))
    spans = np.array([(part, 0, 5) for part in range(parts)], np.int32).reshape(-1, 3)
    if status is not ReadingStatus.READ:
        return blank_reading(status, taxonomy, model="m", language=language, spans=spans)
    shape = (parts + 1, len(taxonomy.columns))
    cells = shape[0] * shape[1]
    confidence = draw(st.lists(st.sampled_from(CONFIDENCES), min_size=cells, max_size=cells))
    standing = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=cells, max_size=cells))
    return Reading(
        status,
        language,
        "m",
        taxonomy,
        spans,
        np.array(confidence, np.float32).reshape(shape),
        np.array(standing, np.uint8).reshape(shape),
        np.zeros((parts, 4), np.float16),
    )


parts = st.builds(
    Part, st.sampled_from(["refund now", "I am leaving", ""]), speaker=st.sampled_from(["customer", "agent", "other"])
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    said = tuple(draw(st.lists(parts, min_size=1, max_size=3)))
    optional: dict[str, Any] = {
        "scores": draw(st.dictionaries(st.sampled_from(["nps", "csat"]), st.sampled_from([0.0, 6.5, 7.0, 10.0]))),
        "attributes": draw(st.dictionaries(st.sampled_from(["tier", "months"]), st.sampled_from(VALUES))),
        "source": draw(st.sampled_from(["default", "gold"])),
    }
    for name in ("channel", "unit"):
        optional[name] = draw(st.sampled_from([None, "gold", "GOLD", "emea/uk/leeds", "emea/ukraine"]))
    return Case(Feedback("1", said, **optional), draw(readings(len(said))))
