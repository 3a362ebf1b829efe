"""Kleene's laws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.rules.truth import Truth, all_of, any_of, negate

truths = st.sampled_from(Truth)


@given(truths, truths, truths)
def test_kleene(a: Truth, b: Truth, c: Truth) -> None:
    assert negate(negate(a)) == a
    assert negate(all_of([a, b])) == any_of([negate(a), negate(b)])
    assert all_of([a, any_of([b, c])]) == any_of([all_of([a, b]), all_of([a, c])])
    assert all_of([a, b]) == all_of([b, a])
    assert all_of([Truth.NO, a]) == Truth.NO
    assert any_of([Truth.YES, a]) == Truth.YES
    assert all_of([]) == Truth.YES
    assert any_of([]) == Truth.NO
