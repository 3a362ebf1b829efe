"""What the page of an alert shows: what was said, why it fired, whom it is about, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from nicegui import ui
from nicegui.element import Element

from api.addresses import alert_path, feedback_path
from api.console import look
from api.console.alert import telling
from api.console.alert.seen import Basis, Now
from api.console.drawn import Part, drawn, moment, part
from api.console.highlight import shortened
from api.console.verbatim import say_redaction
from engine.alerts.addressing import SEND_TO
from engine.alerts.alert import Alert, AlertKind
from engine.feedback import Feedback
from engine.reading import ReadingStatus
from engine.rules.conditions import ALL, ANY, NONE
from engine.rules.plain import say_rule
from engine.rules.rule import Rule

UNREADABLE: Mapping[ReadingStatus, str] = {
    ReadingStatus.EMPTY: "There is nothing in it that could be read.",
    ReadingStatus.UNSURE: "The model could make nothing of it: its labels are left open.",
    ReadingStatus.UNSUPPORTED_LANGUAGE: "It is in a language that the model does not know: its labels are left open.",
    ReadingStatus.UNREAD: "It has not been read yet: the reader was down. It is read as soon as that is back.",
}
# What the service tells of itself may come again and again.
MOST_EVENTS = 100
ABOUT: Mapping[AlertKind, str] = {
    AlertKind.REVIEW: "The model was not sure here, so somebody is to look: a verdict says whether it should alert.",
    AlertKind.SIGNAL: "A pattern over many feedback, and not about a single one.",
    AlertKind.SYSTEM: "Heedful tells of itself: something about the service needs you. It resolves by itself once "
    "that is over.",
}


def draw_head(now: Now, queue: str) -> None:
    """Draw what it is, how it stands, who has it, and the way through the queue."""
    alert = now.alert
    with Element("div").classes("hf-row"):
        look.severity(alert.severity)
        if alert.kind in telling.KINDS:
            look.chip(telling.KINDS[alert.kind], "topic")
        look.chip(telling.STATES[alert.state], "joy" if alert.is_closed else "neutral")
        if alert.verdict:
            look.chip(f"Verdict: {telling.plain(alert.verdict)}", "intent")
        with Element("nav").classes("hf-row hf-beside") as nav:
            nav.props["aria-label"] = "Queue"
            _beside("Previous", now.beside.before, queue, "[")
            _beside("Next", now.beside.after, queue, "]")
    look.words("h2", alert.title, "hf-alert-title")
    if alert.kind in ABOUT:
        look.words("p", ABOUT[alert.kind], "hf-muted")
    with Element("div").classes("hf-row hf-small"):
        for what, clock in (("Follow-up", "follow_up"), ("Closing", "close")):
            _clock(what, now.more["clocks"][clock])
        look.words("span", f"{now.name(alert.holder)} has it" if alert.holder else "Nobody has it yet", "hf-strong")
        with Element("span").classes("hf-muted"):
            look.words("span", "Opened ")
            look.moment(alert.opened_at, look.Clock.AGO)


def _beside(said: str, alert_id: str | None, queue: str, key: str) -> None:
    if alert_id is None:
        look.words("span", said, "hf-muted hf-small")
        return
    found = look.link(said, alert_path(alert_id, queue), "hf-link hf-small")
    found.props["data-key"] = found.props["aria-keyshortcuts"] = key
    found.props["rel"] = said.lower()[:4]


def _clock(what: str, clock: Mapping[str, Any]) -> None:
    """Draw a clock: how much is left, how late it is, or when it was met."""
    if clock["due"] is None:
        return
    with Element("span").classes("hf-alert-clock"):
        look.words("span", what, "hf-muted")
        if clock["met_at"] is not None:
            in_time = clock["in_time"]
            look.words("span", "in time" if in_time else "late", "hf-good" if in_time else "hf-bad")
        elif clock["left_s"] is None:
            look.words("span", "no longer runs", "hf-muted")
        else:
            look.moment(datetime.fromisoformat(clock["due"]), look.Clock.DUE)


def draw_why(alert: Alert, basis: Basis) -> None:
    """Draw the reasons, the rule in plain English, and what was found and wanted."""
    for reason in alert.reasons if basis.own is None else ():
        look.words("p", telling.because(reason), "hf-strong")
    if basis.rule is not None:
        draw_rule(basis.rule)
        look.link("Open the rule", f"/rules/{quote(basis.rule.slug, safe='')}", "hf-link hf-small")
        if basis.rule.version != alert.rule_version:
            look.words("p", "The rule was changed since; this is what it says now.", "hf-small hf-warn")
    if basis.own is not None:
        draw_trace(basis.own.as_dict()["trace"])
        for one in basis.own.held_back:
            look.words("p", f"Held back: {_held(one)}", "hf-small")
    if alert.route:
        by = "the rule itself" if alert.route == SEND_TO else f"the route {alert.route}"
        look.words("p", f"Addressed by {by}", "hf-small hf-muted")
    if basis.others:
        with Element("details"):
            look.words("summary", f"What came of other rules ({len(basis.others)})")
            with Element("ul").classes("hf-tree"):
                for other in basis.others:
                    with Element("li"):
                        look.words("span", f"{other.title}: ", "hf-strong")
                        for opened in (*other.alerts, *other.signals):
                            look.link("alert", alert_path(opened))
                        said = "; ".join(_held(one) for one in other.held_back)
                        look.words("span", f" held back: {said}" if said else "")


def _held(said: str) -> str:
    """Return why, from an explanation's ``cooldown (al_1)``."""
    reason, _, linked = said.partition(" (")
    return telling.held_because(reason) + (f" ({linked}" if linked else "")


def draw_rule(rule: Rule) -> None:
    """Draw a rule in plain English: its sentences, and its points as lists."""
    _, _, *lines = say_rule(rule).split("\n")
    with Element("div").classes("hf-plain-rule"):
        for line in lines:
            point = line.lstrip()
            depth = (len(line) - len(point)) // 2
            if point.startswith("- "):
                found = look.words("p", point.removeprefix("- "), "hf-plain-point")
                found.style(f"--depth: {max(depth, 1)}")
            elif point:
                look.words("p", point)


TRUTHS = {
    "yes": ("check", "hf-good", "held"),
    "no": ("close", "hf-muted", "did not hold"),
    "unknown": ("help", "hf-warn", "unsure"),
}
GROUPS = {ALL: "All of these:", ANY: "Any of these:", NONE: "None of these:"}


def draw_trace(trace: Mapping[str, Any]) -> None:
    """Draw every condition with what was found and wanted, as a tree."""
    look.words("h3", "Found and wanted", "hf-tree-title")
    with Element("ul").classes("hf-tree"):
        _draw_node(trace)


def _draw_node(node: Mapping[str, Any]) -> None:
    icon, style, said = TRUTHS.get(node["truth"], ("help", "hf-muted", node["truth"]))
    with Element("li"):
        with Element("div").classes("hf-tree-node"):
            ui.icon(icon).classes(style).props("aria-hidden=true")
            look.words("span", f"{said}: ", "hf-hidden-text")
            look.words("span", GROUPS.get(node["condition"], node["condition"]))
            if "children" not in node:
                _draw_values(node)
        if node.get("children"):
            with Element("ul"):
                for child in node["children"]:
                    _draw_node(child)


def _draw_values(node: Mapping[str, Any]) -> None:
    found, wanted = _value(node.get("found")), _value(node.get("wanted"))
    if found or wanted:
        said = f"found {found or 'nothing'}" + (f", wanted {wanted}" if wanted and wanted != node["condition"] else "")
        look.words("span", said, "hf-small hf-muted")


def _value(value: Any) -> str:
    """Return a value of a trace for people."""
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
        case dict():
            return ", ".join(f"{name} {_value(one)}" for name, one in value.items())
        case list() | tuple():
            return ", ".join(map(_value, value)) or "nothing"
    return str(value)


def draw_customer(now: Now, basis: Basis) -> None:
    """Draw who it is about, the scores and attributes, and what was there before."""
    feedback = basis.feedback
    with Element("dl").classes("hf-pairs"):
        for name, value in _facts(now, feedback):
            look.words("dt", name)
            look.words("dd", value)
    if feedback is not None:
        with Element("p").classes("hf-small hf-alert-more"):
            look.link("Open the feedback", feedback_path(feedback.source, feedback.id))
    earlier = now.more["earlier"]
    if earlier["count"]:
        look.words("h3", f"Earlier alerts ({earlier['count']})")
        with Element("ul").classes("hf-plain-list"):
            for one in earlier["alerts"][:8]:
                with Element("li").classes("hf-row"):
                    look.severity(one["severity"])
                    look.link(one["title"], alert_path(one["id"]), "hf-link hf-grow")
                    look.words("span", telling.plain(one["judged"] or one["state"]), "hf-small hf-muted")
                    look.moment(datetime.fromisoformat(one["opened_at"]), look.Clock.AGO).classes("hf-small hf-muted")
    if basis.earlier:
        look.words("h3", "What else this customer said")
        with Element("ul").classes("hf-plain-list"):
            for said in basis.earlier:
                with Element("li"):
                    look.highlighted(shortened(said.feedback.text, (), 160)[0])
                    with Element("div").classes("hf-row hf-small hf-muted"):
                        look.moment(said.occurred_at, look.Clock.AGO)
                        for name, score in said.feedback.scores.items():
                            look.words("span", f"{name} {score:g}")
                        look.link("open", feedback_path(*said.feedback.key), "hf-link")


def _facts(now: Now, feedback: Feedback | None) -> list[tuple[str, str]]:
    """Return what is known, without what is not."""
    alert = now.alert
    found: list[tuple[str, str | None]] = []
    if feedback is not None:
        found += [(name, f"{value:g}") for name, value in feedback.scores.items()]
    found += [("Customer", alert.customer), ("Unit", alert.unit)]
    found += [("Employee", now.name(alert.employee) if alert.employee else None)]
    if alert.key:
        found.append(("About", alert.as_dict()["key"]))
    if feedback is not None:
        found += [("Channel", feedback.channel), ("Source", feedback.source)]
        found += [(name, _value(value)) for name, value in feedback.attributes.items()]
        removed = [one for one in feedback.redactions if not one.field.startswith("parts.")]
        found += [
            (one.field.removeprefix("attributes."), say_redaction(one)) for one in removed if one.action == "drop"
        ]
    found += [("Root cause", alert.root_cause), ("Remedy", alert.remedy), ("Team", alert.team)]
    return [(name, value) for name, value in found if value]


def draw_history(now: Now) -> None:
    """Draw what became of it, the latest first."""
    events = now.more["events"]
    if len(events) > MOST_EVENTS:
        look.words("p", f"The latest {MOST_EVENTS} of {len(events):,}.", "hf-small hf-muted")
    latest = [_told(event, now) for event in reversed(events[-MOST_EVENTS:])]
    drawn(part("ol", *latest, style="hf-history"))


def _told(event: Mapping[str, Any], now: Now) -> Part:
    told = telling.told_of(event, now.name)
    at = moment(datetime.fromisoformat(event["at"]), look.Clock.AGO, "hf-small hf-muted")
    shown = [part("div", part("span", told.who, style="hf-strong"), part("span", told.said), at, style="hf-row")]
    shown += [part("p", told.more, style="hf-small hf-muted")] if told.more else []
    shown += [part("p", told.words, style="hf-quote")] if told.words else []
    return part("li", *shown)


def draw_messages(now: Now) -> None:
    """Draw whom it was told, what came of that, and every try."""
    notifications = now.more["notifications"]
    if not notifications:
        look.words("p", "No message was to be sent.", "hf-muted")
        return
    with Element("ul").classes("hf-plain-list"):
        for one in notifications:
            with Element("li"):
                _draw_message(one, now)


def _draw_message(one: Mapping[str, Any], now: Now) -> None:
    to = now.name(one["recipient"])
    with Element("div").classes("hf-row"):
        look.words("span", to if to == one["receiver"] else f"{to} by {one['receiver']}", "hf-strong")
        bad = one["state"] == "dead"
        look.words("span", telling.SENDING.get(one["state"], one["state"]), "hf-bad" if bad else "")
        look.words("span", telling.MESSAGES.get(one["kind"], one["kind"]), "hf-small hf-muted")
    if one["held_reason"]:
        look.words("p", f"{telling.held_because(one['held_reason'])}{_by(one)}", "hf-small")
    if one["state"] == "pending":
        with Element("p").classes("hf-small hf-muted"):
            look.words("span", "Next try " if one["attempts"] else "Due ")
            look.moment(datetime.fromisoformat(one["due_at"]))
    if one["attempts"]:
        with Element("details").classes("hf-small"):
            count = len(one["attempts"])
            look.words("summary", "1 try" if count == 1 else f"{count} tries")
            with Element("ul").classes("hf-plain-list"):
                for tried in one["attempts"]:
                    with Element("li").classes("hf-row"):
                        look.moment(datetime.fromisoformat(tried["at"]))
                        look.words("span", telling.plain(tried["outcome"]))
                        look.words("span", tried["detail"] or "", "hf-muted hf-grow")


def _by(one: Mapping[str, Any]) -> str:
    return f" ({one['held_by']})" if one["held_by"] else ""
