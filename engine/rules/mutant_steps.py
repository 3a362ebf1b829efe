"""Steps: the next sensible values to either side of a bound, for mutants."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.durations import parse_duration, say_duration
from engine.located import Node
from engine.program import Program
from engine.rules.window_loader import WINDOWS
from engine.taxonomy import TASKS

# The bounds of a test: whether a greater value lets more in.
BOUNDS = {"at_least": False, "at_most": True}
REACHES = ("words", "sentences", "turns", "within_first", "within_last")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """Another value for a bound.

    Parameters
    ----------
    node
        The value.
    wider
        Whether it lets more in.
    witness
        A value that one of the two lets in and the other does not; empty when there is none to name.
    """

    node: Node
    wider: bool
    witness: str


def steps(key: str, test: str, node: Node, program: Program) -> Iterator[Step]:
    """Yield the values beside a bound: one that lets more in, and one that lets less in.

    Parameters
    ----------
    key
        The condition, such as nps.
    test
        The bound of it, such as at_most.
    """
    grows = BOUNDS.get(test, test in REACHES)
    named = test in BOUNDS
    for up in (False, True):
        found = _moved(key, test, node, program, up=up)
        if found is not None:
            wider = up is grows
            yield Step(found, wider, (found.source if wider else node.source) if named else "")


def _moved(key: str, test: str, node: Node, program: Program, *, up: bool) -> Node | None:
    """Return the next value up or down, or None where there is none."""
    if isinstance(node.value, str):
        return _moved_text(node, up=up)
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)) or not math.isfinite(node.value):
        return None
    low, high, size = _scale(key, test, node, program)
    value = round(node.value + (size if up else -size), 9)
    return _number(value, node) if low <= value <= high else None


def _moved_text(node: Node, *, up: bool) -> Node | None:
    percent = _PERCENT.match(node.value)
    if percent:
        size = 5.0 if float(percent[1]) > 5 else 1.0
        value = float(percent[1]) + (size if up else -size)
        return _text(f"{value:g}%", node) if 0 < value < 100 else None
    try:
        span = parse_duration(node.value)
    except ValueError:
        return None
    return _text(say_duration(span * 2 if up else span / 2), node)


def _scale(key: str, test: str, node: Node, program: Program) -> tuple[float, float, float]:
    """Return the least and the greatest value that make sense, and the size of a step."""
    spec = program.scores.get(key)
    whole = isinstance(node.value, int) or float(node.value).is_integer()
    if spec is not None:
        return spec.min, spec.max, 1.0 if whole else 0.5
    if key in (*TASKS, "says") and test in BOUNDS:
        return 0.05, 0.95, 0.1
    if key in WINDOWS or not whole:
        fine = 1.0 if whole else 0.05 if abs(node.value) > 0.05 else 0.01
        return (1.0 if whole else 0.0001), math.inf, fine
    size = 10.0 ** max(0, math.floor(math.log10(abs(node.value) or 1)) - 1)
    return -math.inf, math.inf, size


def _number(value: float, node: Node) -> Node:
    plain = int(value) if value.is_integer() else value
    return Node(plain, node.line, node.column, str(plain))


def _text(text: str, node: Node) -> Node:
    return Node(text, node.line, node.column, text)
