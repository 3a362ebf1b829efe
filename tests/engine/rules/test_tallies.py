"""Tallies, beside the obvious count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.rules.tallies import Counted, Tallies

moments = st.integers(0, 40)
steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "take back", "forget", "ask"]), moments, st.sampled_from("abc")),
    max_size=40,
)


@given(steps=steps, after=moments, until=moments, with_values=st.booleans())
def test_tallies_tell_what_is_there(
    steps: list[tuple[str, int, str]], after: int, until: int, with_values: bool
) -> None:
    tallies, there = Tallies(), dict[int, Counted]()
    for sequence, (step, at, value) in enumerate(steps):
        if step == "forget":
            tallies.forget("c", at // 4)
            there = {number: one for number, one in there.items() if one.at >= at // 4}
        elif step == "ask":
            assert tallies.different("c", "k", -1, 99) == len({one.value for one in there.values()} - {""})
        elif step == "add":
            one = Counted("c", "k", at, sequence, value if with_values else "")
            tallies.add([one, one])
            there[sequence] = one
        elif there:
            tallies.add([there.pop(min(there)).taken_back])
    found = sorted((one.at, one.sequence, one.value) for one in there.values() if after < one.at <= until)
    assert tallies.count("c", "k", after, until) == len(found)
    assert tallies.different("c", "k", after, until) == len({value for _, _, value in found if with_values})
    assert tallies.sequences("c", "k", after, until, 5) == [sequence for _, sequence, _ in found][-5:]
    assert tallies.times("c", "k", after, until) == [at for at, _, _ in found]


@given(times=st.lists(moments, max_size=20), at=st.integers(0, 120), span=st.integers(1, 9), spans=st.integers(1, 4))
def test_nothing_changes_before_the_next_change(times: list[int], at: int, span: int, spans: int) -> None:
    tallies = Tallies()
    tallies.add(Counted("c", "k", one, number) for number, one in enumerate(times))

    def held(until: int) -> list[int]:
        return [tallies.count("c", "k", until - (k + 1) * span, until - k * span) for k in range(spans)]

    change = tallies.next_change("c", "k", at, span, spans)
    assert all(held(later) == held(at) for later in range(at, change if change is not None else at + 200))
