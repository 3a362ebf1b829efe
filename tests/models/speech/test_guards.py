"""What a recogniser makes of noise, music and foreign words is not taken for a customer's."""

from __future__ import annotations

import math

import pytest

from models.speech.guards import Heard, doubt, is_broadcast, is_loop
from models.speech.transcript import Unheard

SURE, FAINT = {"log_probability": -0.3, "no_speech": 0.05}, {"log_probability": -0.8, "no_speech": 0.5}

CASES: dict[str, tuple[Heard, Unheard | None]] = {
    "a sentence": (Heard("I want my money back.", **SURE), None),
    "a sentence that is hard to hear": (Heard("I want my money back.", -1.1, 0.5, 0.55), None),
    "nothing, and nobody speaks": (Heard("", -math.inf, 0.9), Unheard.NOISE),
    "nothing, and somebody speaks": (Heard(" ", -math.inf, 0.0), Unheard.UNCLEAR),
    "nobody speaks": (Heard("It is a dog.", -1.05, 0.7), Unheard.NOISE),
    "mumbling": (Heard("Set the motor in the seat.", -1.25, 0.2), Unheard.UNCLEAR),
    "words that are guessed": (Heard("Set the motor in the seat.", -1.0, 0.2, 0.4), Unheard.UNCLEAR),
    "the end of a film": (Heard("Thanks for watching!", **SURE), Unheard.PHRASE),
    "music": (Heard("[Music]", **SURE), Unheard.PHRASE),
    "a faint thank you": (Heard("Thank you.", **FAINT), Unheard.PHRASE),
    "a thank you": (Heard("Thank you.", **SURE), None),
    "a no that is meant": (Heard("No, no, no, no, no, no!", **SURE), None),
    "very, very late": (Heard("It was very very very very very very late.", **SURE), None),
    "the same complaint twice": (Heard("It never came. I called. It never came. I wrote.", **SURE), None),
    "round in circles": (Heard("in the area of the area of the area of the area", **SURE), Unheard.LOOP),
    "a long round": (
        Heard("I'm going to be doing a lot of work and I'm going to be doing a lot of work and I'm", **SURE),
        Unheard.LOOP,
    ),
}


@pytest.mark.parametrize(("heard", "why"), CASES.values(), ids=CASES)
def test_what_is_doubted(heard: Heard, why: Unheard | None) -> None:
    assert doubt(heard) is why


def test_letters_that_never_end_are_a_loop() -> None:
    assert is_loop("ha" * 200)
    assert not is_loop("")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please subscribe to my channel.", True),
        ("Subtitles by the Amara.org community", True),
        ("I could not subscribe to your newsletter.", False),
        ("See you next time!", True),
        ("Thank you for watching over my parcel.", False),
    ],
)
def test_sentences_of_films(text: str, found: bool) -> None:
    assert is_broadcast(text) is found
