"""The shipped model as the product uses it: exact about where it read, alike alone and in company."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest

from engine.errors import ReaderUnavailableError
from engine.feedback import Part
from engine.reading import Reading, ReadingStatus, Standing
from models.artifact import DEFAULT, FILES, save_artifact
from models.reader import OnnxReader, load_reader


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return load_reader()


def read(reader: OnnxReader, *texts: str) -> list[Reading]:
    return reader.read([[Part(text)] for text in texts])


def labels(reading: Reading, task: str) -> Sequence[str]:
    found: Sequence[str] = reading.row(-1)["labels"][task]
    return found


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("The app crashes every single day and I am sick of it!", "complaint", "digital"),
        ("I have been on hold for two hours, nobody answers the phone. Disgraceful.", "complaint", "support"),
        ("Your engineer was brilliant, so friendly and helpful. Thank you!", "praise", "staff"),
        ("My parcel arrived smashed to pieces.", "complaint", "delivery"),
    ],
)
def test_plain_words_are_understood(reader: OnnxReader, text: str, intent: str, topic: str) -> None:
    (reading,) = read(reader, text)
    assert intent in labels(reading, "intent")
    assert any(label.startswith(topic) for label in labels(reading, "topic"))


def test_sentences_are_slices_of_their_part(reader: OnnxReader) -> None:
    parts = [Part("How was it?", speaker="agent"), Part("  It broke. Twice!  "), Part("I want my money back now. 😡")]
    (reading,) = reader.read([parts])
    pieces = [parts[part].text[start:end] for part, start, end in reading.spans.tolist()]
    assert pieces[:3] == ["How was it?", "It broke.", "Twice!"]
    assert " ".join(pieces[3:]) == parts[2].text
    assert reading.confidence.shape == (len(pieces) + 1, 74)
    assert reading.embedding.shape == (len(pieces), 384)
    np.testing.assert_allclose(np.linalg.norm(reading.embedding.astype(np.float32), axis=1), 1.0, atol=0.01)


CUSTOMER = [
    Part("My parcel arrived smashed to pieces."),
    Part("No. " * 300 + "I want my money back."),
    Part("Thank you so much, you were brilliant!"),
]
OTHERS = [
    Part("This is a disgrace, I am furious with you!", speaker="agent"),
    Part("Ich verstehe kein Wort davon.", speaker="other"),
    Part("", speaker="agent"),
]


def test_the_record_is_what_the_customer_said(reader: OnnxReader) -> None:
    mixed = [part for pair in zip(OTHERS, CUSTOMER, strict=True) for part in pair]
    alone, among = reader.read([CUSTOMER, mixed])
    own = among.of_customer(mixed)
    assert (among.status, among.language) == (alone.status, alone.language)
    # A batch of another make-up may move a value by one step of the last of its 255.
    np.testing.assert_allclose(among.confidence[-1], alone.confidence[-1], atol=0.005)
    np.testing.assert_allclose(among.confidence[:-1][own], alone.confidence[:-1], atol=0.005)
    np.testing.assert_array_equal(among.spans[own][:, 1:], alone.spans[:, 1:])
    np.testing.assert_allclose(among.embedding[own].astype(float), alone.embedding.astype(float), atol=0.05)


def test_what_others_said_is_read_beside_it_in_the_order_of_the_parts(reader: OnnxReader) -> None:
    mixed = [part for pair in zip(OTHERS, CUSTOMER, strict=True) for part in pair]
    (reading,) = reader.read([mixed])
    assert reading.spans.tolist() == sorted(reading.spans.tolist())
    assert set(reading.spans[:, 0].tolist()) == {0, 1, 2, 3, 5}
    furious = reading.taxonomy.columns.index(("emotion", "anger/anger"))
    assert reading.standing[0, furious] == Standing.HOLDS
    assert reading.standing[-1, furious] != Standing.HOLDS


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("", ReadingStatus.EMPTY, id="nothing"),
        pytest.param("sdfkjh sdkfjh sdfkjhsdf", ReadingStatus.UNSURE, id="gibberish"),
        pytest.param("Das ist wirklich eine Frechheit von Ihnen.", ReadingStatus.UNSUPPORTED_LANGUAGE, id="German"),
        pytest.param(None, ReadingStatus.EMPTY, id="no part"),
    ],
)
def test_where_the_customer_is_not_read_nobody_is(reader: OnnxReader, text: str | None, status: ReadingStatus) -> None:
    parts = [Part("The app crashes every day.", speaker="agent")] + ([] if text is None else [Part(text)])
    (reading,) = reader.read([parts])
    assert (reading.status, reading.n_sentences) == (status, 0)


def test_neutral_holds_alone(reader: OnnxReader) -> None:
    texts = [
        "My parcel arrived four days late.",
        "I am furious!",
        "ok",
        "It came on Tuesday. I love it so much, thank you!",
    ]
    for reading in read(reader, *texts):
        emotions = labels(reading, "emotion")
        assert "neutral/neutral" not in emotions or len(emotions) == 1


def test_a_very_long_text_is_read_to_its_end(reader: OnnxReader) -> None:
    text = "The lift was out of order again today. " * 500 + "I am furious!!"
    (reading,) = read(reader, text)
    assert text[slice(*reading.spans[-1, 1:].tolist())] == "I am furious!!"
    assert "anger/anger" in labels(reading, "emotion")


def test_a_sentence_without_end_is_cut_into_windows(reader: OnnxReader) -> None:
    (reading,) = read(reader, "and then we waited " * 300)
    assert reading.status is ReadingStatus.READ
    assert reading.n_sentences >= 4


def test_a_text_reads_alike_alone_and_in_any_company(reader: OnnxReader) -> None:
    lines = (Path(__file__).parents[2] / "samples" / "feedback.jsonl").read_text("utf-8").splitlines()
    texts = [record["text"] for record in map(json.loads, lines[:60]) if "text" in record]
    texts += ["Thanks!", "WORST. APP. EVER!!! 😡😡", "I want a refund for the broken kettle. " * 40]
    together, backwards = read(reader, *texts), read(reader, *texts[::-1])[::-1]
    for text, one, other in zip(texts, together, backwards, strict=True):
        (alone,) = read(reader, text)
        for reading in (one, other):
            np.testing.assert_array_equal(alone.spans, reading.spans)
            # Float sums in another order may move a value by one step of the last of its 255.
            np.testing.assert_allclose(alone.confidence, reading.confidence, atol=0.005)


def test_numbers_that_are_not_finite_are_an_error(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "broken"))
    network = onnx.load(folder / "model.onnx")
    (bias,) = (weight for weight in network.graph.initializer if weight.name == "head.intent.bias")
    values = onnx.numpy_helper.to_array(bias).copy()
    values[3] = np.nan
    bias.CopyFrom(onnx.numpy_helper.from_array(values, bias.name))
    contents = {name: (folder / name).read_bytes() for name in FILES}
    save_artifact(folder, contents | {"model.onnx": network.SerializeToString()})
    with pytest.raises(ReaderUnavailableError, match="not finite"):
        load_reader(folder)


def test_confidences_are_shown_as_they_were_compared(reader: OnnxReader) -> None:
    (reading,) = read(reader, "The app crashes every day.")
    np.testing.assert_array_equal(reading.confidence, reading.confidence.round(4))
    holds = reading.standing[-1] == Standing.HOLDS
    assert reading.confidence[-1][holds].min() > reading.confidence[-1][~holds].min()


def test_nothing_to_read_is_nothing(reader: OnnxReader) -> None:
    assert reader.read([]) == []
