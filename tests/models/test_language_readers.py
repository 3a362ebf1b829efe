"""Readers of several languages as one: who reads what, what is put together, and what never is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ArtifactError
from engine.feedback import Part
from engine.ports import Reader
from engine.program import Program
from engine.reading import AND, Reading, ReadingStatus, Standing
from engine.taxonomy import Taxonomy
from engine.topics import ProgramTopics, Topic, TopicTree
from models.batching import BatchingReader
from models.reader import load_reader
from models.readers import LanguageReaders
from models.taxonomy import default_taxonomy
from models.topics import load_program_reader
from tests.support.artifacts import SPANISH, keyword_artifact, spanish_artifact

ANGRY_ES = "La app no funciona desde ayer. Estoy furiosa y quiero que me devuelvan el dinero!"
BROKEN_ES = "Mi pedido llego muy mal y roto."
ENGLISH = "The app is great and I love the new look."
REFUND = "I want my money back right now."
THANKS = "muchas gracias"
OTHER_TREES = Taxonomy({task: leaves[:3] for task, leaves in SPANISH.leaves.items()}, {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return spanish_artifact(tmp_path_factory.mktemp("es") / "model")


@pytest.fixture(scope="module")
def both(folder: Path) -> Reader:
    return load_program_reader(Program(readers={"es": folder}))


def read(reader: Reader, *texts: str) -> list[Reading]:
    return reader.read([[Part(text)] for text in texts])


def labels(reading: Reading) -> set[str]:
    return {leaf for leaves in reading.row(-1)["labels"].values() for leaf in leaves}


def model(reading: Reading) -> list[str]:
    return [one.split("@")[0] for one in reading.model.split(AND)]


@pytest.mark.parametrize(
    ("text", "status", "language", "models"),
    [
        pytest.param(ENGLISH, "read", "en", ["default"], id="English"),
        pytest.param(ANGRY_ES, "read", "es", ["palabras"], id="Spanish"),
        pytest.param(THANKS, "read", "es", ["palabras"], id="two words of Spanish"),
        pytest.param("Le colis est arrivé en retard et cassé", "unsupported_language", "fr", ["default"], id="French"),
        pytest.param(f"{ENGLISH} {BROKEN_ES}", "read", "en", ["default", "palabras"], id="English, then Spanish"),
        pytest.param(f"{ANGRY_ES} {REFUND}", "read", "es", ["palabras", "default"], id="Spanish, then English"),
        pytest.param(f"{ENGLISH} Le colis est arrivé cassé.", "read", "en", ["default"], id="English, then French"),
        pytest.param("", "empty", None, ["default"], id="nothing"),
        pytest.param("asdf ghjk", "unsure", None, ["default"], id="keys"),
    ],
)
def test_each_language_has_its_reader(
    both: Reader, text: str, status: str, language: str | None, models: list[str]
) -> None:
    (reading,) = read(both, text)
    assert (str(reading.status), reading.language, model(reading)) == (status, language, models)


def test_spanish_is_read_with_the_labels_of_its_own_model(both: Reader) -> None:
    assert labels(read(both, ANGRY_ES)[0]) == {"anger/anger", "refund-request", "digital/reliability"}


def test_sentences_of_both_are_put_together_in_their_order(both: Reader, folder: Path) -> None:
    text = f"{ENGLISH} {BROKEN_ES} {REFUND}"
    (mixed,) = read(both, text)
    (english,), (spanish,) = read(load_reader(), f"{ENGLISH} {REFUND}"), read(load_reader(folder, ("es",)), BROKEN_ES)
    pieces = [text[start:end] for _, start, end in mixed.spans.tolist()]
    place = mixed.languages.index("es")
    assert pieces[place] == BROKEN_ES
    assert set(mixed.languages) == {"en", "es"}
    np.testing.assert_array_equal(mixed.confidence[place], spanish.confidence[0])
    # Vectors of two models cannot be compared.
    assert not mixed.embedding[place].any()
    assert mixed.embedding[np.arange(len(pieces)) != place].any(axis=1).all()
    assert labels(mixed) == (labels(english) | labels(spanish)) - {"neutral/neutral"}
    assert mixed.space == english.model
    own = np.maximum(english.confidence[-1], spanish.confidence[-1])
    neutral = mixed.taxonomy.columns.index(("emotion", "neutral/neutral"))
    own[neutral] = min(english.confidence[-1, neutral], spanish.confidence[-1, neutral])
    np.testing.assert_allclose(mixed.confidence[-1], own, atol=0.06)


def test_what_agents_said_in_another_language_than_the_customer_is_not_read(both: Reader) -> None:
    (reading,) = both.read([[Part(ENGLISH), Part(BROKEN_ES, speaker="agent")]])
    (alone,) = read(both, ENGLISH)
    assert reading.languages[-1] == "es"
    assert not reading.standing[-2].any()
    np.testing.assert_array_equal(reading.standing[-1], alone.standing[-1])


def test_other_label_trees_are_not_mixed_but_read_alone(tmp_path: Path) -> None:
    place = keyword_artifact(
        tmp_path / "other", {"furiosa": ("emotion", OTHER_TREES.leaves["emotion"][0])}, ["y", "estoy"], OTHER_TREES
    )
    reader = load_program_reader(Program(readers={"es": place}))
    alone, mixed = read(reader, "Estoy muy furiosa y nadie responde", f"{ENGLISH} Estoy muy furiosa y nadie responde.")
    assert alone.taxonomy.version == OTHER_TREES.version
    assert alone.held
    assert mixed.taxonomy.version == default_taxonomy().version
    assert model(mixed) == ["default"]
    place_es = mixed.languages.index("es")
    assert not mixed.confidence[place_es].any()
    assert mixed.standing[place_es].max() == Standing.ABSENT


def test_a_batch_is_read_as_its_records_are_alone(both: Reader) -> None:
    texts = [ENGLISH, ANGRY_ES, "", f"{ENGLISH} {BROKEN_ES}", THANKS, "Le colis est arrivé en retard et cassé", REFUND]
    for text, among in zip(texts, read(both, *texts), strict=True):
        (alone,) = read(both, text)
        assert (alone.status, alone.language, alone.model, alone.languages) == (
            among.status,
            among.language,
            among.model,
            among.languages,
        )
        np.testing.assert_allclose(alone.confidence, among.confidence, atol=0.005)


HOTEL = ProgramTopics(TopicTree("topics.yaml", (Topic("breakfast", "breakfast buffet, eggs, coffee and bread"),)))


def test_topics_that_a_reader_cannot_read_are_unsure_and_never_claimed(folder: Path) -> None:
    reader = load_program_reader(Program(topics=HOTEL, readers={"es": folder}))
    spanish, english = read(reader, ANGRY_ES, "The breakfast buffet had cold eggs and bad coffee.")
    column = spanish.taxonomy.columns.index(("topic", "breakfast"))
    assert spanish.taxonomy.version == english.taxonomy.version
    assert english.standing[-1, column] == Standing.HOLDS
    assert (spanish.standing[:, column] == Standing.UNSURE).all()
    assert not spanish.confidence[:, column].any()


def test_topics_that_a_reader_can_read_are_found_by_it() -> None:
    """The shipped model stands in for one that reads several languages: it is asked in English for another one."""
    from models.artifact import DEFAULT

    reader = load_program_reader(Program(languages=("en",), topics=HOTEL, readers={"xx": DEFAULT}))
    assert isinstance(reader, LanguageReaders)
    second = reader._others["xx"]
    assert second.taxonomy.version == reader.taxonomy.version
    assert second.heads.logits.weights.any()  # type: ignore[attr-defined]


def test_a_model_that_cannot_be_used_names_its_language(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="the reader of 'es' cannot be used"):
        load_program_reader(Program(readers={"es": tmp_path}))


def test_the_names_of_all_models_are_told_through_the_queue(folder: Path) -> None:
    batching = BatchingReader(lambda: load_program_reader(Program(readers={"es": folder})), default_taxonomy())
    batching.wait_until_tried()
    assert {code: name.split("@")[0] for code, name in batching.others.items()} == {"es": "palabras"}
    assert batching.read([[Part(THANKS)]])[0].language == "es"
    batching.close()


class Gibberish:
    """A main reader that takes everything for keys hit at random."""

    model = "deaf@1"

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        (reading,) = load_reader().read([[Part("asdf ghjk")]])
        return [replace(reading, model=self.model) for _ in records]


def test_what_looks_like_keys_to_one_reader_may_be_words_to_another(folder: Path) -> None:
    second = load_reader(folder, ("es",))
    reader = LanguageReaders(Gibberish(second.taxonomy), {"es": second}, ("en",))
    spanish, keys = read(reader, ANGRY_ES, "👍")
    assert (spanish.status, model(spanish)) == (ReadingStatus.READ, ["palabras"])
    assert keys.status is ReadingStatus.UNSURE
