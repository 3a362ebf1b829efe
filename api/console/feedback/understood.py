"""What was understood of a feedback: its labels with how sure the model is, its language, and what was left open."""

from __future__ import annotations

from nicegui.element import Element

from api.console import look
from api.console.alert.sections import UNREADABLE
from engine.reading import SHOWN_FROM, Reading, Standing

MOST_LABELS = 14


def draw_understood(reading: Reading) -> None:
    """Draw it for the whole record."""
    if reading.status in UNREADABLE:
        look.words("p", UNREADABLE[reading.status], "hf-warn")
    rows = labels_of(reading)
    if rows:
        with Element("ul").classes("hf-bars") as listed:
            listed.props["aria-label"] = "Labels"
            for task, label, confidence, standing in rows:
                _draw_label(task, label, confidence, standing)
    elif reading.status not in UNREADABLE:
        look.words("p", "No label holds.", "hf-muted")
    by = "" if reading.model == "none" else f", read by {reading.model}"
    look.words("p", f"{_language(reading)}{by}", "hf-small hf-muted hf-break")


def labels_of(reading: Reading) -> list[tuple[str, str, float, Standing]]:
    """Return the record's labels: those that hold, then those it is unsure of, then the next likely ones."""
    confidence, standing = reading.confidence[-1], reading.standing[-1]
    columns = ((confidence >= SHOWN_FROM) | (standing > 0)).nonzero()[0].tolist()
    columns.sort(key=lambda column: (-int(standing[column]), -float(confidence[column])))
    return [
        (*reading.taxonomy.columns[column], float(confidence[column]), Standing(int(standing[column])))
        for column in columns[:MOST_LABELS]
    ]


def _draw_label(task: str, label: str, confidence: float, standing: Standing) -> None:
    stands = {Standing.HOLDS: "", Standing.UNSURE: " unsure", Standing.ABSENT: " no"}[standing]
    with Element("li").classes("hf-bar-holds" if standing is Standing.HOLDS else ""):
        chip = look.label_chip(task, label)
        with Element("span").classes("hf-bar-line").props("aria-hidden=true"):
            colour = next(one for one in chip.classes if one.startswith("hf-label-"))
            Element("span").classes(colour).style(f"width: {confidence:.0%}")
        look.words("span", f"{confidence:.0%}{stands}", "hf-bar-said")


def _language(reading: Reading) -> str:
    if reading.language is None:
        return "language not told"
    sure = "" if reading.language_confidence is None else f" ({reading.language_confidence:.0%} sure)"
    others = sorted({one for one in reading.languages if one and one != reading.language})
    return f"language {reading.language}{sure}" + (f", parts in {', '.join(others)}" if others else "")
