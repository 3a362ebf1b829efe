"""Phrases over a batch: all that rules ask about are looked for in one pass over what was said."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.rules.compiled.rows import Rows
from engine.rules.compiled.sheet import WORD, Sheet, slots_of, words_for
from engine.rules.phrase import Phrase
from engine.rules.text_scope import Whose
from engine.rules.vocabulary import Vocabulary
from engine.rules.words import spaced

# So many new phrases have an automaton of their own, until one is made of all.
MOST_RECENT = 500


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
        self._old: frozenset[Phrase] = frozenset()
        self._vocabularies: list[Vocabulary] | None = None
        self._old_vocabulary = Vocabulary(())

    def key(self, spoken: Spoken) -> Hashable:
        """Return what has the same truth everywhere."""
        return spoken

    def add(self, slot: int, spoken: Spoken) -> None:
        """Take a phrase in."""
        self._members[slot] = spoken
        self._slots.setdefault(spoken.phrase, {})[spoken.speaker] = slot
        self._vocabularies = None

    def remove(self, slot: int) -> None:
        """Forget a phrase; what looked for it goes on and finds it for nobody."""
        spoken = self._members.pop(slot)
        speakers = self._slots[spoken.phrase]
        del speakers[spoken.speaker]
        if not speakers:
            del self._slots[spoken.phrase]

    def fill(self, sheet: Sheet, rows: Rows) -> None:
        """Write for every phrase where it was said."""
        if not self._members:
            return
        slots = slots_of(list(self._members))
        place = {slot: at for at, slot in enumerate(self._members)}
        found = np.zeros((len(slots), words_for(len(rows.cases))), np.uint64)
        said = [(place[slot], number) for number, slot in self._said(rows)]
        if said:
            at, case = np.array(said, np.intp).T
            np.bitwise_or.at(found, (at, case // WORD), np.uint64(1) << (case % WORD).astype(np.uint64))
        sheet.write_certain(slots, rows.of_cases(found))

    def _said(self, rows: Rows) -> Iterator[tuple[int, int]]:
        """Yield the number of a case and the slot of what was said there."""
        whose = {speaker for speakers in self._slots.values() for speaker in speakers}
        vocabularies = self._vocabularies = self._vocabularies or self._prepared()
        for number, case in enumerate(rows.cases):
            for part in case.feedback.parts:
                if part.speaker not in whose and "anyone" not in whose:
                    continue
                text = spaced(part.text)
                for vocabulary in vocabularies:
                    for phrase in vocabulary.which(text):
                        speakers = self._slots.get(phrase, {})
                        for speaker in (part.speaker, "anyone"):
                            if speaker in speakers:
                                yield number, speakers[speaker]

    def _prepared(self) -> list[Vocabulary]:
        recent = [phrase for phrase in self._slots if phrase not in self._old]
        if len(recent) > MOST_RECENT:
            self._old, recent = frozenset(self._slots), []
            self._old_vocabulary = Vocabulary(self._old)
        return [self._old_vocabulary, Vocabulary(recent)]
