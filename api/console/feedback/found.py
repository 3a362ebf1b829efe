"""A feedback that was found: how it begins or where its words stand, what was read in it, and its alerts."""

from __future__ import annotations

from api.addresses import alert_path, feedback_path
from api.console import look
from api.console.drawn import Part, chip, drawn, highlighted, label_chip, link, moment, part, severity
from api.console.highlight import Mark
from api.console.palette import group_of
from engine.reading import ReadingStatus
from engine.store.searching import Found
from engine.taxonomy import TASKS

MOST_LABELS = 8
MOST_ALERTS = 3
NOTHING_SAID = "No words of the customer"
STATUSES: dict[str, str] = {
    ReadingStatus.EMPTY: "nothing to read",
    ReadingStatus.UNSURE: "not understood",
    ReadingStatus.UNSUPPORTED_LANGUAGE: "language not read",
    ReadingStatus.UNREAD: "not read yet",
}


def draw_found(found: Found) -> None:
    """Draw it, as an entry of a list."""
    drawn(_facts(found), _words(found), _read(found))


def _facts(found: Found) -> Part:
    one = found.feedback
    name = one.id if one.source == "default" else f"{one.source}/{one.id}"
    facts = [
        link(name, feedback_path(*one.key), "hf-link hf-strong hf-found-name"),
        moment(found.occurred_at, look.Clock.AGO, "hf-muted"),
        *(part("span", f"{name} {value:g}", style="hf-strong") for name, value in one.scores.items()),
    ]
    said = (one.channel, one.unit, one.customer, found.language)
    facts += [part("span", fact, style="hf-muted hf-found-fact") for fact in said if fact]
    if found.revision > 1:
        facts.append(part("span", f"revision {found.revision}", style="hf-muted"))
    return part("div", *facts, style="hf-row hf-small")


def _words(found: Found) -> Part:
    cut = found.excerpt
    if not cut.text.strip():
        return part("p", NOTHING_SAID, style="hf-muted")
    before = "… " if cut.start else ""
    after = " …" if cut.start + len(cut.text) < len(found.feedback.text) else ""
    marks = [Mark(start + len(before), end + len(before), "topic", "found") for start, end in cut.spans]
    return highlighted(f"{before}{cut.text}{after}", marks)


def _read(found: Found) -> Part:
    """Return what was read in it, and its alerts."""
    shown = [chip(STATUSES[found.status])] if found.status in STATUSES else []
    shown += [label_chip(task, label) for task, label in _labels(found)]
    for alert in found.alerts[:MOST_ALERTS]:
        title = link(alert.title, alert_path(alert.id))
        shown.append(part("span", severity(alert.severity), title, style="hf-found-alert"))
    if len(found.alerts) > MOST_ALERTS:
        more = f"and {len(found.alerts) - MOST_ALERTS} alerts more"
        shown.append(part("span", more, style="hf-small hf-muted"))
    return part("div", *shown, style="hf-row hf-found-labels")


def _labels(found: Found) -> list[tuple[str, str]]:
    """Return the labels that say something, in the order of the tasks."""
    some = [(task, label) for task in TASKS for label in found.labels.get(task, ())]
    return [one for one in some if one[0] != "emotion" or group_of(*one) != "neutral"][:MOST_LABELS]
