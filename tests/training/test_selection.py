"""Picking what is worth labelling: bounded, repeatable, in doubt, and never the same thing twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import Reading, ReadingStatus, blank_reading
from engine.taxonomy import Taxonomy
from tests.support.keyword_reader import TAXONOMY
from training.selection import ALIKE, PER_LABEL, SAMPLE, Pick, Pool, Reason, doubts

WIDTH = len(TAXONOMY.columns)


def reading(
    confidence: dict[int, float], embedding: np.ndarray, model: str = "m@1", taxonomy: Taxonomy = TAXONOMY
) -> Reading:
    """A reading of one sentence; what is above 0.5 holds, what is above 0.2 is unsure."""
    row = np.full(len(taxonomy.columns), 0.01, np.float32)
    for column, value in confidence.items():
        row[column] = value
    standing = (row > 0.2).astype(np.uint8) + (row > 0.5).astype(np.uint8)
    unit = (embedding / np.linalg.norm(embedding)).astype(np.float16)
    spans = np.array([(0, 0, 9)], np.int32)
    return Reading(
        ReadingStatus.READ, "en", model, taxonomy, spans, np.tile(row, (2, 1)), np.tile(standing, (2, 1)), unit[None]
    )


def some(seed: int, size: int, *, dimensions: int = 6) -> list[Reading]:
    chance = np.random.default_rng(seed)
    return [
        reading(
            {int(column): float(chance.random()) for column in chance.integers(0, WIDTH, 3)},
            chance.standard_normal(dimensions),
            model=f"m@{chance.integers(2)}",
        )
        for _ in range(size)
    ]


def pool_of(readings: list[Reading], n: int = 10, seed: int = 0) -> Pool:
    pool = Pool(TAXONOMY, n, seed)
    for place, one in enumerate(readings):
        pool.offer(("s", f"r{place}", 1), place, one)
    return pool


def places(picks: list[Pick]) -> list[int]:
    return [pick.candidate.place for pick in picks]


@given(data=st.integers(0, 10_000), size=st.integers(0, 60), seed=st.integers(0, 3))
def test_picks_are_unlike_each_other_and_the_same_again(data: int, size: int, seed: int) -> None:
    readings = some(data, size)
    picks = list(pool_of(readings, seed=seed).ranked())
    assert places(picks) == places(list(pool_of(readings, seed=seed).ranked()))
    assert len({pick.candidate.key for pick in picks}) == len(picks)
    chosen = [pick.candidate for pick in picks]
    for at, one in enumerate(chosen):
        for other in chosen[:at]:
            if one.model == other.model:
                assert float(one.embedding.astype(float) @ other.embedding.astype(float)) < ALIKE + 1e-3
    if size:
        # Whatever is left out says the same as something that is in.
        for place in set(range(size)) - set(places(picks)):
            same = [one for one in chosen if one.model == readings[place].model]
            assert max(float(one.embedding @ readings[place].embedding[0]) for one in same) >= ALIKE - 1e-2


def test_the_seed_settles_what_is_equal() -> None:
    readings = [reading({4: 0.4}, np.eye(40)[place]) for place in range(40)]
    orders = {tuple(places(list(pool_of(readings, seed=seed).ranked()))) for seed in range(4)}
    assert len(orders) == 4


def test_doubt_is_greatest_near_the_threshold_and_none_where_nothing_is_claimed() -> None:
    found = doubts(reading({0: 0.45, 1: 0.55, 2: 0.99, 3: 0.15}, np.ones(2)))[0]
    assert found[0] == pytest.approx(found[1], abs=0.01)
    assert found[0] > 0.9 > found[2] > 0
    assert found[3] == 0
    assert doubts(blank_reading(ReadingStatus.EMPTY, TAXONOMY, model="m")).shape == (0, WIDTH)


def test_a_rare_label_in_doubt_comes_before_a_common_one() -> None:
    chance = np.random.default_rng(1)
    common = [reading({4: 0.9}, chance.standard_normal(50)) for _ in range(200)]
    asked = [reading({4: 0.45}, chance.standard_normal(50)), reading({7: 0.45}, chance.standard_normal(50))]
    picks = list(pool_of([*common, *asked]).ranked())
    assert places(picks)[:2] == [201, 200]


def test_every_fifth_pick_is_unlike_the_others_whatever_the_doubt() -> None:
    chance = np.random.default_rng(2)
    doubtful = [reading({5: 0.4}, chance.standard_normal(30) * ([1.0] * 29 + [0.0]), "m") for _ in range(10)]
    sure = reading({}, np.eye(30)[29], "m")
    picks = list(pool_of([*doubtful, sure]).ranked())
    assert [pick.reason for pick in picks[:5]] == [Reason.DOUBT] * 4 + [Reason.UNLIKE]
    assert picks[4].candidate.place == 10
    assert picks[4].nearest == pytest.approx(0, abs=1e-3)


def test_what_is_taken_already_is_not_picked_again_in_other_words() -> None:
    readings = [reading({4: 0.4}, np.eye(3)[0]), reading({4: 0.4}, np.eye(3)[1])]
    pool = pool_of(readings)
    taken = pool.candidate(("s", "verdict", 1), 99, reading({}, np.eye(3)[0] + 0.01))
    assert places(list(pool.ranked([taken]))) == [1]


def test_memory_is_bounded_whatever_comes_by() -> None:
    chance = np.random.default_rng(3)
    pool = Pool(TAXONOMY, n=5)
    for place in range(6_000):
        pool.offer(("s", str(place), 1), place, reading({4: 0.3 + 0.2 * chance.random()}, chance.standard_normal(8)))
    assert pool.seen == 6_000
    assert len(pool._kept(set())) <= PER_LABEL + SAMPLE + 4 * 5


def test_the_same_words_do_not_crowd_out_the_others() -> None:
    flood = [reading({4: 0.49}, np.ones(8))] * (PER_LABEL + 50)
    other = reading({4: 0.3}, np.array([1.0, -1] * 4))
    assert set(places(list(pool_of([*flood, other]).ranked()))) >= {len(flood)}


def test_readings_under_other_trees_count_by_the_labels_they_share() -> None:
    theirs = Taxonomy({"emotion": ("joy/gratitude",), "intent": ("churn",), "topic": ("own/topic",)}, {})
    pool = Pool(TAXONOMY, 5)
    pool.offer(("s", "1", 1), 1, reading({1: 0.4, 2: 0.4}, np.ones(3), taxonomy=theirs))
    (pick,) = pool.ranked()
    assert [TAXONOMY.columns[column] for column in np.flatnonzero(pick.candidate.doubt)] == [("intent", "churn")]


def test_what_was_not_read_is_not_picked() -> None:
    pool = Pool(TAXONOMY, 5)
    for status in (ReadingStatus.UNSURE, ReadingStatus.UNREAD, ReadingStatus.EMPTY):
        pool.offer(("s", str(status), 1), 1, blank_reading(status, TAXONOMY, model="m"))
    assert list(pool.ranked()) == []
