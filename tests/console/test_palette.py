"""Colours that carry text, and words with parts of them marked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.console.highlight import Mark, pieces_of, shortened
from api.console.palette import DARK, GROUPS, LIGHT, SERIES, SEVERITIES, group_of, group_shown
from engine.alerts.severity import Severity
from models.taxonomy import default_taxonomy

LEAST = 4.5
PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "accent", "good", "warn", "bad") for ground in ("ground", "surface")),
    *(("ink", "raised"), ("accent", "raised"), ("muted", "raised"), ("on-accent", "accent")),
]


def _light(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(text: str, ground: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    lighter, darker = sorted((_light(text), _light(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_text_stands_out_from_what_it_stands_on(colours: Any) -> None:
    assert set(LIGHT) == set(DARK)
    assert {
        pair: contrast(*(colours[one] for one in pair))
        for pair in PAIRS
        if contrast(*(colours[one] for one in pair)) < LEAST
    } == {}
    assert all(contrast(colours["edge"], colours[ground]) >= 3 for ground in ("ground", "surface"))


def test_chips_stand_out_in_both_modes() -> None:
    assert set(SEVERITIES) == set(Severity)
    inks = {(name, mode): pair[mode] for name, pair in (SEVERITIES | dict(GROUPS)).items() for mode in (0, 1)}
    assert {
        one: contrast(ink.text, ink.ground) for one, ink in inks.items() if contrast(ink.text, ink.ground) < LEAST
    } == {}


@pytest.mark.parametrize("mode", [pytest.param(0, id="light"), pytest.param(1, id="dark")])
def test_lines_of_charts_stand_out_from_what_they_stand_on(mode: int) -> None:
    surface = (LIGHT, DARK)[mode]["surface"]
    assert {pair[mode] for pair in SERIES if contrast(pair[mode], surface) < 3} == set()
    assert len({pair[mode] for pair in SERIES}) == len(SERIES)


def test_every_emotion_of_the_model_has_a_colour_of_its_group() -> None:
    taxonomy = default_taxonomy()
    assert {leaf.partition("/")[0] for leaf in taxonomy.leaves["emotion"]} <= set(GROUPS)
    assert group_of("topic", "digital/ease-of-use") == "topic"
    shown = [group_shown(one, taxonomy) for one in ("anger/annoyance", "churn", "digital", "word refund")]
    assert shown == ["anger", "intent", "topic", "neutral"]


marks = st.lists(st.builds(Mark, st.integers(-5, 60), st.integers(-5, 60)), max_size=8)


@settings(max_examples=50)
@given(st.text(max_size=50), marks)
def test_pieces_are_the_text_and_each_mark_covers_what_it_did(text: str, given_marks: list[Mark]) -> None:
    pieces = pieces_of(text, given_marks)
    assert "".join(one.text for one in pieces) == text
    place = 0
    for piece in pieces:
        inside = range(place, place + len(piece.text))
        for mark in given_marks:
            kept = Mark(max(0, mark.start), min(len(text), mark.end))
            assert (kept in piece.marks) == (len(inside) > 0 and kept.start <= inside[0] and inside[-1] < kept.end)
        place += len(piece.text)


@settings(max_examples=50)
@given(st.text(min_size=1, max_size=400), marks, st.integers(20, 100))
def test_a_shortened_text_keeps_its_first_mark(text: str, given_marks: list[Mark], most: int) -> None:
    short, moved = shortened(text, given_marks, most)
    assert len(short) <= max(most, len(text) if len(text) <= most else most + 4)
    valid = sorted(
        (one for one in given_marks if max(0, one.start) < min(len(text), one.end)), key=lambda one: one.start
    )
    if valid:
        first = min(valid, key=lambda one: (max(0, one.start), one.end - one.start))
        assert moved
        assert short[moved[0].start] == text[max(0, first.start)]
