"""The words for labels: what a customer who has one is, or does."""

from __future__ import annotations

from datetime import timedelta

from engine.durations import say_duration

EMOTIONS = {
    "anger": "angry in some way",
    "anger/anger": "angry",
    "anger/annoyance": "annoyed",
    "anger/disapproval": "disapproving",
    "disgust": "disgusted",
    "disgust/disgust": "disgusted",
    "fear": "afraid in some way",
    "fear/fear": "afraid",
    "fear/nervousness": "nervous",
    "joy": "happy in some way",
    "joy/admiration": "full of admiration",
    "joy/amusement": "amused",
    "joy/approval": "approving",
    "joy/caring": "caring",
    "joy/desire": "longing for something",
    "joy/excitement": "excited",
    "joy/gratitude": "grateful",
    "joy/joy": "happy",
    "joy/love": "full of love",
    "joy/optimism": "optimistic",
    "joy/pride": "proud",
    "joy/relief": "relieved",
    "sadness": "sad in some way",
    "sadness/disappointment": "disappointed",
    "sadness/embarrassment": "embarrassed",
    "sadness/grief": "grieving",
    "sadness/remorse": "sorry",
    "sadness/sadness": "sad",
    "surprise": "surprised in some way",
    "surprise/confusion": "confused",
    "surprise/curiosity": "curious",
    "surprise/realization": "becoming aware of something",
    "surprise/surprise": "surprised",
    "neutral": "without emotion",
    "neutral/neutral": "without emotion",
}
INTENTS = {
    "complaint": "complains",
    "defect": "reports a defect",
    "praise": "praises something",
    "suggestion": "suggests something",
    "question": "asks something",
    "contact-request": "wants to be contacted",
    "refund-request": "wants money back or a replacement",
    "repeat-contact": "had to come back about the same matter",
    "churn": "is leaving or threatens to leave",
    "escalation-threat": "threatens with a lawyer, a regulator or the public",
    "safety-risk": "reports harm or danger",
}
SPEAKERS = {"customer": "the customer", "agent": "the agent", "other": "another speaker", "anyone": "somebody"}


_UNITS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}


def spelt(span: timedelta) -> str:
    """Return a duration as people say it, in the largest unit that fits exactly: ``7d`` is ``1 week``."""
    written = say_duration(span)
    number, unit = int(written[:-1]), _UNITS[written[-1]]
    return f"{number} {unit}{'s' * (number != 1)}"


def plain_name(name: str) -> str:
    """Return a name of the rules as words: ``digital/ease-of-use`` is ``digital ease of use``."""
    return name.replace("/", " ").replace("-", " ").replace("_", " ")
