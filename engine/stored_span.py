"""A span of a store, replayed: which stored feedback a backtest takes, and as what it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from engine.decision import Stored
from engine.phrase_book import PhraseBook
from engine.rules.backtest import Backtest, Route, backtest
from engine.rules.load import LoadedRules
from engine.store.store import Store

Watch = Callable[[Iterable[Stored]], Iterable[Stored]]


class StoredSpan:
    """What a store received in a span of time, to be replayed by any rules; the store is only read.

    Parameters
    ----------
    store
        Whose feedback, readings and verdicts.
    phrases
        Knows the phrases of the rules, as far as they were read.
    since, until
        The span.
    """

    def __init__(self, store: Store, phrases: PhraseBook, since: datetime, until: datetime) -> None:
        self._store = store
        self._phrases = phrases
        self._since = since
        self._until = until

    def size(self, rules: LoadedRules) -> int:
        """Return how many records a replay by some rules takes."""
        return self._store.records.count(self._beginning(rules))

    def backtest(self, rules: LoadedRules, watch: Watch = iter, route: Route | None = None) -> Backtest:
        """Return what some rules would have raised in the span.

        Parameters
        ----------
        watch
            Passes the records on one by one; what it raises ends the replay.
        route
            Says who would hold each alert; None leaves that open.
        """
        return backtest(
            rules,
            watch(self._store.records.each(self._beginning(rules))),
            self._since,
            self._until,
            first=self._store.records.first(),
            verdicts=self._store.verdicts.kinds(),
            case_of=partial(self._phrases.case, rules),
            route=route,
        )

    def _beginning(self, rules: LoadedRules) -> datetime | None:
        """Return since when feedback is replayed: from the beginning, where windows or cooldowns look back."""
        looks_back = bool(rules.windowed) or any(rule.cooldown for rule in rules.evaluated)
        return None if looks_back else self._since
