"""What a receiver may see of a message: everything, everything but personal data, or labels alone.

Masking keeps the length of every text, so offsets of evidence stay right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.delivery.spec import Sees

# Returns texts of the same length, with personal data hidden: `engine.ports.Redactor.mask`.
Mask = Callable[[Sequence[str]], list[str]]

ATTRIBUTES = "attributes"
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


def redacted(body: Mapping[str, Any], sees: Sees, mask: Mask) -> dict[str, Any]:
    """Return what a receiver may see of a message's body."""
    if sees is Sees.EVERYTHING:
        return dict(body)
    shown = _labels(body) if sees is Sees.LABELS else body
    texts = list(dict.fromkeys(_texts(shown)))
    return dict(_masked(shown, dict(zip(texts, mask(texts), strict=True))))


def _texts(value: Any, within: str = "") -> Iterator[str]:
    """Yield all that may have to be masked, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield name
            if within == ATTRIBUTES and isinstance(one, str):
                yield _with_name(name, one)
            elif not _is_ours(name, within):
                yield from _texts(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, within)


def _masked(value: Any, masks: Mapping[str, str], within: str = "") -> Any:
    if isinstance(value, str):
        return masks[value]
    if isinstance(value, Mapping):
        return {masks[name]: _masked_under(name, one, masks, within) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, masks, within) for one in value]
    return value


def _masked_under(name: str, value: Any, masks: Mapping[str, str], within: str) -> Any:
    if within == ATTRIBUTES and isinstance(value, str):
        return masks[_with_name(name, value)][-len(value) :] if value else value
    return value if _is_ours(name, within) else _masked(value, masks, name)


def _with_name(name: str, value: str) -> str:
    """Return an attribute as it is looked at: its name says what a number is."""
    return f"{name.replace('_', ' ')}: {value}"


def _is_ours(name: str, within: str) -> bool:
    return name in _OURS and within != ATTRIBUTES


def _labels(value: Any, kept: frozenset[str] | None = None) -> Any:
    """Return what is left of a value without words; `kept` are the only names that may stay."""
    if isinstance(value, list):
        return [_labels(one, kept) for one in value]
    if not isinstance(value, Mapping):
        return value
    stays: Callable[[str], bool] = (lambda name: name in kept) if kept is not None else (lambda n: n not in _WORDS)
    return {name: _labels(one, _LABELS.get(name)) for name, one in value.items() if stays(name)}
