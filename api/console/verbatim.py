"""What was said, whole: turns, sentences coloured by their labels, and all that was understood of each.

The browser gets plain pieces of text and makes text nodes of them: whatever stands in a customer's words is text. What
a sentence shows when somebody points at it, taps it or reaches it by the arrow keys comes along, so that nothing is
asked of the service then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NewType

import numpy as np
from nicegui.element import Element

from api.console.palette import group_of
from engine.alerts.alert import EvidenceSpan
from engine.feedback import Feedback, Part, Redaction
from engine.reading import SHOWN_FROM, Reading, Standing
from engine.spoken import heard_at, moments_of, say_moment
from engine.taxonomy import TASKS, Taxonomy

NEUTRAL = "neutral"
# A label's column, its confidence, and how it stands.
Hit = tuple[int, float, int]
# In which order the legend names what sentences are coloured as.
GROUPS = ("anger", "disgust", "fear", "sadness", "surprise", "joy", "intent", "topic")
# A confidence of the recogniser below this is worth a word.
HEARD_WELL = 0.8
REMOVED: Mapping[str, str] = {
    "email": "e-mail address",
    "phone": "phone number",
    "card": "card number",
    "iban": "bank account",
    "national_id": "national ID",
    "account": "account number",
    "order": "order number",
    "address": "address",
    "name": "name",
}


# What the browser is told, as JSON.
Prepared = NewType("Prepared", str)


def say_redaction(one: Redaction) -> str:
    """Return what a redaction says of itself: ``phone number removed``."""
    what = REMOVED.get(one.kind, "personal data")
    return f"{what} {'replaced by a code' if one.action == 'hash' else 'removed'}"


class Verbatim(Element):
    """Shows all parts of a feedback, with what was read in them.

    Parameters
    ----------
    shown
        What `prepared` returned.
    """

    def __init__(self, shown: Prepared) -> None:
        super().__init__("hf-verbatim")
        self.show(shown)

    def show(self, shown: Prepared) -> None:
        """Show another feedback, or another reading of it."""
        self.props["shown"] = shown
        self.update()


def prepared(feedback: Feedback, reading: Reading | None = None, evidence: Sequence[EvidenceSpan] = ()) -> Prepared:
    """Return what a `Verbatim` shows; run it in a thread, since a call of an hour has some thousand sentences.

    Parameters
    ----------
    feedback
        As it is stored.
    reading
        What was understood of it; None shows the words alone.
    evidence
        What is outlined: the words that an alert stands on.
    """
    return Prepared(json.dumps(told(feedback, reading, evidence), ensure_ascii=False))


def told(feedback: Feedback, reading: Reading | None, evidence: Sequence[EvidenceSpan] = ()) -> dict[str, Any]:
    """Return what the browser is told: turns in pieces, the sentences, and the labels that these name by number."""
    sentences = _Sentences(reading, feedback.parts)
    removed = _removed_by_part(feedback.redactions)
    turns = []
    for number, part in enumerate(feedback.parts):
        spans = [one for one in evidence if one.part == number]
        said = [one.told() for one in _pieces(part.text, sentences.of(number), spans, removed.get(number, ()))]
        turns.append(_head(part, len(feedback.parts)) | {"pieces": said})
    return {"turns": turns, "sentences": sentences.told, "labels": sentences.labels, "groups": sentences.groups}


def _head(part: Part, turns: int) -> dict[str, Any]:
    """Return who speaks in a turn, when, and what was asked."""
    spoken = part.start is not None or part.speaker != "customer"
    found: dict[str, Any] = {"speaker": part.speaker}
    if spoken or turns > 1:
        found["who"] = part.speaker.capitalize()
    if part.start is not None:
        found["at"] = say_moment(part.start)
    if part.question:
        found["asked"] = part.question
    if part.confidence is not None and part.confidence < HEARD_WELL:
        found["heard"] = round(part.confidence * 100)
    return found


def _removed_by_part(redactions: Sequence[Redaction]) -> dict[int, list[Redaction]]:
    found: dict[int, list[Redaction]] = {}
    for one in redactions:
        step, _, rest = one.field.partition(".")
        number, _, name = rest.partition(".")
        if step == "parts" and name == "text" and number.isdigit():
            found.setdefault(int(number), []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a turn: of which sentence, what it is evidence of, and what was removed there."""

    text: str
    sentence: int | None = None
    shows: tuple[str, ...] = ()
    removed: str = ""

    def told(self) -> list[Any]:
        """Return it as short as it can be: most pieces are text, or text of a sentence."""
        found: list[Any] = [self.text, self.sentence, "; ".join(dict.fromkeys(self.shows)), self.removed]
        while len(found) > 1 and found[-1] in (None, ""):
            found.pop()
        return found


def _pieces(
    text: str,
    sentences: Sequence[tuple[int, int, int]],
    evidence: Sequence[EvidenceSpan],
    removed: Sequence[Redaction],
) -> Iterator[_Piece]:
    """Yield a turn's pieces in order; what lies outside the text is left out."""
    gone: dict[int, list[Redaction]] = {}
    for one in removed:
        if 0 <= one.start <= one.end <= len(text):
            gone.setdefault(one.start, []).append(one)
    place = 0
    for start, end in pairwise(_edges(text, sentences, evidence, gone)):
        while place < len(sentences) and sentences[place][2] <= start:
            place += 1
        row = sentences[place][0] if place < len(sentences) and sentences[place][1] <= start else None
        shows = tuple(one.shows for one in evidence if one.start <= start and end <= one.end)
        # What stands in its place is no word of the customer's: the tag says more.
        tags = gone.get(start, ())
        yield from (_Piece("", row, shows, say_redaction(one)) for one in tags)
        if all(one.end <= start for one in tags):
            yield _Piece(text[start:end], row, shows)
    yield from (_Piece("", None, (), say_redaction(one)) for one in gone.get(len(text), ()))


def _edges(
    text: str,
    sentences: Sequence[tuple[int, int, int]],
    evidence: Sequence[EvidenceSpan],
    gone: Mapping[int, Sequence[Redaction]],
) -> list[int]:
    """Return where pieces begin and end; never inside of what stands in the place of something removed."""
    removed = [(one.start, one.end) for some in gone.values() for one in some]
    spans = [*((start, end) for _, start, end in sentences), *((one.start, one.end) for one in evidence), *removed]
    edges = {0, len(text), *(min(max(edge, 0), len(text)) for span in spans for edge in span)}
    inside = {place for start, end in removed for place in range(start + 1, end)}
    return sorted(edges - inside)


@dataclass
class _Sentences:
    """The sentences of a reading: where they are, and what the browser is told of each."""

    reading: Reading | None
    parts: Sequence[Part]
    told: list[dict[str, Any]] = field(default_factory=list)
    labels: list[tuple[str, str, str]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._spans: dict[int, list[tuple[int, int, int]]] = {}
        if self.reading is None:
            return
        hits = _hits_by_row(self.reading)
        for row, (part, start, end) in enumerate(self.reading.spans.tolist()):
            if 0 <= part < len(self.parts) and start < end:
                self._spans.setdefault(part, []).append((len(self.told), start, end))
                self.told.append(self._sentence(self.reading.taxonomy, hits.get(row, ()), part, (start, end)))
        seen = dict.fromkeys(one["group"] for one in self.told if "group" in one)
        self.groups = [group for group in GROUPS if group in seen]

    def of(self, part: int) -> Sequence[tuple[int, int, int]]:
        """Return the sentences of a part: number, start, end; in order."""
        return self._spans.get(part, ())

    def _sentence(self, taxonomy: Taxonomy, hits: Sequence[Hit], number: int, span: tuple[int, int]) -> dict[str, Any]:
        named = [[self._number(taxonomy, column), round(sure * 100), stands] for column, sure, stands in hits]
        found: dict[str, Any] = {"labels": named}
        group = self._group(named)
        if group:
            found["group"] = group
        elif any(stands == Standing.UNSURE for _, _, stands in hits):
            found["unsure"] = True
        part = self.parts[number]
        starts, heard = moments_of(part, *span)[0], heard_at(part, *span)
        if starts is not None:
            found["at"] = say_moment(starts)
        if heard is not None and heard < HEARD_WELL:
            found["heard"] = round(heard * 100)
        return found

    def _number(self, taxonomy: Taxonomy, column: int) -> int:
        """Return the number of a label among those that are told."""
        if column not in self._numbers:
            task, leaf = taxonomy.columns[column]
            self._numbers[column] = len(self.labels)
            self.labels.append((task, leaf, group_of(task, leaf)))
        return self._numbers[column]

    def _group(self, named: Sequence[Sequence[int]]) -> str:
        """Return what a sentence is coloured as: by its surest label that holds, of the first task that has one."""
        held = [self.labels[number] for number, _, stands in named if stands == Standing.HOLDS]
        coloured = [(TASKS.index(task), group) for task, _, group in held if group != NEUTRAL]
        return min(coloured, key=lambda one: one[0])[1] if coloured else ""


def _hits_by_row(reading: Reading) -> dict[int, list[Hit]]:
    """Return what there is to tell of each sentence: what holds first, then what is unsure, the surest first."""
    confidence, standing = reading.confidence[:-1], reading.standing[:-1]
    rows, columns = np.nonzero((confidence >= SHOWN_FROM) | (standing > 0))
    sure, stands = confidence[rows, columns], standing[rows, columns]
    order = np.lexsort((-sure, -stands.astype(np.int16), rows))
    found: dict[int, list[Hit]] = {}
    for row, *hit in zip(*(values[order].tolist() for values in (rows, columns, sure, stands)), strict=True):
        found.setdefault(row, []).append((hit[0], hit[1], hit[2]))
    return found
