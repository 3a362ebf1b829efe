"""Records in several languages: which sentence is in which, and readings put together of sentences of several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.feedback import Part
from engine.reading import Reading
from models.language import LEAST_TOLD, LEAST_WORDS, Language, Words, identify, mostly_not_latin, plainly_english
from models.noise import stretches

# Beside sentences in one language, a sentence is in another only when that is likelier than not.
SURE = 0.5
TOLD_SHARE = 0.5

Spans = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Tongues:
    """The languages of a record's sentences.

    Parameters
    ----------
    of
        (n_sentences,) the language of each.
    whole
        That of the record: of most of the customer's words.
    """

    of: tuple[Language, ...]
    whole: Language

    @property
    def read(self) -> npt.NDArray[np.bool_]:
        """(n_sentences,) whether the model may read each."""
        return np.array([one.supported for one in self.of], bool)

    @property
    def codes(self) -> tuple[str, ...]:
        """(n_sentences,) codes; empty where every sentence is in the record's language."""
        codes = tuple(one.code for one in self.of)
        return () if all(code == self.whole.code for code in codes) else codes


def tongues_of(parts: Sequence[Part], spans: Spans, whole: Language, languages: Sequence[str]) -> Tongues | None:
    """Return the languages of a record's sentences; None where all are in that of the whole.

    Sentences of fewer than four words are in the language of the whole, unless their script or their words tell
    another one.

    Parameters
    ----------
    spans
        (n_sentences, 3) part, start and end of each sentence.
    whole
        The language of the customer's words taken together.
    languages
        ISO 639-1 codes of the languages that are read.
    """
    places = spans.tolist()
    of = [_language(parts[part].text[start:end], whole, languages) for part, start, end in places]
    if all(one is whole for one in of):
        return None
    words: Counter[str] = Counter()
    for (part, start, end), one in zip(places, of, strict=True):
        if parts[part].speaker == "customer":
            words[one.code] += end - start
    if not words:
        return None
    most = max(words, key=lambda code: (words[code], code == whole.code))
    return Tongues(tuple(of), max((one for one in of if one.code == most), key=lambda one: one.confidence))


def may_be_mixed(text: str, languages: Sequence[str]) -> bool:
    """Return whether a text that is not in one of some languages may have sentences that are.

    Where English is read, it has two words or more that are common in English and rare elsewhere; other languages
    cannot be ruled out so cheaply.
    """
    if "en" not in languages or len(languages) > 1:
        return True
    english = 0
    for said in stretches(text):
        english += Words.of(said.lower()).english
        if english >= LEAST_TOLD:
            return True
    return False


def _language(sentence: str, whole: Language, languages: Sequence[str]) -> Language:
    """Return the language of a sentence among others: that of the whole, unless there is good reason."""
    folded = sentence.lower()
    words = Words.of(folded)
    english = "en" in languages
    if whole.supported and english and _reads_as_english(folded, words):
        return whole
    if not whole.supported and english and words.english < LEAST_TOLD:
        return whole if words.count < LEAST_WORDS else _sure(identify(sentence, languages), whole)
    told = sum(count for code, count in words.told.items() if code not in languages)
    if words.count < LEAST_WORDS and not (
        mostly_not_latin(sentence) or (told > 1 and told >= TOLD_SHARE * words.count)
    ):
        return whole
    return _sure(identify(sentence, languages), whole)


def _reads_as_english(folded: str, words: Words) -> bool:
    """Return whether nothing speaks against English: an ASCII sentence with a word of it and none of another."""
    if not folded.isascii() or words.told:
        return plainly_english(folded, words)
    return words.count < LEAST_WORDS or words.english > 0


def _sure(found: Language, whole: Language) -> Language:
    """Return the language that was found, if it is likely enough and another one than that of the whole."""
    if found.code == whole.code or found.confidence < SURE or (found.supported and whole.supported):
        return whole
    return found


def beside(reading: Reading, other: Reading, codes: Sequence[str], model: str) -> Reading:
    """Return a reading with the sentences of another one beside its own, in the order of the parts.

    The record is as it is in the first reading.

    Parameters
    ----------
    other
        Of the same parts and label trees, with other sentences.
    codes
        The languages of the first reading's sentences, then those of the other's.
    model
        Who made the whole.
    """
    spans = np.concatenate([reading.spans, other.spans])
    order = np.lexsort((spans[:, 1], spans[:, 0]))
    # Embeddings of two models cannot be compared: those of another than the reading's own are left out.
    elsewhere = np.zeros((other.n_sentences, reading.embedding.shape[1]), np.float16)
    return replace(
        reading,
        model=model,
        spans=spans[order],
        confidence=np.vstack(
            [np.vstack([reading.confidence[:-1], other.confidence[:-1]])[order], reading.confidence[-1]]
        ),
        standing=np.vstack([np.vstack([reading.standing[:-1], other.standing[:-1]])[order], reading.standing[-1]]),
        embedding=np.vstack([reading.embedding, elsewhere])[order],
        languages=tuple(codes[place] for place in order),
    )
