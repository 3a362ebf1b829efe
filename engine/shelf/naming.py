"""What names a receiver: rules, routes, and other receivers whose fallback it is."""

from __future__ import annotations

from collections.abc import Iterator

from engine.program import Program
from engine.rules.rule import Rule


def named_by(name: str, program: Program, rules: tuple[Rule, ...]) -> list[str]:
    """Return what sends to a receiver by its name, as people read it."""
    return [*_fallbacks(name, program), *_told(name, program, rules)]


def told_by(name: str, program: Program, rules: tuple[Rule, ...]) -> list[str]:
    """Return what tells a receiver of alerts: all that names it but other receivers."""
    return list(_told(name, program, rules))


def _fallbacks(name: str, program: Program) -> Iterator[str]:
    for one in program.receivers.values():
        if one.fallback == name:
            yield f"receiver {one.name} (its fallback)"


def _told(name: str, program: Program, rules: tuple[Rule, ...]) -> Iterator[str]:
    for way in program.routes.each() if program.routes else ():
        if name in way.route.to:
            yield f"route {way.said}"
    if any(name in step.to for step in program.targets.steps):
        yield "the escalation in program.yaml"
    for rule in rules:
        if rule.send_to == name:
            yield f"rule {rule.slug}"
        elif any(name in step.to for step in rule.escalate or ()):
            yield f"rule {rule.slug} (its escalation)"
