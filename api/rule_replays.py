"""Replaying one rule over what is stored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from api.auth import Caller, check_role
from api.patient_reader import PatientReader
from api.problems import TooManyRecordsError
from api.replay_watch import ReplayWatch
from api.runtime import Service
from engine.alerts.addressing import address
from engine.alerts.alert import Alert
from engine.errors import ForbiddenError, NotFoundError, OverloadedError, ReaderUnavailableError, RulesError
from engine.moments import parse_since
from engine.people import Directory
from engine.phrase_book import PhraseBook
from engine.rules.alone import alone
from engine.rules.backtest import Backtest, Route, RuleBacktest, RuleDifference, difference
from engine.rules.case import Case
from engine.rules.load import LoadedRules, load_rules
from engine.rules.rule import Rule, RuleStatus
from engine.scope import TESTERS
from engine.shelf.candidate import Candidate
from engine.shelf.version import DEFINITIONS, RuleVersion
from engine.stored_span import StoredSpan

MOST_LISTED = 100


def check_replays(caller: Caller) -> None:
    """Refuse who may not replay what is stored.

    Raises
    ------
    ForbiddenError
        If the role may not, or the caller is one of a unit: a replay shows what customers of every unit said.
    """
    check_role(caller, TESTERS)
    if caller.scope.unit is not None:
        unit = caller.scope.unit
        raise ForbiddenError(f"this shows what customers of every unit said, and this key is for {unit} only")


@dataclass(frozen=True)
class Foretold:
    """What a text would raise, had it been live.

    Parameters
    ----------
    backtest
        Of its rule alone, as if it were live.
    difference
        What it gains and loses against the published rule; None where that one is not live, or says the same.
    """

    slug: str
    backtest: Backtest
    difference: RuleDifference | None

    @property
    def rule(self) -> RuleBacktest:
        """The rule in it."""
        return self.backtest.rules[0]


def foretell(service: Service, text: str, since: str, watch: ReplayWatch) -> Foretold:
    """Return what a text would raise as if it were live, with who would hold it, against what is published.

    Raises
    ------
    RulesError, TooManyRecordsError, ReaderUnavailableError
        As for `backtest_text`.
    ReplayStoppedError
        If the watch stops it.
    """
    rules, slug = _candidate(service, text)
    new, before = alone(rules, slug, as_live=True), service.rules
    replayer = _Replayer(service, since, watch)
    old = None
    if slug in before.by_slug and before.by_slug[slug].status is RuleStatus.LIVE:
        one = alone(_loaded(service, before, slug, before.by_slug[slug].file), slug)
        old = one if one.rules[0].version != new.rules[0].version else None
    replayer.expect(*(side for side in (old, new) if side is not None))
    was = replayer.run(old, tried=False) if old is not None else None
    found = replayer.run(new, tried=True, routed=True)
    return Foretold(slug, found, None if was is None else difference(slug, was.rules[0], found.rules[0]))


def published(service: Service, slug: str) -> tuple[RuleVersion, Rule]:
    """Return a published rule's version, and the rule itself.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    RulesError
        If it cannot be loaded.
    """
    version = service.store.shelf.latest(slug)
    if version.draft.retired or slug == DEFINITIONS:
        what = "holds the shared conditions, and is no rule" if slug == DEFINITIONS else "was retired"
        raise NotFoundError(f"rule '{slug}' {what}; see /v1/rules/{slug}/versions")
    if service.rules.of(version.rule_file) is None:
        service.published.look()
    return version, _found(service.rules, slug, version.rule_file.name)


def backtest_published(service: Service, slug: str, since: str) -> dict[str, Any]:
    """Return the numbers of a published rule, as if it were live.

    Raises
    ------
    NotFoundError, RulesError
        If there is no such rule, or it cannot be loaded.
    TooManyRecordsError
        If the replay would be too long.
    """
    version, _ = published(service, slug)
    rules = _loaded(service, service.rules, slug, version.rule_file.name)
    return _Replayer(service, since).run(alone(rules, slug, as_live=True), tried=False).as_dict()


def backtest_text(service: Service, text: str, since: str) -> dict[str, Any]:
    """Return the numbers of a rule's text, as if it were published and live.

    Raises
    ------
    RulesError
        With every error of the text.
    TooManyRecordsError
        If the replay would be too long.
    ReaderUnavailableError
        If it asks about a phrase that nobody has read, and the model cannot be used now.
    """
    rules, slug = _candidate(service, text)
    return _Replayer(service, since).run(alone(rules, slug, as_live=True), tried=True).as_dict()


def diff_text(service: Service, text: str, since: str) -> dict[str, Any]:
    """Return which alerts a rule's text gains and loses against what is published under its name.

    Each counts as far as it is live; where neither is, both are taken as if they were.

    Raises
    ------
    RulesError, TooManyRecordsError, ReaderUnavailableError
        As for `backtest_text`.
    """
    after, slug = _candidate(service, text)
    before = service.rules
    if slug in before.by_slug:
        before = _loaded(service, before, slug, before.by_slug[slug].file)
    known = [rules.by_slug[slug] for rules in (before, after) if slug in rules.by_slug]
    as_live = not any(rule.status is RuleStatus.LIVE for rule in known)
    old, new = (alone(rules, slug, as_live=as_live) for rules in (before, after))
    replayer = _Replayer(service, since)
    found = [replayer.run(side, tried=side is new) if side.evaluated else None for side in (old, new)]
    return replayer.told(slug, *found)


def _candidate(service: Service, text: str) -> tuple[LoadedRules, str]:
    """Return all the rules with a text among them, under the trees of what is stored, and its name."""
    candidate: Candidate = service.published.work(lambda publisher: publisher.candidate(text))
    slug = candidate.draft.slug
    return _loaded(service, candidate.rules, slug, candidate.draft.rule_file.name), slug


def _loaded(service: Service, rules: LoadedRules, slug: str, file: str) -> LoadedRules:
    """Return the rules under the label trees of the newest stored reading, as the command line takes them."""
    taxonomy = service.store.readings.newest_taxonomy()
    if taxonomy is not None and taxonomy.version != rules.taxonomy.version:
        rules = load_rules(rules.program, taxonomy)
    _found(rules, slug, file)
    return rules


def _found(rules: LoadedRules, slug: str, file: str) -> Rule:
    rule = rules.by_slug.get(slug)
    if rule is not None:
        return rule
    findings = rules.by_file.get(file, ())
    if not any(finding.level == "error" for finding in findings):
        raise NotFoundError(f"rule '{slug}' is not judged by now")
    raise RulesError(list(findings))


class _Replayer:
    """Replays rules over a span of the service's store."""

    def __init__(self, service: Service, since: str, watch: ReplayWatch | None = None) -> None:
        self._service = service
        self._until = service.engine.clock.now()
        self._since = parse_since(since, self._until, service.engine.program.zone)
        self._watch = watch or ReplayWatch()

    def expect(self, *sides: LoadedRules) -> None:
        """Tell the watch how many records some replays take."""
        self._watch.total = sum(self._size(self._span(PhraseBook(self._service.store.phrases)), one) for one in sides)

    def run(self, rules: LoadedRules, *, tried: bool, routed: bool = False) -> Backtest:
        """Replay rules.

        Parameters
        ----------
        tried
            Whether they are not published: then their phrases must be read first.
        routed
            Whether each alert says who would hold it.
        """
        book = PhraseBook(self._service.store.phrases)
        span = self._span(book)
        self._size(span, rules)
        # What is published was asked for when it came; where it could not be read, it was judged so too.
        with suppress(*() if tried else (ReaderUnavailableError, OverloadedError)):
            book.ask(rules, PatientReader(self._service.reader), keep=False)
        ending = self._service.stop
        route = self._route(rules) if routed else None
        return span.backtest(rules, lambda records: self._watch.passing(records, ending), route)

    def _span(self, book: PhraseBook) -> StoredSpan:
        return StoredSpan(self._service.store, book, self._since, self._until)

    def _size(self, span: StoredSpan, rules: LoadedRules) -> int:
        size, most = span.size(rules), self._service.settings.max_replayed
        if size > most:
            raise TooManyRecordsError(
                f"that takes a replay of {size:,} records, and at most {most:,} are replayed here; "
                "choose a shorter span (a later 'since'), or use 'heedful rules backtest' and 'heedful rules diff'"
            )
        return size

    def _route(self, rules: LoadedRules) -> Route:
        """Return what says where alerts would go, with the people of this moment."""
        found, program = self._service.store.people.directory(), self._service.engine.program
        people = found if found.people or program.people is None else Directory(program.people)

        def route(alert: Alert, case: Case | None) -> Alert:
            return address(alert, case, program, people, rules.by_slug[alert.rule]).alert

        return route

    def told(self, slug: str, before: Backtest | None, after: Backtest | None) -> dict[str, Any]:
        """Return what differs between two replays of a rule, as plain JSON values."""
        found = difference(slug, _first(before), _first(after))
        return {
            "since": self._since.isoformat(),
            "until": self._until.isoformat(),
            "feedback": max(one.records for one in (before, after) if one is not None),
            "rule": slug,
            "change": found.change,
            "must_not_lose": found.must_not_lose,
            "gained": len(found.gained),
            "lost": len(found.lost),
            "gained_alerts": [one.as_dict() for one in found.gained[:MOST_LISTED]],
            "lost_alerts": [one.as_dict() for one in found.lost[:MOST_LISTED]],
        }


def _first(found: Backtest | None) -> RuleBacktest | None:
    return found.rules[0] if found is not None else None
