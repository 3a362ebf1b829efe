"""What was heard badly claims less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feedback import Cue, Part
from engine.reading import Reading
from engine.topics import TASK, ProgramTopics, Topic, TopicTree
from models.hearing import lowered
from models.reader import OnnxReader, load_reader
from models.topics import TopicReader

LATE = "My parcel is late again and nobody answers the phone. I am furious."
KIND = "The driver was lovely."
confidences = st.floats(0, 1, width=32).map(lambda value: float(np.float32(value).round(4)))


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return load_reader(threads=1)


def _same(one: Reading, other: Reading) -> bool:
    names = ("spans", "confidence", "standing", "embedding")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@given(st.lists(confidences, min_size=2, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_it_never_raises_keeps_the_order_and_falls_with_hearing(said: list[float], better: float, worse: float) -> None:
    better, worse = max(better, worse), min(better, worse)
    row = np.array([said, said, said], np.float32)
    sure, well, badly = lowered(row, np.array([1.0, better, worse], np.float32))
    assert (sure == row[0]).all()
    assert (well <= sure).all()
    assert (badly <= well).all()
    order = np.argsort(row[0], kind="stable")
    assert (np.diff(badly[order]) >= 0).all()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"confidence": 1.0}, id="sure"),
        pytest.param({"cues": (Cue(0, 0.0, 5.0, 1.0),)}, id="sure-of-each-word"),
        pytest.param({"start": 0.0, "end": 9.0, "cues": (Cue(0, 0.0, 5.0),)}, id="times-alone"),
    ],
)
def test_what_was_heard_surely_is_read_bit_by_bit_as_what_was_written(
    reader: OnnxReader, change: dict[str, object]
) -> None:
    records = [[Part(LATE), Part("How can I help?", speaker="agent")], [Part(KIND)]]
    spoken = [[replace(part, **change) for part in parts] for parts in records]  # type: ignore[arg-type]
    for one, other in zip(reader.read(records), reader.read(spoken), strict=True):
        assert _same(one, other)


def test_a_badly_heard_sentence_claims_less_and_the_others_do_not(reader: OnnxReader) -> None:
    text = f"{LATE} {KIND}"
    at = len(LATE) + 1
    heard_badly = Part(text, cues=(Cue(0, 0, 5, 1.0), Cue(at, 5, 8, 0.2)))
    alone, (written, spoken) = reader.read([[Part(KIND)]])[0], reader.read([[Part(text)], [heard_badly]])
    last = written.n_sentences - 1
    assert np.array_equal(written.confidence[:last], spoken.confidence[:last])
    assert np.array_equal(spoken.confidence[last], lowered(written.confidence[[last]], np.array([0.2], np.float32))[0])
    assert (spoken.standing <= written.standing).all()
    assert (spoken.record_confidence <= written.record_confidence).all()
    praise = written.taxonomy.columns.index(("intent", "praise"))
    complaint = written.taxonomy.columns.index(("intent", "complaint"))
    assert alone.record_confidence[praise] > spoken.record_confidence[praise]
    assert written.record_confidence[complaint] == spoken.record_confidence[complaint]


def test_a_record_is_read_alike_beside_others(reader: OnnxReader) -> None:
    badly = [Part(LATE, confidence=0.3), Part("I see.", speaker="agent", confidence=0.1)]
    alone = reader.read([badly])[0]
    beside = reader.read([[Part(KIND)], badly, [Part("")], [Part(LATE)]])
    assert _same(alone, beside[1])
    assert _same(reader.read([[Part(LATE)]])[0], beside[3])


def test_what_the_agent_says_badly_changes_nothing_in_the_record(reader: OnnxReader) -> None:
    said = [[Part(LATE), Part("Sorry to hear that.", speaker="agent", confidence=sure)] for sure in (1.0, 0.1)]
    well, badly = reader.read(said)
    assert np.array_equal(well.record_confidence, badly.record_confidence)
    assert (badly.confidence[-2] < well.confidence[-2]).any()


def test_a_programs_own_topics_are_lowered_too(reader: OnnxReader) -> None:
    tree = TopicTree("t", (Topic("parcel", "late parcels"), Topic("phone", "nobody answers the phone")))
    topics = TopicReader(reader, ProgramTopics(tree, beside_default=True))
    written, spoken = topics.read([[Part(LATE)], [Part(LATE, confidence=0.5)]])
    own = spoken.taxonomy.slices[TASK]
    rows = np.full(written.n_sentences, 0.5, np.float32)
    assert np.array_equal(spoken.confidence[:-1, own], lowered(written.confidence[:-1], rows)[:, own])
    assert (spoken.record_confidence[own] <= written.record_confidence[own]).all()
