"""Two texts side by side: nothing is lost, and what is the same is said to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.rules.differing import MOST_LINES, Became, side_by_side
from engine.errors import QuestionError

TEXTS = st.lists(st.sampled_from(["rule: a", "when: {nps: {at_most: 6}}", "", "  - b", "\u2028x", "\x85"]), max_size=12)


@given(TEXTS.map("\n".join), TEXTS.map("\n".join))
def test_both_texts_stand_in_the_rows_whole_and_in_order(before: str, after: str) -> None:
    rows = side_by_side(before, after, around=100)
    if before == after:
        assert rows == []
        return
    for text, lines in (
        (before, [row.before for row in rows if row.before]),
        (after, [row.after for row in rows if row.after]),
    ):
        assert [line.text for line in lines] == text.rstrip("\n").split("\n")
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    for row in rows:
        same = row.before is not None and row.after is not None and row.before.text == row.after.text
        assert not same or row.became is Became.SAME


@given(TEXTS.map("\n".join), TEXTS.map("\n".join))
def test_what_is_left_out_is_counted(before: str, after: str) -> None:
    rows = side_by_side(before, after, around=1)
    left_out = sum(row.count for row in rows)
    shown = sum(row.before is not None for row in rows)
    assert not rows or shown + left_out == len(before.rstrip("\n").split("\n"))
    assert all(row.count > 1 for row in rows if row.became is Became.LEFT_OUT)


def test_a_change_in_a_long_text_is_shown_with_what_stands_around_it() -> None:
    lines = [f"line {one}" for one in range(100)]
    rows = side_by_side("\n".join(lines), "\n".join([*lines[:50], "another", *lines[51:]]))
    assert [row.became for row in rows] == [
        *(Became.LEFT_OUT, Became.SAME, Became.SAME, Became.SAME, Became.CHANGED),
        *(Became.SAME, Became.SAME, Became.SAME, Became.LEFT_OUT),
    ]
    assert (rows[0].count, rows[-1].count) == (47, 46)


def test_texts_that_are_too_long_are_not_compared() -> None:
    with pytest.raises(QuestionError, match="2,000 lines"):
        side_by_side("a\n" * (MOST_LINES + 1), "b")
