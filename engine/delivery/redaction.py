"""What a receiver may see of a message: everything, everything but personal data, or labels alone.

Masking keeps the length of every text, so offsets of evidence stay right.

References
----------
ISO 13616 (IBAN), ISO/IEC 7812 (cards), ITU-T E.164 (phone numbers of at most 15 digits).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.delivery.spec import Sees

MASK = "•"
FEWEST_DIGITS = 7
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}\s?@\s?[^\s@<>()\[\],;:\"']{1,190}\.[^\W\d_]{2,63}")
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![^\W_])")
# Digits with what people put between them. A date or a time of day is none, as long as it is written as one.
_NUMBER = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d(?:[ \t./()\u00a0\u2010-\u2015-]{0,3}\d){6,29}(?!\w)|\d{7,}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|\d{1,2}[./]\d{1,2}[./](?:19|20)\d{2}")

# Names, moments and numbers of our own: they are looked up by, and nobody's personal data.
_OURS = frozenset(
    {"id", "rule", "rule_version", "type", "severity", "kind", "state", "source", "feedback_id", "version", "problem"}
    | {"opened_at", "started_at", "ended_at", "follow_up_due", "close_due", "followed_up_at", "resolved_at"}
    | {"closed_at", "starts_at", "ends_at", "created_at", "due_at", "at", "judged", "shows", "url", "clock", "alert_id"}
    | {"notification", "schema"}
)
# What is left where the customer's words, the customer and attributes are not to be seen.
_LABELS: Mapping[str, frozenset[str]] = {
    "alert": frozenset(
        {"id", "rule", "rule_version", "title", "severity", "kind", "state", "opened_at", "started_at", "ended_at"}
        | {"unit", "confidence", "priority", "version", "holder", "team", "follow_up_due", "close_due", "receiver"}
        | {"followed_up_at", "resolved_at", "closed_at", "judged", "in_attainment", "sequence", "evidence"}
    ),
    "feedback": frozenset({"source", "id", "scores", "channel", "unit"}),
    "evidence": frozenset({"shows"}),
}
# Whole branches that may hold a customer's words or attributes.
_WORDS = frozenset({"by", "key", "matching", "said", "text", "parts", "customer", "attributes", "reasons"})


def mask(text: str) -> str:
    """Return a text with e-mail addresses, phone, card and account numbers and long runs of digits hidden."""
    for pattern in (_EMAIL, _IBAN):
        text = pattern.sub(_hidden, text)
    dates = [match.span() for match in _DATE.finditer(text)]
    return _NUMBER.sub(lambda match: match[0] if match.span() in dates else _hidden(match), text)


def redacted(body: Mapping[str, Any], sees: Sees) -> dict[str, Any]:
    """Return what a receiver may see of a message's body."""
    if sees is Sees.EVERYTHING:
        return dict(body)
    shown = _labels(body) if sees is Sees.LABELS else body
    masked = _masked(shown)
    return dict(masked)


def _hidden(match: re.Match[str]) -> str:
    return "".join(one if one.isspace() else MASK for one in match[0])


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {mask(name): one if name in _OURS else _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return value


def _labels(value: Any, kept: frozenset[str] | None = None) -> Any:
    """Return what is left of a value without words; `kept` are the only names that may stay."""
    if isinstance(value, list):
        return [_labels(one, kept) for one in value]
    if not isinstance(value, Mapping):
        return value
    stays: Callable[[str], bool] = (lambda name: name in kept) if kept is not None else (lambda n: n not in _WORDS)
    return {name: _labels(one, _LABELS.get(name)) for name, one in value.items() if stays(name)}
