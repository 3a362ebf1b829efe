"""What an alert is about, and the conditions by which routes, silences and problems choose among alerts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.alerts.alert import Alert, AlertKind
from engine.alerts.severity import Severity
from engine.feedback import AttributeValue
from engine.rules.case import Case
from engine.rules.conditions import All, Condition
from engine.rules.field_condition import FieldCondition
from engine.rules.field_logic import includes
from engine.rules.grouping import values_of
from engine.rules.label_condition import LabelCondition
from engine.rules.phrasing import say
from engine.rules.plain_conditions import say_condition
from engine.rules.plain_text import say_labels
from engine.rules.plain_words import plain_name
from engine.rules.rule import Rule
from engine.rules.saying import either
from engine.taxonomy import TASKS

FACTS = ("rule", "severity", "kind", "source", "channel", "unit", "employee", "customer")
# Their values are paths: naming one names everything below it.
PATHS = frozenset({"unit", *TASKS})
ATTRIBUTE = "attribute."
# What a signal can be grouped by, beside its unit and customer, which stand in the alert.
GROUPED = ("channel", "source", "employee")

Labels = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about.

    Parameters
    ----------
    labels
        By task, those that hold. Of a signal, which stands for many feedback, those that its rule asks for.
    scores, attributes
        Of the feedback; of a signal the attributes that it is grouped by.
    """

    rule: str
    severity: Severity
    kind: AlertKind = AlertKind.ALERT
    source: str | None = None
    channel: str | None = None
    unit: str | None = None
    employee: str | None = None
    customer: str | None = None
    labels: Labels = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)

    def values(self, key: str) -> tuple[str, ...]:
        """Return what it has of a fact or of the labels of a task."""
        if key in TASKS:
            return self.labels.get(key, ())
        found = getattr(self, key)
        return (str(found),) if found else ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without what is absent."""
        facts = {key: found[0] for key in FACTS if (found := self.values(key))}
        more = {
            "labels": {task: list(names) for task, names in self.labels.items() if names},
            "scores": dict(self.scores),
            "attributes": dict(self.attributes),
        }
        return facts | {name: values for name, values in more.items() if values}


def subject_from_dict(record: Mapping[str, Any]) -> Subject:
    """Rebuild a `Subject` from what `Subject.as_dict` returned (trusted: no validation)."""
    return Subject(
        rule=record.get("rule", ""),
        severity=Severity(record["severity"]),
        kind=AlertKind(record.get("kind", AlertKind.ALERT)),
        **{key: record.get(key) for key in FACTS[3:]},
        labels={task: tuple(names) for task, names in record.get("labels", {}).items()},
        scores=record.get("scores", {}),
        attributes=record.get("attributes", {}),
    )


def subject_of(alert: Alert, case: Case | None = None, rule: Rule | None = None) -> Subject:
    """Return what an alert is about.

    Parameters
    ----------
    case
        The feedback that opened it, with its reading; of a signal it does not count.
    rule
        The rule that opened it: what a signal is about, and which labels were sure enough.
    """
    facts: dict[str, Any] = {"unit": alert.unit, "employee": alert.employee, "customer": alert.customer}
    if alert.kind is AlertKind.SIGNAL:
        facts |= _of_signal(alert, rule)
    else:
        facts["source"] = alert.source or None
        if case is not None:
            facts |= _of_case(case, rule)
    return Subject(alert.rule, alert.severity, alert.kind, **facts)


def _of_case(case: Case, rule: Rule | None) -> dict[str, Any]:
    feedback = case.feedback
    return {
        "employee": feedback.employee,
        "channel": feedback.channel,
        "labels": _held(case, rule),
        "scores": feedback.scores,
        "attributes": feedback.attributes,
    }


def _held(case: Case, rule: Rule | None) -> dict[str, tuple[str, ...]]:
    """Return the labels that hold, by the model or because the rule asks for no more than there is."""
    taxonomy = case.reading.taxonomy
    columns = set(case.reading.held)
    for one in _labels_of(rule):
        strongest = None if one.at_least is None else one.strongest(case)
        if strongest is not None:
            columns.add(strongest[0])
    found: dict[str, tuple[str, ...]] = {}
    for task, leaf in (taxonomy.columns[column] for column in sorted(columns)):
        found[task] = (*found.get(task, ()), leaf)
    return found


def _of_signal(alert: Alert, rule: Rule | None) -> dict[str, Any]:
    labels: dict[str, tuple[str, ...]] = {}
    for one in _labels_of(rule):
        labels[one.task] = tuple(dict.fromkeys((*labels.get(one.task, ()), *one.names)))
    if rule is None or rule.window is None or not alert.key:
        return {"labels": labels}
    grouped = list(zip(rule.window.per, values_of(alert.key), strict=False))
    attributes = {one.name: value for one, value in grouped if one.attribute}
    facts = {
        one.name: value for one, value in grouped if not one.attribute and one.name in ("channel", "source", "employee")
    }
    return {"labels": labels, "attributes": attributes, **facts}


def _labels_of(rule: Rule | None) -> Iterator[LabelCondition]:
    """Yield the tests of labels that must all hold when a rule does."""
    waiting: list[Condition] = [] if rule is None else [rule.when]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, All):
            waiting.extend(one.children)
        elif isinstance(one, LabelCondition) and one.at_most is None:
            yield one


@dataclass(frozen=True, slots=True)
class Named:
    """A test of a fact or of the labels of a task: any of these; of a path, everything below it too."""

    key: str
    values: tuple[str, ...]

    def fits(self, subject: Subject) -> bool:
        """Return whether a subject has one of the values."""
        return any(self.covers(found) for found in subject.values(self.key))

    def covers(self, found: str) -> bool:
        """Return whether a value is one of these: units to the letter, as grants are, all else whatever its case."""
        if self.key == "unit":
            return any(_is_at(found, wanted, path=True) for wanted in self.values)
        folded = found.casefold()
        return any(_is_at(folded, wanted.casefold(), path=self.key in PATHS) for wanted in self.values)

    def why_not(self, subject: Subject) -> str:
        """Return why a subject that does not fit does not."""
        found = subject.values(self.key)
        if self.key in TASKS:
            return f"{_among(self.key, found)}, not {either(self.values)}"
        name = self.key if self.key == "severity" else f"the {self.key}"
        return f"{name} is {found[0] if found else 'not known'}, not {either(self.values)}"

    @property
    def said(self) -> str:
        """What must be so, in plain English."""
        if self.key in TASKS:
            return f"{say_labels(self.key, self.values, None)} ({self.key} {either(self.values)})"
        name = self.key if self.key == "severity" else f"the {self.key}"
        below = ", or a unit below" if self.key == "unit" else ""
        return f"{name} is {either(self.values)}{below}"


Test = Named | FieldCondition


@dataclass(frozen=True, slots=True)
class Matching:
    """A conjunction of tests by which alerts are chosen; without tests it fits every alert."""

    tests: tuple[Test, ...] = ()

    def fits(self, subject: Subject) -> bool:
        """Return whether every test holds for a subject."""
        return all(_fits(test, subject) for test in self.tests)

    def why_not(self, subject: Subject) -> str | None:
        """Return why a subject does not fit, by the first test that does not hold; None if it fits."""
        failed = next((test for test in self.tests if not _fits(test, subject)), None)
        if failed is None or isinstance(failed, Named):
            return failed.why_not(subject) if failed else None
        value = _value(failed, subject)
        return f"{plain_name(failed.name)} is {'missing' if value is None else say(value)}, not {failed.wanted}"

    def includes(self, other: Matching) -> bool:
        """Return whether whatever fits another surely fits this one; False where that cannot be told."""
        theirs = {_key(test): test for test in other.tests}
        return all(_includes(test, theirs.get(_key(test))) for test in self.tests)

    @property
    def said(self) -> str:
        """What it chooses, in plain English."""
        return " and ".join(_said(test) for test in self.tests) or "every alert"

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, in the words of its author."""
        return dict(_written(test) for test in self.tests)


EVERY_ALERT = Matching()


def matching_from_dict(record: Mapping[str, Any]) -> Matching:
    """Rebuild a `Matching` from what `Matching.as_dict` returned (trusted: no validation)."""
    return Matching(tuple(_rebuilt(key, value) for key, value in record.items()))


def _rebuilt(key: str, value: Any) -> Test:
    if key in FACTS or key in TASKS:
        return Named(key, tuple(value))
    known = dict(value) if isinstance(value, Mapping) else {"is": value}
    values = tuple(known.pop("is", ()))
    if key.startswith(ATTRIBUTE):
        return FieldCondition("attribute", key.removeprefix(ATTRIBUTE), values, **known)
    return FieldCondition("score", key, values, **known)


def _written(test: Test) -> tuple[str, Any]:
    if isinstance(test, Named):
        return test.key, list(test.values)
    bounds = {name: getattr(test, name) for name in ("at_least", "at_most", "missing")}
    told: dict[str, Any] = {name: value for name, value in bounds.items() if value is not None}
    if not told:
        return _key(test), list(test.values)
    return _key(test), ({"is": list(test.values)} if test.values else {}) | told


def _key(test: Test) -> str:
    if isinstance(test, Named):
        return test.key
    return f"{ATTRIBUTE}{test.name}" if test.kind == "attribute" else test.name


def _value(test: FieldCondition, subject: Subject) -> AttributeValue | None:
    values: Mapping[str, AttributeValue] = subject.attributes if test.kind == "attribute" else subject.scores
    return values.get(test.name)


def _fits(test: Test, subject: Subject) -> bool:
    return test.fits(subject) if isinstance(test, Named) else test.holds(_value(test, subject))


def _said(test: Test) -> str:
    return test.said if isinstance(test, Named) else say_condition(test).text


def _includes(wide: Test, narrow: Test | None) -> bool:
    if isinstance(wide, Named):
        return isinstance(narrow, Named) and all(wide.covers(value) for value in narrow.values)
    return isinstance(narrow, FieldCondition) and includes(wide, narrow)


def _is_at(found: str, wanted: str, *, path: bool) -> bool:
    return found == wanted or (path and found.startswith(wanted + "/"))


def _among(task: str, found: Sequence[str]) -> str:
    return f"the {task} is {' and '.join(found)}" if found else f"no {task} was found"


def at_least(severity: Severity) -> tuple[str, ...]:
    """Return a severity and all graver ones."""
    return tuple(str(one) for one in Severity if one.rank >= severity.rank)
