"""What a message tells of a feedback: its words around the evidence, cut where nothing is torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.alerts.alert import EvidenceSpan
from engine.feedback import Feedback, Part

MOST_CHARACTERS = 4_000
# Of each part, so that a long first answer does not leave the others out.
MOST_OF_PART = 2_000
AROUND = 400
_TORN = frozenset("0123456789+@._-()/")

Spans = Sequence[tuple[int, int]]


def feedback_told(feedback: Feedback, evidence: Sequence[EvidenceSpan] = ()) -> dict[str, Any]:
    """Return what messages tell of a feedback, as plain JSON values.

    ``parts`` are the customer's, and those with evidence: ``text`` begins at the character ``start`` of the part's
    own text, to which offsets of evidence refer, and ``of`` is the length of that.

    Parameters
    ----------
    evidence
        Around which the words are cut where they are many.
    """
    text = feedback.text
    first, last = window(text, (), MOST_OF_PART)
    return {
        "source": feedback.source,
        "id": feedback.id,
        "text": text[first:last] + ("..." if last < len(text) else ""),
        "parts": _parts(feedback.parts, evidence),
        "scores": dict(feedback.scores),
        "attributes": dict(feedback.attributes),
        "channel": feedback.channel,
        "unit": feedback.unit,
        "customer": feedback.customer,
    }


def window(text: str, spans: Spans, most: int) -> tuple[int, int]:
    """Return which characters of a text to show: around the first spans, at most so many.

    It begins and ends beside a space where one is near, and never inside a number or an address, of which a mask
    could not tell any more what it is.
    """
    if len(text) <= most:
        return 0, len(text)
    begin = min((start for start, _ in spans), default=0)
    first = max(0, min(begin - min(AROUND, most // 4), len(text) - most))
    last = min(len(text), first + most)
    return _inward(text, first, 1, last), _inward(text, last, -1, first)


def _inward(text: str, edge: int, step: int, other: int) -> int:
    """Return an edge moved inward until it tears nothing; as it is if that would leave nothing."""
    at = edge
    while 0 < at < len(text) and at != other and _tears(text, at):
        at += step
        if abs(at - edge) > AROUND:
            return edge
    return edge if at == other else at


def _tears(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before.isspace() or after.isspace():
        near = text[max(0, at - 2) : at + 2].replace(" ", "")
        return len(near) > 1 and all(one.isdigit() or one in _TORN for one in near)
    return True


def _parts(parts: Sequence[Part], evidence: Sequence[EvidenceSpan]) -> list[dict[str, Any]]:
    """Return the parts to tell, in their order; those with evidence are chosen first."""
    proven = {span.part for span in evidence}
    wanted = [n for n, part in enumerate(parts) if n in proven or part.speaker == "customer"]
    left, chosen = MOST_CHARACTERS, {}
    for number in sorted(wanted, key=lambda n: n not in proven):
        if left <= 0:
            break
        text = parts[number].text
        spans = [(span.start, span.end) for span in evidence if span.part == number]
        first, last = window(text, spans, min(left, MOST_OF_PART))
        left -= last - first
        if text[first:last].strip():
            chosen[number] = _part(number, parts[number], first, last)
    return [chosen[number] for number in sorted(chosen)]


def _part(number: int, part: Part, first: int, last: int) -> dict[str, Any]:
    said = {"part": number, "start": first, "of": len(part.text), "text": part.text[first:last]}
    if part.question:
        said["question"] = part.question
    if part.speaker != "customer":
        said["speaker"] = part.speaker
    return said
