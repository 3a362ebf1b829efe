"""What can be done with an alert: the bar of buttons, and the form of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from api.alert_body import Asked
from api.alert_changing import change_alerts
from api.console import fields, look
from api.console.alert.host import Host
from api.console.alert.judging import Judging
from api.console.alert.telling import plain, told_of
from api.console.context import say_done, say_wrong
from api.console.deed_bar import Deed, DeedBar, Record
from api.console.takers import takers
from engine.alerts.alert import Alert, AlertKind, AlertState
from engine.alerts.attempt import AttemptOutcome, Channel
from engine.alerts.changes import ADDS, Action
from engine.errors import ChangeError, StaleError
from engine.scope import JUDGES


def _deed(action: Action, title: str, done: str, key: str = "", *, is_main: bool = False) -> Deed:
    return Deed(action, title, done, key, action in ADDS, is_main)


ACKNOWLEDGE = _deed(Action.ACKNOWLEDGE, "Acknowledge", "Acknowledged", "a", is_main=True)
START = _deed(Action.START, "Start", "In progress")
ASSIGN = _deed(Action.ASSIGN, "Assign", "Assigned", "e")
ATTEMPT = _deed(Action.ATTEMPT, "Log an attempt", "The attempt is on record", "t")
RESOLVE = _deed(Action.RESOLVE, "Resolve", "Resolved", "r")
DISMISS = _deed(Action.DISMISS, "Dismiss", "Dismissed")
REOPEN = _deed(Action.REOPEN, "Reopen", "Open again")
VERDICT = _deed(Action.VERDICT, "Verdict", "Your verdict is on record", "v")
# What a review is for.
JUDGE = replace(VERDICT, is_main=True)
NOTE = _deed(Action.NOTE, "Note", "Noted", "n")
AT_ONCE = frozenset({Action.ACKNOWLEDGE, Action.START})


def deeds_for(alert: Alert) -> tuple[Deed, ...]:
    """Return what can be done with an alert as it stands."""
    first = {AlertState.OPEN: (ACKNOWLEDGE,), AlertState.ACKNOWLEDGED: (START,)}.get(alert.state, ())
    if alert.kind is AlertKind.SYSTEM:
        return (REOPEN, NOTE) if alert.is_closed else (*first, ASSIGN, RESOLVE, NOTE, DISMISS)
    if alert.is_closed:
        return (REOPEN, VERDICT, ATTEMPT, NOTE)
    if alert.kind is AlertKind.REVIEW:
        return (JUDGE, *(replace(one, is_main=False) for one in first), ASSIGN, ATTEMPT, RESOLVE, NOTE, DISMISS)
    return (*first, ASSIGN, ATTEMPT, RESOLVE, VERDICT, NOTE, DISMISS)


class Deeds:
    """The bar of an alert, for those who may change it.

    Parameters
    ----------
    host
        The page.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._bar = DeedBar(host.context, "alert", lambda: host.now.alert.version, self._ask, self._do)

    def bring(self) -> None:
        """Bring the buttons up to date, and warn whoever writes about what others did."""
        self._bar.bring(deeds_for(self._host.now.alert))

    def _ask(self, deed: Deed) -> Awaitable[Callable[[], Record]] | None:
        return None if deed.name in AT_ONCE else self._fields(Action(deed.name))

    async def _fields(self, action: Action) -> Callable[[], Record]:
        return _FORMS[action](self._host)

    async def _do(self, deed: Deed, record: Record, version: int) -> bool:
        """Do it, if nobody else has changed meanwhile what it would take back."""
        host, alert = self._host, self._host.now.alert
        said = {name: value for name, value in record.items() if value is not None or name == "to"}
        asked = Asked({alert.id: None if deed.adds else version}, {"action": deed.name} | said)
        try:
            await host.context.write(lambda: change_alerts(host.context.service, host.context.caller, asked), JUDGES)
        except StaleError:
            await host.bring()
            say_wrong(f"{_last_change(host)} Nothing of yours was changed or lost: look at it again.")
            return False
        say_done(deed.done)
        await host.bring()
        return True


def _last_change(host: Host) -> str:
    """Return what somebody else did meanwhile."""
    told = told_of(host.now.more["events"][-1], host.now.name)
    return f"Meanwhile {told.who} {told.said}."


def _assign(host: Host) -> Callable[[], Record]:
    now = host.now
    options = {"": "Nobody"} | takers(now.people, [now.alert.unit])
    who = host.context.caller.name
    holder = now.alert.holder or (who if who in options else "")
    if now.alert.holder and now.alert.holder not in options:
        options[now.alert.holder] = now.name(now.alert.holder)
    chosen = fields.choice("To", options, holder)
    note = fields.note("Note")
    if len(options) == 1:
        look.words("p", "Nobody is in the directory yet: fill it in the settings, or with 'heedful people import'.")

    def record() -> Record:
        if chosen.value not in options:
            raise ChangeError("choose a person or a team of the list", field="to")
        return {"action": "assign", "to": chosen.value or None, "note": note.said}

    return record


def _attempt(host: Host) -> Callable[[], Record]:
    channel = fields.choice("Channel", {str(one): plain(one).capitalize() for one in Channel}, Channel.PHONE)
    outcome = fields.choice(
        "Outcome", {str(one): plain(one).capitalize() for one in AttemptOutcome}, AttemptOutcome.REACHED
    )
    case = _case(host)
    return lambda: {"action": "attempt", "channel": channel.value, "outcome": outcome.value} | case()


def _resolve(host: Host) -> Callable[[], Record]:
    case = _case(host)
    return lambda: {"action": "resolve"} | case()


def _case(host: Host) -> Callable[[], Record]:
    """Ask what was behind it and what was done, in the program's own words where it declares them."""
    program, alert = host.context.service.engine.program, host.now.alert
    cause = fields.declared("Root cause", program.root_causes, alert.root_cause or "")
    remedy = fields.declared("Remedy", program.remedies, alert.remedy or "")
    note = fields.note("Note")
    return lambda: {"root_cause": cause.said, "remedy": remedy.said, "note": note.said}


def _noted(action: str, label: str) -> Callable[[Host], Callable[[], Record]]:
    def draw(_host: Host) -> Callable[[], Record]:
        note = fields.note(label)
        return lambda: {"action": action, "note": note.said}

    return draw


def _verdict(host: Host) -> Callable[[], Record]:
    form = Judging(host.context.service.engine.rules.taxonomy, host.basis.reading, host.now.alert.verdict)
    form.draw()
    return form.record


_FORMS: Mapping[Action, Callable[[Host], Callable[[], Record]]] = {
    Action.ASSIGN: _assign,
    Action.ATTEMPT: _attempt,
    Action.RESOLVE: _resolve,
    Action.DISMISS: _noted("dismiss", "Why it is dismissed"),
    Action.REOPEN: _noted("reopen", "Why it is opened again"),
    Action.NOTE: _noted("note", "Note"),
    Action.VERDICT: _verdict,
}
