"""A text that could be published, beside all the rules that are."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import Located
from engine.rules.load import LoadedRules
from engine.shelf.version import RuleDraft


@dataclass(frozen=True)
class Candidate:
    """A text without errors, as it would be published.

    Parameters
    ----------
    draft
        What it would become.
    rules
        All the rules, with it among them.
    """

    draft: RuleDraft
    rules: LoadedRules

    @property
    def findings(self) -> tuple[Located, ...]:
        """The warnings about it."""
        return self.rules.by_file.get(self.draft.rule_file.name, ())
