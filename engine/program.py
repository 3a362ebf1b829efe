"""The program: everything one deployment is set up with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from engine.alerts.expectations import Expectations
from engine.alerts.routes import Route
from engine.alerts.triage import Triage
from engine.delivery.spec import DEFAULT_RECEIVERS as DEFAULT_RECEIVERS
from engine.delivery.spec import OPERATORS as OPERATORS
from engine.delivery.spec import ReceiverKind as ReceiverKind
from engine.delivery.spec import ReceiverSpec as ReceiverSpec
from engine.people import Person
from engine.privacy.policy import Policy, policy_from_dict
from engine.privacy.retention import RetentionRule
from engine.targets import Targets
from engine.topics import ProgramTopics, program_topics_from_dict

ScoreEnd = Literal["high", "low"]
AttributeKind = Literal["text", "number", "flag", "one_of"]
# The file of a rules folder whose conditions all rules share.
DEFINE = "_define.yaml"


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """A declared score: its range, and which end of it is good."""

    name: str
    min: float
    max: float
    good: ScoreEnd = "high"


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """A declared attribute: text, number, flag, or one of some values."""

    name: str
    kind: AttributeKind
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleFile:
    """One file of rules: its name in messages, and its text."""

    name: str
    text: str

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the text, in hex."""
        return text_hash(self.text)

    @cached_property
    def listed(self) -> str:
        """Its name and hash as JSON."""
        return json.dumps([self.name, self.sha256])


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text, in hex; any text has one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


DEFAULT_SCORES: Mapping[str, ScoreSpec] = MappingProxyType(
    {
        "nps": ScoreSpec("nps", 0, 10),
        "csat": ScoreSpec("csat", 1, 5),
        "ces": ScoreSpec("ces", 1, 7),
        "rating": ScoreSpec("rating", 1, 5),
    }
)


@dataclass(frozen=True)
class Program:
    """Everything one deployment is set up with.

    Parameters
    ----------
    name
        What the program is called.
    zone
        The time zone that naive times are in.
    languages
        ISO 639-1 codes of the languages that are read.
    scores, attributes, receivers
        What is declared, by name. ``receivers`` always has ``operators``.
    any_attribute
        Whether rules may use undeclared attributes without a warning (the built-in program).
    degrade
        Whether feedback is accepted unread while the reader is down.
    stale_after
        Feedback that occurred longer ago than this opens alerts and sends nothing.
    allow_late
        Feedback that comes late raises signals only for spans that ended no longer ago than this.
    rule_files
        The rules as text.
    topics
        Its own topic tree, beside or instead of the model's; None has the model's alone.
    templates
        Its own templates of messages, by file name.
    retired
        Receivers that were published once and are no more, each with the one that gets what still waits for it.
    routes
        The top of the routes; None sends what no rule sends elsewhere to the operators.
    targets
        How soon alerts must be followed up and closed, on which calendars, and who is told when they are late.
    people
        Those of people.csv; None without one.
    expect
        Of which sources feedback is expected, and of which rules alerts.
    triage
        Whose alerts come first.
    privacy
        What becomes of personal data.
    retention
        For how long feedback is kept; for ever where there is no rule.
    readers
        Other readers by the language that they read: the folder of each one's model.
    remedies, root_causes
        The words for what was done for a customer, and for what was behind it; any words where there are none.
    """

    name: str = "built-in"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    languages: tuple[str, ...] = ("en",)
    scores: Mapping[str, ScoreSpec] = field(default_factory=lambda: DEFAULT_SCORES)
    attributes: Mapping[str, AttributeSpec] = field(default_factory=dict)
    receivers: Mapping[str, ReceiverSpec] = field(default_factory=lambda: DEFAULT_RECEIVERS)
    retired: Mapping[str, str] = field(default_factory=dict)
    any_attribute: bool = True
    degrade: bool = False
    stale_after: timedelta = timedelta(hours=72)
    allow_late: timedelta = timedelta(hours=24)
    rule_files: tuple[RuleFile, ...] = ()
    topics: ProgramTopics | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    routes: Route | None = None
    targets: Targets = field(default_factory=Targets)
    people: tuple[Person, ...] | None = None
    expect: Expectations = field(default_factory=Expectations)
    triage: Triage = field(default_factory=Triage)
    remedies: tuple[str, ...] = ()
    root_causes: tuple[str, ...] = ()
    privacy: Policy = field(default_factory=Policy)
    retention: tuple[RetentionRule, ...] = ()
    readers: Mapping[str, Path] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return what is needed to read this program's rules again, as plain JSON values, without secrets."""
        return self.settings() | {"rules": [[file.name, file.text] for file in self.rule_files]}

    def settings(self) -> dict[str, Any]:
        """Return the same without the rules themselves: what they are loaded under."""
        own: dict[str, Any] = {"topics": self.topics.as_dict()} if self.topics else {}
        if self.privacy != Policy():
            own["privacy"] = self.privacy.as_dict()
        return {
            "name": self.name,
            "zone": str(self.zone),
            "languages": list(self.languages),
            "scores": [[s.name, s.min, s.max, s.good] for s in self.scores.values()],
            "attributes": [[a.name, a.kind, list(a.values)] for a in self.attributes.values()],
            "receivers": [[r.name, r.kind, *_to_customer(r)] for r in self.receivers.values()],
            "any_attribute": self.any_attribute,
            "degrade": self.degrade,
            "stale_after_s": self.stale_after.total_seconds(),
            "allow_late_s": self.allow_late.total_seconds(),
            **own,
        }


def _to_customer(receiver: ReceiverSpec) -> tuple[str, ...]:
    """Return what is written of a receiver that rules may thank by; of others nothing, as ever."""
    return ("to_customer",) if receiver.to_customer else ()


def program_from_dict(record: Mapping[str, Any]) -> Program:
    """Rebuild a `Program` from what `Program.as_dict` returned; receivers have neither address nor secret."""
    return Program(
        name=record["name"],
        zone=ZoneInfo(record["zone"]),
        languages=tuple(record["languages"]),
        scores={name: ScoreSpec(name, low, high, good) for name, low, high, good in record["scores"]},
        attributes={
            name: AttributeSpec(name, cast(AttributeKind, kind), tuple(values))
            for name, kind, values in record["attributes"]
        },
        receivers={
            name: ReceiverSpec(name, kind, to_customer=bool(to_customer))
            for name, kind, *to_customer in record["receivers"]
        },
        any_attribute=record["any_attribute"],
        degrade=record["degrade"],
        stale_after=timedelta(seconds=record["stale_after_s"]),
        allow_late=timedelta(seconds=record.get("allow_late_s", 86_400)),
        rule_files=tuple(RuleFile(name, text) for name, text in record["rules"]),
        topics=program_topics_from_dict(record["topics"]) if "topics" in record else None,
        privacy=policy_from_dict(record["privacy"]) if "privacy" in record else Policy(),
    )
