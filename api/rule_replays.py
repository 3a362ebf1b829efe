"""Replaying one rule over what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from api.patient_reader import PatientReader
from api.problems import TooManyRecordsError
from api.runtime import Service
from engine.decision import Stored
from engine.errors import NotFoundError, OverloadedError, ReaderUnavailableError, RulesError
from engine.moments import parse_since
from engine.phrase_book import PhraseBook
from engine.rules.alone import alone
from engine.rules.backtest import Backtest, RuleBacktest, difference
from engine.rules.load import LoadedRules, load_rules
from engine.rules.rule import Rule, RuleStatus
from engine.shelf.candidate import Candidate
from engine.shelf.version import DEFINITIONS, RuleVersion
from engine.stored_span import StoredSpan

MOST_LISTED = 100


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

    def __init__(self, service: Service, since: str) -> None:
        self._service = service
        self._until = service.engine.clock.now()
        self._since = parse_since(since, self._until, service.engine.program.zone)

    def run(self, rules: LoadedRules, *, tried: bool) -> Backtest:
        """Replay rules.

        Parameters
        ----------
        tried
            Whether they are not published: then their phrases must be read first.
        """
        book = PhraseBook(self._service.store.phrases)
        span = StoredSpan(self._service.store, book, self._since, self._until)
        size, most = span.size(rules), self._service.settings.max_replayed
        if size > most:
            raise TooManyRecordsError(
                f"that takes a replay of {size:,} records, and at most {most:,} are replayed over HTTP; "
                "ask for a later 'since', or use 'heedful rules backtest' and 'heedful rules diff'"
            )
        # What is published was asked for when it came; where it could not be read, it was judged so too.
        with suppress(*() if tried else (ReaderUnavailableError, OverloadedError)):
            book.ask(rules, PatientReader(self._service.reader), keep=False)
        return span.backtest(rules, self._watched)

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

    def _watched(self, records: Iterable[Stored]) -> Iterator[Stored]:
        """Pass records on until the service ends."""
        for one in records:
            if self._service.stop.is_set():
                raise OverloadedError("the service is shutting down; ask again in a moment")
            yield one


def _first(found: Backtest | None) -> RuleBacktest | None:
    return found.rules[0] if found is not None else None
