"""The plots of a report, as SVG that stands inside a page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from training.evaluate import LEAST_POSITIVES
from training.levels import TaskResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = (4.4, 3.7)
COLOURS = {"records": "#1f5fbf", "sentences": "#d9622b"}
GREY, INK = "#c9d1dc", "#3a4656"
# Text stays text, ids are the same in every run, and nothing in a label is taken for a formula.
STYLE: dict[Any, object] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "heedful",
    "text.parse_math": False,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#8a96a6",
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#e6eaf0",
}
# A page has one element of a name; only what a drawing itself points to keeps its name.
_NAMED = re.compile(r' id="[a-z0-9_.]+_\d+"')


def curves_plot(levels: Mapping[str, TaskResult]) -> str:
    """Return precision-recall curves: all pairs pooled, at each level, before the labels' own at the first.

    Parameters
    ----------
    levels
        The results of one task, by ``records`` and ``sentences``.
    """

    def draw(axes: Axes) -> None:
        first = next(iter(levels.values()))
        for one in first.labels:
            if one.curve and one.there >= LEAST_POSITIVES:
                axes.plot(one.curve.recall, one.curve.precision, color=GREY, linewidth=0.7)
        for name, found in levels.items():
            if found.curve is None:
                continue
            said = f"{name}, average precision {found.curve.average_precision:.2f}"
            axes.plot(found.curve.recall, found.curve.precision, color=COLOURS[name], linewidth=2, label=said)
            if found.micro_precision.value is not None and found.micro_recall.value is not None:
                axes.plot(found.micro_recall.value, found.micro_precision.value, "o", color=COLOURS[name], markersize=7)
        axes.set(xlabel="recall", ylabel="precision")

    return _drawn(draw)


def reliability_plot(levels: Mapping[str, TaskResult]) -> str:
    """Return a reliability diagram: the share that is right against the confidence that was said, at each level.

    References
    ----------
    M. DeGroot and S. Fienberg, The Comparison and Evaluation of Forecasters (1983).
    """

    def draw(axes: Axes) -> None:
        axes.plot((0, 1), (0, 1), color="#8a96a6", linewidth=1, linestyle=(0, (4, 3)))
        for name, found in levels.items():
            said = f"{name}, calibration error {found.calibration_error:.3f}"
            points = [(one.said, one.right) for one in found.reliability]
            axes.plot(*zip(*points, strict=True) if points else ((), ()), "o-", color=COLOURS[name], label=said)
        axes.set(xlabel="confidence", ylabel="share that is right")

    return _drawn(draw)


def _drawn(draw: Callable[[Axes], None]) -> str:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        axes.grid(visible=True)
        axes.set_axisbelow(True)
        draw(axes)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        handles, names = axes.get_legend_handles_labels()
        if names:
            figure.legend(handles, names, loc="outside lower center", frameon=False, fontsize=9)
        file = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    drawing = file.getvalue()
    return _NAMED.sub("", drawing[drawing.index("<svg") :])
