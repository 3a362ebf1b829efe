"""Custom topics over another reader: where their columns stand, what holds, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ArtifactError, ConfigError, HeedfulError
from engine.feedback import Part
from engine.program import Program
from engine.reading import ReadingStatus, Standing
from engine.topics import ProgramTopics, Topic, TopicTree
from models.fitted import FittedTopics, load_fitted, save_fitted
from models.reader import OnnxReader, load_reader
from models.topics import TopicReader, load_program_reader, zero_shot_heads
from models.zero_shot import alike
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.words_reader import DIMENSIONS, WordsReader

TREE = TopicTree(
    "topics.yaml",
    (
        Topic("wifi", "slow wireless internet connection", line=2),
        Topic("pets/dogs", "dogs cats animals", ("they would not let my puppy inside",), line=4),
    ),
)
WIFI, DOGS = ("topic", "wifi"), ("topic", "pets/dogs")


def own(reader: TopicReader, text: str) -> dict[str, float]:
    (reading,) = reader.read([[Part(text)]])
    return reading.row(-1)["confidence"]["topic"]


def heads(**fields: object) -> FittedTopics:
    given = {
        "model": "words@1",
        "tree": TREE.version,
        "paths": ("wifi",),
        "weights": np.zeros((1, DIMENSIONS)),
        "bias": np.array([1.0]),
        "threshold": np.array([0.6], np.float32),
        "unsure_from": np.array([0.5], np.float32),
    } | fields
    return FittedTopics(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param("the wireless internet was slow", ["wifi"], id="words of the description"),
        pytest.param("cats and animals everywhere", ["pets/dogs"], id="words of another"),
        pytest.param("they would not let animals inside", ["pets/dogs"], id="an example's words too"),
        pytest.param("slow internet connection. dogs and cats barking", ["wifi", "pets/dogs"], id="two sentences"),
        pytest.param("the invoice came twice", [], id="neither"),
    ],
)
def test_described_topics_hold_where_their_words_are(text: str, held: list[str]) -> None:
    (reading,) = TopicReader(WordsReader(), ProgramTopics(TREE)).read([[Part(text)]])
    assert sorted(reading.row(-1)["labels"]["topic"]) == sorted(held)
    assert reading.confidence.dtype == np.float32
    assert reading.standing.dtype == np.uint8


@pytest.mark.parametrize("beside", [True, False])
def test_the_columns_of_the_other_reader_stay_as_they_were(beside: bool) -> None:
    records = [[Part("bad slow internet."), Part("dogs", speaker="agent")], [Part("zzz")], [Part("fine")]]
    plain = WordsReader().read(records)
    reader = TopicReader(WordsReader(), ProgramTopics(TREE, beside))
    kept = len(TAXONOMY.columns) if beside else TAXONOMY.slices["topic"].start
    assert reader.taxonomy.columns == (*TAXONOMY.columns[:kept], WIFI, DOGS)
    for parts, before, after in zip(records, plain, reader.read(records), strict=True):
        assert after.taxonomy == reader.taxonomy
        assert after.model == reader.model == f"words@1+topics@{TREE.version}"
        for old, new in ((before.confidence, after.confidence), (before.standing, after.standing)):
            assert np.array_equal(old[:, :kept], new[:, :kept])
            assert new.shape == (old.shape[0], kept + 2)
            own = [parts[part].speaker == "customer" for part in after.spans[:, 0]]
            assert np.array_equal(new[-1, kept:], new[:-1, kept:][own].max(axis=0, initial=0))
        assert np.array_equal(before.embedding, after.embedding)


def test_what_is_not_read_has_no_topics() -> None:
    (reading,) = TopicReader(WordsReader(), ProgramTopics(TREE)).read([[Part("zzz slow internet connection")]])
    assert reading.status is ReadingStatus.UNSURE
    assert not reading.confidence.any()
    assert not reading.standing.any()
    assert TopicReader(WordsReader(), ProgramTopics(TREE)).read([]) == []


def test_another_topic_changes_nothing_for_the_first() -> None:
    alone = TopicReader(WordsReader(), ProgramTopics(TopicTree("t", TREE.topics[:1])))
    text = "the internet connection of the hotel"
    assert own(alone, text)["wifi"] == own(TopicReader(WordsReader(), ProgramTopics(TREE)), text)["wifi"]


def test_every_phrase_that_cannot_be_read_is_told_at_its_topic() -> None:
    topics = (*TREE.topics, Topic("keys", "keys", ("zzz qwrtz",), line=9), Topic("more", "fine", ("zzz",), line=11))
    with pytest.raises(ConfigError) as caught:
        TopicReader(WordsReader(), ProgramTopics(TopicTree("t.yaml", topics)))
    assert [str(finding) for finding in caught.value.findings] == [
        f"t.yaml:{line}:1: error: the model cannot read '{said}' (unsure); say it in a few plain English words"
        for line, said in ((9, "zzz qwrtz"), (11, "zzz"))
    ]


def test_a_reader_without_embeddings_cannot_find_topics() -> None:
    with pytest.raises(ArtifactError, match="topics need a model and a program that read English"):
        TopicReader(KeywordReader(), ProgramTopics(TREE))


def test_names_of_the_model_s_own_topics_are_refused() -> None:
    tree = TopicTree("t.yaml", (Topic("billing/cash", "paying in cash", line=3),))
    with pytest.raises(ConfigError, match=r"t\.yaml:3:1: error: 'billing' is a topic of the model already"):
        TopicReader(WordsReader(), ProgramTopics(tree))


def test_topics_that_say_the_same_are_told() -> None:
    twin = Topic("internet", "slow wireless internet connection here", line=7)
    tree = TopicTree("t.yaml", (*TREE.topics, twin))
    (finding,) = alike(tree, zero_shot_heads(WordsReader(), tree).logits)
    assert (finding.line, finding.level) == (7, "warning")
    assert finding.message.startswith("'internet' and 'wifi' mean nearly the same to the model")


def test_a_fitted_head_takes_the_place_of_the_words() -> None:
    described = TopicReader(WordsReader(), ProgramTopics(TREE))
    reader = TopicReader(WordsReader(), ProgramTopics(TREE), heads())
    (reading,) = reader.read([[Part("no word of it")]])
    column = reader.taxonomy.columns.index(WIFI)
    assert reading.confidence[-1, column] == np.float32(0.7311)  # sigmoid(1): the weights are 0
    assert reading.standing[-1, column] == Standing.HOLDS
    assert own(reader, "dogs and animals")["pets/dogs"] == own(described, "dogs and animals")["pets/dogs"]
    assert reader.model == f"{described.model}-{heads().version}"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"model": "other@2"}, "are for the model other@2, and this is words@1; run", id="another model"),
        pytest.param({"tree": "abc"}, "topics.yaml has changed since its topics were fitted; run", id="another tree"),
        pytest.param({"paths": ("pets",)}, "do not fit topics.yaml", id="another topic"),
        pytest.param({"weights": np.zeros((1, 3))}, "do not fit topics.yaml", id="another width"),
    ],
)
def test_heads_made_for_something_else_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ArtifactError, match=said):
        TopicReader(WordsReader(), ProgramTopics(TREE), heads(**fields))


def test_fitted_topics_survive_their_file(tmp_path: Path) -> None:
    before = heads(weights=np.random.default_rng(0).standard_normal((1, DIMENSIONS)))
    save_fitted(before, tmp_path / "topics.json")
    after = load_fitted(tmp_path / "topics.json")
    assert after.version == before.version
    assert np.allclose(after.weights, before.weights, atol=1e-5)
    assert [path.name for path in tmp_path.iterdir()] == ["topics.json"]
    with pytest.raises(ArtifactError, match="cannot be written"):
        save_fitted(before, tmp_path / "nowhere" / "topics.json")


def _file(**changes: object) -> str:
    head = {"weights": [0.0], "bias": 0, "threshold": 1, "unsure_from": 1}
    return json.dumps({"format": 1, "model": "m", "tree": "t", "topics": {"a": head | changes}})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param("{}", id="nothing in it"),
        pytest.param(_file().replace('"format": 1', '"format": 2'), id="another format"),
        pytest.param(_file(weights=[[0.0]]), id="weights too deep"),
        pytest.param(_file(weights="x"), id="weights of letters"),
        pytest.param(_file(bias=None), id="no bias"),
        pytest.param(_file(bias=[1, 2]), id="two biases"),
        pytest.param(_file(weights=[float("nan")]), id="not a number"),
        pytest.param(_file(threshold=float("inf")), id="no end"),
        pytest.param("[" * 100_000, id="depth"),
        pytest.param("\x80\x04K\x01.", id="a pickle"),
        pytest.param('{"format": 1, "model": "m", "tree": "t", "topics": {}}', id="no topics"),
    ],
)
def test_a_file_that_is_no_file_of_topics_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "topics.json").write_text(content)
    with pytest.raises(ArtifactError, match="is no file of fitted topics"):
        load_fitted(tmp_path / "topics.json")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"cannot be read: .*; run 'heedful topics fit' again"):
        load_fitted(tmp_path / "topics.json")


# From here on: the shipped model.

HOTEL = TopicTree(
    "hotel.yaml",
    (
        Topic("breakfast", "the breakfast buffet, coffee, eggs and bread in the morning"),
        Topic("phone-line", "waiting on hold on the phone line, nobody answers the call"),
    ),
)
HOLD = "I waited on hold for an hour and nobody answered the phone."
BREAKFAST = "The breakfast buffet had cold eggs and stale bread."


@pytest.fixture(scope="module")
def shipped() -> OnnxReader:
    return load_reader()


@pytest.fixture(scope="module")
def hotel(shipped: OnnxReader) -> TopicReader:
    return TopicReader(shipped, ProgramTopics(HOTEL))


@pytest.mark.parametrize(
    ("text", "caught", "other"),
    [
        pytest.param(HOLD, "phone-line", "breakfast", id="on hold"),
        pytest.param(BREAKFAST, "breakfast", "phone-line", id="breakfast"),
    ],
)
def test_the_shipped_model_finds_what_is_described(hotel: TopicReader, text: str, caught: str, other: str) -> None:
    (reading,) = hotel.read([[Part(text)]])
    assert caught in reading.row(-1)["labels"]["topic"]
    assert other not in reading.row(-1)["labels"]["topic"]


def test_each_topic_is_surest_in_the_sentence_that_is_about_it_whatever_the_batch(hotel: TopicReader) -> None:
    texts = [f"{HOLD} {BREAKFAST}", BREAKFAST, "n/a", "Das Paket kam viel zu spät und war kaputt.", "Lovely.", HOLD]
    together = hotel.read([[Part(text)] for text in texts * 5])
    breakfast, phone_line = together[0].confidence[:-1, -2:].argmax(axis=0)
    assert together[0].spans[phone_line, 2] <= len(HOLD) < together[0].spans[breakfast, 1]
    for text, reading in zip(texts, together, strict=False):
        (alone,) = hotel.read([[Part(text)]])
        assert alone.status is reading.status
        np.testing.assert_array_equal(alone.standing, reading.standing)
        # Sums of floats in another order: the last decimal that is kept, and the last bit of an embedding.
        np.testing.assert_allclose(alone.confidence, reading.confidence, atol=1.5e-4)
        np.testing.assert_allclose(alone.embedding, reading.embedding, atol=2.5e-4)


def test_two_hundred_topics_are_read(shipped: OnnxReader) -> None:
    topics = tuple(Topic(f"place-{number}", f"the shop in street number {number}") for number in range(199))
    reader = TopicReader(shipped, ProgramTopics(replace(HOTEL, topics=(*HOTEL.topics, *topics)), beside_default=False))
    (reading,) = reader.read([[Part(BREAKFAST)]])
    assert len(reading.taxonomy.leaves["topic"]) == 201
    assert "breakfast" in reading.row(-1)["labels"]["topic"]


def test_a_program_s_reader_has_its_languages_and_topics() -> None:
    reader = load_program_reader(Program(topics=ProgramTopics(HOTEL, beside_default=False)))
    assert reader.taxonomy.leaves["topic"] == ("breakfast", "phone-line")
    with pytest.raises(HeedfulError, match="read English"):
        load_program_reader(Program(languages=("de",), topics=ProgramTopics(HOTEL)))
