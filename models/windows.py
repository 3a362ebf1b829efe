"""From texts to windows: tokens of a whole verbatim, and where a sentence may begin among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from engine.errors import ArtifactError
from models.sentences import Span, split

SPECIAL = 2
# What is known of a token before it is encoded: a sentence begins at it for certain, perhaps, or not; or it belongs to
# none. Between these, a value is a hint: the network adds `HINT` times it to its own opinion.
BEGINS, PERHAPS, NEVER, OUTSIDE = 1.0, 0.0, -1.0, -2.0
HINT = 10_000.0
# A new line speaks for a new sentence, but e-mails are wrapped in the middle of them.
NEW_LINE = 2.0 / HINT
# Marks after which a sentence can begin without a space.
ENDS = '.!?;\u2026\u2014\u2013)"\u201d'
# Where scripts without spaces end a sentence; the network was not trained on them.
FULL_STOPS = "\u3002\uff01\uff1f\uff61"
# Where a token stands: its part, and its half-open code-point offsets there.
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens of one record that are encoded together, without the special ones.

    Parameters
    ----------
    tokens
        Their numbers.
    breaks
        For each of them, what is known of a sentence's beginning there.
    places
        Where each of them stands.
    """

    tokens: list[int] = field(default_factory=list)
    breaks: list[float] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def extend(self, other: Window) -> None:
        """Add the tokens of another window behind its own."""
        self.tokens.extend(other.tokens)
        self.breaks.extend(other.breaks)
        self.places.extend(other.places)

    def cut(self, first: int, last: int) -> Window:
        """Return a stretch of its tokens, in which a sentence begins at the first."""
        return Window(self.tokens[first:last], [BEGINS, *self.breaks[first + 1 : last]], self.places[first:last])


def window_of(part: int, text: str, encoding: Encoding) -> Window:
    """Return a part's tokens, with what white space and marks say of where its sentences begin."""
    breaks = _breaks(text, encoding.offsets)
    return Window(list(encoding.ids), breaks, [(part, start, end) for start, end in encoding.offsets])


def _breaks(text: str, offsets: Sequence[Span]) -> list[float]:
    found = []
    end = 0
    for start, stop in offsets:
        gap = text[end:start]
        if end and text[end - 1] in FULL_STOPS and text[start].isalnum():
            found.append(BEGINS)
        elif "\n" in gap:
            found.append(NEW_LINE)
        elif gap or (start and text[start - 1] in ENDS and text[start].isalnum()):
            found.append(PERHAPS)
        else:
            found.append(NEVER)
        end = stop
    return [BEGINS, *found[1:]] if found else []


def packed(texts: Sequence[tuple[int, str, Encoding]], most: int) -> list[Window]:
    """Pack a record's parts into as few windows as keep their order; a part that is too long is cut between sentences.

    Parameters
    ----------
    texts
        Number, text and tokens of each part.
    most
        Tokens a window, without the special ones.
    """
    windows: list[Window] = []
    for number, text, encoding in texts:
        whole = window_of(number, text, encoding)
        for stretch in [whole] if len(whole.tokens) <= most else _stretches(whole, split(text), most):
            if not windows or len(windows[-1].tokens) + len(stretch.tokens) > most:
                windows.append(Window())
            windows[-1].extend(stretch)
    return [window for window in windows if window.tokens]


def _stretches(whole: Window, spans: Sequence[Span], most: int) -> Iterator[Window]:
    """Yield a long part's sentences, each of at most a window's tokens."""
    for first, last in _ranges(whole, spans):
        for begin in range(first, last, most):
            yield whole.cut(begin, min(begin + most, last))


def _ranges(whole: Window, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last token of each sentence; tokens between two sentences belong to the first."""
    starts = [place[1] for place in whole.places]
    firsts = np.searchsorted(starts, [start for start, _ in spans]).tolist() or [0]
    firsts[0] = 0
    yield from zip(firsts, [*firsts[1:], len(starts)], strict=True)


def given(part: int, encoding: Encoding, spans: Sequence[Span], most: int) -> list[Window | None]:
    """Return each of some given sentences as a window of its own, cut to `most` tokens; None where it has no token."""
    found: list[Window | None] = []
    at = 0
    for start, end in spans:
        while at < len(encoding.ids) and encoding.offsets[at][1] <= start:
            at += 1
        first = at
        while at < len(encoding.ids) and encoding.offsets[at][0] < end:
            at += 1
        tokens = encoding.ids[first:at][:most]
        places = [(part, *offset) for offset in encoding.offsets[first:at][:most]]
        breaks = [BEGINS] + [NEVER] * (len(tokens) - 1)
        found.append(Window(tokens, breaks, places) if tokens else None)
    return found


def together(sentences: Sequence[Window], most: int) -> list[Window]:
    """Pack given sentences into as few windows as keep their order."""
    windows: list[Window] = []
    for sentence in sentences:
        if not windows or len(windows[-1].tokens) + len(sentence.tokens) > most:
            windows.append(Window())
        windows[-1].extend(sentence)
    return windows


def picked(window: Window, segments: npt.NDArray[np.int64], wanted: npt.NDArray[np.bool_]) -> Window:
    """Return a window with some of its sentences, which begin and end where they did.

    Parameters
    ----------
    segments
        (n_tokens,) the sentence of each token; -1 for those outside of any.
    wanted
        (n_sentences,) whether each is kept.
    """
    places = np.flatnonzero((segments >= 0) & wanted[segments])
    begins = np.diff(segments[places], prepend=-1) != 0
    return Window(
        [window.tokens[place] for place in places],
        [BEGINS if begin else NEVER for begin in begins],
        [window.places[place] for place in places],
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as arrays: the model's three inputs.

    Parameters
    ----------
    input_ids, attention_mask
        (n_windows, n_tokens).
    breaks
        (n_windows, n_tokens) float32.
    """

    input_ids: npt.NDArray[np.int64]
    attention_mask: npt.NDArray[np.int32]
    breaks: npt.NDArray[np.float32]

    def feed(self) -> dict[str, npt.NDArray[np.generic]]:
        """Return the arrays by the names of the model's inputs."""
        return {"input_ids": self.input_ids, "attention_mask": self.attention_mask, "breaks": self.breaks}


def batch_of(windows: Sequence[Window], special: tuple[int, int, int]) -> Batch:
    """Return windows as arrays, padded to the longest; `special` are the tokens that begin, end and pad."""
    begin, end, pad = special
    width = max(len(window.tokens) for window in windows) + SPECIAL
    input_ids = np.full((len(windows), width), pad, np.int64)
    mask = np.zeros((len(windows), width), np.int32)
    breaks = np.full((len(windows), width), OUTSIDE, np.float32)
    for number, window in enumerate(windows):
        used = len(window.tokens) + SPECIAL
        input_ids[number, :used] = [begin, *window.tokens, end]
        mask[number, :used] = 1
        breaks[number, 1 : used - 1] = window.breaks
    return Batch(input_ids, mask, breaks)


def special_tokens(tokenizer: Tokenizer) -> tuple[int, int, int]:
    """Return the numbers of [CLS], [SEP] and [PAD].

    Raises
    ------
    ArtifactError
        If the tokenizer lacks one of them.
    """
    found = {token: tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[PAD]")}
    begin, end, pad = found.values()
    if begin is None or end is None or pad is None:
        raise ArtifactError("the model's tokenizer lacks [CLS], [SEP] or [PAD]; train or fetch the model again")
    return begin, end, pad


def load_tokenizer(path: str) -> Tokenizer:
    """Load a tokenizer that neither pads nor cuts: windows do both."""
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
