"""What a receiver may see: masks of the same length, and labels without any words."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery.redaction import MASK, mask, redacted
from engine.delivery.spec import Sees


@pytest.mark.parametrize(
    "secret",
    [
        "ann.o'neil+x@mail.example.co.uk".replace("'", ""),
        "ann @ x.example",
        "jörg@bücher.example",
        "+44 7911 123456",
        "(020) 7946-0958",
        "0044 20 7946 0958",
        "+49/30/123456",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "GB82 WEST 1234 5698 7654 32",
        "DE89370400440532013000",
        "1234567",
        "٠٧٩١١١٢٣٤٥٦",
    ],
)
def test_personal_data_is_hidden_and_the_length_kept(secret: str) -> None:
    text = f"please call {secret}, now"
    found = mask(text)
    assert len(found) == len(text)
    assert found.startswith("please call ")
    assert found.endswith(", now")
    hidden = found[12 : 12 + len(secret)]
    assert set(hidden) <= {MASK, " "}


@pytest.mark.parametrize(
    "text",
    [
        "order 123456 of 2026-03-02",
        "on 02.03.2026 at 14:30",
        "2026-03-02T14:30:00",
        "3 of 12, 19.99 each",
        "I waited 45 minutes @ the till",
        "nps 3, csat 2",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    assert mask(text) == text


@given(st.text())
def test_masking_keeps_the_length_of_every_text(text: str) -> None:
    assert len(mask(text)) == len(text)


BODY = {
    "type": "alert.opened",
    "alert": {
        "id": "al_123456789",
        "title": "A late parcel",
        "severity": "high",
        "customer": "ann@x.example",
        "key": "ann@x.example",
        "reasons": ["says: call (found 'call 07911 123456')"],
        "opened_at": "2026-03-02T12:00:00+00:00",
        "evidence": [{"part": 0, "start": 0, "end": 4, "shows": "emotion: anger"}],
    },
    "by": {"tier": "gold"},
    "feedback": {
        "id": "f1",
        "text": "call 07911 123456",
        "scores": {"nps": 1},
        "attributes": {"email": "ann@x.example"},
        "parts": [{"part": 0, "text": "call 07911 123456", "question": "why?"}],
    },
}


def test_labels_alone_say_nothing_of_whom_a_silence_is_about() -> None:
    silence = {"id": "si_1", "reason": "known", "matching": {"customer": ["C-77"]}, "said": "the customer is C-77"}
    assert "C-77" not in json.dumps(redacted({"type": "silence.ended", "silence": silence}, Sees.LABELS))


def test_everything_is_as_it_was() -> None:
    assert redacted(BODY, Sees.EVERYTHING) == BODY


def test_masked_has_no_personal_data_anywhere() -> None:
    found = redacted(BODY, Sees.MASKED)
    shown = json.dumps(found, ensure_ascii=False)
    assert "ann@" not in shown
    assert "07911" not in shown
    assert found["alert"]["opened_at"] == BODY["alert"]["opened_at"]  # type: ignore[index]
    assert found["alert"]["id"] == "al_123456789"
    assert found["feedback"]["attributes"]["email"] == MASK * 13


def test_labels_have_no_words_no_customer_and_no_attributes() -> None:
    found = redacted(BODY | {"items": [{"alert": BODY["alert"], "feedback": BODY["feedback"]}]}, Sees.LABELS)
    one = {
        "alert": {
            "id": "al_123456789",
            "title": "A late parcel",
            "severity": "high",
            "opened_at": "2026-03-02T12:00:00+00:00",
            "evidence": [{"shows": "emotion: anger"}],
        },
        "feedback": {"id": "f1", "scores": {"nps": 1}},
    }
    assert found == {"type": "alert.opened", **one, "items": [one]}
