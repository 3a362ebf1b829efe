"""Topics fitted to labelled sentences: what is learnt, what is not, and that the file is all it takes."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.feedback import Part
from engine.topics import ProgramTopics, Topic, TopicTree
from models.fitted import FittedTopics, load_fitted, save_fitted
from models.topics import TopicReader
from tests.support.words_reader import WordsReader
from training.data import Labelled, Labels, labelled
from training.topics import TopicScore, fit_topics, tree_taxonomy

TREE = TopicTree(
    "t.yaml",
    (
        Topic("wifi", "wireless internet connection"),
        Topic("pets", "dogs cats animals"),
        Topic("opera", "singers arias orchestra"),
    ),
)
TAXONOMY = tree_taxonomy(TREE, WordsReader.taxonomy)
# What people really say, without a word of the description.
SLANG = ("hotspot", "router", "signal", "buffering")
OTHER = ("breakfast", "invoice", "parking", "luggage", "reception", "elevator", "towels", "balcony")


def item(number: int, text: str, topics: list[str] | None) -> Labelled:
    labels = {} if topics is None else {"topic": topics}
    return labelled({"id": str(number), "text": text, "labels": labels}, Labels(TAXONOMY))


def corpus(wifi: int, others: int = 40) -> list[Labelled]:
    chance = random.Random(0)
    said = [" ".join(chance.sample(SLANG, 2) + chance.sample(OTHER, 1)) for _ in range(wifi)]
    rest = [" ".join(chance.sample(OTHER, 3)) for _ in range(others)]
    return [item(n, text, ["wifi"] if n < wifi else []) for n, text in enumerate([*said, *rest])]


def fit(items: list[Labelled], tree: TopicTree = TREE) -> tuple[FittedTopics, list[TopicScore]]:
    return fit_topics(tree, items, TAXONOMY, WordsReader())


def test_what_people_say_is_learnt_where_the_description_misses_it(tmp_path: Path) -> None:
    fitted, scores = fit(corpus(20))
    assert fitted.paths == ("wifi",)
    assert [(one.path, one.sentences, one.fitted) for one in scores] == [
        ("wifi", 20, True),
        ("pets", 0, False),
        ("opera", 0, False),
    ]
    assert scores[0].learnt is not None
    assert scores[0].described is not None
    assert scores[0].learnt > max(0.9, scores[0].described)
    save_fitted(fitted, tmp_path / "topics.json")
    for heads, held in ((None, []), (load_fitted(tmp_path / "topics.json"), ["wifi"])):
        reader = TopicReader(WordsReader(), ProgramTopics(TREE, beside_default=False), heads)
        (slang, plain) = reader.read([[Part("router signal towels")], [Part("towels balcony luggage")]])
        assert slang.row(-1)["labels"]["topic"] == held
        assert plain.row(-1)["labels"]["topic"] == []


def test_the_same_sentences_give_the_same_heads() -> None:
    assert fit(corpus(12))[0].version == fit(corpus(12))[0].version


@pytest.mark.parametrize(
    ("items", "fitted"),
    [
        pytest.param(corpus(7), False, id="seven sentences"),
        pytest.param(corpus(8), True, id="eight"),
        pytest.param(corpus(8, others=0), True, id="eight, and nothing else"),
        pytest.param([*corpus(7), item(99, "router", None)], False, id="one that was not judged"),
        pytest.param([*corpus(7), item(99, "zzz", ["wifi"])], False, id="one that is not read"),
        pytest.param(
            [
                labelled(
                    {"id": "1", "sentences": [{"text": f"router {word}", "topic": ["wifi"]} for word in OTHER]},
                    Labels(TAXONOMY),
                )
            ],
            False,
            id="eight of one record",
        ),
    ],
)
def test_eight_sentences_of_two_records_are_enough(items: list[Labelled], fitted: bool) -> None:
    if fitted:
        assert fit(items)[0].paths == ("wifi",)
    else:
        with pytest.raises(DataError, match=r"no topic of t.yaml has 8 labelled sentences from 2 records"):
            fit(items)


def test_examples_of_the_tree_count_as_sentences() -> None:
    topics = (Topic("wifi", "wireless internet connection", ("router broken", "no signal")), *TREE.topics[1:])
    (wifi, *_) = fit(corpus(6), TopicTree("t.yaml", topics))[1]
    assert (wifi.sentences, wifi.fitted) == (8, True)


def test_thresholds_and_confidences_are_sane() -> None:
    fitted, _ = fit(corpus(30))
    assert 0 < fitted.unsure_from[0] < fitted.threshold[0] < 1
    assert np.isfinite(fitted.weights).all()


@pytest.mark.parametrize("names", [["wifi"], ["billing/accuracy", "pets"]])
def test_labels_of_the_model_and_of_the_tree_are_both_known(names: list[str]) -> None:
    assert item(1, "x", names).labels.sum() == len(names)
    with pytest.raises(DataError, match="did you mean 'wifi'"):
        item(1, "x", ["wify"])
