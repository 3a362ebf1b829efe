"""Sentences and independent clauses, with exact offsets: spaCy's rule-based sentencizer, then a clause rule."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]

LEAST_WORDS = 3
# A clause begins where a conjunction is followed by a subject of its own, after a semicolon, or on a new line.
_SUBJECT = (
    "i|i'm|i've|i'll|i'd|we|we're|we've|you|you're|he|she|it|it's|they|they're|there|this|that|nobody|no one|everyone"
    "|my|your|our|his|her|their|the"
)
_CLAUSE = re.compile(
    rf"(?:,\s*|\s+)(?=(?:but|and|so|yet|however|though)\s+(?:{_SUBJECT})\b)|[;\n]\s*|\s+[-–—]+\s+|,\s*(?=but\b)",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"\S")


@contextmanager
def _without_torch() -> Iterator[None]:
    """Keep spaCy from importing torch where it is installed: a second and 200 MB that splitting has no use for."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["torch"]


@cache
def _pipeline() -> Language:
    with _without_torch():
        import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.max_length = 1_000_000
    return pipeline


def split(text: str) -> list[Span]:
    """Return the sentences and clauses of a text as half-open code-point offsets, without outer white space.

    References
    ----------
    https://spacy.io/api/sentencizer
    """
    if not text.strip():
        return []
    document = _pipeline()(text)
    spans = []
    for sentence in document.sents:
        spans += _clauses(text, sentence.start_char, sentence.end_char)
    return spans


def _clauses(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    begin = start
    for found in _CLAUSE.finditer(text, start, end):
        enough = len(text[begin : found.start()].split()) >= LEAST_WORDS
        if enough and len(text[found.end() : end].split()) >= LEAST_WORDS:
            spans.append((begin, found.start()))
            begin = found.end()
    spans.append((begin, end))
    return [trimmed for span in spans if (trimmed := _trim(text, *span)) is not None]


def _trim(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    if not _CONTENT.search(piece):
        return None
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
