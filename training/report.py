"""An evaluation as one page of HTML that opens from disk: no script, no network, customers' words escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files

from training.curves import Curve
from training.evaluate import LEAST_POSITIVES
from training.evaluation import Evaluation
from training.intervals import Estimate
from training.levels import LevelResult, TaskResult
from training.mistakes import shown

TEMPLATE = "report.html.j2"
MOST_CONFUSIONS = 12
MOST_NAME = 200


def html_report(evaluation: Evaluation, sources: Sequence[str] = ()) -> str:
    """Return the report.

    Parameters
    ----------
    sources
        Names of the files that were measured on.

    References
    ----------
    M. Mitchell et al., Model Cards for Model Reporting (2019): scores by slice, with their uncertainty.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from training.plots import curves_plot, reliability_plot

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": number, "between": between, "points": points, "at": at}
    template = environment.from_string(files("training").joinpath(TEMPLATE).read_text("utf-8"))
    levels = _levels(evaluation)
    tasks = {task: _by_level(levels, task) for task in evaluation.record.tasks}
    # The drawings hold numbers and our own words only.
    plots = {
        task: (Markup(curves_plot(found)), Markup(reliability_plot(found)))  # noqa: S704
        for task, found in tasks.items()
    }
    return template.render(
        evaluation=evaluation,
        sources=[shown(name, MOST_NAME) for name in sources],
        levels=levels,
        tasks=tasks,
        plots=plots,
        slices=_slices(evaluation),
        least=LEAST_POSITIVES,
        most_confusions=MOST_CONFUSIONS,
    )


def number(value: float | None, digits: int = 2) -> str:
    """Return a number for a page, or a dash."""
    return "–" if value is None else f"{value:.{digits}f}"


def between(found: Estimate, digits: int = 2) -> str:
    """Return an interval for a page, or nothing."""
    if found.low is None or found.high is None:
        return ""
    return f"{found.low:.{digits}f} to {found.high:.{digits}f}"


def at(value: float, width: int) -> str:
    """Return a share as a place on a scale of that width."""
    return f"{value * width:.1f}"


def points(curve: Curve, width: int, height: int) -> str:
    """Return a curve as the points of an SVG polyline."""
    pairs = zip(curve.recall, curve.precision, strict=True)
    return " ".join(f"{recall * width:.1f},{(1 - precision) * height:.1f}" for recall, precision in pairs)


def _levels(evaluation: Evaluation) -> dict[str, LevelResult]:
    found = {"records": evaluation.record}
    return found | {"sentences": evaluation.sentence} if evaluation.sentence else found


def _by_level(levels: Mapping[str, LevelResult], task: str) -> dict[str, TaskResult]:
    return {name: level.tasks[task] for name, level in levels.items() if task in level.tasks}


def _slices(evaluation: Evaluation) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for one in evaluation.slices:
        found.setdefault(shown(one.attribute, MOST_NAME), []).append(one)
    return found
