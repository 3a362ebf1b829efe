"""The menu of conditions: which kinds there are in a program, in plain words, and what a new one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.program import Program, ScoreSpec
from engine.rules.plain_words import plain_name

Menu = Sequence[tuple[str, Mapping[str, str]]]
LABELS = {
    "emotion": "Emotion: what the customer feels",
    "intent": "Intent: what the customer wants",
    "topic": "Topic: what it is about",
    "sentiment": "Sentiment: positive, negative, mixed",
}
TEXT = {
    "says": "Words that somebody says",
    "about": "What somebody means",
    "together": "Several things in sentences that follow each other",
    "same_sentence": "Several things in one sentence",
    "question": "The question that was answered",
}
GROUPS = {
    "any": "A group: at least one of these",
    "all": "A group: all of these",
    "none": "A group: none of these",
}
OVER_TIME = {
    "count": "So many in a span of time",
    "distinct": "So many different ones in a span of time",
    "share": "Such a share of all feedback",
    "spike": "Many more than usual",
    "flatline": "Nothing where usually something comes",
}
FACTS = {
    "channel": "Channel",
    "language": "Language",
    "source": "Source",
    "unit": "Unit",
    "status": "How far it could be read",
}
TITLES = {
    "all": "All of these hold",
    "any": "At least one of these holds",
    "none": "None of these holds",
}


def menu_of(program: Program, definitions: Sequence[str], *, inside: bool = False, top: bool = False) -> Menu:
    """Return the kinds of conditions that can be added.

    Parameters
    ----------
    inside
        Within sentences that stand together only text can be tested.
    top
        Conditions over time stand at the top only.
    """
    text = {key: said for key, said in TEXT.items() if not inside or key in ("says", "about")}
    found: list[tuple[str, Mapping[str, str]]] = [("What the model reads", LABELS), ("What was said", text)]
    if not inside:
        found.insert(1, ("Scores", {name: f"{score_name(name)} score" for name in program.scores}))
        if program.attributes:
            found.append(("Attributes", {name: plain_name(name).capitalize() for name in program.attributes}))
        found.append(("Where it came from", FACTS))
        if definitions:
            found.append(("Shared", {"meets": "A shared condition"}))
    found.append(("Groups", GROUPS))
    if top:
        found.append(("Over time", OVER_TIME))
    return [(title, dict(options)) for title, options in found if options]


def new_condition(kind: str, program: Program, definitions: Sequence[str]) -> tuple[str, Any]:
    """Return the key and the value that a new condition of a kind begins with."""
    spec = program.scores.get(kind)
    if spec is not None:
        return kind, _bad_end(spec)
    if kind in program.attributes:
        attribute = program.attributes[kind]
        if attribute.kind == "number":
            return kind, {"at_least": 0}
        return kind, True if attribute.kind == "flag" else attribute.values[0] if attribute.values else {
            "missing": False
        }
    if kind == "about":
        return "says", {"about": ""}
    return kind, _FRESH.get(kind, definitions[0] if kind == "meets" and definitions else "")


def score_name(name: str) -> str:
    """Return a score as people say it: short ones are abbreviations."""
    return name.upper() if len(name) <= 4 else name.replace("_", " ").replace("-", " ").capitalize()


def _bad_end(spec: ScoreSpec) -> dict[str, float]:
    """Return the test for a bad score: where it is at or beyond the middle of the bad half."""
    third = (spec.max - spec.min) * 0.6
    low, high = spec.min + third, spec.max - third
    return {"at_most": _whole(low)} if spec.good == "high" else {"at_least": _whole(high)}


def _whole(value: float) -> float:
    return int(value) if float(value).is_integer() or abs(value) >= 3 else round(value, 2)


_FRESH: Mapping[str, Any] = {
    "emotion": [],
    "intent": [],
    "topic": [],
    "sentiment": "negative",
    "all": [],
    "any": [],
    "none": [],
    "together": {"sentences": 2, "all": []},
    "same_sentence": [],
    "status": "read",
    "language": "en",
    "count": {"at_least": 3, "within": "24h"},
    "distinct": {"what": "customer", "at_least": 3, "within": "24h"},
    "share": {"at_least": "20%", "within": "24h"},
    "spike": {"within": "24h"},
    "flatline": {"within": "24h"},
}
