"""Hypothesis strategies for conditions of every kind, and for cases that stand at their bounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.feedback import Feedback, Part
from engine.reading import Reading, ReadingStatus, blank_reading
from engine.rules.about_condition import AboutCondition
from engine.rules.case import Case
from engine.rules.conditions import All, AnyOf, Condition, NoneOf
from engine.rules.defined_condition import DefinedCondition
from engine.rules.field_condition import FieldCondition
from engine.rules.label_condition import LabelCondition
from engine.rules.phrase import parse_phrase
from engine.rules.question_condition import QuestionCondition, Questions
from engine.rules.says_condition import SaysCondition
from engine.rules.sentiment_condition import SENTIMENTS, SentimentCondition
from engine.rules.text_scope import Reach, TextScope
from engine.rules.together_condition import TogetherCondition
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

PHRASES = ("refund", "now", "refund now", "lea*", "i am", "re?und", "*ing", "money back", "leaving", "lea*ng")
TEXTS = ("refund now", "the least sound. refund", "I am leaving. Refund!", "leasing; now, now", "money. back", "")

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

questions = st.sampled_from([None, None, Questions(("why*",)), Questions(("how was it?", "why not?"))])
reaches = st.none() | st.builds(
    Reach, st.sampled_from(["first", "last"]), st.integers(1, 3), st.sampled_from(["seconds", "sentences", "turns"])
)
scopes = st.builds(TextScope, st.sampled_from(["customer", "agent", "other", "anyone"]), questions, reaches)
no_scope = st.none() | st.none() | scopes
sentiments = st.builds(
    SentimentCondition, st.lists(st.sampled_from(SENTIMENTS), min_size=1, max_size=4).map(tuple), no_scope
)
phrases = st.sampled_from(PHRASES).map(parse_phrase)
says = st.builds(
    SaysCondition,
    st.lists(st.lists(phrases, min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple),
    st.sampled_from([None, None, 1, 3]),
    no_scope,
)
abouts = st.builds(
    AboutCondition,
    st.lists(st.sampled_from(["leaving", "late", "nobody"]), min_size=1, max_size=2).map(tuple),
    st.sampled_from([0.0, 0.5, 0.8]),
    no_scope,
)
scoped_labels = st.builds(lambda label, scope: replace(label, scope=scope), label_conditions(), scopes)
groups = st.sampled_from([All, AnyOf, NoneOf])


def trees(
    leaves: st.SearchStrategy[Condition], max_size: int = 4, max_leaves: int = 12
) -> st.SearchStrategy[Condition]:
    grouped = lambda inner: st.builds(  # noqa: E731
        lambda group, of: group(tuple(of)), groups, st.lists(inner, max_size=max_size)
    )
    return st.recursive(leaves, grouped, max_leaves=max_leaves)


on_sentences: st.SearchStrategy[Condition] = st.one_of(label_conditions(), scoped_labels, sentiments, says, abouts)
together = st.builds(
    TogetherCondition,
    st.sampled_from([1, 1, 2, 3, 99]),
    st.lists(trees(on_sentences, 2, 4), min_size=1, max_size=3).map(tuple),
    no_scope,
)
asked: st.SearchStrategy[Condition] = st.builds(QuestionCondition, questions.filter(bool))
KINDS: dict[str, st.SearchStrategy[Condition]] = {
    "label": label_conditions(),
    "label in a scope": scoped_labels,
    "field": field_conditions,
    "sentiment": sentiments,
    "says": says,
    "about": abouts,
    "together": together,
    "question": asked,
    "meets": st.builds(DefinedCondition, st.just("name"), trees(on_sentences, 2, 4)),
}
conditions: st.SearchStrategy[Condition] = trees(st.one_of(*KINDS.values()))


@st.composite
def readings(draw: st.DrawFn, said: tuple[Part, ...]) -> Reading:
    taxonomy = draw(st.sampled_from([HOME, HOME, HOME, MOVED]))
    language = draw(st.sampled_from(["en", "de", None]))
    status = draw(st.sampled_from([*[ReadingStatus.READ] * 6, *ReadingStatus]))
    spans = np.array([span for part, one in enumerate(said) for span in _spans(part, one.text)], np.int32)
    spans = spans.reshape(-1, 3)
    if status is not ReadingStatus.READ:
        return blank_reading(status, taxonomy, model="m", language=language, spans=spans)
    shape = (len(spans) + 1, len(taxonomy.columns))
    cells = shape[0] * shape[1]
    confidence = draw(st.lists(st.sampled_from(CONFIDENCES), min_size=cells, max_size=cells))
    standing = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=cells, max_size=cells))
    embedding = draw(st.lists(st.sampled_from([0.0, 0.6, 0.8, 1.0]), min_size=2 * len(spans), max_size=2 * len(spans)))
    return Reading(
        status,
        language,
        "m",
        taxonomy,
        spans,
        np.array(confidence, np.float32).reshape(shape),
        np.array(standing, np.uint8).reshape(shape),
        np.array(embedding, np.float16).reshape(-1, 2),
    )


def _spans(part: int, text: str) -> list[tuple[int, int, int]]:
    ends = [place + 1 for place, one in enumerate(text) if one in ".!;"] + [len(text)]
    return [(part, start, end) for start, end in pairwise([0, *ends]) if end > start]


parts = st.builds(
    Part,
    st.sampled_from(TEXTS),
    question=st.sampled_from([None, "Why not?", "How was it?"]),
    speaker=st.sampled_from(["customer", "customer", "agent", "other"]),
    start=st.sampled_from([None, 0.0, 2.0]),
    end=st.sampled_from([None, 2.0, 5.0]),
)
VECTORS = {"leaving": np.array([0.6, 0.8], np.float32), "late": np.array([1.0, 0.0], np.float32)}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    said = tuple(draw(st.lists(parts, min_size=1, max_size=4)))
    optional: dict[str, Any] = {
        "scores": draw(st.dictionaries(st.sampled_from(["nps", "csat"]), st.sampled_from([0.0, 6.5, 7.0, 10.0]))),
        "attributes": draw(st.dictionaries(st.sampled_from(["tier", "months"]), st.sampled_from(VALUES))),
        "source": draw(st.sampled_from(["default", "gold"])),
    }
    for name in ("channel", "unit"):
        optional[name] = draw(st.sampled_from([None, "gold", "GOLD", "emea/uk/leeds", "emea/ukraine"]))
    return Case(Feedback("1", said, **optional), draw(readings(said)), draw(st.sampled_from([{}, VECTORS, VECTORS])))
