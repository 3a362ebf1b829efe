"""A trial of topics: counts, sentences, overlaps, and what catches nothing."""

from __future__ import annotations

import pytest

from engine.feedback import Feedback
from engine.intake import admit
from engine.program import Program
from engine.topics import ProgramTopics, Topic, TopicTree
from models.topics import TopicReader
from models.trial import Trial, TrialReport
from tests.support.clock import NOON
from tests.support.engines import feedback
from tests.support.words_reader import WordsReader

TREE = TopicTree(
    "t.yaml",
    (
        Topic("wifi", "slow wireless internet connection"),
        Topic("pets", "dogs cats animals"),
        Topic("opera", "singers arias orchestra"),
    ),
)
TEXTS = [
    "Slow internet connection",
    "SLOW INTERNET CONNECTION",
    "Wireless internet. Dogs and cats",
    "dogs",
    "nothing of that",
    "zzz",
]


def tried(*batches: list[Feedback], most: int = 2) -> TrialReport:
    trial = Trial(TopicReader(WordsReader(), ProgramTopics(TREE, beside_default=False)), TREE, most)
    for batch in batches:
        trial.add(batch)
    return trial.report()


def records() -> list[Feedback]:
    return [feedback(number, text) for number, text in enumerate(TEXTS)]


def test_a_trial_counts_records_and_pairs() -> None:
    report = tried(records())
    assert (report.records, report.read) == (6, 5)
    assert [(one.topic, one.records, one.share) for one in report.topics] == [
        ("wifi", 3, 0.6),
        ("pets", 2, 0.4),
        ("opera", 0, 0.0),
    ]
    assert [(pair.topics, pair.records, pair.share) for pair in report.overlaps] == [(("wifi", "pets"), 1, 0.5)]
    assert report.quiet == ("opera",)


def test_a_trial_goes_by_what_the_customer_said() -> None:
    parts = [{"text": "dogs, dogs"}, {"text": "Slow wireless internet connection", "speaker": "agent"}]
    report = tried([admit({"id": "f1", "parts": parts}, Program(), NOON)])
    assert [(one.topic, one.records, [said.sentence for said in one.top]) for one in report.topics] == [
        ("wifi", 0, ["dogs, dogs"]),
        ("pets", 1, ["dogs, dogs"]),
        ("opera", 0, ["dogs, dogs"]),
    ]


def test_a_trial_shows_the_surest_sentences_and_each_text_once() -> None:
    wifi, pets, opera = tried(records()).topics
    assert [(said.id, said.sentence) for said in wifi.top] == [
        ("f0", "Slow internet connection"),
        ("f2", "Wireless internet"),
    ]
    assert [said.id for said in pets.top] == ["f2", "f3"]
    assert wifi.top[0].confidence >= wifi.top[1].confidence
    assert len(opera.top) == 2


def test_what_is_near_the_threshold_is_nearest_first() -> None:
    for one in tried(records(), most=6).topics:
        assert len({said.sentence.casefold() for said in one.near}) == len(one.near)
        assert {said.sentence for said in one.near} == {said.sentence for said in one.top}
    assert all(one.near[0].confidence != one.top[0].confidence for one in tried(records()).topics[:2])


@pytest.mark.parametrize("size", [1, 2, 5])
def test_batches_do_not_matter(size: int) -> None:
    some = records()
    assert tried(*(some[start : start + size] for start in range(0, len(some), size))) == tried(some)


def test_nothing_is_tried_on_nothing() -> None:
    report = tried([])
    assert (report.records, report.read, report.overlaps) == (0, 0, ())
    assert report.quiet == ("wifi", "pets", "opera")
    assert all((one.share, one.top) == (0.0, ()) for one in report.topics)
