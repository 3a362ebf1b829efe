"""The store: everything that must survive."""

from __future__ import annotations

from engine.store.accounts import Accounts
from engine.store.alerts import Alerts
from engine.store.attainment import Attainments
from engine.store.audit import Audit
from engine.store.changes import Changes
from engine.store.coaching import CoachingNotes
from engine.store.courses import Courses
from engine.store.database import Database
from engine.store.documents import Documents
from engine.store.drift import Drifts
from engine.store.entries import remove_entries, restore_entries
from engine.store.erasing import Erasures
from engine.store.escalations import Escalations
from engine.store.exports import Exports
from engine.store.fallbacks import Fallbacks
from engine.store.guesses import Guesses
from engine.store.handing_over import HandingOver
from engine.store.insights import Insights
from engine.store.keys import Keys
from engine.store.languages import Languages
from engine.store.link_uses import LinkUses
from engine.store.marks import Marks
from engine.store.notifications import Notifications
from engine.store.outbox import OutboxRows
from engine.store.people import People
from engine.store.phrases import PhraseRows
from engine.store.private_views import PrivateViews
from engine.store.problems import Problems
from engine.store.readings import Readings
from engine.store.recent import Recent
from engine.store.records import Records
from engine.store.retaining import Retention
from engine.store.rule_numbers import RuleNumbersOf
from engine.store.sealed import Seals
from engine.store.searching import Search
from engine.store.secrets import Secrets
from engine.store.sessions import Sessions
from engine.store.shadows import Shadows
from engine.store.shelf import Shelf
from engine.store.silences import Silences
from engine.store.verdicts import Verdicts
from engine.store.versions import Versions
from engine.store.watch import Watch
from engine.store.words import Words


class Store:
    """One database, seen by noun.

    Parameters
    ----------
    url
        ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql+psycopg://...``.

    Raises
    ------
    StoreError
        If the URL is not valid.
    """

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        documents = Documents(self.database)
        self.versions = Versions(self.database, documents)
        self.shelf = Shelf(self.database, documents)
        self.people = People(self.database)
        self.attainment = Attainments(self.database)
        self.escalations = Escalations(self.database, self.people)
        self.records = Records(self.database, self.versions, self.people)
        self.recent = Recent(self.database)
        self.languages = Languages(self.database)
        self.readings = Readings(self.database, self.versions)
        self.drift = Drifts(self.database)
        self.alerts = Alerts(self.database)
        self.changes = Changes(self.database)
        self.courses = Courses(self.database)
        self.search = Search(self.database, self.people)
        self.insights = Insights(self.database, self.people, self.attainment)
        self.coaching = CoachingNotes(self.database, self.people)
        self.verdicts = Verdicts(self.database)
        self.phrases = PhraseRows(self.database)
        self.keys = Keys(self.database)
        self.secrets = Secrets(self.database)
        self.links = LinkUses(self.database)
        self.outbox = OutboxRows(self.database)
        self.receivers = self.outbox.receivers
        self.notifications = Notifications(self.database)
        self.watch = Watch(self.database)
        self.fallbacks = Fallbacks(self.database, self.people)
        self.handing_over = HandingOver(self.database)
        self.silences = Silences(self.database)
        self.problems = Problems(self.database)
        self.exports = Exports(self.database)
        self.erasures = Erasures(self.database, self.secrets)
        self.retention = Retention(self.database, self.erasures)
        self.erasures.before.append(remove_entries)
        self.erasures.after.append(restore_entries)
        self.erasures.last.append(self.search.compact)
        self.accounts = Accounts(self.database)
        self.sessions = Sessions(self.database)
        self.guesses = Guesses(self.database)
        self.audit = Audit(self.database)
        self.marks = Marks(self.database)
        self.words = Words(self.database)
        self.rule_numbers = RuleNumbersOf(self.database)
        self.shadows = Shadows(self.database)
        self.seals = Seals(self.database)
        self.private_views = PrivateViews(self.database)

    def migrate(self) -> None:
        """Bring the schema up to date."""
        self.database.migrate()

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
