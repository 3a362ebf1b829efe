"""When words were said, and how well they were heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.alerts.alert import EvidenceSpan
from engine.feedback import Cue, Part
from engine.spoken import heard_at, moments_of, say_moment, told_of
from engine.transcripts.turns import parts_of
from engine.transcripts.utterance import Utterance

TEXT = "my parcel is late again"
CUES = (Cue(0, 1.0, 2.0, 0.9), Cue(10, 10.0, 12.0, 0.4), Cue(18, 90.0, 93.0))


@pytest.mark.parametrize(
    ("part", "span", "moments", "heard"),
    [
        pytest.param(Part(TEXT), (0, 9), (None, None), None, id="written"),
        pytest.param(Part(TEXT, start=3.0), (0, 9), (3.0, 3.0), None, id="a-start-alone"),
        pytest.param(Part(TEXT, end=3.0), (0, 9), (None, 3.0), None, id="an-end-alone"),
        pytest.param(Part(TEXT, start=0.0, end=23.0, confidence=0.7), (3, 9), (3.0, 9.0), 0.7, id="without-cues"),
        pytest.param(Part(TEXT, cues=CUES), (0, 9), (1.0, 2.0), 0.9, id="a-cue"),
        pytest.param(Part(TEXT, cues=CUES), (10, 23), (10.0, 93.0), 0.4, id="two-cues"),
        pytest.param(Part(TEXT, cues=CUES), (13, 17), (10.857, 12.0), 0.4, id="inside-a-cue"),
        pytest.param(Part(TEXT, cues=CUES), (3, 17), (1.333, 12.0), (7 * 0.9 + 7 * 0.4) / 14, id="across"),
        pytest.param(Part(TEXT, cues=CUES, confidence=0.6), (18, 23), (90.0, 93.0), 0.6, id="where-no-cue-says"),
        pytest.param(Part(TEXT, start=0.5, cues=(Cue(3, 1.0, 2.0),)), (0, 2), (0.5, 0.5), None, id="before-the-first"),
        pytest.param(Part("", start=0.0, end=9.0), (0, 0), (0.0, 9.0), None, id="silence"),
    ],
)
def test_moments_and_hearing(
    part: Part, span: tuple[int, int], moments: tuple[float | None, float | None], heard: float | None
) -> None:
    assert moments_of(part, *span) == moments
    assert heard_at(part, *span) == (heard if heard is None else pytest.approx(heard))
    told = told_of(part, *span)
    assert (told.get("starts"), told.get("ends")) == moments


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0, "0:00"), (92.9, "1:32"), (3723.0, "1:02:03"), (360_000.0, "100:00:00")]
)
def test_a_moment_is_said_as_a_player_shows_it(seconds: float, said: str) -> None:
    assert say_moment(seconds) == said


utterances = st.builds(
    Utterance,
    text=st.text("ab ", min_size=1, max_size=12),
    start=st.floats(0, 1e4),
    end=st.floats(0, 1e4),
    confidence=st.none() | st.floats(0, 1),
)


@given(st.lists(utterances, min_size=1, max_size=8), st.data())
def test_whatever_the_cues_times_are_inside_the_part_and_confidences_too(
    said: list[Utterance], data: st.DataObject
) -> None:
    said = [Utterance(one.text, min(one.start, one.end), max(one.start, one.end), None, one.confidence) for one in said]
    for part in parts_of(said):
        start = data.draw(st.integers(0, len(part.text) - 1))
        end = data.draw(st.integers(start + 1, len(part.text)))
        begins, ends = moments_of(part, start, end)
        assert begins is not None
        assert ends is not None
        assert part.start is not None
        assert part.end is not None
        assert part.start <= begins <= ends <= part.end
        heard = heard_at(part, start, end)
        assert heard is None or 0 <= heard <= 1


def test_evidence_of_what_was_written_tells_no_time() -> None:
    assert EvidenceSpan(0, 1, 2, "x").as_dict() == {"part": 0, "start": 1, "end": 2, "shows": "x"}
