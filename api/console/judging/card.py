"""How good a model is: what was measured when it was made, and what was measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.judging import parts

TASKS = {"emotion": "Emotion", "intent": "Intent", "topic": "Topic"}
WELL = 0.05


def draw_scores(metrics: Mapping[str, Any]) -> None:
    """Draw the scores that came with a model; a model may have none."""
    judged = metrics.get("judged") or {}
    if not judged:
        look.nothing_here("This model came without scores", "Measure it on labelled feedback below.")
        return
    for title, tasks in judged.items():
        rows = [
            [TASKS.get(task, task), parts.number(found["macro_f1"]), *_sure(found, "right_at_0.8")]
            for task, found in tasks.items()
        ]
        heads = ["What", "Macro-F1", "Labels", "Calibration error", "Right from 0.8"]
        with look.section(title, 3):
            parts.table(heads, rows, f"Scores on {title}")
            for task, found in tasks.items():
                _details(f"{TASKS.get(task, task)}: every label, the weakest first", _labels(found["f1"]))


def _sure(found: Mapping[str, Any], right: str) -> list[str]:
    error = parts.number(found["calibration_error"])
    return [str(found["labels_counted"]), error, parts.percent(found[right])]


def _labels(f1: Mapping[str, float]) -> list[tuple[str, float | None, str]]:
    weakest = sorted(f1.items(), key=lambda one: (one[1], one[0]))
    return [(label, score, parts.number(score)) for label, score in weakest]


def _details(title: str, rows: Sequence[tuple[str, float | None, str]]) -> None:
    with Element("details").classes("hf-details"):
        look.words("summary", title)
        with Element("div").classes("hf-scroll").props("tabindex=0 role=region") as around:
            around.props["aria-label"] = title
            with Element("table").classes("hf-table"):
                with Element("thead"), Element("tr"):
                    for head in ("Label", "F1", ""):
                        look.words("th", head).props("scope=col")
                with Element("tbody"):
                    for label, score, said in rows:
                        _label(label, score, said)


def _label(label: str, score: float | None, said: str) -> None:
    with Element("tr"):
        look.words("td", label)
        look.words("td", said, "hf-number")
        with Element("td").style("width: 40%"), Element("span").classes("hf-bar").props("aria-hidden=true"):
            Element("span").style(f"width: {100 * (score or 0.0):.0f}%")


def draw_measured(found: Mapping[str, Any]) -> None:
    """Draw what was measured here: scores with intervals, and how far confidences can be believed."""
    with Element("div").classes("hf-row hf-small hf-muted"):
        ui.label(f"{found['records']:,} records of {found['data']}, measured by {found['by']}")
        look.moment(datetime.fromisoformat(found["at"]), look.Clock.AGO)
    with Element("div").classes("hf-two"):
        with Element("div"):
            _scores(found["tasks"])
        with Element("div"):
            draw_calibration(found["tasks"])


def _scores(tasks: Mapping[str, Any]) -> None:
    rows = [
        [TASKS.get(task, task), _estimate(one["macro_f1"]), *_sure(one, "right_when_sure")]
        for task, one in tasks.items()
    ]
    heads = ["What", "Macro-F1 (95% interval)", "Labels", "Calibration error", "Right from 0.8"]
    parts.table(heads, rows, "Scores measured here")
    for task, one in tasks.items():
        labels = sorted(one["labels"], key=lambda label: (label["f1"]["value"] or 0.0, label["label"]))
        there = [label for label in labels if label["there"]]
        shown = [
            (f"{label['label']} ({label['there']:,})", label["f1"]["value"], _estimate(label["f1"])) for label in there
        ]
        _details(f"{TASKS.get(task, task)}: every label with its interval, the weakest first", shown)


def _estimate(one: Mapping[str, Any]) -> str:
    if one["value"] is None or one["low"] is None:
        return parts.number(one["value"])
    return f"{one['value']:.2f} ({one['low']:.2f} to {one['high']:.2f})"


def draw_calibration(tasks: Mapping[str, Any]) -> None:
    """Draw how often the model is right at what it says, against the line where it keeps its word."""
    lines = [
        parts.series(TASKS.get(task, task), place, [[bin_["said"], bin_["right"]] for bin_ in one["reliability"]])
        for place, (task, one) in enumerate(tasks.items())
    ]
    diagonal = parts.series("as said", 4, [[0, 0], [1, 1]], symbol="none", lineStyle={"type": "dashed"})
    options = {
        "grid": {"left": 60, "right": 20, "top": 20, "bottom": 70},
        "legend": parts.legend(),
        "tooltip": {"trigger": "item"},
        "xAxis": parts.axis("confidence", type="value", min=0, max=1, nameGap=28),
        "yAxis": parts.axis("share that is right", type="value", min=0, max=1, nameGap=42),
        "series": [*lines, diagonal | {"itemStyle": {"color": parts.MUTED}}],
    }
    said = "; ".join(f"{TASKS.get(task, task)} {_kept(one['calibration_error'])}" for task, one in tasks.items())
    parts.chart(options, f"Calibration: share that is right by confidence. {said}.").classes("hf-chart-square")
    look.words(
        "p", f"{said}. On the dashed line, what is said with 0.8 is right eight times in ten.", "hf-small hf-muted"
    )


def _kept(error: float | None) -> str:
    if error is None:
        return "was not measured"
    return f"is off by {error:.2f} on average" + (", which is little" if error <= WELL else "")
