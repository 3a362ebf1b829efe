"""Windows hold all that is spoken, in their order, and never more than the recogniser takes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.speech.sound import RATE
from models.speech.windows import LONGEST_S, ROUND_S, WIDEST_GAP_S, Listener, packed
from tests.support.speech import PRAISE, needs_voice, samples_of, spoken

STRETCHES = st.lists(st.tuples(st.integers(0, 20 * RATE), st.integers(1, int(28.4 * RATE))), max_size=30)


@given(STRETCHES)
def test_packing_loses_and_doubles_nothing(gaps: list[tuple[int, int]]) -> None:
    spoken_at, at = [], 0
    for gap, length in gaps:
        spoken_at.append((at + gap, at + gap + length))
        at += gap + length
    windows = list(packed(spoken_at))
    assert all(end - start <= LONGEST_S * RATE for start, end in windows)
    assert all(first[1] <= second[0] for first, second in pairwise(windows))
    for start, end in spoken_at:
        assert sum(opened <= start and end <= closed for opened, closed in windows) == 1
    edges = {edge for stretch in spoken_at for edge in stretch}
    assert {edge for window in windows for edge in window} <= edges


def test_a_wide_gap_parts_windows() -> None:
    near, far = int((1 + WIDEST_GAP_S) * RATE), int((1.1 + WIDEST_GAP_S) * RATE)
    assert len(list(packed([(0, RATE), (near, near + RATE)]))) == 1
    assert len(list(packed([(0, RATE), (far, far + RATE)]))) == 2


@needs_voice
def test_a_long_recording_is_heard_as_it_comes() -> None:
    """Speech that lies across the end of what is held is neither lost, nor cut, nor heard twice."""
    said, rate = samples_of(spoken(PRAISE))
    sound = np.interp(np.arange(0, said.shape[1], rate / RATE), np.arange(said.shape[1]), said[0]) / 32_768
    sound = sound.astype(np.float32)
    starts = [int(place * RATE) for place in (3, 60, ROUND_S - 2.5, 2 * ROUND_S - 4, 290)]
    whole = np.zeros(300 * RATE, np.float32)
    for start in starts:
        whole[start : start + len(sound)] = sound
    listener, windows, most_held = Listener(), [], 0
    for piece in np.array_split(whole, 300):
        windows += listener.hear(piece)
        most_held = max(most_held, listener._held)
    windows += listener.finish()
    assert len(windows) == len(starts)
    for window, start in zip(windows, starts, strict=True):
        assert abs(window.start - start / RATE) < 0.6
        assert abs(window.end - (start + len(sound)) / RATE) < 0.6
        assert np.array_equal(window.sound, whole[round(window.start * RATE) :][: len(window.sound)])
    assert most_held <= (ROUND_S + 1) * RATE


def test_a_minute_of_talk_without_a_breath_is_cut_where_it_must() -> None:
    noise = np.random.default_rng(3).normal(0, 0.0001, 10 * RATE).astype(np.float32)
    listener = Listener()
    assert listener.hear(noise) == []
    assert listener.finish() == []
    assert Listener().finish() == []
