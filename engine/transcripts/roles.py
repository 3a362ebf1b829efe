"""Who is who: which of a conversation's speakers is the customer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from engine.errors import TranscriptError
from engine.feedback import Speaker
from engine.names import unknown
from engine.transcripts.utterance import Utterance

SPEAKERS: tuple[Speaker, ...] = ("customer", "agent", "other")
MOST_NAMES = 15

_NAMES: dict[Speaker, tuple[str, ...]] = {
    "agent": (
        *("agent", "advisor", "adviser", "representative", "rep", "operator", "support", "csr", "employee"),
        *("consultant", "assistant", "host", "staff", "clerk", "teller", "dispatcher", "service", "care", "helpdesk"),
    ),
    "customer": ("customer", "caller", "client", "guest", "user", "member", "consumer", "shopper", "patient"),
    "other": ("system", "ivr", "bot", "supervisor", "interpreter", "recording", "announcement", "music"),
}
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?:\A|[^0-9])(\d+)\Z")

# How who works there speaks, and no customer does; each is looked for once a speaker.
_SERVICE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:how|what) (?:can|may|could) (?:i|we) (?:help|assist|do for)\b",
        r"\b(?:thank you|thanks) for (?:calling|contacting|holding|waiting|your patience|being a)\b",
        r"\bcall (?:is|may be|might be|will be) (?:being )?(?:recorded|monitored)\b",
        r"\b(?:my name is|this is|you're speaking (?:to|with)) \w+ (?:from|with|at|speaking)\b",
        r"\b(?:can|could|may) i (?:please )?(?:have|get|take|ask for|verify|confirm) your\b",
        r"\b(?:is there )?anything else (?:that )?(?:i|we) can (?:help|do|assist)\b",
        r"\b(?:let me|i'll|i will|i can) (?:just )?(?:check|pull up|look (?:that|it|this) up|transfer you|put you)\b",
        r"\b(?:i'm|i am|we're|we are) (?:so |very |really )?sorry (?:to hear|about that|for the)\b",
        r"\byour (?:account|order|booking|reference|policy) number\b",
        r"\bwelcome to\b",
    )
)


class Known(StrEnum):
    """How it is known who is who."""

    FILE = "file"
    MAPPING = "mapping"
    GUESSED = "guessed"
    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class Roles:
    """Who the speakers are, and how that is known: by the least sure way that was needed.

    Parameters
    ----------
    of
        By the names that the utterances have.
    """

    known: Known
    of: Mapping[str, Speaker] = field(default_factory=dict)

    @property
    def guessed(self) -> bool:
        """Whether it may well be wrong."""
        return self.known is Known.GUESSED


def roles_of(utterances: Sequence[Utterance], given: Mapping[str, Speaker] | None = None) -> Roles:
    """Return who the speakers of a conversation are.

    What is given goes before what the names say (``Agent``, ``CUSTOMER``, ``Caller 1``). One speaker alone is the
    customer, and of two the one who is not known is the other. Else it is guessed: the agent is who speaks as agents
    do (``how can I help``) more than anybody else, and whoever is left is the customer, so that none goes unread.

    Parameters
    ----------
    given
        Speakers by name, in any case; a number also means ``speaker_N``, ``spk_N``, ``channel_N`` and their like.

    Raises
    ------
    TranscriptError
        If nobody who speaks is among those who are given.
    """
    names = list(dict.fromkeys(one.speaker for one in utterances if one.speaker is not None))
    mapped = _mapped(names, given or {})
    said = {name: role for name in names if name not in mapped and (role := role_in(name)) is not None}
    found: dict[str, Speaker] = {**said, **mapped}
    left = [name for name in names if name not in found]
    if not left:
        return Roles(Known.MAPPING if mapped else Known.FILE if names else Known.SINGLE, found)
    if len(names) == 1:
        return Roles(Known.SINGLE, {left[0]: "customer"})
    if len(names) == 2 and found:
        other: Speaker = "agent" if "customer" in found.values() else "customer"
        return Roles(Known.MAPPING if mapped else Known.FILE, {**found, left[0]: other})
    agent = None if "agent" in found.values() else _who_serves(utterances, left)
    return Roles(Known.GUESSED, {**found, **{name: "agent" if name == agent else "customer" for name in left}})


def _mapped(names: Sequence[str], given: Mapping[str, Speaker]) -> dict[str, Speaker]:
    found: dict[str, Speaker] = {}
    for name in names:
        number = _NUMBER.search(name)
        called = [name.casefold()] + ([str(int(number[1]))] if number else [])
        wanted = next((one for one in given if one.casefold() in called), None)
        if wanted is not None:
            found[name] = given[wanted]
    if given and names and not found:
        raise TranscriptError(unknown("speaker", next(iter(given)), names[:MOST_NAMES]), about_speakers=True)
    return found


def role_in(name: str) -> Speaker | None:
    """Return the role that a speaker's name says, such as ``AGENT`` or ``Caller 1``."""
    words = [word.casefold() for word in _WORD.findall(name)]
    return next((role for role, names in _NAMES.items() if any(word in names for word in words)), None)


def _who_serves(utterances: Sequence[Utterance], names: Sequence[str]) -> str | None:
    """Return who speaks as an agent does more than anybody else; None where nobody does."""
    words: dict[str, list[str]] = {name: [] for name in names}
    for one in utterances:
        if one.speaker in words:
            words[one.speaker].append(one.text)
    points = {name: sum(bool(pattern.search(" ".join(said))) for pattern in _SERVICE) for name, said in words.items()}
    best = max(points.values())
    leading = [name for name in names if points[name] == best]
    return leading[0] if best and len(leading) == 1 else None


def parse_speakers(given: Mapping[str, str]) -> dict[str, Speaker]:
    """Return a mapping of speakers to roles, checked.

    Raises
    ------
    TranscriptError
        If one is no role.
    """
    for role in given.values():
        if role not in SPEAKERS:
            raise TranscriptError(unknown("speaker", str(role), SPEAKERS), about_speakers=True)
    return {name: cast(Speaker, role) for name, role in given.items()}
