"""A folder's rules, as they go on the shelf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.program import DEFINE
from engine.rules.load import LoadedRules
from engine.shelf.version import RuleDraft, RuleVersion, definitions_draft, rule_draft


def folder_drafts(folder: LoadedRules) -> list[RuleDraft]:
    """Return the good rules of a folder as managed ones; files of shared conditions with errors are left out."""
    broken = _broken(folder)
    shared = [
        definitions_draft(file.text, managed=True)
        for file in folder.program.rule_files
        if file.name == DEFINE and DEFINE not in broken
    ]
    return shared + [rule_draft(rule, rule.file, rule.text, managed=True) for rule in folder.rules]


def left(folder: LoadedRules, wanted: Sequence[RuleDraft], live: Mapping[str, RuleVersion]) -> list[RuleDraft]:
    """Return the managed rules on the shelf that are no longer in the folder.

    A rule whose file has errors may be there still, unreadable: it stays.
    """
    there, broken = {draft.slug for draft in wanted}, _broken(folder)
    managed = [version.draft for version in live.values() if version.draft.managed]
    return [draft for draft in managed if draft.slug not in there and draft.file not in broken]


def _broken(folder: LoadedRules) -> set[str]:
    return {finding.file for finding in folder.errors}
