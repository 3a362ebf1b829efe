"""Who speaks in a recording, and the feedback that its words make."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import FeedbackError
from engine.feedback import MAX_RECORD_CHARACTERS, Feedback, Part, feedback_from_dict
from engine.transcripts.utterance import Utterance
from engine.transcripts.voices import voices_of

UNHEARD = Feedback("v1", (Part("", question="Why?"),), recording="sha256:00 all=customer")
GIVEN = {
    "nothing": (None, {"all": "customer"}),
    "one role": ({"all": "agent"}, {"all": "agent"}),
    "two sides": ({"right": "agent", "left": "other"}, {"left": "other", "right": "agent"}),
    "the agent's side": ({"left": "agent"}, {"left": "agent", "right": "customer"}),
    "the customer's side": ({"right": "customer"}, {"left": "agent", "right": "customer"}),
    "a third party's side": ({"right": "other"}, {"left": "customer", "right": "other"}),
}
REFUSED = {
    "a word": "agent",
    "an empty object": {},
    "no channel": {"middle": "agent"},
    "no role": {"left": "boss"},
    "all and a side": {"all": "agent", "left": "agent"},
    "a role that cannot be looked up": {"left": ["agent"]},
}


@pytest.mark.parametrize(("given", "of"), GIVEN.values(), ids=GIVEN)
def test_who_speaks(given: Any, of: dict[str, str]) -> None:
    voices = voices_of(given)
    assert voices.of == of
    assert voices.apart is ("all" not in of)
    assert voices.named("00") == "sha256:00 " + " ".join(f"{side}={role}" for side, role in sorted(of.items()))


@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_what_is_no_speaker(given: Any) -> None:
    with pytest.raises(FeedbackError) as raised:
        voices_of(given)
    assert raised.value.field == "speakers"


def test_the_words_are_not_what_was_sent() -> None:
    """Whatever a recogniser makes of a recording, the same recording has the same content; another has not."""
    agent = voices_of({"all": "agent"})
    said = agent.heard(UNHEARD, [Utterance("Hello.", 0.0, 1.0), Utterance("Bye.", 2.0, 3.0, None, 0.5)], 4.0)
    assert [(part.text, part.speaker, part.question) for part in said.parts] == [("Hello. Bye.", "agent", "Why?")]
    silent = agent.heard(UNHEARD, [], 4.0)
    assert silent.parts == (Part("", "Why?", "agent", 0.0, 4.0),)
    assert said.content_hash() == silent.content_hash() == UNHEARD.content_hash()
    assert feedback_from_dict(said.as_dict()) == said
    other = Feedback("v1", UNHEARD.parts, recording="sha256:01 all=customer")
    typed = Feedback("v1", UNHEARD.parts)
    assert len({one.content_hash() for one in (UNHEARD, other, typed)}) == 3


def test_more_than_a_record_holds_is_refused() -> None:
    words = [Utterance("x" * 19_999, n, n + 1.0) for n in range(MAX_RECORD_CHARACTERS // 20_000 + 1)]
    with pytest.raises(FeedbackError, match="cut it into several"):
        voices_of(None).heard(UNHEARD, words, 100.0)
