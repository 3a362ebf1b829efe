"""A version of a published rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from engine.program import DEFINE, RuleFile
from engine.program_files import SLUG
from engine.rules.rule import Rule, RuleStatus

DEFINITIONS = DEFINE.removesuffix(".yaml")


def is_name(slug: str) -> bool:
    """Return whether a published rule can have a name; the shared conditions are kept as one."""
    return slug == DEFINITIONS or bool(SLUG.match(slug))


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a rule is to become.

    Parameters
    ----------
    slug
        The rule's name; the shared conditions of ``_define.yaml`` are kept as ``_define``.
    file
        The file it came from; of a rule made over HTTP its slug with ``.yaml``.
    managed
        Whether it comes from files that are pushed: it is changed there, and nowhere else.
    retired
        Whether it is no longer judged by.
    """

    slug: str
    text: str
    file: str
    title: str
    author: str | None
    status: str
    managed: bool = False
    retired: bool = False

    @property
    def rule_file(self) -> RuleFile:
        """The rule as a file of its own, which is how it is loaded."""
        apart = self.managed and self.slug != DEFINITIONS
        return RuleFile(f"{self.file}#{self.slug}" if apart else self.file, self.text)


def rule_draft(rule: Rule, file: str, text: str, *, managed: bool = False) -> RuleDraft:
    """Return what a rule that was loaded is to become."""
    return RuleDraft(rule.slug, text, file, rule.title, rule.author, str(rule.status), managed=managed)


def definitions_draft(text: str, *, managed: bool = False) -> RuleDraft:
    """Return what shared conditions are to become."""
    return RuleDraft(DEFINITIONS, text, DEFINE, "Shared conditions", None, str(RuleStatus.LIVE), managed=managed)


@dataclass(frozen=True)
class RuleVersion:
    """A rule as it stood on the shelf from some moment on.

    Parameters
    ----------
    number
        From 1, without gaps.
    revision
        The revision of the whole shelf that it came with.
    who, why, at
        Who published it, the reason, and when.
    """

    draft: RuleDraft
    number: int
    revision: int
    who: str
    why: str
    at: datetime

    @property
    def slug(self) -> str:
        """The rule's name."""
        return self.draft.slug

    @property
    def managed_in(self) -> str | None:
        """The file that it comes from, where it is changed there and nowhere else."""
        return self.draft.file if self.draft.managed else None

    @cached_property
    def rule_file(self) -> RuleFile:
        """The rule as a file of its own, which is how it is loaded."""
        return self.draft.rule_file

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without its text."""
        draft = self.draft
        return {
            "slug": draft.slug,
            "version": self.number,
            "title": draft.title,
            "status": draft.status,
            "author": draft.author,
            "managed": draft.managed,
            "file": draft.file,
            "retired": draft.retired,
            "who": self.who,
            "why": self.why,
            "at": self.at.isoformat(),
        }
