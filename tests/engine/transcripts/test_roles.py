"""Who is the customer."""

from __future__ import annotations

import time

import pytest

from engine.errors import TranscriptError
from engine.feedback import Speaker
from engine.transcripts.roles import Known, parse_speakers, roles_of
from engine.transcripts.utterance import Utterance

GREETING = "Thank you for calling, this is Sam, how can I help?"
Said = list[tuple[str | None, str]]


def _utterances(said: Said) -> list[Utterance]:
    return [Utterance(text, n, n + 1, speaker) for n, (speaker, text) in enumerate(said)]


@pytest.mark.parametrize(
    ("said", "given", "known", "roles"),
    [
        pytest.param([("AGENT", "Hi"), ("CUSTOMER", "Hi")], {}, Known.FILE, ["agent", "customer"], id="named"),
        pytest.param([("Agent Smith", "Hi"), ("Caller 1", "Hi")], {}, Known.FILE, ["agent", "customer"], id="in-words"),
        pytest.param([("Agent", "Hi"), ("spk_1", "Hi")], {}, Known.FILE, ["agent", "customer"], id="the-other-of-two"),
        pytest.param([("Customer", "Hi"), ("Bob", "Hi")], {}, Known.FILE, ["customer", "agent"], id="the-agent-of-two"),
        pytest.param(
            [("SYSTEM", "Press 1"), ("Bob", GREETING), ("Mary", "Hi")],
            {},
            Known.GUESSED,
            ["other", "agent", "customer"],
            id="machine-and-two",
        ),
        pytest.param(
            [("spk_0", "Hi"), ("spk_1", "Hi")],
            {"spk_1": "agent"},
            Known.MAPPING,
            ["customer", "agent"],
            id="mapping-of-one",
        ),
        pytest.param(
            [("spk_0", GREETING), ("spk_1", "Hi")],
            {"SPK_0": "customer", "1": "other"},
            Known.MAPPING,
            ["customer", "other"],
            id="mapping-before-the-guess",
        ),
        pytest.param(
            [("Agent", "Hi"), ("Bob", "Hi")],
            {"agent": "customer", "bob": "agent"},
            Known.MAPPING,
            ["customer", "agent"],
            id="mapping-before-the-name",
        ),
        pytest.param([("A", "Hi"), ("B", GREETING)], {}, Known.GUESSED, ["customer", "agent"], id="who-greets"),
        pytest.param([("A", "Late!"), ("B", "Late!")], {}, Known.GUESSED, ["customer", "customer"], id="nobody-greets"),
        pytest.param([("A", GREETING), ("B", GREETING)], {}, Known.GUESSED, ["customer", "customer"], id="both-greet"),
        pytest.param([("A", GREETING)], {}, Known.SINGLE, ["customer"], id="one-speaker"),
        pytest.param([("Agent", "Hi")], {}, Known.FILE, ["agent"], id="agent-alone"),
        pytest.param([(None, "Hi")], {"A": "agent"}, Known.SINGLE, [], id="nobody-named"),
        pytest.param([], {}, Known.SINGLE, [], id="silence"),
    ],
)
def test_who_is_who(said: Said, given: dict[str, Speaker], known: Known, roles: list[Speaker]) -> None:
    found = roles_of(_utterances(said), given)
    names = list(dict.fromkeys(name for name, _ in said if name is not None))
    assert found.known is known
    assert [found.of[name] for name in names] == roles


def test_a_mapping_of_nobody_who_speaks_is_an_error() -> None:
    with pytest.raises(TranscriptError, match="unknown speaker 'spk0'; did you mean 'spk_0'"):
        roles_of(_utterances([("spk_0", "Hi"), ("spk_1", "Hi")]), {"spk0": "agent"})


def test_a_mapping_to_no_role_is_an_error() -> None:
    with pytest.raises(TranscriptError, match="unknown speaker 'agnet'; did you mean 'agent'"):
        parse_speakers({"spk_0": "agnet"})


def test_as_many_speakers_as_words_take_no_time() -> None:
    began = time.process_time()
    roles_of([Utterance("hi", n, n, f"name {n}x") for n in range(20_000)])
    assert time.process_time() - began < 5
