"""What is told of an alert in plain words: its history, its messages, why something was held back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.alerts.alert import AlertKind, AlertState, HeldReason

Named = Callable[[str | None], str]
STATES: Mapping[AlertState, str] = {
    AlertState.OPEN: "Open",
    AlertState.ACKNOWLEDGED: "Acknowledged",
    AlertState.IN_PROGRESS: "In progress",
    AlertState.RESOLVED: "Resolved",
    AlertState.DISMISSED: "Dismissed",
}
KINDS: Mapping[AlertKind, str] = {
    AlertKind.REVIEW: "Review",
    AlertKind.SIGNAL: "Signal",
    AlertKind.SYSTEM: "System",
}
VERDICTS: Mapping[str, str] = {
    "right": "Right: it should have alerted",
    "wrong_label": "Wrong label: the model misread it",
    "not_actionable": "Not actionable: read rightly, but nothing to do",
    "duplicate": "Duplicate: known from another alert",
}
HELD: Mapping[str, str] = {
    HeldReason.SHADOW: "the rule is a shadow rule: it tells nobody",
    HeldReason.UNSURE: "the model was not sure",
    HeldReason.ALREADY_OPEN: "the rule had alerted about this feedback before",
    HeldReason.COOLDOWN: "a cooldown ran; it was linked to the open alert instead",
    HeldReason.SAMPLED_OUT: "the rule takes only a share of the feedback",
    HeldReason.SIGNAL_OPEN: "a signal about it was open already",
    HeldReason.LATE: "it came too late for its span",
    HeldReason.STALE: "the feedback was too old to tell anybody",
    HeldReason.NOTIFY_OFF: "its sender asked for no messages",
    HeldReason.SILENCE: "a silence covers it",
    HeldReason.PROBLEM: "an open problem keeps it quiet",
    HeldReason.QUIET_HOURS: "quiet hours of the recipient",
    HeldReason.GROUPING: "it goes out together with others",
    HeldReason.BUDGET: "the recipient has had enough for today; it goes into the digest",
    HeldReason.RECEIVER_STOPPED: "the receiver takes no messages now",
    HeldReason.CLOSED: "the alert was closed before it was sent",
    HeldReason.ERASED: "the customer was forgotten before it was sent",
}
SENDING: Mapping[str, str] = {
    "pending": "Waits to be sent",
    "sent": "Sent",
    "dead": "Given up",
    "held": "Held back",
    "dropped": "Dropped",
}
# A confidence and a standing, as the grounds of an alert name them.
_SURE = re.compile(r" (\d(?:\.\d+)?) \((?:holds|unsure|absent)\)")
MESSAGES: Mapping[str, str] = {
    "opened": "opened",
    "escalated": "late",
    "fallback": "instead of one that was not reached",
    "thanks": "thanks to the customer",
    "digest": "digest",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a history: who did what, what else there is to it, and the words of whoever did it."""

    who: str
    said: str
    more: str = ""
    words: str = ""


def plain(name: str) -> str:
    """Return a word of the API as people read it: ``no_answer`` is ``no answer``."""
    return name.replace("_", " ")


def because(reason: str) -> str:
    """Return why an alert was opened as people say it: ``safety-risk 0.9629 (holds)`` is 96% sure."""
    return _SURE.sub(lambda found: f", {float(found[1]):.0%} sure", reason)


def held_because(reason: str) -> str:
    """Return why something was held back."""
    return HELD.get(reason, plain(reason))


def told_of(event: Mapping[str, Any], name: Named) -> Told:
    """Return an event of an alert's history in plain words.

    Parameters
    ----------
    event
        As `engine.store.alerts.Alerts.one` says it.
    name
        Returns the name of somebody.
    """
    kind, data, why = str(event["kind"]), event["data"], str(event["why"])
    who = name(event["who"])
    through = data.get("through")
    who = f"{who} (through {through})" if through and through != event["who"] else who
    tell = _TELLS.get(kind)
    if tell is None:
        return Told(who, plain(kind), "", why)
    said, more = tell(data, name)
    words = "" if kind in _OWN_WORDS else why
    return Told(who, said, more or (why if kind in _OWN_WORDS else ""), words)


def _opened(data: Mapping[str, Any], name: Named) -> tuple[str, str]:
    sent = ", ".join(name(one) for one in data.get("sent_to", ()))
    because = data.get("because", "")
    more = f"for {sent}" if sent else ""
    return "opened it", f"{more}: {because}" if more and because else more or because


def _assigned(data: Mapping[str, Any], name: Named) -> tuple[str, str]:
    before, after = data.get("holder", (None, None))
    return (f"gave it to {name(after)}" if after else "gave it back"), f"before: {name(before)}" if before else ""


def _attempted(data: Mapping[str, Any], _name: Named) -> tuple[str, str]:
    channel, outcome = data.get("channel"), data.get("outcome")
    by = f" by {plain(channel)}" if channel else ""
    return f"tried to reach the customer{by}" + (f": {plain(outcome)}" if outcome else ""), _case(data)


def _resolved(data: Mapping[str, Any], _name: Named) -> tuple[str, str]:
    return "resolved it", _case(data)


def _case(data: Mapping[str, Any]) -> str:
    said = {"root cause": data.get("root_cause"), "remedy": data.get("remedy")}
    return ", ".join(f"{what}: {value}" for what, value in said.items() if value)


def _linked(data: Mapping[str, Any], _name: Named) -> tuple[str, str]:
    return "linked feedback to it", "/".join(str(data[one]) for one in ("source", "id") if one in data)


def _judged(data: Mapping[str, Any], _name: Named) -> tuple[str, str]:
    before, given = data.get("verdict", (None, ""))
    return f"judged it: {plain(given)}", f"before: {plain(before)}" if before else ""


def _simple(said: str) -> Callable[[Mapping[str, Any], Named], tuple[str, str]]:
    return lambda _data, _name: (said, "")


_TELLS: Mapping[str, Callable[[Mapping[str, Any], Named], tuple[str, str]]] = {
    "opened": _opened,
    "acknowledge": _simple("acknowledged it"),
    "start": _simple("began to work on it"),
    "assign": _assigned,
    "note": _simple("noted"),
    "attempt": _attempted,
    "resolve": _resolved,
    "dismiss": _simple("dismissed it"),
    "reopen": _simple("opened it again"),
    "link": _linked,
    "verdict": _judged,
    "link_problem": lambda data, _: ("linked it to a problem", str(data.get("problem", ""))),
    "unlink_problem": lambda data, _: ("took it off a problem", str(data.get("problem", ""))),
    "escalated": _simple("told others, since it is late"),
    "fallback": _simple("told somebody else too"),
    "again": _simple("saw it again"),
    "notification_retried": lambda data, _: ("had a message sent again", str(data.get("receiver", ""))),
    "notification_dropped": lambda data, _: ("dropped a message", str(data.get("receiver", ""))),
}
# What the service says in words of its own.
_OWN_WORDS = frozenset({"opened", "escalated", "fallback", "again"})
