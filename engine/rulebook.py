"""The rules that one program is judged by, under every label tree that readings come in."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from engine.ports import Clock
from engine.rules.load import LoadedRules, load_rules
from engine.store.versions import Versions
from engine.taxonomy import Taxonomy

log = structlog.get_logger(__name__)


class Rulebook:
    """One ruleset, loaded once under each label tree, and kept in the store so that its decisions can be explained.

    Parameters
    ----------
    rules
        Loaded under the label trees that the reader has now.
    versions, clock
        Where rulesets are kept, and what tells when.
    before
        By the version of their label trees, rules of which files may be the same.
    """

    def __init__(
        self, rules: LoadedRules, versions: Versions, clock: Clock, before: Mapping[str, LoadedRules] | None = None
    ) -> None:
        self.program = rules.program
        self._versions = versions
        self._clock = clock
        self._before = before or {}
        self._loaded: dict[str, LoadedRules] = {}
        self._keep(rules)

    def under(self, taxonomy: Taxonomy) -> LoadedRules:
        """Return the rules under some label trees; those with errors there are left out, and logged."""
        rules = self._loaded.get(taxonomy.version)
        if rules is None:
            rules = load_rules(self.program, taxonomy, self._before.get(taxonomy.version))
            for finding in rules.findings:
                log.warning("program", finding=str(finding), taxonomy=taxonomy.version)
            self._keep(rules)
        return rules

    def followed_by(self, rules: LoadedRules) -> Rulebook:
        """Return the book of other rules; what they share with these is not loaded again."""
        return Rulebook(rules, self._versions, self._clock, self._loaded)

    def _keep(self, rules: LoadedRules) -> None:
        self._versions.keep(rules, self._clock.now())
        self._loaded[rules.taxonomy.version] = rules
