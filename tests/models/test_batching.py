"""One owner of the model: order kept, every waiter answered, too much refused."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import ArtifactError, OverloadedError, ReaderUnavailableError
from engine.feedback import Part
from engine.ports import Reader
from engine.reading import Reading
from models.batching import BatchingReader
from models.taxonomy import default_taxonomy
from tests.support.keyword_reader import TAXONOMY, KeywordReader


class Gated(KeywordReader):
    """Waits at a gate, and counts the records of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.calls: list[int] = []

    def read(self, records: Sequence[Sequence[Part]]) -> list[Reading]:
        self.entered.set()
        assert self.gate.wait(10)
        self.calls.append(len(records))
        if any(part.text == "boom" for parts in records for part in parts):
            raise ZeroDivisionError
        return super().read(records)


def record(text: str) -> list[list[Part]]:
    return [[Part(text)]]


def test_every_caller_gets_its_own_readings() -> None:
    reader = BatchingReader(KeywordReader, TAXONOMY)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: reader.read([[Part("a. " * (n % 5 + 1))]] * (n % 3 + 1)), range(200)))
    reader.close()
    for number, readings in enumerate(answers):
        assert [reading.n_sentences for reading in readings] == [number % 5 + 1] * (number % 3 + 1)


def test_what_waits_is_read_together_and_a_failed_batch_answers_every_waiter() -> None:
    gated = Gated()
    reader = BatchingReader(lambda: gated, TAXONOMY)
    first = reader.submit(record("a"))
    assert gated.entered.wait(10)
    waiting = [reader.submit(record(text)) for text in ("b", "boom", "c")]
    gated.gate.set()
    assert first.result(10)[0].n_sentences == 1
    for future in waiting:
        with pytest.raises(ReaderUnavailableError, match="ZeroDivisionError"):
            future.result(10)
    assert gated.calls == [1, 3]
    assert reader.read(record("after"))[0].n_sentences == 1
    reader.close()


def test_too_much_is_refused_at_the_door_and_close_answers_what_waits() -> None:
    gated = Gated()
    reader = BatchingReader(lambda: gated, TAXONOMY, most_waiting=10)
    running = reader.submit(record("x" * 100))
    assert gated.entered.wait(10)
    waiting = reader.submit(record("12345"))
    with pytest.raises(OverloadedError):
        reader.submit(record("123456"))
    gated.gate.set()
    reader.close()
    assert len(running.result(0)) == len(waiting.result(0)) == 1
    with pytest.raises(ReaderUnavailableError, match="shutting down"):
        reader.submit(record("late"))


def test_who_hangs_up_while_waiting_costs_nobody_else_an_answer() -> None:
    gated = Gated()
    reader = BatchingReader(lambda: gated, TAXONOMY)
    running = reader.submit(record("running"))
    assert gated.entered.wait(10)
    gone, waiting = reader.submit(record("gone")), reader.submit(record("waiting"))
    assert gone.cancel()
    assert not running.cancel(), "what is being read can no longer be called off"
    gated.gate.set()
    assert len(running.result(10)) == len(waiting.result(10)) == 1
    assert gated.calls == [1, 1]
    assert reader.read(record("after"))[0].status == "read"
    reader.close()


def test_an_unforeseen_error_while_loading_is_answered_and_loading_tried_again() -> None:
    tries: list[int] = []

    def load() -> Reader:
        tries.append(1)
        if len(tries) < 3:
            raise RuntimeError("out of file handles")
        return KeywordReader()

    reader = BatchingReader(load, TAXONOMY, retry_s=0.0)
    reader.wait_until_tried()
    with pytest.raises(ReaderUnavailableError, match="out of file handles"):
        reader.read(record("a"))
    assert reader.read(record("a"))[0].status == "read"
    reader.close()


def test_a_model_that_cannot_be_loaded_is_tried_again() -> None:
    tries: list[int] = []

    def load() -> Reader:
        tries.append(1)
        if len(tries) < 3:
            raise ArtifactError("the model is broken")
        return KeywordReader()

    reader = BatchingReader(load, TAXONOMY, retry_s=0.0)
    reader.wait_until_tried()
    assert reader.problem == "the model is broken"
    with pytest.raises(ReaderUnavailableError, match="the reader is down: the model is broken"):
        reader.read(record("a"))
    assert reader.read(record("a"))[0].status == "read"
    assert (reader.problem, reader.model) == (None, "keywords@1")
    reader.close()


def test_another_reader_takes_over_between_two_batches() -> None:
    gated, fresh = Gated(), KeywordReader(TAXONOMY, "keywords@2")
    reader = BatchingReader(lambda: gated, TAXONOMY)
    running = reader.submit(record("running"))
    assert gated.entered.wait(10)
    waiting = reader.submit(record("waiting"))
    reader.use(fresh)
    assert reader.model == "keywords@2"
    gated.gate.set()
    assert running.result(10)[0].model == "keywords@1"
    assert waiting.result(10)[0].model == "keywords@2"
    reader.close()


def test_a_reader_that_was_put_in_while_another_loaded_stays() -> None:
    gate, fresh = threading.Event(), KeywordReader(TAXONOMY, "keywords@2")

    def load() -> Reader:
        assert gate.wait(10)
        return KeywordReader()

    reader = BatchingReader(load, TAXONOMY)
    reader.use(fresh)
    gate.set()
    reader.wait_until_tried()
    assert reader.read(record("a"))[0].model == "keywords@2"
    reader.close()


def test_the_trees_are_those_of_the_model_once_it_is_loaded() -> None:
    reader = BatchingReader(KeywordReader, default_taxonomy())
    reader.wait_until_tried()
    assert reader.taxonomy is TAXONOMY
    reader.close()
