"""Redacting one record, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.feedback import AttributeValue, Feedback, Part, Redaction
from engine.privacy.policy import ATTRIBUTE, NAMING, Action, Finding, Kind, Policy
from engine.privacy.pseudonym import Pseudonyms
from engine.privacy.stand_ins import WHOLE, hashed, masked, without_ours
from engine.privacy.taking import Cut, Piece, Shift, cut, moved

Found = Mapping[str, Sequence[Finding]]
# Redactions of an attribute's name are told apart from those of its value.
NAME = "attribute_names."
SEPARATOR = ": "


def probe_of(name: str, value: AttributeValue) -> str | None:
    """Return the text in which an attribute is looked at: its name says what a number is; None for a flag."""
    if isinstance(value, bool):
        return None
    return name.replace("_", " ") + SEPARATOR + text_of(value)


def text_of(value: AttributeValue) -> str:
    """Return an attribute's value as people write it."""
    return str(int(value)) if isinstance(value, float | int) and float(value).is_integer() else str(value)


class RecordRedactor:
    """Redacts records whose texts were looked at.

    Parameters
    ----------
    policy, pseudonyms
        What becomes of what was found, and what stands for it.
    knows
        Whether an employee is one of the program's people.
    typed
        Attributes that are no text.
    """

    def __init__(
        self, policy: Policy, pseudonyms: Pseudonyms, knows: Callable[[str], bool], typed: frozenset[str]
    ) -> None:
        self._policy = policy
        self._pseudonyms = pseudonyms
        self._knows = knows
        self._typed = typed

    def redact(self, feedback: Feedback, found: Found) -> tuple[Feedback, list[Any]]:
        """Return a record as it may be stored, and what was taken out of it: one value a redaction."""
        log = _Log()
        parts = tuple(self._part(part, f"parts.{place}", found, log) for place, part in enumerate(feedback.parts))
        named: dict[str, Any] = {name: self._naming(name, getattr(feedback, name), found, log) for name in NAMING}
        attributes = self._attributes(feedback.attributes, found, log)
        if not log.values:
            return feedback, []
        made = replace(feedback, parts=parts, attributes=attributes, redactions=tuple(log.redactions), **named)
        return made, log.values

    def customer(self, customer: str, found: Found) -> str:
        """Return what a customer is stored as; itself where that is nothing, or the same for many."""
        log = _Log()
        stored = self._naming("customer", customer, found, log)
        unique = all(one.action == Action.HASH for one in log.redactions)
        return stored if stored is not None and unique else customer

    def pseudonyms(self, customer: str, found: Found) -> tuple[str, ...]:
        """Return every pseudonym that a policy may have stored a customer as: programs change their policies."""
        taken = without_ours(customer, found[customer])
        forms: list[tuple[str, Kind | None]] = [("customer", None)]
        for one in taken:
            # Only of a value that is nothing else: what is around it may tell two customers apart.
            kind = one.kind if _is_all(customer, [one]) else None
            forms += [("customer", kind), (str(one.kind), kind)]
        return tuple(dict.fromkeys(self._pseudonyms.naming(prefix, kind, customer) for prefix, kind in forms))

    def _part(self, part: Part, field: str, found: Found, log: _Log) -> Part:
        text, pieces = self._text(f"{field}.text", "text", part.text, found[part.text], log)
        question = part.question
        if question:
            question = self._text(f"{field}.question", "question", question, found[question], log)[0] or None
        if not pieces and question == part.question:
            return part
        cues = moved(part.cues, Shift(pieces)) if pieces else part.cues
        return replace(part, text=text, question=question, cues=cues)

    def _text(
        self, field: str, place: str, text: str, findings: Sequence[Finding], log: _Log
    ) -> tuple[str, tuple[Piece, ...]]:
        cuts = self._cuts(text, findings, lambda kind: self._policy.action(place, kind))
        if not cuts:
            return text, ()
        made, pieces = cut(text, cuts)
        for one, piece in zip(cuts, pieces, strict=True):
            log.add(field, piece.new_start, piece.new_end, one.kind, one.action, text[one.start : one.end])
        return made, pieces

    def _cuts(self, text: str, findings: Sequence[Finding], action_of: Callable[[Kind], Action]) -> list[Cut]:
        cuts = []
        for one in findings:
            action = action_of(one.kind)
            if action is not Action.KEEP:
                stand_in = self._stand_in(action, one.kind, text[one.start : one.end])
                cuts.append(Cut(one.start, one.end, stand_in, one.kind, action))
        return cuts

    def _stand_in(self, action: Action, kind: Kind | None, value: str) -> str:
        if action is Action.DROP:
            return ""
        return masked(kind) if action is Action.MASK else hashed(kind, self._pseudonyms.in_text(kind, value))

    def _naming(self, field: str, value: str | None, found: Found, log: _Log) -> str | None:
        """Return what stands in a field that names somebody: one value, or none, for all of it."""
        if value is None:
            return None
        always = self._policy.whole(field)
        taken = [
            one for one in without_ours(value, found[value]) if self._policy.action(field, one.kind) is not Action.KEEP
        ]
        if always is None and (not taken or (field == "employee" and self._knows(value))):
            return value
        kind = taken[0].kind if taken else None
        action = always or self._policy.action(field, taken[0].kind)
        stored = self._named(field if always or kind is None else str(kind), action, kind, value, taken)
        log.add(field, 0, len(stored or ""), kind or WHOLE, action, value)
        return stored

    def _named(
        self, prefix: str, action: Action, kind: Kind | None, value: str, taken: Sequence[Finding]
    ) -> str | None:
        if action is Action.DROP:
            return None
        if action is Action.MASK:
            return masked(kind)
        return self._pseudonyms.naming(prefix, kind if _is_all(value, taken) else None, value)

    def _attributes(
        self, attributes: Mapping[str, AttributeValue], found: Found, log: _Log
    ) -> Mapping[str, AttributeValue]:
        made: dict[str, AttributeValue] = {}
        # Those whose values are left out too: what was taken out of them is known by their names.
        names = set(attributes)
        changed = False
        for name, value in attributes.items():
            probe = probe_of(name, value)
            in_name, in_value = _split(found[probe] if probe else (), name)
            stored_name = self._attribute_name(name, in_name, names, log)
            stored = self._attribute(name, stored_name, value, in_value, log)
            changed = changed or stored_name != name or stored != value
            if stored is not None:
                made[stored_name] = stored
        return dict(sorted(made.items())) if changed else attributes

    def _attribute_name(self, name: str, findings: Sequence[Finding], names: set[str], log: _Log) -> str:
        cuts = self._cuts(name, findings, self._of_name)
        if not cuts:
            return name
        first = stored = cut(name, cuts)[0]
        number = 2
        # Two names that differ in nothing but whose they are stay two.
        while stored in names:
            stored, number = f"{first} {number}", number + 1
        names.add(stored)
        log.add(NAME + stored, 0, len(stored), cuts[0].kind, cuts[0].action, name)
        return stored

    def _of_name(self, kind: Kind) -> Action:
        """Return what becomes of what is recognised in an attribute's name, which must not become empty."""
        action = self._policy.action("attributes", kind)
        return Action.MASK if action is Action.DROP else action

    def _attribute(
        self, name: str, stored_name: str, value: AttributeValue, findings: Sequence[Finding], log: _Log
    ) -> AttributeValue | None:
        place, field = ATTRIBUTE + name, ATTRIBUTE + stored_name
        whole = self._policy.whole(place)
        taken = [one for one in findings if self._policy.action(place, one.kind) is not Action.KEEP]
        if whole is None and not taken:
            return value
        if whole is None and isinstance(value, str) and name not in self._typed:
            return self._text(field, place, value, taken, log)[0] or None
        # A number that is somebody's goes as a whole; where a number or a flag must stand, nothing can stand for it.
        kind = taken[0].kind if taken else None
        action = whole or self._policy.action(place, taken[0].kind)
        action = Action.DROP if name in self._typed else action
        said = text_of(value)
        stored = self._stand_in(action, kind if _is_all(said, taken) else None, said)
        log.add(field, 0, len(stored), kind or WHOLE, action, value)
        return stored or None


class _Log:
    """What was done to a record, and what was taken out of it."""

    def __init__(self) -> None:
        self.redactions: list[Redaction] = []
        self.values: list[Any] = []

    def add(self, field: str, start: int, end: int, kind: str, action: Action, value: Any) -> None:
        self.redactions.append(Redaction(field, start, end, str(kind), str(action)))
        self.values.append(value)


def _is_all(value: str, findings: Sequence[Finding]) -> bool:
    """Return whether a finding is the whole of a value."""
    return bool(findings) and value[findings[0].start : findings[0].end].strip() == value.strip()


def _split(findings: Sequence[Finding], name: str) -> tuple[list[Finding], list[Finding]]:
    """Return the findings in an attribute's name, and those in its value, each by its own offsets."""
    begins = len(name) + len(SEPARATOR)
    in_name = [one for one in findings if one.end <= len(name)]
    in_value = [
        replace(one, start=max(one.start, begins) - begins, end=one.end - begins)
        for one in findings
        if one.end > begins
    ]
    return in_name, in_value
