"""The shapes of everything that goes in or out: the contract, as it stands in the OpenAPI document."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ByTask = dict[str, list[str]]
Confidences = dict[str, dict[str, float]]


class Shape(BaseModel):
    """The root of the shapes: unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class CueIn(Shape):
    """When some of a spoken part was said: from a character of its text on, up to the next cue."""

    at: int = Field(ge=0, description="code-point offset into the part's text; rises from cue to cue")
    start: float = Field(ge=0, description="seconds from the start of the recording")
    end: float = Field(ge=0, description="seconds from the start of the recording")
    confidence: float | None = Field(None, ge=0, le=1, description="the speech recogniser's confidence")


class PartIn(Shape):
    """One answer or turn of a feedback."""

    text: str = Field(max_length=20_000)
    question: str | None = None
    speaker: Literal["customer", "agent", "other"] = "customer"
    start: float | None = Field(None, description="seconds from the start of the recording")
    end: float | None = Field(None, description="seconds from the start of the recording")
    confidence: float | None = Field(None, ge=0, le=1, description="the speech recogniser's confidence")
    cues: list[CueIn] | None = Field(None, description="when which words were said")


class FeedbackIn(Shape):
    """One record from a customer. Give a text, parts or a transcript."""

    id: str = Field(pattern=r"^[A-Za-z0-9._:-]{1,200}$", examples=["survey-4711"])
    source: str = Field("default", pattern=r"^[A-Za-z0-9._:-]{1,200}$")
    text: str | None = Field(None, max_length=20_000, examples=["The app crashed twice and nobody answers."])
    parts: list[PartIn] | None = None
    transcript: str | dict[str, Any] | list[Any] | None = Field(
        None,
        description="a WebVTT or SRT file as text, or the JSON of Whisper, Amazon Transcribe, Contact Lens, Google, "
        "Azure, Deepgram or AssemblyAI as it is",
    )
    speakers: dict[str, Literal["customer", "agent", "other"]] | None = Field(
        None,
        description="who the transcript's speakers or channels are, where it does not say",
        examples=[{"0": "agent"}],
    )
    scores: dict[str, float | None] = Field(default_factory=dict, examples=[{"nps": 2}])
    attributes: dict[str, str | float | bool | None] = Field(default_factory=dict, examples=[{"store": "Leeds"}])
    channel: str | None = None
    customer: str | None = None
    employee: str | None = None
    unit: str | None = Field(None, description="a path such as emea/uk/leeds")
    occurred_at: datetime | None = Field(None, description="ISO 8601; naive times take the program's zone")


class SentenceOut(Shape):
    """One sentence: half-open code-point offsets into its part's text."""

    part: int
    start: int
    end: int
    language: str | None = Field(description="ISO 639-1; one that nobody reads has no labels")
    labels: ByTask
    confidence: Confidences
    speaker: Literal["customer", "agent", "other"] | None = Field(None, description="whose sentence it is")
    starts: float | None = Field(None, description="of speech: seconds from the start of the recording")
    ends: float | None = Field(None, description="of speech: seconds from the start of the recording")
    heard: float | None = Field(
        None, description="of speech: how sure its recogniser was; confidences are lowered by it"
    )


class ReadingOut(Shape):
    """All that was understood of one feedback."""

    id: str
    status: Literal["read", "empty", "unsure", "unsupported_language", "unread"]
    language: str | None = Field(description="ISO 639-1, of most of its words; null when it could not be told")
    language_confidence: float | None = Field(description="probability, 0 to 1, that it is that language")
    languages: list[str] = Field(description="every language of its sentences, its own first")
    model: str
    labels: ByTask
    unsure: ByTask
    confidence: Confidences
    sentences: list[SentenceOut]


class AlertBrief(Shape):
    """An alert, as a decision tells it."""

    id: str
    rule: str
    severity: Literal["low", "medium", "high", "critical"]
    kind: Literal["alert", "review", "signal", "system"]
    reasons: list[str]


class HeldBackOut(Shape):
    """A match without an alert, or an alert without a message, and why; `alert` is what it was linked to."""

    rule: str
    reason: Literal[
        "shadow",
        "unsure",
        "already_open",
        "cooldown",
        "sampled_out",
        "signal_open",
        "late",
        "stale",
        "notify_off",
    ]
    alert: str | None = None


class DecisionOut(Shape):
    """What was made of one feedback."""

    source: str
    id: str
    revision: int
    sequence: int
    decided_at: datetime
    ruleset: str
    model: str
    taxonomy: str
    reading: ReadingOut
    alerts: list[AlertBrief]
    held_back: list[HeldBackOut]


class DecisionsOut(Shape):
    """The decisions of a batch, in its order."""

    decisions: list[DecisionOut]


class ReadingsOut(Shape):
    """The readings of a batch, in its order."""

    readings: list[ReadingOut]


class StoredOut(Shape):
    """A feedback as it stands in the store."""

    feedback: dict[str, Any]
    received_at: datetime
    occurred_at: datetime
    erased_at: datetime | None = Field(description="when its words, people and attributes were erased")
    decision: DecisionOut


class DeliveryAttemptOut(Shape):
    """One try to deliver a notification."""

    number: int
    at: datetime
    outcome: Literal["sent", "retry", "dead", "stopped"]
    detail: str


class NotificationOut(Shape):
    """One message to one receiver."""

    id: str
    alert: str | None = Field(description="null of what tells of several alerts, or of none")
    kind: str
    recipient: str = Field(description="the person or receiver that it is for")
    receiver: str
    state: Literal["pending", "sent", "dead", "held", "dropped"]
    held_reason: str | None = Field(description="why it is not sent, or waits")
    held_by: str | None = Field(description="the silence or problem that says so")
    carried_by: str | None = Field(description="the notification that tells of it instead")
    created_at: datetime
    due_at: datetime = Field(description="of one that is pending, when it is tried next")
    attempts: list[DeliveryAttemptOut]


class EvidenceOut(Shape):
    """The sentence behind a label."""

    sentence: int
    part: int
    start: int
    end: int
    starts: float | None = Field(None, description="of speech: seconds from the start of the recording")
    ends: float | None = Field(None, description="of speech: seconds from the start of the recording")
    heard: float | None = Field(None, description="of speech: how sure its recogniser was")


class TraceOut(Shape):
    """One condition: what was found, what was wanted, and whether it held."""

    condition: str
    truth: Literal["yes", "no", "unknown"]
    found: Any = None
    wanted: Any = None
    evidence: EvidenceOut | None = None
    children: list[TraceOut] = Field(default_factory=list)


class RuleExplanationOut(Shape):
    """One rule, judged."""

    rule: str
    title: str
    status: Literal["draft", "shadow", "live", "paused"]
    truth: Literal["yes", "no", "unknown"]
    outcome: str
    trace: TraceOut
    alerts: list[str]
    signals: list[str] = Field(description="signals that this feedback stands behind, and did not open itself")
    held_back: list[str]
    notifications: list[NotificationOut]


class ExplanationOut(Shape):
    """Why a feedback did or did not alert: every rule, every condition."""

    source: str
    id: str
    revision: int
    sequence: int
    decided_at: datetime
    ruleset: str
    erased_at: datetime | None = Field(description="since then its words and attributes are not there to find")
    reading: ReadingOut
    rules: list[RuleExplanationOut]


class FindingOut(Shape):
    """What is wrong with a rule, and where in its text; lines and columns count from 1."""

    line: int
    column: int
    message: str
    level: Literal["error", "warning"]


class RuleVersionOut(Shape):
    """A rule as it stood from some moment on, without its text."""

    slug: str
    version: int
    title: str
    status: Literal["draft", "shadow", "live", "paused"]
    author: str | None
    managed: bool = Field(description="whether it comes from files, and is changed there only")
    file: str
    retired: bool = Field(description="whether it is no longer judged by")
    who: str
    why: str
    at: datetime


class RuleTextOut(RuleVersionOut):
    """A version of a rule."""

    text: str


class RuleVersionsOut(Shape):
    """One page of a rule's versions, newest first; the cursor leads to the next."""

    versions: list[RuleVersionOut]
    cursor: str | None


class RuleOut(RuleVersionOut):
    """A published rule, and what is wrong with it by now."""

    problems: list[FindingOut]


class RulesOut(Shape):
    """One page of published rules, in the order of their slugs; the cursor leads to the next."""

    rules: list[RuleOut]
    cursor: str | None


class RuleSummaryOut(Shape):
    """What a rule does; null where it cannot be loaded."""

    severity: Literal["low", "medium", "high", "critical"]
    send_to: str | None
    if_unsure: Literal["skip", "review", "alert"]
    must_not_lose: bool
    fires: int = Field(description="how many examples it has on which it is to fire")
    stays_quiet: int = Field(description="how many examples it has on which it is to stay quiet")


class RuleDetailOut(RuleOut):
    """A published rule with its text. The `ETag` of the answer is its version."""

    text: str
    summary: RuleSummaryOut | None


class RuleIn(Shape):
    """A rule's text, and why it is published."""

    text: str = Field(description="one document of YAML, at most 1 MiB")
    why: str | None = Field(None, max_length=500)


class RestoreIn(Shape):
    """Which version is to be published again, and why."""

    version: int = Field(ge=1)
    why: str | None = Field(None, max_length=500)


class ValidationOut(Shape):
    """What a text would be published as (null where it has errors), and all that is wrong with it."""

    slug: str | None
    title: str | None
    status: Literal["draft", "shadow", "live", "paused"] | None
    author: str | None
    findings: list[FindingOut]


class RefusalOut(Shape):
    """Why an alert was not changed."""

    alert: str
    type: str
    status: int
    detail: str


class ProblemOut(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    field: str | None = Field(None, description="path of the field that is wrong")
    position: int | None = Field(None, description="place of the record in the batch, from 0")
    errors: list[FindingOut] | None = Field(None, description="of a rule: everything that is wrong, and where")
    refused: list[RefusalOut] | None = Field(None, description="of a change of several alerts: why, for each")
