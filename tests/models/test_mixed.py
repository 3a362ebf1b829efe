"""Several languages in one record: each sentence by itself, and no label of a language that is not read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feedback import Part
from engine.reading import Reading, ReadingStatus
from models.reader import OnnxReader, load_reader

SAMPLES = Path(__file__).parent / "samples"
ENGLISH = [
    "The app is great and I love the new look.",
    "My parcel never came and nobody answers the phone!",
    "I want my money back right now.",
    "Your driver was very rude to me.",
    "Thanks for the quick help yesterday.",
]
ES, DE, JA = "No funciona desde ayer y nadie responde.", "Die Lieferung kam viel zu spät.", "部屋がとても綺麗でした。"
MIXED = {
    "English with Spanish": ([*ENGLISH[:2], ES, ENGLISH[2]], "en", ["en", "es"]),
    "Spanish with English": ([ES, "Les escribo por tercera vez esta semana.", ENGLISH[2]], "es", ["es", "en"]),
    "Spanish first": ([ES, ENGLISH[0], ENGLISH[1]], "en", ["en", "es"]),
    "three languages": ([ENGLISH[0], DE, ENGLISH[3], ES, ENGLISH[1]], "en", ["en", "de", "es"]),
    "another script": ([ENGLISH[0], JA, ENGLISH[3]], "en", ["en", "ja"]),
    "Hindi in Latin letters": (["Yeh app bahut kharab hai.", ENGLISH[2], ENGLISH[3]], "en", ["en", "hi"]),
    "a word or two": (["Muy bien.", ENGLISH[0], ENGLISH[4]], "en", ["en", "es"]),
    "borrowed words": (["The crème brûlée at the café was lovely.", ENGLISH[4]], "en", ["en"]),
    "a foreign name": (["I asked for Señor Gómez at the desk.", ENGLISH[3]], "en", ["en"]),
}


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return load_reader()


def read(reader: OnnxReader, *texts: str) -> list[Reading]:
    return reader.read([[Part(text)] for text in texts])


def tongues(reading: Reading) -> tuple[str, ...]:
    return reading.languages or (reading.language or "?",) * reading.n_sentences


def is_sound(reading: Reading) -> None:
    """Nothing is claimed of a sentence that is not read, and the record rests on the others alone."""
    own = np.array([code == "en" for code in tongues(reading)])
    assert not reading.confidence[:-1][~own].any()
    assert not reading.standing[:-1][~own].any()
    assert not reading.embedding[~own].any()
    assert reading.embedding[own].any(axis=1).all()
    assert len(reading.languages) in (0, reading.n_sentences)
    places = [tuple(span) for span in reading.spans.tolist()]
    assert all((part, end) <= (next_part, start) for (part, _, end), (next_part, start, _) in pairwise(places))


@pytest.mark.parametrize(("sentences", "language", "languages"), MIXED.values(), ids=MIXED)
def test_sentences_are_read_in_their_own_language(
    reader: OnnxReader, sentences: list[str], language: str, languages: list[str]
) -> None:
    text = " ".join(sentences)
    (reading,) = read(reader, text)
    assert reading.status is ReadingStatus.READ
    shown = reading.as_dict("1")
    assert (shown["language"], shown["languages"]) == (language, languages)
    assert 0 < shown["language_confidence"] <= 1
    is_sound(reading)
    said = {
        text[start:end]: code for (_, start, end), code in zip(reading.spans.tolist(), tongues(reading), strict=True)
    }
    for foreign, code in ((ES, "es"), (DE, "de"), (JA, "ja")):
        if foreign in sentences:
            assert said[foreign] == code


def test_what_is_not_read_changes_nothing_in_what_is(reader: OnnxReader) -> None:
    alone, mixed = read(reader, " ".join(ENGLISH[:2]), f"{ENGLISH[0]} {ES} {ENGLISH[1]}")
    own = np.array([code == "en" for code in tongues(mixed)])
    np.testing.assert_allclose(mixed.confidence[:-1][own], alone.confidence[:-1], atol=0.06)
    np.testing.assert_array_equal(mixed.standing[-1], alone.standing[-1])


def test_all_sentences_in_other_languages_are_a_record_that_is_not_read(reader: OnnxReader) -> None:
    for text in (f"{ES} {DE}", f"{ES} Thank you.", f"{JA}{JA}", f"{DE} ok"):
        (reading,) = read(reader, text)
        assert (reading.status, reading.n_sentences) == (ReadingStatus.UNSUPPORTED_LANGUAGE, 0), text


def test_other_speakers_are_read_in_their_own_languages(reader: OnnxReader) -> None:
    parts = [Part(DE, speaker="agent"), Part(ENGLISH[2]), Part(ENGLISH[3], speaker="agent")]
    (reading,) = reader.read([parts])
    assert (reading.status, reading.language, reading.languages) == (ReadingStatus.READ, "en", ("de", "en", "en"))
    is_sound(reading)


def test_parts_in_different_languages_are_told_apart(reader: OnnxReader) -> None:
    (reading,) = reader.read([[Part(ENGLISH[0]), Part(ES), Part(ENGLISH[1])]])
    assert {part: code for (part, _, _), code in zip(reading.spans.tolist(), tongues(reading), strict=True)} == {
        0: "en",
        1: "es",
        2: "en",
    }


@pytest.fixture(scope="module")
def foreign() -> list[str]:
    lines = [
        line
        for code in ("es", "fr", "de", "it", "pl")
        for line in (SAMPLES / f"{code}.txt").read_text("utf-8").splitlines()
    ]
    return [line.rstrip(".!?") + "." for line in lines if len(line.split()) >= 6]


def test_most_foreign_sentences_among_english_ones_are_found_and_no_english_one_is_lost(
    reader: OnnxReader, foreign: list[str]
) -> None:
    chosen = foreign[::3]
    texts = [f"{ENGLISH[n % 5]} {one} {ENGLISH[(n + 2) % 5]}" for n, one in enumerate(chosen)]
    found = lost = 0
    for number, (reading, one) in enumerate(zip(read(reader, *texts), chosen, strict=True)):
        is_sound(reading)
        start = len(ENGLISH[number % 5]) + 1
        for (_, first, last), code in zip(reading.spans.tolist(), tongues(reading), strict=True):
            inside = start <= (first + last) / 2 <= start + len(one)
            found += inside and code != "en" and first <= start + 3
            lost += not inside and code != "en"
    assert found / len(chosen) >= 0.93
    assert lost / len(chosen) <= 0.01


HOSTILE = {
    "look-alike letters": "The аpp crаshes every dаy аnd nobody cаres",
    "all capitals": "THE APP IS BROKEN AGAIN. NO FUNCIONA NADA EN ESTA APP.",
    "emoji between": "I love it 😍😍. 最高でした😍。 So good!",
    "right to left": "The driver was rude. השליח היה גס רוח מאוד. I want a refund.",
    "Arabic": "التطبيق لا يعمل منذ أمس. The app is broken.",
    "Chinese without spaces": "包裹还没有到没有人接电话我很生气请退款谢谢。I want a refund now please.",
    "links only": "https://example.com/a https://example.com/b",
    "names only": "José García Müller Nguyễn Søren Łukasz",
    "brands only": "Netflix Amazon Mercedes-Benz IKEA Huawei",
    "a language that nobody knows": "Blorp vintak zuul prenqua wistle. Gronto maplek dree fannok.",
    "twenty thousand characters": (ENGLISH[0] + " " + ES + " ") * 240,
    "no end": "and then " * 2000,
    "marks alone between": "... !!! No funciona!!! ... ???",
    "zero width": "No\u200b funciona\u200b desde\u200b ayer. The app is broken today.",
    "one word of each": "app Hund perro 犬 собака",
    "a bidi override": "\u202eThe app crashes. No funciona desde ayer.",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_whatever_comes_is_sound(reader: OnnxReader, text: str) -> None:
    (reading,) = read(reader, text)
    if reading.status is ReadingStatus.READ:
        is_sound(reading)
    else:
        assert reading.n_sentences == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from([*ENGLISH, ES, DE, JA, "Merci beaucoup!", "ok", "Danke.", "👍", "asdf ghjk", "\n", "   "]),
        min_size=1,
        max_size=8,
    )
)
def test_any_mixture_is_sound_and_alike_in_company(pieces: list[str]) -> None:
    reader = _shared()
    text = " ".join(pieces)
    alone, beside = read(reader, text)[0], read(reader, *ENGLISH, text)[-1]
    assert (alone.status, alone.language, alone.languages) == (beside.status, beside.language, beside.languages)
    np.testing.assert_array_equal(alone.spans, beside.spans)
    np.testing.assert_allclose(alone.confidence, beside.confidence, atol=0.005)
    if alone.status is ReadingStatus.READ:
        is_sound(alone)


_KEPT: list[OnnxReader] = []


def _shared() -> OnnxReader:
    if not _KEPT:
        _KEPT.append(load_reader())
    return _KEPT[0]
