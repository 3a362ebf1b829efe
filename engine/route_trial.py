"""Trying routes: where the alerts of a feedback, or an alert that somebody imagines, would go, and why.

Nothing is stored. What depends on other feedback (cooldowns, windows) is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.alerts.addressing import Addressed, Destination, address, address_subject
from engine.alerts.alert import Alert, AlertKind, AlertState, HeldReason
from engine.alerts.clocks import timed
from engine.alerts.matching import FACTS, Subject
from engine.alerts.opening import alert_of_match
from engine.alerts.raising import kind_of
from engine.alerts.routes import Step
from engine.alerts.severity import Severity
from engine.delivery.stages import OPENED, Due, Verdict, verdict_as_dict
from engine.errors import FeedbackError
from engine.feedback import Feedback
from engine.intake import admit
from engine.judge import Match, judged
from engine.names import unknown
from engine.people import Directory
from engine.pipeline import Engine
from engine.program import Program
from engine.rules.case import Case
from engine.rules.load import LoadedRules
from engine.rules.rule import Rule, RuleStatus
from engine.store.gathering import Mutes
from engine.taxonomy import TASKS, Taxonomy

IMAGINED = (*FACTS, *TASKS, "scores", "attributes")
# A feedback needs an id; this one is not stored.
NO_ID = "tried"


@dataclass(frozen=True)
class Tried:
    """Where one alert would go.

    Parameters
    ----------
    held
        Why the match would open no alert, or send no message; None where it would.
    steps
        The routes that were tried.
    verdicts
        What would become of its message to each destination at this moment.
    """

    addressed: Addressed
    held: HeldReason | None
    steps: tuple[Step, ...]
    verdicts: tuple[Verdict, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values, without the addresses of people."""
        addressed = self.addressed
        alert = addressed.alert
        return {
            "rule": alert.rule,
            "severity": str(alert.severity),
            "kind": str(alert.kind),
            "held_back": str(self.held) if self.held else None,
            "subject": addressed.subject.as_dict(),
            "route": alert.route,
            "why": addressed.why,
            "holder": alert.holder,
            "team": alert.team,
            "steps": [step.as_dict() for step in self.steps],
            "destinations": [
                _destination(to, verdict) for to, verdict in zip(addressed.destinations, self.verdicts, strict=True)
            ],
        }


def _destination(to: Destination, verdict: Verdict) -> dict[str, Any]:
    grouped = to.gathered.as_dict() if to.gathered else None
    return {"recipient": to.recipient, "receiver": to.receiver, "group": grouped} | verdict_as_dict(verdict)


class RouteTrial:
    """Tries the routes of an engine's program.

    Parameters
    ----------
    engine
        Reads and judges; its store says what is silenced, and who the people are.
    program
        Whose routes and receivers are tried; by default those in force.
    """

    def __init__(self, engine: Engine, program: Program | None = None) -> None:
        self._engine = engine
        self._program = program or engine.program
        self._mutes = Mutes(engine.store, self._program)

    def feedback(self, feedback: Feedback) -> list[Tried]:
        """Return where the alerts that a feedback would open go, in the order of the rules.

        Raises
        ------
        ReaderUnavailableError
            If the reader is down and the program does not accept that.
        """
        engine = self._engine
        engine.learn()
        feedback = engine.redact([feedback])[0]
        reading = engine.read([feedback])[0]
        rules = engine.rules_under(reading.taxonomy)
        return self.case(engine.phrases.case(rules, feedback, reading), rules)

    def case(self, case: Case, rules: LoadedRules) -> list[Tried]:
        """Return where the alerts of feedback that is read already would go, in the order of the rules."""
        made = judged(rules, [case])[0]
        return [self._match(match, case, rules, self._engine.clock.now()) for match in made.matches]

    def imagined(self, subject: Subject) -> Tried:
        """Return where an alert about a subject would go; a rule of that name decides as it does live."""
        now = self._engine.clock.now()
        rule = self._engine.rules.by_slug.get(subject.rule)
        alert = _imagined(subject, now)
        addressed = address_subject(alert, subject, self._program, self._directory(), rule)
        return self._tried(addressed, None, rule, now)

    def _match(self, match: Match, case: Case, rules: LoadedRules, now: datetime) -> Tried:
        rule, kind = match.rule, kind_of(match)
        held = HeldReason.UNSURE if kind is None else None
        if rule.status is RuleStatus.SHADOW:
            held = HeldReason.SHADOW
        alert = alert_of_match(rule, case, kind or AlertKind.REVIEW, now, rules.program.triage)
        if rule.window is not None:
            alert = replace(alert, kind=AlertKind.SIGNAL)
        alert = timed(alert, rule, rules.program)
        return self._tried(address(alert, case, self._program, self._directory(), rule), held, rule, now)

    def _tried(self, addressed: Addressed, held: HeldReason | None, rule: Rule | None, now: datetime) -> Tried:
        routes = self._program.routes
        follows = routes is not None and (rule is None or rule.send_to is None)
        steps = tuple(routes.steps(addressed.subject)) if routes is not None and follows else ()
        with self._engine.store.database.read() as connection:
            verdicts = tuple(self._mutes.decide(connection, _due(addressed, to), now) for to in addressed.destinations)
        return Tried(addressed, held, steps, verdicts)

    def _directory(self) -> Directory:
        """Return the people of the store; before anybody was imported, those of the program's file."""
        found = self._engine.store.people.directory()
        return found if found.people or self._program.people is None else Directory(self._program.people)


def _due(addressed: Addressed, to: Destination) -> Due:
    return Due(
        id="",
        kind=OPENED,
        severity=addressed.alert.severity,
        recipient=to.recipient,
        receiver=to.receiver,
        address=to.address,
        subject=addressed.subject,
        group=to.gathered.as_dict() if to.gathered else None,
    )


def _imagined(subject: Subject, now: datetime) -> Alert:
    return Alert(
        id="",
        fingerprint="",
        rule=subject.rule,
        rule_version="",
        title=subject.rule,
        severity=subject.severity,
        kind=subject.kind,
        state=AlertState.OPEN,
        source=subject.source or "",
        feedback_id="",
        sequence=0,
        opened_at=now,
        unit=subject.unit,
        customer=subject.customer,
        reasons=(),
        receiver="",
        employee=subject.employee,
    )


def admit_subject(
    record: Mapping[str, Any], program: Program, taxonomy: Taxonomy, rules: Mapping[str, Rule], now: datetime
) -> Subject:
    """Return the subject that a record means: facts, scores and attributes as feedback has them, labels by task.

    Without a severity it is the one that its rule gives, else medium.

    Raises
    ------
    FeedbackError
        With the field, for the first thing that is wrong.
    """
    for name in record:
        if name not in IMAGINED:
            raise FeedbackError(unknown("field", str(name), IMAGINED), field=str(name)[:100])
    facts = {name: record[name] for name in (*FACTS[3:], "scores", "attributes") if record.get(name) is not None}
    feedback = admit({"id": NO_ID, "text": NO_ID} | facts, program, now)
    rule = _text(record, "rule") or ""
    severity = _choice(record, "severity", tuple(map(str, Severity)))
    known = rules.get(rule)
    kind = _choice(record, "kind", tuple(map(str, AlertKind)))
    if rule and known is None and kind != AlertKind.SYSTEM:
        raise FeedbackError(unknown("rule", rule, rules), field="rule")
    return Subject(
        rule=rule,
        severity=Severity(severity) if severity else known.severity if known else Severity.MEDIUM,
        kind=AlertKind(kind) if kind else AlertKind.ALERT,
        source=feedback.source if "source" in facts else None,
        channel=feedback.channel,
        unit=feedback.unit,
        employee=feedback.employee,
        customer=feedback.customer,
        labels={task: _labels(record.get(task), task, taxonomy) for task in TASKS if record.get(task)},
        scores=feedback.scores,
        attributes=feedback.attributes,
    )


def _text(record: Mapping[str, Any], name: str) -> str | None:
    found = record.get(name)
    if found is not None and (not isinstance(found, str) or len(found) > 200):
        raise FeedbackError(f"{name} must be text of at most 200 characters", field=name)
    return found


def _choice(record: Mapping[str, Any], name: str, valid: tuple[str, ...]) -> str | None:
    found = _text(record, name)
    if found is not None and found not in valid:
        raise FeedbackError(unknown(name, found, valid), field=name)
    return found


def _labels(value: Any, task: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not isinstance(name, str) or name not in taxonomy.nodes(task):
            raise FeedbackError(unknown(task, str(name), taxonomy.nodes(task)), field=task)
    return tuple(names)
