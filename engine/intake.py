"""Intake: what a sender said becomes feedback, cast and checked by the program."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from engine.errors import FeedbackError, TranscriptError
from engine.feedback import MAX_PART_CHARACTERS, MAX_RECORD_CHARACTERS, AttributeValue, Cue, Feedback, Part, Speaker
from engine.names import show, unknown
from engine.program import AttributeSpec, Program
from engine.transcripts.roles import parse_speakers
from engine.transcripts.transcript import transcript_of, transcript_of_json

FIELDS = (
    "source",
    "id",
    "text",
    "parts",
    "transcript",
    "speakers",
    "scores",
    "attributes",
    "channel",
    "occurred_at",
    "customer",
    "employee",
    "unit",
)
CUE_FIELDS = ("at", "start", "end", "confidence")
PART_FIELDS = ("text", "question", "speaker", "start", "end", "confidence", "cues")
SPEAKERS = ("customer", "agent", "other")
MAX_ATTRIBUTES = 200
MAX_VALUE_CHARACTERS = 2_000
AHEAD = timedelta(minutes=5)
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_ID = re.compile(r"[A-Za-z0-9._:-]{1,200}\Z")
_UNIT = re.compile(r"[^/\s\x00-\x1f][^/\x00-\x1f]{0,79}(/[^/\s\x00-\x1f][^/\x00-\x1f]{0,79}){0,9}\Z")
_ATTRIBUTE = re.compile(r"[^\x00-\x1f\x7f]{1,100}\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def admit(record: Mapping[str, Any], program: Program, now: datetime) -> Feedback:
    """Return the feedback that a sender's record means.

    Parameters
    ----------
    record
        The record as it came: JSON values, or text from a CSV.
    program
        Declares scores and attributes, and the zone of naive times.
    now
        The moment, aware; a time more than five minutes after it is refused.

    Raises
    ------
    FeedbackError
        With the field and what to do, for the first thing that is wrong.
    """
    if not isinstance(record, Mapping):
        raise FeedbackError("a record must be an object with id and text")
    for name in record:
        if name not in FIELDS:
            raise FeedbackError(unknown("field", str(name), FIELDS), field=str(name)[:100])
    source, name = _identifier(record.get("source"), "source", default="default"), _identifier(record.get("id"), "id")
    parts, guessed = _said(record)
    return Feedback(
        source=source,
        id=name,
        parts=parts,
        speakers_guessed=guessed,
        scores=_scores(record.get("scores"), program),
        attributes=_attributes(record.get("attributes"), program),
        channel=_text(record.get("channel"), "channel", most=100),
        customer=_text(record.get("customer"), "customer", most=200),
        employee=_text(record.get("employee"), "employee", most=200),
        unit=admit_unit(record.get("unit")),
        occurred_at=_moment(record.get("occurred_at"), program, now),
    )


def _identifier(value: Any, field: str, default: str | None = None) -> str:
    if value is None and default is not None:
        return default
    if isinstance(value, int) and not isinstance(value, bool):
        value = _digits(value)
    if not isinstance(value, str) or not _ID.match(value):
        said = "is missing" if value is None else "is not valid"
        raise FeedbackError(f"{field} {said}; use 1 to 200 of A-Z a-z 0-9 . _ : -", field=field)
    return value


def _digits(value: Any) -> str:
    """Return a value as text; Python writes whole numbers of more than 4,300 digits only in hexadecimal."""
    try:
        return str(value)
    except ValueError:
        return hex(value)


def _text(value: Any, field: str, *, most: int) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = _digits(value)
    if not isinstance(value, str):
        raise FeedbackError(f"{field} must be text", field=field)
    _storable(value, field)
    if len(value) > most:
        raise FeedbackError(f"{field} has {len(value):,} characters; at most {most:,} are taken", field=field)
    return value


def _storable(value: str, field: str) -> None:
    found = _UNSTORABLE.search(value)
    if found:
        what = "a NUL character" if found[0] == "\x00" else "half of a surrogate pair"
        raise FeedbackError(f"{field} has {what} at character {found.start()}; remove it", field=field)


def admit_unit(value: Any) -> str | None:
    """Return a valid unit, or None.

    Raises
    ------
    FeedbackError
        If it is no path of at most ten steps.
    """
    unit = _text(value, "unit", most=800)
    if unit is not None and not _UNIT.match(unit):
        raise FeedbackError("unit must be a path such as emea/uk/leeds, of at most ten steps", field="unit")
    return unit


def _said(record: Mapping[str, Any]) -> tuple[tuple[Part, ...], bool]:
    """Return the parts, and whether it was guessed who is who in them."""
    given = [name for name in ("text", "parts", "transcript") if record.get(name) is not None]
    if len(given) != 1:
        said = f"has {' and '.join(given)}; give one of them" if given else "has neither text, parts nor a transcript"
        raise FeedbackError(f"the record {said}", field=given[0] if given else "text")
    if record.get("speakers") is not None and given != ["transcript"]:
        raise FeedbackError("speakers belong to a transcript; a part has a speaker of its own", field="speakers")
    if given == ["text"]:
        return (Part(_words(record["text"], "text")),), False
    return _transcribed(record) if given == ["transcript"] else (_parts(record["parts"]), False)


def _transcribed(record: Mapping[str, Any]) -> tuple[tuple[Part, ...], bool]:
    content, speakers = record["transcript"], _object(record.get("speakers"), "speakers")
    try:
        content = content.encode() if isinstance(content, str) else content
        transcript = transcript_of(content) if isinstance(content, bytes) else transcript_of_json(content)
        parts, roles = transcript.parts(parse_speakers(speakers))
    except UnicodeEncodeError as problem:
        raise FeedbackError(f"transcript: {problem.reason}; remove what is no text", field="transcript") from problem
    except TranscriptError as problem:
        field = "speakers" if problem.about_speakers else "transcript"
        raise FeedbackError(f"{field}: {problem}", field=field) from problem
    for part in parts:
        _storable(part.text, "transcript")
    return parts, roles.guessed


def _parts(parts: Any) -> tuple[Part, ...]:
    if not isinstance(parts, list) or not parts:
        raise FeedbackError("parts must be a list of at least one part", field="parts")
    found = tuple(_part(part, f"parts.{place}") for place, part in enumerate(parts))
    total = sum(len(part.text) for part in found)
    if total > MAX_RECORD_CHARACTERS:
        raise FeedbackError(
            f"the record has {total:,} characters; at most {MAX_RECORD_CHARACTERS:,} are taken", field="parts"
        )
    return found


def _words(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise FeedbackError(f"{field} must be text", field=field)
    if len(value) > MAX_PART_CHARACTERS:
        raise FeedbackError(
            f"{field} has {len(value):,} characters; at most {MAX_PART_CHARACTERS:,} are taken: split it into parts",
            field=field,
        )
    _storable(value, field)
    return value


def _part(part: Any, field: str) -> Part:
    if not isinstance(part, Mapping):
        raise FeedbackError(f"{field} must be an object with text", field=field)
    for name in part:
        if name not in PART_FIELDS:
            raise FeedbackError(unknown("field", str(name), PART_FIELDS), field=f"{field}.{str(name)[:100]}")
    speaker = _text(part.get("speaker"), f"{field}.speaker", most=100) or "customer"
    if speaker not in SPEAKERS:
        raise FeedbackError(unknown("speaker", speaker, SPEAKERS), field=f"{field}.speaker")
    start, end = (_seconds(part.get(name), f"{field}.{name}") for name in ("start", "end"))
    if start is not None and end is not None and end < start:
        raise FeedbackError(f"{field} ends before it starts", field=f"{field}.end")
    text = _words(part.get("text"), f"{field}.text")
    return Part(
        text=text,
        question=_text(part.get("question"), f"{field}.question", most=MAX_VALUE_CHARACTERS),
        speaker=cast(Speaker, speaker),
        start=start,
        end=end,
        confidence=_between(part.get("confidence"), f"{field}.confidence", 0.0, 1.0),
        cues=_cues(part.get("cues"), f"{field}.cues", len(text)),
    )


def _cues(cues: Any, field: str, size: int) -> tuple[Cue, ...]:
    if cues is None:
        return ()
    if not isinstance(cues, list):
        raise FeedbackError(f"{field} must be a list", field=field)
    found: list[Cue] = []
    for place, cue in enumerate(cues):
        one = _cue(cue, f"{field}.{place}")
        if not (found[-1].at if found else -1) < one.at < max(size, 1):
            raise FeedbackError(
                f"{field}.{place}.at must rise from cue to cue, inside the text", field=f"{field}.{place}"
            )
        found.append(one)
    return tuple(found)


def _cue(cue: Any, field: str) -> Cue:
    if not isinstance(cue, Mapping):
        raise FeedbackError(f"{field} must be an object with at, start and end", field=field)
    for name in cue:
        if name not in CUE_FIELDS:
            raise FeedbackError(unknown("field", str(name), CUE_FIELDS), field=f"{field}.{str(name)[:100]}")
    at, start, end = cue.get("at"), *(_seconds(cue.get(name), f"{field}.{name}") for name in ("start", "end"))
    if isinstance(at, bool) or not isinstance(at, int):
        raise FeedbackError(f"{field}.at must be a whole number: where in the text the cue begins", field=field)
    if start is None or end is None or end < start:
        raise FeedbackError(f"{field} needs a start, and an end that is not before it", field=field)
    return Cue(at, start, end, _between(cue.get("confidence"), f"{field}.confidence", 0.0, 1.0))


def _seconds(value: Any, field: str) -> float | None:
    return _between(value, field, 0.0, 1e7)


def _between(value: Any, field: str, low: float, high: float) -> float | None:
    if value is None or value == "":
        return None
    number = _number(value, field)
    if not low <= number <= high:
        raise FeedbackError(f"{field} is {number:g}; it goes from {low:g} to {high:g}", field=field)
    return number


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise FeedbackError(f"{field} must be a number", field=field)
    try:
        number = float(value)
    except (ValueError, OverflowError) as problem:
        raise FeedbackError(f"{field} must be a number, not '{show(_digits(value))}'", field=field) from problem
    if not math.isfinite(number):
        raise FeedbackError(f"{field} must be a finite number; leave it out when there is none", field=field)
    return number


def _object(value: Any, field: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FeedbackError(f"{field} must be an object of names to values", field=field)
    return value


def _scores(value: Any, program: Program) -> dict[str, float]:
    scores = {}
    for name, given in _object(value, "scores").items():
        spec = program.scores.get(name)
        if spec is None:
            raise FeedbackError(unknown("score", str(name), program.scores), field=f"scores.{str(name)[:100]}")
        number = _between(given, f"scores.{name}", spec.min, spec.max)
        if number is not None:
            scores[name] = number
    return dict(sorted(scores.items()))


def _attributes(value: Any, program: Program) -> dict[str, AttributeValue]:
    given = _object(value, "attributes")
    if len(given) > MAX_ATTRIBUTES:
        raise FeedbackError(
            f"the record has {len(given)} attributes; at most {MAX_ATTRIBUTES} are taken", field="attributes"
        )
    attributes: dict[str, AttributeValue] = {}
    for name, raw in given.items():
        if not isinstance(name, str) or not _ATTRIBUTE.match(name):
            raise FeedbackError(
                "an attribute's name must have 1 to 100 characters and no control characters", field="attributes"
            )
        field = f"attributes.{name}"
        _storable(name, "attributes")
        cast_value = _attribute(raw, field, program.attributes.get(name))
        if cast_value is not None:
            attributes[name] = cast_value
    return dict(sorted(attributes.items()))


def _attribute(value: Any, field: str, spec: AttributeSpec | None) -> AttributeValue | None:
    if value is None or value == "":
        return None
    if spec is None:
        return value if isinstance(value, bool) else _plain(value, field)
    if spec.kind == "number":
        return _number(value, field)
    if spec.kind == "flag":
        return _flag(value, field)
    text = _text(_as_text(value), field, most=MAX_VALUE_CHARACTERS)
    if spec.kind == "one_of" and text not in spec.values:
        raise FeedbackError(unknown("value", str(text), spec.values), field=field)
    return text


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    return value


def _plain(value: Any, field: str) -> AttributeValue | None:
    if isinstance(value, (int, float)):
        return _number(value, field)
    return _text(value, field, most=MAX_VALUE_CHARACTERS)


def _flag(value: Any, field: str) -> bool:
    if isinstance(value, bool):
        return value
    found = _FLAGS.get(_digits(value).strip().lower()) if isinstance(value, (str, int)) else None
    if found is None:
        raise FeedbackError(f"{field} must be true or false", field=field)
    return found


def _moment(value: Any, program: Program, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError as problem:
            raise FeedbackError(
                f"occurred_at '{show(value)}' is not a time; write ISO 8601, such as 2026-03-01T14:30:00Z",
                field="occurred_at",
            ) from problem
    if not isinstance(moment, datetime):
        raise FeedbackError("occurred_at must be a time in ISO 8601, such as 2026-03-01T14:30:00Z", field="occurred_at")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=program.zone)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as problem:
        raise FeedbackError("occurred_at is out of range", field="occurred_at") from problem
    if moment < EARLIEST:
        raise FeedbackError("occurred_at is before 1970; leave it out when it is not known", field="occurred_at")
    if moment > now + AHEAD:
        raise FeedbackError(
            "occurred_at is more than five minutes ahead; check the clock and the time zone of the sender",
            field="occurred_at",
        )
    return moment
