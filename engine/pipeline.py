"""The engine: read, judge, raise, commit; and say why."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy.exc import IntegrityError

from engine.alerts.alert import Alert
from engine.decision import Decision, Draft, Stored
from engine.errors import ConflictError, NotFoundError, ReaderUnavailableError
from engine.explanation import Explanation, explain
from engine.feedback import Feedback
from engine.judge import Judged, judged
from engine.phrase_book import PhraseBook
from engine.ports import Clock, Reader, Redactor
from engine.privacy.restoring import Taken
from engine.program import Program
from engine.reading import Reading, ReadingStatus, blank_reading
from engine.rulebook import Rulebook
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.scope import EVERYTHING, Scope
from engine.store.store import Store
from engine.taxonomy import Taxonomy

Key = tuple[str, str]
MOST_RACES = 5

log = structlog.get_logger(__name__)


class Engine:
    """The one composed object.

    The reader may change to a model with other label trees at any moment: every reading is judged by the
    rules as they load under its own trees. The rules may change too: a batch is judged by one ruleset.

    Parameters
    ----------
    store
        Migrated.
    reader
        Makes the readings.
    rules
        Loaded under the program and the reader's taxonomy.
    clock
        Tells when feedback is received and decided.
    redactor
        Takes personal data out before anything else sees it; None takes nothing out.
    """

    def __init__(
        self, store: Store, reader: Reader, rules: LoadedRules, clock: Clock, redactor: Redactor | None = None
    ) -> None:
        self.store = store
        self.reader = reader
        self.clock = clock
        self.redactor = redactor
        self.phrases = PhraseBook(store.phrases)
        self._book = Rulebook(rules, store.versions, clock)

    @property
    def program(self) -> Program:
        """The program, with the rules that are judged by."""
        return self._book.program

    @property
    def rules(self) -> LoadedRules:
        """The rules under the label trees that the reader has now."""
        return self.rules_under(self.reader.taxonomy)

    def rules_under(self, taxonomy: Taxonomy) -> LoadedRules:
        """Return the program's rules under some label trees; those with errors there are left out, and logged."""
        return self._book.under(taxonomy)

    def use(self, rules: LoadedRules) -> None:
        """Judge by other rules from the next batch on; batches that are being judged end with the ones before."""
        self._learn(rules, self.reader)
        self._book = self._book.followed_by(rules)

    def learn(self) -> None:
        """Ask the reader for the phrases of the rules that it has not read yet, and log those that it cannot read."""
        self.prepare(self.reader)

    def prepare(self, reader: Reader) -> None:
        """Load the rules under the label trees of a reader that will be used, and have it read their phrases."""
        self._learn(self.rules_under(reader.taxonomy), reader)

    def _learn(self, rules: LoadedRules, reader: Reader) -> None:
        for finding in self.phrases.learn(rules, reader):
            log.warning("program", finding=str(finding), model=reader.model)

    def _case(self, book: Rulebook, feedback: Feedback, reading: Reading) -> Case:
        return self.phrases.case(book.under(reading.taxonomy), feedback, reading)

    def process(self, batch: Sequence[Feedback], *, notify: bool = False, revise: bool = False) -> list[Decision]:
        """Take a batch all the way: redacted; known ones keep their first decision, new ones are read and committed.

        Raises
        ------
        ConflictError
            If a key came before with other content and `revise` is not set; nothing is written then.
        ReaderUnavailableError
            If the reader is down and the program does not accept that.
        """
        batch = self.redact(batch)
        known = self.known(batch, revise=revise)
        new = [feedback for feedback in batch if feedback.key not in known]
        return self.decide(batch, dict(zip((f.key for f in new), self.read(new), strict=True)), notify, revise)

    def redact(self, batch: Sequence[Feedback]) -> Sequence[Feedback]:
        """Take personal data out of a batch, before anything reads, judges, stores or logs it."""
        return self.redactor.redact(batch) if self.redactor else batch

    def take(self, batch: Sequence[Feedback]) -> list[Taken]:
        """Return the same, each with what was taken out of it: for those who show offsets into what was sent."""
        return self.redactor.take(batch) if self.redactor else [Taken(one) for one in batch]

    def known(self, batch: Sequence[Feedback], *, revise: bool = False) -> dict[Key, Decision]:
        """Return the decisions of records that are stored with the same content.

        Raises
        ------
        ConflictError
            If a key is stored, or came earlier in the batch, with other content and `revise` is not set.
        """
        self._refuse_contradictions(batch)
        stored = self.store.records.find([feedback.key for feedback in batch])
        return self._same(batch, stored, revise=revise)

    def _refuse_contradictions(self, batch: Sequence[Feedback]) -> None:
        seen: dict[Key, tuple[int, str]] = {}
        for position, feedback in enumerate(batch):
            content = feedback.content_hash()
            first, earlier = seen.setdefault(feedback.key, (position, content))
            if earlier != content:
                raise ConflictError(
                    f"{feedback.source}/{feedback.id} is in the batch twice with different content "
                    f"(records {first} and {position}); send one of them",
                    position=position,
                )

    def _same(self, batch: Sequence[Feedback], stored: dict[Key, Stored], *, revise: bool) -> dict[Key, Decision]:
        known = {}
        for position, feedback in enumerate(batch):
            before = stored.get(feedback.key)
            if before is None:
                continue
            # Nobody can tell what it said: sent again, also as a revision, it does not bring the words back.
            if before.erased_at is not None or feedback.is_as_stored(before.content_hash):
                known[feedback.key] = before.decision
            elif not revise:
                raise ConflictError(
                    f"{feedback.source}/{feedback.id} came before with other content; "
                    "send revise to store a new revision",
                    position=position,
                )
        return known

    def read(self, batch: Sequence[Feedback]) -> list[Reading]:
        """Read a batch; where the reader is down and the program accepts that, as unread.

        Raises
        ------
        ReaderUnavailableError
            If the reader is down and the program does not set ``degrade``.
        """
        if not batch:
            return []
        try:
            return self.reader.read([feedback.parts for feedback in batch])
        except ReaderUnavailableError:
            if not self.program.degrade:
                raise
            return [self.unread() for _ in batch]

    def unread(self) -> Reading:
        """Return the reading of feedback that nobody has read yet."""
        return blank_reading(ReadingStatus.UNREAD, self.reader.taxonomy, model="none")

    def decide(
        self, batch: Sequence[Feedback], readings: dict[Key, Reading], notify: bool = True, revise: bool = False
    ) -> list[Decision]:
        """Judge a batch and commit it in one transaction; the decisions come in the batch's order.

        A record that another process stored meanwhile keeps the decision it got there.

        Parameters
        ----------
        readings
            By key, of the records that were not known.
        notify
            Whether the alerts send messages.
        revise
            Whether other content under a known key is stored as its next revision.
        """
        self.learn()
        book = self._book
        for _ in range(MOST_RACES):
            stored = self.store.records.find([feedback.key for feedback in batch])
            known = self._same(batch, stored, revise=revise)
            fresh = {feedback.key: feedback for feedback in batch if feedback.key not in known}
            drafts = self._drafts(book, list(fresh.values()), readings, stored, notify=notify)
            try:
                now, case_of = self.clock.now(), self.phrases.case
                decided = self.store.records.commit(drafts, now, case_of) if drafts else []
            except IntegrityError:
                # Somebody stored one of the keys between our look and our commit: look again.
                continue
            known |= {(decision.source, decision.id): decision for decision in decided}
            return [known[feedback.key] for feedback in batch]
        raise ConflictError("other senders keep storing the same records; send the batch again")

    def _drafts(
        self,
        book: Rulebook,
        fresh: Sequence[Feedback],
        readings: dict[Key, Reading],
        stored: dict[Key, Stored],
        *,
        notify: bool,
    ) -> list[Draft]:
        """Judge what is new, all at once under each ruleset."""
        missing = [feedback for feedback in fresh if feedback.key not in readings]
        readings = readings | dict(zip((one.key for one in missing), self.read(missing), strict=True))
        cases = [self._case(book, feedback, readings[feedback.key]) for feedback in fresh]
        return [
            Draft(_revision(stored.get(case.feedback.key)), case, rules, made, notify)
            for case, (rules, made) in zip(cases, self._judged(book, cases), strict=True)
        ]

    def _judged(self, book: Rulebook, cases: Sequence[Case]) -> list[tuple[LoadedRules, Judged]]:
        """Judge each case by the rules under its reading's label trees."""
        by_trees: dict[str, list[int]] = {}
        for place, case in enumerate(cases):
            by_trees.setdefault(case.reading.taxonomy.version, []).append(place)
        found: dict[int, tuple[LoadedRules, Judged]] = {}
        for places in by_trees.values():
            rules = book.under(cases[places[0]].reading.taxonomy)
            made = judged(rules, [cases[place] for place in places])
            found |= {place: (rules, one) for place, one in zip(places, made, strict=True)}
        return [found[place] for place in range(len(cases))]

    def read_later(self, limit: int = 200) -> int:
        """Read feedback that was stored unread, judge it again and open what is not open yet.

        Returns
        -------
        int
            How many were read; 0 also while the reader is still down.
        """
        waiting = self.store.records.unread(limit)
        if not waiting:
            return 0
        try:
            readings = self.reader.read([stored.feedback.parts for stored in waiting])
        except ReaderUnavailableError:
            return 0
        self.learn()
        book = self._book
        cases = [self._case(book, stored.feedback, reading) for stored, reading in zip(waiting, readings, strict=True)]
        numbered = [
            (stored.decision.sequence, _again(stored, case, rules, made))
            for stored, case, (rules, made) in zip(waiting, cases, self._judged(book, cases), strict=True)
        ]
        return len(self.store.records.commit_later(numbered, self.clock.now(), self.phrases.case))

    def tick(self) -> list[Alert]:
        """Let time pass: end signals, and open those that show without feedback."""
        rules = self.rules
        return self.store.records.tick(rules, self.clock.now(), self.phrases.case) if rules.windowed else []

    def escalate(self) -> int:
        """Tell of what is late, step by step, and return how many steps were taken."""
        return self.store.escalations.take(self.rules, self.clock.now())

    def stored(self, source: str, feedback_id: str, scope: Scope = EVERYTHING) -> Stored:
        """Return a feedback with its latest decision.

        Raises
        ------
        NotFoundError
            If there is none, or it is out of scope.
        """
        found = self.store.records.find([(source, feedback_id)], scope).get((source, feedback_id))
        if found is None:
            raise NotFoundError(f"there is no feedback {source}/{feedback_id[:200]}, or this key may not see it")
        return found

    def explain(self, source: str, feedback_id: str, *, today: bool = False, scope: Scope = EVERYTHING) -> Explanation:
        """Say why a feedback did or did not alert.

        Parameters
        ----------
        today
            Whether to judge with today's rules; else with the rules that decided it.

        Raises
        ------
        NotFoundError
            If there is no such feedback in scope.
        """
        stored = self.stored(source, feedback_id, scope)
        if today:
            self.learn()
        rules = self.rules if today else self.store.versions.ruleset(stored.decision.ruleset)
        phrases = self.phrases.of(rules, stored.decision.reading)
        alerts = self.store.alerts.of_feedback(source, feedback_id)
        linked = self.store.alerts.linked_to(source, feedback_id)
        notifications = self.store.alerts.notifications([alert.id for alert in alerts])
        return explain(stored, rules, phrases, alerts, linked, notifications)


def _revision(before: Stored | None) -> int:
    return before.decision.revision + 1 if before else 1


def _again(stored: Stored, case: Case, rules: LoadedRules, made: Judged) -> Draft:
    return Draft(stored.decision.revision, case, rules, made, stored.notify, stored.received_at)
