"""The numbers of an evaluation: intervals, curves, confusions, groups, slices, boundaries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from engine.errors import DataError
from engine.taxonomy import Taxonomy
from models.taxonomy import default_taxonomy
from training import intervals
from training.boundary_score import boundaries, boundary_counts
from training.confusions import Confusion, confusions
from training.curves import POINTS, curve
from training.data import Labelled
from training.evaluate import calibration_error, reliability, scores
from training.groups import grouped, groupings
from training.intervals import Counts, by_label, counts_of, resampled
from training.levels import Resampling, level_of
from training.measuring import Rows
from training.mistakes import shown
from training.slices import slices_of

TAXONOMY = default_taxonomy()
HOW = Resampling(100, 0)


def flags(*rows: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return a row of flags for each text of 0 and 1."""
    return np.array([[one == "1" for one in row] for row in rows])


def random_rows(records: int = 60, sentences: int = 2, seed: int = 0, taxonomy: Taxonomy = TAXONOMY) -> Rows:
    chance = np.random.default_rng(seed)
    shape = (records * sentences, len(taxonomy.columns))
    known = chance.random(shape) < 0.8
    labels = (chance.random(shape) < 0.2) & known
    confidence = np.clip(labels * 0.4 + chance.random(shape) * 0.6, 0, 1).astype(np.float32).round(4)
    names = [str(row) for row in range(shape[0])]
    owner = np.repeat(np.arange(records), sentences)
    return Rows(confidence, (confidence > 0.5) & known, labels, known, owner, names, names)


def item(text: str = "x", starts: tuple[int, ...] = (0,), **attributes: Any) -> Labelled:
    nothing = np.zeros((len(starts), 1), np.float32)
    spans = tuple((start, len(text)) for start in starts)
    return Labelled("1", text, spans, nothing, nothing, attributes=attributes)


def test_counts_are_summed_by_record() -> None:
    counts = counts_of(flags("11", "01", "10"), flags("10", "01", "01"), np.array([0, 0, 1]))
    assert counts.true.tolist() == [[1, 1], [0, 0]]
    assert counts.said.tolist() == [[1, 2], [1, 0]]
    assert counts.there.tolist() == [[1, 1], [0, 1]]


def test_shares_without_anything_to_share_are_not_said() -> None:
    total = Counts(*(np.array([row], np.float32) for row in ([0, 0, 3], [0, 2, 4], [5, 0, 3])))
    drawn = Counts(*(np.repeat(one, 9, axis=0) for one in (total.true, total.said, total.there)))
    assert [one.value for one in by_label(total.precision(), drawn.precision())] == [None, 0.0, 0.75]
    assert [one.value for one in by_label(total.recall(), drawn.recall())] == [0.0, None, 1.0]
    assert [one.value for one in by_label(total.f1(), drawn.f1())] == [0.0, 0.0, pytest.approx(0.8571)]


@pytest.mark.parametrize("draws", [1, 70, 2_000_000], ids=["one at a time", "in chunks", "at once"])
def test_every_resample_draws_as_many_records_as_there_are(draws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "DRAWS_AT_ONCE", draws)
    ones = np.ones((30, 2), np.float32)
    drawn = resampled(Counts(ones, ones, np.arange(60, dtype=np.float32).reshape(30, 2)), resamples=25)
    assert drawn.true.shape == (25, 2)
    assert (drawn.true == 30).all()
    assert (drawn.there[:, 1] - drawn.there[:, 0] == 30).all()


def test_an_interval_holds_what_was_measured_and_narrows_with_more_records() -> None:
    def width(records: int) -> float:
        chance = np.random.default_rng(1)
        labels = chance.random((records, 1)) < 0.3
        counts = counts_of(labels ^ (chance.random(labels.shape) < 0.2), labels, np.arange(records))
        found = by_label(counts.total().f1(), resampled(counts).f1())[0]
        assert found.value is not None
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value < found.high
        return found.high - found.low

    assert width(100) > 2 * width(1_600)


def test_sentences_of_a_record_are_drawn_together() -> None:
    """Ten copies of each sentence in its record say no more than one."""
    chance = np.random.default_rng(2)
    labels = chance.random((200, 1)) < 0.4
    held = labels ^ (chance.random(labels.shape) < 0.2)
    once = counts_of(held, labels, np.arange(200))
    often = counts_of(held.repeat(10, axis=0), labels.repeat(10, axis=0), np.arange(200).repeat(10))
    np.testing.assert_allclose(resampled(once).f1(), resampled(often).f1())


@pytest.mark.parametrize("seed", range(3))
def test_what_was_not_judged_counts_nowhere(seed: int) -> None:
    rows = random_rows(20, seed=seed)
    chance = np.random.default_rng(seed)
    noise = chance.random(rows.confidence.shape).astype(np.float32)
    other = replace(rows, confidence=np.where(rows.known, rows.confidence, noise))
    assert level_of(rows, TAXONOMY, HOW, 5) == level_of(other, TAXONOMY, HOW, 5)


def test_a_mask_of_ones_changes_no_score() -> None:
    rows = random_rows()
    labels = rows.labels.astype(np.float32)
    given_none = scores(rows.confidence, rows.standing, labels, TAXONOMY)
    assert given_none == scores(rows.confidence, rows.standing, labels, TAXONOMY, np.ones_like(labels))


def test_a_level_has_the_macro_f1_of_training_inside_its_interval() -> None:
    rows = random_rows()
    found = scores(
        rows.confidence, rows.standing, rows.labels.astype(np.float32), TAXONOMY, rows.known.astype(np.float32)
    )
    for task, result in level_of(rows, TAXONOMY, HOW, 3).tasks.items():
        macro = result.macro_f1
        assert macro.value == found[task]["macro_f1"]
        assert macro.low is not None
        assert macro.high is not None
        assert macro.low < macro.value < macro.high
        assert result.calibration_error == found[task]["calibration_error"]


def test_a_task_that_nobody_judged_is_left_out() -> None:
    rows = random_rows()
    topic = TAXONOMY.slices["topic"]
    for one in (rows.known, rows.labels, rows.held):
        one[:, topic] = False
    assert list(level_of(rows, TAXONOMY, HOW, 3).tasks) == ["emotion", "intent"]


def test_the_worst_errors_come_first() -> None:
    rows = random_rows()
    found = level_of(rows, TAXONOMY, HOW, 7)
    wrong, missed = ([one.confidence for one in some] for some in (found.wrong, found.missed))
    assert wrong == sorted(wrong, reverse=True)
    assert missed == sorted(missed)
    assert len(wrong) == len(missed) == 7
    assert all(one.label in one.said and one.label not in one.labels for one in found.wrong)
    assert all(one.label in one.labels and one.label not in one.said for one in found.missed)


def test_a_calibration_error_is_the_gap_of_its_bins() -> None:
    confidence = np.array([0.01, 0.2, 0.2, 0.9, 0.9], np.float32)
    labels = np.array([1, 0, 1, 1, 1], np.float32)
    found = reliability(confidence, labels, bins=2)
    assert [(round(one.said, 3), one.right, one.pairs) for one in found] == [(0.2, 0.5, 2), (0.9, 1.0, 2)]
    assert calibration_error(confidence, labels, bins=2) == pytest.approx((0.3 + 0.1) / 2, abs=1e-6)
    assert reliability(confidence * 0, labels) == []


@pytest.mark.parametrize("pairs", [3, 50, 5_000])
def test_a_curve_is_short_and_its_average_precision_is_that_of_all_pairs(pairs: int) -> None:
    chance = np.random.default_rng(3)
    labels = chance.random(pairs) < 0.4
    labels[0] = True
    confidence = (labels * 0.3 + chance.random(pairs)).astype(np.float32).round(2)
    found = curve(confidence, labels)
    assert found is not None
    assert found.average_precision == pytest.approx(average_precision_score(labels, confidence), abs=1e-4)
    assert len(found.recall) == len(found.precision) <= POINTS
    assert list(found.recall) == sorted(found.recall)
    assert (found.recall[0], found.recall[-1]) == (0, 1)
    assert curve(confidence, labels & False) is None


@pytest.mark.parametrize(
    ("held", "labels", "known", "expected"),
    [
        pytest.param(["010"], ["100"], ["111"], [Confusion("a", "b", 1, 1.0)], id="one for another"),
        pytest.param(["000"], ["100"], ["111"], [Confusion("a", None, 1, 1.0)], id="nothing instead"),
        pytest.param(["110"], ["100"], ["111"], [], id="one too many is no confusion"),
        pytest.param(["010"], ["100"], ["101"], [Confusion("a", None, 1, 1.0)], id="what was not judged is not wrong"),
        pytest.param(
            ["010", "010", "001"],
            ["100", "100", "100"],
            ["111", "111", "111"],
            [Confusion("a", "b", 2, 0.6667), Confusion("a", "c", 1, 0.3333)],
            id="the most frequent first",
        ),
    ],
)
def test_confusions(held: list[str], labels: list[str], known: list[str], expected: list[Confusion]) -> None:
    assert confusions(flags(*held), flags(*labels), flags(*known), ["a", "b", "c"]) == expected


@pytest.mark.parametrize(
    ("leaves", "ekman", "sentiment"),
    [
        pytest.param(["anger/annoyance", "anger/anger"], {"anger"}, {"negative"}, id="one group"),
        pytest.param(["joy/caring", "surprise/confusion"], {"joy", "surprise"}, {"positive", "ambiguous"}, id="two"),
        pytest.param(["neutral/neutral"], {"neutral"}, {"neutral"}, id="neutral alone"),
        pytest.param(["neutral/neutral", "fear/fear"], {"fear"}, {"negative"}, id="neutral beside another"),
        pytest.param([], set(), set(), id="nothing"),
    ],
)
def test_emotions_in_groups(leaves: list[str], ekman: set[str], sentiment: set[str]) -> None:
    held = np.array([[leaf in leaves for _, leaf in TAXONOMY.columns]])
    for name, expected in (("Ekman", ekman), ("sentiment", sentiment)):
        groups = groupings(TAXONOMY)[name]
        assert {group for group, holds in zip(groups, grouped(held, groups)[0], strict=True) if holds} == expected


def test_the_groups_are_those_of_goemotions() -> None:
    sizes = {name: {group: len(c) for group, c in groups.items()} for name, groups in groupings(TAXONOMY).items()}
    assert sizes["sentiment"] == {"positive": 12, "negative": 11, "ambiguous": 4, "neutral": 1}
    assert sizes["Ekman"] == {"anger": 3, "disgust": 1, "fear": 2, "joy": 12, "sadness": 5, "surprise": 4, "neutral": 1}
    assert groupings(Taxonomy({"emotion": ("joy/joy",), "intent": (), "topic": ()}, {})) == {}


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        pytest.param("channel", ["b", "a", "b", None], {"b": 2, "a": 1, "(missing)": 1}, id="words"),
        pytest.param(
            "nps",
            [10, 0, 7, 9, 6],
            {"detractors, 0 to 6": 2, "passives, 7 and 8": 1, "promoters, 9 and 10": 2},
            id="nps",
        ),
        pytest.param("nps", [-100, 40], {"-100": 1, "40": 1}, id="another nps"),
        pytest.param("rating", ["5", "1", "5.0"], {"1": 1, "5": 2}, id="few numbers, as text"),
        pytest.param(
            "age", list(range(8)), {"0 to 1": 2, "2 to 3": 2, "4 to 5": 2, "6 to 7": 2}, id="many numbers in quarters"
        ),
        pytest.param("vip", [True, False, True], {"true": 2, "false": 1}, id="yes and no"),
        pytest.param("mixed", ["1", "one", "nan"], {"1": 1, "one": 1, "nan": 1}, id="numbers and words"),
        pytest.param(
            "id", [f"c{n:02}" for n in range(30)], {**{f"c{n:02}": 1 for n in range(20)}, "(other)": 10}, id="too many"
        ),
        pytest.param("x", ["\x1b[31m<b>"], {"\ufffd[31m<b>": 1}, id="hostile"),
    ],
)
def test_slices(name: str, values: list[Any], expected: dict[str, int]) -> None:
    items = [item(**({} if value is None else {name: value})) for value in values]
    found = slices_of(items, name)
    assert {value: len(places) for value, places in found.items()} == expected
    assert list(found) == list(expected)
    assert sorted(np.concatenate(list(found.values())).tolist()) == list(range(len(values)))


def test_an_attribute_that_no_record_has_is_told_with_the_nearest() -> None:
    with pytest.raises(DataError, match="unknown attribute 'chanel'; did you mean 'channel'"):
        slices_of([item(channel="call")], "chanel")


@pytest.mark.parametrize(
    ("text", "starts", "expected"),
    [
        pytest.param("It broke. Why? Ok", (0, 10, 15), {2, 3}, id="all but the first"),
        pytest.param("It broke", (0,), set(), id="one sentence"),
        pytest.param("🎢 It broke. Why", (2, 12), {3}, id="the first may begin late"),
        pytest.param("It broke. (Why)", (0, 11), {2}, id="inside of the same word"),
        pytest.param("It broke", (), set(), id="not read"),
        pytest.param("", (), set(), id="empty"),
    ],
)
def test_boundaries_are_words(text: str, starts: tuple[int, ...], expected: set[int]) -> None:
    assert boundaries(text, starts) == expected


def test_boundaries_are_counted_by_record() -> None:
    counts = boundary_counts([item("a b c d", (0, 2, 4)), item("a b")], [frozenset({2, 3}), frozenset({1})])
    assert np.hstack([counts.true, counts.said, counts.there]).tolist() == [[1, 2, 2], [0, 1, 0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("fine 👨‍👩‍👧 ü\n", "fine 👨‍👩‍👧 ü\n", id="as it is"),
        pytest.param("\x1b[2Jx\x00", "\ufffd[2Jx\ufffd", id="terminal codes"),
        pytest.param("a\u202eb\u2066", "a\ufffdb\ufffd", id="turned writing"),
        pytest.param("a\tb\r\nc", "a b \nc", id="white space"),
        pytest.param("x" * 1_200, "x" * 999 + "…", id="long"),
    ],
)
def test_words_are_shown_without_what_steers_a_screen(text: str, expected: str) -> None:
    assert shown(text) == expected
