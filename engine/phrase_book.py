"""The phrase book: the vectors of the phrases that rules ask about, for every model that ever read them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from engine.errors import Located, OverloadedError, ReaderUnavailableError
from engine.feedback import Feedback
from engine.ports import Reader
from engine.reading import Reading, ReadingStatus
from engine.rules.case import NO_PHRASES, Case, Phrases, Vector
from engine.rules.load import LoadedRules
from engine.rules.phrases import read_phrases, unread_phrases
from engine.store.phrases import PhraseRows


class PhraseBook:
    """Knows phrases by model, in memory and in the store. Threads may share it.

    Vectors of two models cannot be compared, so a reading is judged with those of its own model, also long after
    another model reads.

    Parameters
    ----------
    rows
        Where they are kept.
    """

    def __init__(self, rows: PhraseRows) -> None:
        self._rows = rows
        self._known: dict[str, dict[str, Vector]] = {}
        # Also those that it cannot read, or that another model read: neither is asked for again.
        self._asked: set[tuple[str, str]] = set()
        self._looked: set[tuple[str, str]] = set()
        self._learning = threading.Lock()

    def of(self, rules: LoadedRules, reading: Reading) -> Phrases:
        """Return the vectors of the rules' phrases in the space of a reading; what is not known is not there."""
        if not rules.phrases or reading.status is not ReadingStatus.READ:
            return NO_PHRASES
        place = (reading.space, rules.version)
        if place not in self._looked:
            self._look(rules.phrases, reading.space)
            self._looked.add(place)
        return self._known[reading.space]

    def case(self, rules: LoadedRules, feedback: Feedback, reading: Reading) -> Case:
        """Return a feedback and its reading as some rules judge it: with the vectors of their phrases."""
        return Case(feedback, reading, self.of(rules, reading))

    def learn(self, rules: LoadedRules, reader: Reader) -> list[Located]:
        """Ask a reader for the rules' phrases that are not known of its model yet, and keep them.

        A reader that is down or too busy is asked again the next time.

        Returns
        -------
        list[Located]
            A warning for every phrase that it was asked for now and cannot read.
        """
        try:
            return self.ask(rules, reader)
        except (ReaderUnavailableError, OverloadedError):
            return []

    def ask(self, rules: LoadedRules, reader: Reader, *, keep: bool = True) -> list[Located]:
        """Ask a reader for the rules' phrases that are not known of its model yet.

        Parameters
        ----------
        keep
            Whether the store is to know them from now on; phrases that are only tried are forgotten with this book.

        Returns
        -------
        list[Located]
            A warning for every phrase that it was asked for now and cannot read.

        Raises
        ------
        ReaderUnavailableError, OverloadedError
            If the model cannot be used now, or is too busy.
        """
        if not rules.phrases:
            return []
        with self._learning:
            # The model may change between the question and the answer; each vector knows its own.
            model = reader.model
            lacking = [one for one in self._look(rules.phrases, model) if (model, one) not in self._asked]
            if not lacking:
                return []
            read = read_phrases(reader, lacking)
            if model == reader.model:
                self._asked.update((model, phrase) for phrase in lacking)
            for space, vectors in read.vectors.items():
                if keep:
                    self._rows.keep(space, vectors)
                self._known.setdefault(space, {}).update(vectors)
            return unread_phrases(rules.rules, read.unread)

    def _look(self, phrases: Sequence[str], model: str) -> list[str]:
        """Take what the store has of a model, and return what is still lacking."""
        known = self._known.setdefault(model, {})
        lacking = [phrase for phrase in phrases if phrase not in known]
        if lacking:
            known.update(self._rows.find(model, lacking))
        return [phrase for phrase in lacking if phrase not in known]
