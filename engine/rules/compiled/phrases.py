"""Phrases over a batch: each word that was said is looked up once, phrases of several words in one pass."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from engine.feedback import Part
from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import WORD, Sheet, slots_of, words_for
from engine.rules.phrase import Phrase
from engine.rules.text_scope import Whose
from engine.rules.vocabulary import Vocabulary
from engine.rules.words import spaced

# So many new phrases have an automaton of their own, until one is made of all.
MOST_RECENT = 500
# So many words are kept with the phrases they are; customers use some ten thousand.
MOST_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase, said by somebody anywhere in the case. Never unknown."""

    phrase: Phrase
    speaker: Whose


class Phrases:
    """The phrases that an index looks for."""

    def __init__(self) -> None:
        self._members: dict[int, Spoken] = {}
        self._slots: dict[Phrase, dict[Whose, int]] = {}
        self._words, self._longer = _Growing(), _Growing()
        self._heard: dict[Whose, _Heard] = {}

    def key(self, spoken: Spoken) -> Hashable:
        """Return what has the same truth everywhere."""
        return spoken

    def add(self, slot: int, spoken: Spoken) -> None:
        """Take a phrase in."""
        self._members[slot] = spoken
        self._slots.setdefault(spoken.phrase, {})[spoken.speaker] = slot
        self._of(spoken.phrase).add(spoken.phrase)
        self._heard.clear()

    def remove(self, slot: int) -> None:
        """Forget a phrase."""
        spoken = self._members.pop(slot)
        speakers = self._slots[spoken.phrase]
        del speakers[spoken.speaker]
        if not speakers:
            del self._slots[spoken.phrase]
            self._of(spoken.phrase).remove(spoken.phrase)
        self._heard.clear()

    def _of(self, phrase: Phrase) -> _Growing:
        return self._words if len(phrase.words) == 1 else self._longer

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write for every phrase where it was said."""
        if not self._members:
            return
        slots = slots_of(list(self._members))
        place = np.zeros(len(sheet.live), np.intp)
        place[slots] = np.arange(len(slots))
        said = [self._said(case.feedback.parts) for case in rows.cases]
        case = np.repeat(np.arange(len(said)), [len(some) for some in said])
        at = place[slots_of(list(chain.from_iterable(said)))]
        found = np.zeros((len(slots), words_for(len(rows.cases))), np.uint64)
        np.bitwise_or.at(found, (at, case // WORD), np.uint64(1) << (case % WORD).astype(np.uint64))
        sheet.write_certain(slots, rows.of_cases(found))

    def _said(self, parts: Iterable[Part]) -> list[int]:
        """Return the slots of what was said."""
        found: list[int] = []
        for part in parts:
            heard = self._heard.get(part.speaker)
            if heard is None or len(heard) > MOST_WORDS:
                heard = self._heard[part.speaker] = _Heard(self, part.speaker)
            text = spaced(part.text)
            found += chain.from_iterable(map(heard.__getitem__, set(text.split())))
            found += self.slots_of(self._longer.which(text), part.speaker)
        return found

    def of_word(self, word: str, speaker: Whose) -> tuple[int, ...]:
        """Return the slots of the phrases of one word that a word is, said by somebody."""
        return self.slots_of(self._words.which(word), speaker)

    def slots_of(self, phrases: Iterable[Phrase], speaker: Whose) -> tuple[int, ...]:
        """Return the slots of phrases, said by somebody."""
        return tuple(
            slot for phrase in phrases for whose, slot in self._slots[phrase].items() if whose in (speaker, "anyone")
        )


class _Heard(dict[str, tuple[int, ...]]):
    """The words that somebody said up to now, with the slots of the phrases they are."""

    def __init__(self, phrases: Phrases, speaker: Whose) -> None:
        super().__init__()
        self._phrases, self._speaker = phrases, speaker

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = self[word] = self._phrases.of_word(word, self._speaker)
        return found


class _Growing:
    """A vocabulary that phrases come to and go from; it is not made anew for each of them."""

    def __init__(self) -> None:
        self._phrases: dict[Phrase, None] = {}
        self._old: frozenset[Phrase] = frozenset()
        self._of_old = Vocabulary(())
        self._of_recent: Vocabulary | None = None

    def add(self, phrase: Phrase) -> None:
        self._phrases[phrase] = None
        self._of_recent = None

    def remove(self, phrase: Phrase) -> None:
        # What is gone is still found, and left out below, until the next time all is made anew.
        self._phrases.pop(phrase)

    def which(self, spaced_text: str) -> list[Phrase]:
        """Return the phrases that occur in a text."""
        if self._of_recent is None:
            recent = [phrase for phrase in self._phrases if phrase not in self._old]
            if len(recent) > MOST_RECENT:
                self._old, recent = frozenset(self._phrases), []
                self._of_old = Vocabulary(self._old)
            self._of_recent = Vocabulary(recent)
        found = self._of_old.which(spaced_text) | self._of_recent.which(spaced_text)
        return [phrase for phrase in found if phrase in self._phrases]
