"""Floors of the language detection, on feedback written for this and on nothing that it was tuned on."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from models.language import identify

SAMPLES = Path(__file__).parent / "samples"
VOC = Path(__file__).parents[1] / "training" / "data" / "voc"
LANGUAGES = ["es", "fr", "de", "ja", "it", "pt", "nl", "pl"]
FLOORS = dict.fromkeys(["es", "fr", "de", "ja"], 0.99) | dict.fromkeys(["it", "pt", "nl", "pl"], 0.97)
WITHOUT_SPACES = 2  # characters that stand for a word


def texts(code: str) -> list[str]:
    return (SAMPLES / f"{code}.txt").read_text("utf-8").splitlines()


def words(code: str, text: str) -> float:
    return len(text) / WITHOUT_SPACES if code == "ja" else len(text.split())


def bare(text: str) -> str:
    """Return a text as those write who have no keys for accents."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


@pytest.mark.parametrize("code", LANGUAGES)
def test_feedback_of_five_words_and_more_is_refused(code: str) -> None:
    told = [identify(text, ("en",)) for text in texts(code) if words(code, text) >= 5]
    assert len(told) >= (120 if code in ("es", "fr", "de", "ja") else 30)
    refused = [one for one in told if not one.supported]
    assert len(refused) / len(told) >= FLOORS[code]
    # And sent to the right reader, if there is one.
    assert sum(one.code == code for one in refused) / len(refused) >= 0.93


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "ja"])
def test_without_accents_nearly_all_of_it_is(code: str) -> None:
    told = [identify(bare(text), ("en",)) for text in texts(code) if words(code, text) >= 5]
    assert sum(not one.supported for one in told) / len(told) >= 0.97


def test_english_feedback_is_kept_and_surely() -> None:
    lines = [line for name in ("train", "dev") for line in (VOC / f"{name}.jsonl").read_text("utf-8").splitlines()]
    records = [json.loads(line) for line in lines]
    said = [" ".join(one["text"] for one in record["sentences"]) for record in records]
    told = [identify(text, ("en",)) for text in said]
    assert sum(one.supported for one in told) / len(told) >= 0.998
    assert sum(one.confidence >= 0.9 for one in told) / len(told) >= 0.9


def test_a_confidence_is_how_often_the_language_is_right() -> None:
    told = [(identify(text, ("en",)), code) for code in LANGUAGES for text in texts(code)]
    for low, high in ((0.0, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = [(one.confidence, one.code == code) for one, code in told if low <= one.confidence < high]
        said = sum(confidence for confidence, _ in inside) / len(inside)
        right = sum(is_right for _, is_right in inside) / len(inside)
        assert abs(said - right) < 0.2, (low, said, right)
    assert sum(one.confidence > 0.9 for one, _ in told) / len(told) > 0.8


def test_a_language_that_is_read_is_kept_under_its_own_code() -> None:
    told = [identify(text, ("en", "es")) for text in texts("es")]
    assert sum(one.supported for one in told) / len(told) >= 0.99
    assert sum(one.code == "es" for one in told) / len(told) >= 0.97
