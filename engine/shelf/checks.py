"""What is checked before a rule is published: who saw what, and whose name a text bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.errors import Located, ManagedError, RulesError, StaleError
from engine.located import Findings, parse
from engine.program_files import SLUG
from engine.rules.rule import Rule


class Published(Protocol):
    """A version of something that is published."""

    @property
    def number(self) -> int:
        """From 1, without gaps."""
        ...

    @property
    def managed_in(self) -> str | None:
        """The file that it comes from, where it is changed there and nowhere else."""
        ...


def check_seen(said: str, before: Published | None, seen: int | None, *, push: str = "heedful rules push") -> None:
    """Refuse a change of something else than what its author saw.

    Parameters
    ----------
    said
        What it is called in sentences: ``rule 'late'``.
    push
        The command that publishes its files.

    Raises
    ------
    StaleError
        If it is something else.
    ManagedError
        If it comes from files.
    """
    if before is not None and before.managed_in is not None:
        raise ManagedError(f"{said} comes from {before.managed_in}: change it there, and publish it with '{push}'")
    if before is None and seen is not None:
        raise StaleError(f"{said} is not there any more; look at its versions")
    if before is not None and seen is None:
        raise StaleError(f"{said} is there already, in version {before.number}; name that to change it")
    if before is not None and seen != before.number:
        raise StaleError(f"{said} is in version {before.number} now, and not {seen}; look at it again")


def check_names(slug: str, found: Sequence[Rule], file: str) -> None:
    """Refuse what is not one rule of the right name.

    Raises
    ------
    RulesError
        With the place of the wrong name.
    """
    for rule in found:
        if rule.slug != slug:
            message = f"the text names rule '{rule.slug}', and it is to be '{slug}'; the name of a rule does not change"
            raise RulesError([Located(file, rule.line, 1, message)])
    if not found:
        raise RulesError([Located(file, 1, 1, f"there is no rule here; begin with 'rule: {slug}'")])


def named_in(text: str) -> str | None:
    """Return the name that a text gives its rule, or None if it has none."""
    for document in parse(text, Findings("")):
        named = document.get("rule")
        return named.value if named is not None and isinstance(named.value, str) and SLUG.match(named.value) else None
    return None
