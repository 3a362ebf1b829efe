"""The course of a signal as a small chart: lines of the page's own colours, and the same in words."""

from __future__ import annotations

from nicegui.element import Element

from api.console import look
from engine.alerts.alert import Alert
from engine.rules.course import Course

WIDTH, HEIGHT = 600, 120
# Room for the line's own width.
EDGE = 3


def draw_course(course: Course, signal: Alert) -> None:
    """Draw what a window held, what it takes to be enough, and when the signal began and ended."""
    most = max([*course.values, course.enough or 0.0]) or 1.0
    with Element("figure").classes("hf-chart"):
        with Element("svg") as svg:
            svg.props["viewBox"] = f"0 0 {WIDTH} {HEIGHT}"
            svg.props["role"] = "img"
            svg.props["preserveAspectRatio"] = "none"
            svg.props["aria-label"] = said_of(course)
            for at in (signal.started_at, signal.ended_at):
                if at is not None and course.moments[0] <= at <= course.moments[-1]:
                    place = (at - course.moments[0]) / (course.moments[-1] - course.moments[0])
                    _line("hf-chart-moment", f"M{_x(place)} 0V{HEIGHT}")
            if course.enough is not None:
                _line("hf-chart-enough", f"M0 {_y(course.enough, most)}H{WIDTH}")
            points = [
                f"{_x(number / (len(course.values) - 1))} {_y(value, most)}"
                for number, value in enumerate(course.values)
            ]
            _line("hf-chart-area", f"M{_x(0)} {HEIGHT}L{'L'.join(points)}L{_x(1)} {HEIGHT}Z")
            _line("hf-chart-line", f"M{'L'.join(points)}")
        with Element("figcaption").classes("hf-chart-axis hf-small hf-muted"):
            look.moment(course.moments[0])
            look.words("span", said_of(course))
            look.moment(course.moments[-1])


def said_of(course: Course) -> str:
    """Return a course in words."""
    said = f"at most {_said(max(course.values), course)}, now {_said(course.values[-1], course)}"
    return said if course.enough is None else f"{said}; {_said(course.enough, course)} is enough"


def _said(value: float, course: Course) -> str:
    return f"{value:.1%}" if course.is_share else f"{value:g}"


def _line(style: str, path: str) -> None:
    Element("path").classes(style).props["d"] = path


def _x(place: float) -> str:
    return f"{EDGE + place * (WIDTH - 2 * EDGE):.1f}"


def _y(value: float, most: float) -> str:
    return f"{HEIGHT - EDGE - value / most * (HEIGHT - 4 * EDGE):.1f}"
