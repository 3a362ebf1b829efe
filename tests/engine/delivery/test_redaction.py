"""What a receiver may see: masks of the same length, and labels without any words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from engine.delivery.redaction import redacted
from engine.delivery.spec import Sees
from engine.privacy.stand_ins import HIDDEN_CHARACTER
from tests.support.recognisers import plain_mask

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
    assert "C-77" not in json.dumps(redacted({"type": "silence.ended", "silence": silence}, Sees.LABELS, plain_mask))


def test_everything_is_as_it_was() -> None:
    assert redacted(BODY, Sees.EVERYTHING, plain_mask) == BODY


def test_masked_has_no_personal_data_anywhere() -> None:
    found = redacted(BODY, Sees.MASKED, plain_mask)
    shown = json.dumps(found, ensure_ascii=False)
    assert "ann@" not in shown
    assert "07911" not in shown
    assert found["alert"]["opened_at"] == BODY["alert"]["opened_at"]  # type: ignore[index]
    assert found["alert"]["id"] == "al_123456789"
    assert found["feedback"]["attributes"]["email"] == HIDDEN_CHARACTER * 13


def test_labels_have_no_words_no_customer_and_no_attributes() -> None:
    found = redacted(
        BODY | {"items": [{"alert": BODY["alert"], "feedback": BODY["feedback"]}]}, Sees.LABELS, plain_mask
    )
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


def test_a_number_is_known_by_the_name_of_its_attribute() -> None:
    """And an attribute that has a name of our own is masked all the same."""
    asked: list[str] = []

    def mask(texts: Sequence[str]) -> list[str]:
        asked.extend(texts)
        return [text.replace("4711", "••••") for text in texts]

    body = {"feedback": {"attributes": {"account_number": "4711", "id": "4711", "paid": True}}, "alert": {"id": "4711"}}
    shown = redacted(body, Sees.MASKED, mask)
    assert "account number: 4711" in asked
    assert shown["feedback"]["attributes"] == {"account_number": "••••", "id": "••••", "paid": True}
    assert shown["alert"] == {"id": "4711"}
