"""What the page of an alert looks at: what others may change at any moment, and what stays as it was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.auth import Caller
from api.console.alert.queue import Queue
from api.console.verbatim import Prepared, prepared
from api.runtime import Service
from engine.alerts.alert import Alert, AlertKind
from engine.alerts.problem import Problem, ProblemState
from engine.alerts.standing import clocks_of
from engine.alerts.suggesting import Suggestion
from engine.errors import NotFoundError
from engine.explanation import RuleExplanation
from engine.feedback import Feedback
from engine.people import Directory
from engine.reading import Reading, ReadingStatus
from engine.rules.course import Course
from engine.rules.rule import Rule
from engine.store.beside import Beside
from engine.store.problem_pages import ProblemFilter
from engine.store.words import Said

NOTHING = Prepared("")
MOST_SAID = 6
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Now:
    """An alert as it stands at this moment.

    Parameters
    ----------
    more
        All that belongs to it, as `engine.store.alerts.Alerts.one` says it, and its clocks.
    problem
        The problem that it is linked to, where the reader may see it.
    people
        Who there is, for their names.
    """

    alert: Alert
    more: Mapping[str, Any]
    beside: Beside
    problem: Problem | None
    people: Directory

    def name(self, who: str | None) -> str:
        """Return the name of a person, or of a team or key as it is."""
        person = self.people.person(who)
        return person.name if person else "Heedful" if who == "heedful" else who or "nobody"


@dataclass(frozen=True)
class Basis:
    """What an alert stands on.

    Parameters
    ----------
    feedback, reading
        What was said, and what was understood of it; None where it is not there any more, or there was none.
    shown
        Both, as the page shows them.
    erased_at
        When the words were erased.
    revised
        Whether the feedback was revised since: then nothing is said of how the rules judged what stands there now.
    own, others
        How the alert's rule judged the feedback; and what came of other rules.
    rule
        The rule as it was then, else as it is now.
    earlier
        What else the customer said, the latest first.
    course
        What the window of a signal held as time went on.
    """

    feedback: Feedback | None = None
    reading: Reading | None = None
    shown: Prepared = NOTHING
    revised: bool = False
    erased_at: datetime | None = None
    own: RuleExplanation | None = None
    others: Sequence[RuleExplanation] = ()
    rule: Rule | None = None
    earlier: Sequence[Said] = ()
    course: Course | None = None

    @property
    def is_unread(self) -> bool:
        """Whether a reading may still come."""
        return self.reading is not None and self.reading.status is ReadingStatus.UNREAD


def now_of(service: Service, caller: Caller, alert_id: str, queue: Queue) -> Now:
    """Return an alert as it stands.

    Raises
    ------
    NotFoundError
        If there is none, or the caller may not see it.
    """
    alert, more = service.store.alerts.one(alert_id, caller.scope)
    clocks = clocks_of(alert, service.engine.clock.now())
    problem = _problem(service, caller, alert.problem)
    people = service.store.people.directory()
    return Now(alert, more | {"clocks": clocks}, queue.beside(service, caller, alert), problem, people)


def basis_of(service: Service, caller: Caller, alert: Alert) -> Basis:
    """Return what an alert stands on, as far as the caller may see it."""
    if alert.kind is AlertKind.SYSTEM:
        return Basis()
    earlier = _earlier(service, caller, alert)
    if alert.kind is AlertKind.SIGNAL:
        rule = _rule(service, alert)
        course = service.store.courses.of(rule, alert, service.engine.clock.now()) if rule else None
        return Basis(rule=rule, earlier=earlier, course=course)
    try:
        found = service.engine.explain(alert.source, alert.feedback_id, scope=caller.scope)
    except NotFoundError:
        return Basis(rule=_rule(service, alert), earlier=earlier)
    stored = found.stored
    if stored.decision.sequence != alert.sequence:
        then = service.store.words.of([alert.sequence], caller.scope).get(alert.sequence)
        shown = prepared(then, None, alert.evidence) if then else NOTHING
        return Basis(then, shown=shown, revised=then is not None, rule=_rule(service, alert), earlier=earlier)
    own = next((one for one in found.rules if one.rule == alert.rule), None)
    others = [one for one in found.rules if one is not own and (one.alerts or one.signals or one.held_back)]
    rules = service.store.versions.ruleset(stored.decision.ruleset)
    rule = rules.by_slug.get(alert.rule)
    return Basis(
        *(stored.feedback, stored.decision.reading),
        prepared(stored.feedback, stored.decision.reading, alert.evidence),
        erased_at=stored.erased_at,
        own=own,
        others=others,
        rule=rule,
        earlier=earlier,
    )


def problems_of(service: Service, caller: Caller, alert: Alert) -> tuple[Sequence[Problem], Sequence[Suggestion]]:
    """Return the open problems, and what may be one that this alert belongs to, likely patterns first."""
    problems = service.store.problems
    now = service.engine.clock.now()
    found = [one for one in problems.suggestions(now, caller.scope) if alert.id in one.alerts]
    page = problems.page(ProblemFilter(ProblemState.OPEN), limit=MOST_PROBLEMS, scope=caller.scope)
    return page.problems, found


def _problem(service: Service, caller: Caller, problem_id: str | None) -> Problem | None:
    if problem_id is None:
        return None
    try:
        return service.store.problems.get(problem_id, caller.scope)
    except NotFoundError:
        return None


def _rule(service: Service, alert: Alert) -> Rule | None:
    """Return the rule as it was when the alert was opened, where that is known; else as it is now."""
    found = service.engine.rules.by_slug.get(alert.rule)
    if (found is not None and found.version == alert.rule_version) or not alert.feedback_id:
        return found
    try:
        decision = service.engine.stored(alert.source, alert.feedback_id).decision
        return service.store.versions.ruleset(decision.ruleset).by_slug.get(alert.rule, found)
    except NotFoundError:
        return found


def _earlier(service: Service, caller: Caller, alert: Alert) -> Sequence[Said]:
    if alert.customer is None:
        return ()
    said = service.store.words.of_customer(alert.customer, MOST_SAID + 1, caller.scope)
    return [one for one in said if one.feedback.key != (alert.source, alert.feedback_id)][:MOST_SAID]
