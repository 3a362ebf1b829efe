"""Voices: who speaks in a recording, and the feedback that its words make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from engine.errors import FeedbackError
from engine.feedback import MAX_RECORD_CHARACTERS, Feedback, Part, Speaker
from engine.names import unknown
from engine.transcripts.roles import SPEAKERS
from engine.transcripts.turns import parts_of
from engine.transcripts.utterance import Utterance

ALL = "all"
SIDES = ("left", "right")
FACING: Mapping[Speaker, Speaker] = {"customer": "agent", "agent": "customer", "other": "customer"}


@dataclass(frozen=True, slots=True)
class Voices:
    """Who speaks in a recording.

    Parameters
    ----------
    of
        By ``left`` and ``right``, where the two channels are heard apart; else by ``all``.
    """

    of: Mapping[str, Speaker]

    @property
    def apart(self) -> bool:
        """Whether the channels are heard apart."""
        return ALL not in self.of

    def named(self, digest: str) -> str:
        """Return what a feedback calls its recording: the hash of its bytes, and who speaks in it."""
        said = " ".join(f"{side}={role}" for side, role in sorted(self.of.items()))
        return f"sha256:{digest} {said}"

    def heard(self, feedback: Feedback, utterances: Sequence[Utterance], seconds: float) -> Feedback:
        """Return a feedback with the words of its recording; silence is one part without words.

        Parameters
        ----------
        feedback
            Admitted with one part that has no words, and perhaps a question: the question of all that is said.
        seconds
            How long the recording is.

        Raises
        ------
        FeedbackError
            If it says more than a record may hold.
        """
        question = feedback.parts[0].question
        alone = self.of.get(ALL, "customer")
        parts = parts_of(utterances, self.of)
        if not self.apart:
            parts = tuple(replace(part, speaker=alone) for part in parts)
        if sum(len(part.text) for part in parts) > MAX_RECORD_CHARACTERS:
            raise FeedbackError(
                f"more is said in the recording than the {MAX_RECORD_CHARACTERS:,} characters that a record may have; "
                "cut it into several",
                field="parts",
            )
        silence = Part("", speaker=alone, start=0.0, end=round(seconds, 3))
        return replace(feedback, parts=tuple(replace(part, question=question) for part in parts or (silence,)))


def voices_of(given: Any) -> Voices:
    """Return who speaks: the customer, where nobody says more; who is on one channel decides who is on the other.

    Raises
    ------
    FeedbackError
        If it is no mapping of ``all``, or of ``left`` and ``right``, to speakers.
    """
    if given is None:
        return Voices({ALL: "customer"})
    if not isinstance(given, Mapping) or not given:
        raise FeedbackError("speakers must be an object, such as {left: agent, right: customer}", field="speakers")
    found: dict[str, Speaker] = {}
    for side, role in given.items():
        if side not in (ALL, *SIDES):
            raise FeedbackError(f"speakers: {unknown('channel', str(side), (ALL, *SIDES))}", field="speakers")
        if role not in SPEAKERS:
            raise FeedbackError(f"speakers: {unknown('speaker', str(role), SPEAKERS)}", field="speakers")
        found[side] = cast(Speaker, role)
    if ALL in found and len(found) > 1:
        raise FeedbackError("speakers takes all, or left and right, and not both", field="speakers")
    if ALL not in found:
        for side, other in (SIDES, SIDES[::-1]):
            found.setdefault(side, FACING[found.get(other, "agent")])
    return Voices(found)
