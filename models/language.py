"""Which language a text is in, how sure that is, and whether it is one that the model speaks.

References
----------
M. Lui, T. Baldwin: langid.py: An Off-the-shelf Language Identification Tool (ACL 2012); py3langid is its port.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import takewhile
from typing import Any

from models.foreign import BORROWED, LANGUAGE_OF
from models.noise import stretches

# The top guess alone refuses 28% of English texts of one to three words, so a refusal takes certainty and length.
REFUSE_AT = 0.9
# Latin letters tell less than another script: slang and shouting look foreign at 0.9, other languages pass 0.98.
REFUSE_LATIN_AT = 0.98
LEAST_WORDS = 4
# English of five words has one that is common: without any, less certainty is needed, if one language is likely.
REFUSE_WITHOUT_ENGLISH_AT = 0.5
LIKELY_AT = 0.2
ENOUGH_WORDS = 5
# Words of another language tell more than letters do: with enough of them less certainty is needed.
REFUSE_TOLD_AT = 0.5
TOLD_SHARE = 0.25
LEAST_TOLD = 2
# How often one, two, and more words told the right language: seven languages, 783 texts of manuals and fortunes.
TOLD_SURE = (0.9, 0.94, 0.99)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# What makes a text English without asking further: its words, or enough of those that stand in nearly every text.
LEAST_COMMON = 3
COMMON_SHARE = 0.5
LEAST_ENGLISH = 2
ENGLISH_SHARE = 0.1
_ENGLISH = frozenset(
    {"the", "and", "my", "you", "this", "that", "have", "with", "they", "your", "would", "been", "from", "what"}
    | {"there", "when", "which", "their", "very", "just", "because", "it's", "don't", "i'm", "never", "could"}
)
PLAIN = 0.999
# In log-odds, fitted to stretches of 2 to 20 words of nine languages: what a common word of a language adds to what
# its letters say, and what speaks against languages that feedback is hardly ever written in.
WORD_COUNTS = 1.5
MOST_WORDS = 6
RARE_COUNTS = -4.0
LEAST_CHANCE = 1e-12
# Less likely languages change no confidence in its fourth decimal.
LEAST_WEIGHED = 1e-6
_CODES = """
    en es fr de ja it pt nl pl sv da no fi cs sk hu ro bg hr sr sl uk ru el tr ar he fa hi ur bn ta te mr gu pa zh ko vi
    th id ms tl sw ca et lv lt ka hy az kk is ga cy eu gl af sq mk be kn ml ne si am
"""
_WRITTEN = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text.

    Parameters
    ----------
    code
        ISO 639-1; of a language that has none, ISO 639-3.
    supported
        Whether the model may read it.
    confidence
        The probability, 0 to 1, that the text is in this language.
    """

    code: str
    supported: bool
    confidence: float


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@cache
def _common() -> frozenset[str]:
    """Return words that are frequent in GoEmotions' and voc's training texts, and not in other languages.

    Left out are the stop words that spaCy lists for 27 other languages, what others borrow, and what stands in
    Debian's manuals, guides and fortunes in seven of them.
    """
    return frozenset(files("models").joinpath("english.txt").read_text("utf-8").split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, lower-cased.

    Parameters
    ----------
    count
        How many there are.
    english
        How many of them are common in English and rare elsewhere.
    told
        How many are common in another language, by its code.
    strange
        Whether one of them is not written in English.
    """

    count: int
    english: int
    told: Mapping[str, int]
    strange: bool

    @classmethod
    def of(cls, folded: str) -> Words:
        """Return the words of a lower-cased text; those of "l'app" are two, those of "don't" are one."""
        said = _WORD.findall(folded.replace("\u2019", "'"))
        common = _common()
        english = sum(word in common for word in said)
        words = [piece for word in said for piece in (word.split("'") if "'" in word else (word,))]
        told = Counter(code for word in words if (code := LANGUAGE_OF.get(word)) is not None)
        strange = bool(told) or not (folded.isascii() or all(word.isascii() or word in BORROWED for word in words))
        return cls(len(words), english, told, strange)


def identify(text: str, languages: Sequence[str]) -> Language:
    """Return the language of a text.

    Parameters
    ----------
    text
        The customer's words; the first 2,000 characters with a word in them count, links, addresses and tags do not.
    languages
        ISO 639-1 codes of the languages that are read.

    Returns
    -------
    Language
        Unsupported only when the probability of none of `languages` is 0.9 or more and the text is mostly in another
        script than Latin; or 0.98 and it has four words or more, or one that English does not write; or 0.5 and none
        of five words or more is common in English, if that alone is read; or 0.5 and common words of another language
        are a quarter of it.
    """
    head = next(stretches(text), "")
    # Capitals are rare where the identifier learnt: shouted English looks like no language at all.
    folded = head.lower()
    if "en" in languages and _begins_plainly(folded):
        return Language("en", supported=True, confidence=PLAIN)
    words = Words.of(folded)
    if "en" in languages and plainly_english(folded, words):
        return Language("en", supported=True, confidence=PLAIN)
    chances: dict[str, float] = {code: float(chance) for code, chance in _identifier().rank(folded)}
    scores = _scores(chances, words)
    other = 1.0 - sum(chances.get(code, 0.0) for code in languages)
    foreign = {code: count for code, count in words.told.items() if code not in languages}
    if _told(sum(foreign.values()), words.count) and other >= REFUSE_TOLD_AT:
        code = max(foreign, key=lambda one: (foreign[one], chances.get(one, 0.0)))
        sure = TOLD_SURE[min(foreign[code], len(TOLD_SURE)) - 1]
        return Language(code, supported=False, confidence=max(sure, _confidence(code, scores)))
    likeliest = max((one for one in scores if one not in languages), key=scores.__getitem__)
    sure = _confidence(likeliest, scores)
    if _refused(head, words, other) or (set(languages) == {"en"} and _misses_english(words, other, sure)):
        return Language(likeliest, supported=False, confidence=sure)
    ours = max(languages, key=lambda one: chances.get(one, 0.0))
    return Language(ours, supported=True, confidence=_confidence(ours, scores))


def plainly_english(folded: str, words: Words) -> bool:
    """Return whether a lower-cased text is ASCII and mostly words of English alone."""
    many = words.english >= LEAST_COMMON and words.english >= COMMON_SHARE * words.count
    return many and not words.told and folded.isascii()


def _begins_plainly(folded: str) -> bool:
    """Return whether a text is ASCII and has many of the words that only English has: most are, and need no model."""
    words = folded.split()
    found = len(_ENGLISH.intersection(words))
    return folded.isascii() and found >= LEAST_ENGLISH and found >= ENGLISH_SHARE * len(set(words))


def _told(foreign: int, count: int) -> bool:
    """Return whether words of other languages are a quarter of a text, and two of them if it has more."""
    return foreign >= max(min(LEAST_TOLD, count - 1), TOLD_SHARE * count, 1)


def _refused(text: str, words: Words, other: float) -> bool:
    """Return whether a text is surely in another language: by its script, its letters, or enough words."""
    if mostly_not_latin(text):
        return other >= REFUSE_AT
    return other >= REFUSE_LATIN_AT and (words.strange or words.count >= LEAST_WORDS)


def _misses_english(words: Words, other: float, sure: float) -> bool:
    """Return whether a text has words enough for a common one of English, and none; `sure` is the likeliest other."""
    if words.english or words.count < ENOUGH_WORDS:
        return False
    return other >= REFUSE_WITHOUT_ENGLISH_AT and sure >= LIKELY_AT


def _scores(chances: Mapping[str, float], words: Words) -> dict[str, float]:
    """Return log-odds of languages by letters and words together; of those that have a chance at all."""
    told = {**words.told, "en": words.english}
    likely = takewhile(lambda one: chances[one] >= LEAST_WEIGHED, chances)
    return {
        one: math.log(max(chances.get(one, 0.0), LEAST_CHANCE))
        + WORD_COUNTS * min(told.get(one, 0), MOST_WORDS)
        + (0.0 if one in _WRITTEN else RARE_COUNTS)
        for one in {*likely, *told, *list(chances)[:LEAST_TOLD]}
    }


def _confidence(code: str, scores: Mapping[str, float]) -> float:
    """Return the probability of a language, to four decimals."""
    own = scores.get(code, math.log(LEAST_CHANCE))
    most = max(*scores.values(), own)
    others = sum(math.exp(score - most) for one, score in scores.items() if one != code)
    return round(math.exp(own - most) / (math.exp(own - most) + others), 4)


def mostly_not_latin(text: str) -> bool:
    """Return whether most of a text's letters are of another script."""
    letters = [letter for letter in text if letter.isalpha()]
    # Latin letters, with their accents and extensions, end at U+024F.
    return sum(letter > "\u024f" for letter in letters) * 2 > len(letters)
