"""Changes of alerts: what each does to an alert, and in which states it may be made.

open -> acknowledged -> in_progress -> resolved | dismissed, and open again by `reopen`. Nothing here writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.alerts.alert import CLOSED, Alert, AlertState
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.verdict import Verdict
from engine.errors import AlertStateError, ChangeError
from engine.people import Directory

HEEDFUL = "heedful"


class Action(StrEnum):
    """What can be done with an alert."""

    ACKNOWLEDGE = "acknowledge"
    START = "start"
    ASSIGN = "assign"
    NOTE = "note"
    ATTEMPT = "attempt"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    LINK = "link"
    VERDICT = "verdict"
    LINK_PROBLEM = "link_problem"
    UNLINK_PROBLEM = "unlink_problem"


# What people ask for; problems are linked by changes of the problem.
ASKED = tuple(one for one in Action if one not in (Action.LINK_PROBLEM, Action.UNLINK_PROBLEM))
# What may be done whatever others did meanwhile, since it takes nothing of theirs back.
ADDS = frozenset({Action.NOTE, Action.ATTEMPT, Action.LINK, Action.VERDICT, Action.LINK_PROBLEM, Action.UNLINK_PROBLEM})


@dataclass(frozen=True, slots=True)
class Change:
    """One change, of one alert or of many.

    Parameters
    ----------
    note
        Why, in the person's words.
    holder, team
        Of an assignment: who holds the alert from now on, and the team that this counts for; None is nobody.
    people
        Of an assignment that somebody asks for: who there is, of whom only those may hold an alert who take on
        something of its unit. None asks nothing.
    channel, outcome
        Of an attempt.
    remedy, root_cause
        Of an attempt or a resolve: what was done for the customer, and what was behind it. None says nothing new.
    feedback
        Of a link: source and id.
    verdict
        Of a verdict; its alert is set for each.
    problem
        The problem that is linked or unlinked.
    """

    action: Action
    note: str = ""
    holder: str | None = None
    team: str | None = None
    people: Directory | None = None
    channel: Channel | None = None
    outcome: AttemptOutcome | None = None
    remedy: str | None = None
    root_cause: str | None = None
    feedback: tuple[str, str] | None = None
    verdict: Verdict | None = None
    problem: str | None = None

    @property
    def found(self) -> dict[str, str]:
        """What it says of the case: remedy and root cause, where they are said."""
        said = {"remedy": self.remedy, "root_cause": self.root_cause}
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, slots=True)
class By:
    """Who changes an alert.

    Parameters
    ----------
    who
        The person, or the key they used.
    through
        The key that acted in the person's name; None where the key acted for itself.
    """

    who: str
    through: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """An alert after a change, and what its history tells of it."""

    alert: Alert
    why: str
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def changed(alert: Alert, change: Change, now: datetime) -> Changed:
    """Return an alert after a change; its version is the next.

    Raises
    ------
    AlertStateError
        If it cannot be done with an alert that stands like this.
    ChangeError
        If something is missing that only the alert could have made good.
    """
    done = _DOES[change.action](alert, change, now)
    data = dict(done.data)
    if done.alert.state is not alert.state:
        data |= {"from": str(alert.state), "to": str(done.alert.state)}
    return replace(done, alert=replace(done.alert, version=alert.version + 1), data=data)


def _acknowledge(alert: Alert, change: Change, _now: datetime) -> Changed:
    return Changed(replace(alert, state=_forward(alert, AlertState.ACKNOWLEDGED)), change.note)


def _start(alert: Alert, change: Change, _now: datetime) -> Changed:
    return Changed(replace(alert, state=_forward(alert, AlertState.IN_PROGRESS)), change.note)


def _forward(alert: Alert, wanted: AlertState) -> AlertState:
    """Return the state that is wanted, if the alert stands before it."""
    _refuse_closed(alert)
    if _ORDER.index(alert.state) >= _ORDER.index(wanted):
        raise AlertStateError(f"the alert is {_said(alert.state)} already")
    return wanted


def _assign(alert: Alert, change: Change, _now: datetime) -> Changed:
    _refuse_closed(alert)
    if (alert.holder, alert.team) == (change.holder, change.team):
        raise AlertStateError(f"the alert is with {change.holder or 'nobody'} already")
    if change.people is not None and change.holder is not None and not change.people.takes(change.holder, alert.unit):
        raise ChangeError(f"{change.holder} is not of the alert's unit {alert.unit}, nor of one above it", field="to")
    data = {"holder": [alert.holder, change.holder], "team": [alert.team, change.team]}
    return Changed(replace(alert, holder=change.holder, team=change.team), change.note, data)


def _note(alert: Alert, change: Change, _now: datetime) -> Changed:
    return Changed(alert, change.note)


def _attempt(alert: Alert, change: Change, now: datetime) -> Changed:
    """Record an attempt, of closed alerts too: the call was made, whoever closed the alert meanwhile."""
    state = alert.state if alert.is_closed else AlertState.IN_PROGRESS
    after = replace(_found(alert, change), state=state, followed_up_at=alert.followed_up_at or now)
    return Changed(after, change.note, {"channel": str(change.channel), "outcome": str(change.outcome)} | change.found)


def _resolve(alert: Alert, change: Change, now: datetime) -> Changed:
    _refuse_closed(alert)
    after = replace(_found(alert, change), state=AlertState.RESOLVED, resolved_at=now, closed_at=now)
    return Changed(after, change.note, change.found)


def _dismiss(alert: Alert, change: Change, now: datetime) -> Changed:
    _refuse_closed(alert)
    if not change.note and alert.verdict is None:
        raise ChangeError("say why it is dismissed: give a note, or a verdict first", field="note")
    return Changed(replace(alert, state=AlertState.DISMISSED, closed_at=now), change.note)


def _reopen(alert: Alert, change: Change, now: datetime) -> Changed:
    if not alert.is_closed:
        raise AlertStateError(f"the alert is {_said(alert.state)}, and not closed")
    # It may be late by now: what is to be done then is looked at soon.
    after = replace(alert, state=AlertState.OPEN, resolved_at=None, closed_at=None, watch_at=now)
    return Changed(after, change.note)


def _link(alert: Alert, change: Change, _now: datetime) -> Changed:
    source, feedback_id = change.feedback or ("", "")
    if (source, feedback_id) == (alert.source, alert.feedback_id):
        raise AlertStateError("the alert is about this very feedback")
    return Changed(alert, change.note, {"source": source, "id": feedback_id})


def _verdict(alert: Alert, change: Change, _now: datetime) -> Changed:
    if change.verdict is None:
        raise ChangeError("the verdict is missing", field="verdict")
    given = str(change.verdict.kind)
    return Changed(replace(alert, verdict=given), change.verdict.said, {"verdict": [alert.verdict, given]})


def _link_problem(alert: Alert, change: Change, _now: datetime) -> Changed:
    if alert.problem is not None:
        said = " already" if alert.problem == change.problem else "; unlink it there first"
        raise AlertStateError(f"the alert is linked to problem {alert.problem}{said}")
    return Changed(replace(alert, problem=change.problem), change.note, {"problem": change.problem})


def _unlink_problem(alert: Alert, change: Change, _now: datetime) -> Changed:
    if alert.problem != change.problem:
        raise AlertStateError(f"the alert is not linked to problem {change.problem}")
    return Changed(replace(alert, problem=None), change.note, {"problem": change.problem})


def _found(alert: Alert, change: Change) -> Alert:
    """Return an alert with what a change says of the case; what it leaves unsaid stays."""
    remedy, root_cause = change.remedy or alert.remedy, change.root_cause or alert.root_cause
    return replace(alert, remedy=remedy, root_cause=root_cause)


def _refuse_closed(alert: Alert) -> None:
    if alert.state in CLOSED:
        raise AlertStateError(f"the alert is {_said(alert.state)}; reopen it first")


def _said(state: AlertState) -> str:
    return state.replace("_", " ")


_ORDER = (AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.IN_PROGRESS)
_DOES: Mapping[Action, Callable[[Alert, Change, datetime], Changed]] = MappingProxyType(
    {
        Action.ACKNOWLEDGE: _acknowledge,
        Action.START: _start,
        Action.ASSIGN: _assign,
        Action.NOTE: _note,
        Action.ATTEMPT: _attempt,
        Action.RESOLVE: _resolve,
        Action.DISMISS: _dismiss,
        Action.REOPEN: _reopen,
        Action.LINK: _link,
        Action.VERDICT: _verdict,
        Action.LINK_PROBLEM: _link_problem,
        Action.UNLINK_PROBLEM: _unlink_problem,
    }
)
