"""References: a window that counts what another rule holds for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.errors import Located
from engine.names import show, unknown
from engine.rules.conditions import Condition
from engine.rules.rule import Rule
from engine.rules.window_loader import RuleReference


def resolve(rules: dict[str, Rule]) -> list[Located]:
    """Give each window that counts another rule's matches that rule's conditions; drop those that have none."""
    found, written = [], dict(rules)
    for slug, rule in written.items():
        reference = rule.window.of if rule.window else None
        if rule.window is None or not isinstance(reference, RuleReference):
            continue
        meant = _meant(reference, written)
        if isinstance(meant, str):
            found.append(Located(rule.file, reference.line, reference.column, f"{meant} (it is counted here)"))
            del rules[slug]
            continue
        condition, defined = meant
        when = condition if rule.when == reference else rule.when
        defined = tuple(sorted({*rule.defined, *defined}))
        rules[slug] = replace(rule, when=when, window=replace(rule.window, of=condition), defined=defined)
    return found


def _meant(reference: RuleReference, rules: Mapping[str, Rule]) -> tuple[Condition, tuple[str, ...]] | str:
    """Return the conditions that a reference stands for, with their definitions, or what is wrong.

    The rule that it names may have no conditions but those of a third.
    """
    passed: list[str] = []
    condition: Condition = reference
    defined: tuple[str, ...] = ()
    while isinstance(condition, RuleReference):
        other = rules.get(condition.slug)
        if other is None:
            return unknown("rule", condition.slug, rules)
        if other.slug in passed:
            return f"rule '{show(other.slug)}' has no conditions but its own count; add the conditions that it counts"
        passed.append(other.slug)
        condition, defined = other.when, (*defined, *other.defined)
    return condition, defined
