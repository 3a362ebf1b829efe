"""Changes of an alert: which state allows which, and what each does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.alerts.alert import CLOSED, Alert, AlertKind, AlertState
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import Action, Change, changed
from engine.alerts.severity import Severity
from engine.alerts.standing import clocks_of
from engine.alerts.verdict import Verdict, VerdictKind
from engine.errors import AlertStateError, ChangeError
from tests.support.clock import NOON

LATER = NOON + timedelta(hours=1)
OPEN = Alert(
    id="al_1",
    fingerprint="1",
    rule="furious",
    rule_version="v",
    title="",
    severity=Severity.HIGH,
    kind=AlertKind.ALERT,
    state=AlertState.OPEN,
    source="default",
    feedback_id="f1",
    sequence=1,
    opened_at=NOON,
    unit=None,
    customer="c1",
    reasons=(),
    receiver="operators",
)
ATTEMPT = Change(Action.ATTEMPT, channel=Channel.PHONE, outcome=AttemptOutcome.VOICEMAIL, root_cause="billing")
VERDICT = Change(Action.VERDICT, verdict=Verdict("al_1", VerdictKind.RIGHT, "kim", LATER))
CHANGES = {
    "acknowledge": Change(Action.ACKNOWLEDGE),
    "start": Change(Action.START),
    "assign": Change(Action.ASSIGN, holder="ann", team="care"),
    "note": Change(Action.NOTE, note="hm"),
    "attempt": ATTEMPT,
    "resolve": Change(Action.RESOLVE, remedy="refund"),
    "dismiss": Change(Action.DISMISS, note="spam"),
    "reopen": Change(Action.REOPEN),
    "link": Change(Action.LINK, feedback=("default", "f2")),
    "verdict": VERDICT,
}
# What each state becomes; a dash stands for a change that it does not allow.
TABLE = """
              acknowledge  start        assign       note         attempt      resolve   dismiss    reopen
open          acknowledged in_progress  open         open         in_progress  resolved  dismissed  -
acknowledged  -            in_progress  acknowledged acknowledged in_progress  resolved  dismissed  -
in_progress   -            -            in_progress  in_progress  in_progress  resolved  dismissed  -
resolved      -            -            -            resolved     resolved     -         -          open
dismissed     -            -            -            dismissed    dismissed    -         -          open
"""
NAMES, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [
    pytest.param(state, name, after, id=f"{state}-{name}")
    for state, *cells in ROWS
    for name, after in zip(NAMES, cells, strict=True)
]


def alert_in(state: str) -> Alert:
    closed_at = NOON if state in CLOSED else None
    return replace(
        OPEN, state=AlertState(state), closed_at=closed_at, resolved_at=closed_at if state == "resolved" else None
    )


@pytest.mark.parametrize(("state", "name", "after"), CASES)
def test_what_each_state_allows(state: str, name: str, after: str) -> None:
    alert = alert_in(state)
    if after == "-":
        with pytest.raises(AlertStateError):
            changed(alert, CHANGES[name], LATER)
        return
    done = changed(alert, CHANGES[name], LATER)
    assert (done.alert.state, done.alert.version) == (AlertState(after), 2)
    assert (done.alert.closed_at is not None) is (done.alert.state in CLOSED)
    assert ("to" in done.data) is (state != after)


@pytest.mark.parametrize("state", [state for state, *_ in ROWS])
@pytest.mark.parametrize("name", ["link", "verdict"])
def test_every_state_takes_links_and_verdicts(state: str, name: str) -> None:
    assert changed(alert_in(state), CHANGES[name], LATER).alert.state == state


def test_the_first_attempt_meets_the_follow_up_and_says_what_was_behind_it() -> None:
    once = changed(OPEN, ATTEMPT, LATER).alert
    twice = changed(once, replace(ATTEMPT, root_cause=None, remedy="refund"), LATER + timedelta(hours=1)).alert
    assert (once.followed_up_at, twice.followed_up_at) == (LATER, LATER)
    assert (once.root_cause, once.remedy, twice.root_cause, twice.remedy) == ("billing", None, "billing", "refund")


def test_the_last_resolve_counts() -> None:
    resolved = changed(OPEN, CHANGES["resolve"], LATER).alert
    reopened = changed(resolved, CHANGES["reopen"], LATER).alert
    assert (reopened.resolved_at, reopened.closed_at, reopened.remedy) == (None, None, "refund")
    again = changed(reopened, CHANGES["resolve"], LATER + timedelta(days=1)).alert
    assert again.resolved_at == again.closed_at == LATER + timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        pytest.param(
            Change(Action.DISMISS), ChangeError, "give a note, or a verdict first", id="dismissed for nothing"
        ),
        pytest.param(Change(Action.ASSIGN), AlertStateError, "is with nobody already", id="nobody to nobody"),
        pytest.param(
            Change(Action.LINK, feedback=("default", "f1")), AlertStateError, "this very feedback", id="itself"
        ),
    ],
)
def test_what_is_refused(change: Change, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        changed(OPEN, change, LATER)


def test_a_verdict_is_reason_enough_to_dismiss() -> None:
    assert changed(changed(OPEN, VERDICT, LATER).alert, Change(Action.DISMISS), LATER).alert.state == "dismissed"


DUE = {"follow_up_due": NOON + timedelta(hours=24), "close_due": NOON + timedelta(days=4)}


@pytest.mark.parametrize(
    ("fields", "hours", "follow_up", "close"),
    [
        pytest.param({}, 1, (None, False, 23 * 3600), (None, False, 95 * 3600), id="both run"),
        pytest.param({}, 25, (None, True, -3600), (None, False, 71 * 3600), id="late to follow up"),
        pytest.param({"followed_up_at": LATER}, 25, (True, False, None), (None, False, 71 * 3600), id="followed up"),
        pytest.param(
            {"followed_up_at": NOON + timedelta(hours=30)}, 97, (False, False, None), (None, True, -3600), id="too late"
        ),
        pytest.param(
            {"state": AlertState.RESOLVED, "resolved_at": LATER, "closed_at": LATER},
            99,
            (None, False, None),
            (True, False, None),
            id="resolved",
        ),
        pytest.param(
            {"state": AlertState.DISMISSED, "closed_at": LATER}, 99, (None, False, None), (None, False, None), id="gone"
        ),
        pytest.param(dict.fromkeys(DUE), 99, (None, False, None), (None, False, None), id="no clocks"),
    ],
)
def test_clocks(fields: dict[str, Any], hours: int, follow_up: Any, close: Any) -> None:
    told = clocks_of(replace(OPEN, **DUE | fields), NOON + timedelta(hours=hours))
    shown = [tuple(told[name][key] for key in ("in_time", "overdue", "left_s")) for name in ("follow_up", "close")]
    assert shown == [follow_up, close]
