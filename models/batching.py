"""One owner of the model: requests wait in a bounded queue, and are read together within a budget.

References
----------
The shape is text-embeddings-inference's: https://github.com/huggingface/text-embeddings-inference
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import structlog

from engine.errors import HeedfulError, OverloadedError, ReaderUnavailableError
from engine.feedback import Part
from engine.ports import Reader
from engine.reading import Reading
from engine.taxonomy import Taxonomy
from models.readers import second_models

Records = Sequence[Sequence[Part]]
# A token is about four characters of English.
CHARACTERS_A_BATCH = 64_000
CHARACTERS_WAITING = 8_000_000
RETRY_S = 10.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Request:
    records: Records
    characters: int
    answer: Future[list[Reading]]


class BatchingReader:
    """A `Reader` that many threads may use at once.

    Parameters
    ----------
    load
        Makes the real reader, in the owner's thread; tried again later when it fails.
    taxonomy
        The trees that hold until a model is loaded.
    most_waiting
        Characters that may wait; more are refused at the door.
    """

    def __init__(
        self,
        load: Callable[[], Reader],
        taxonomy: Taxonomy,
        *,
        most_waiting: int = CHARACTERS_WAITING,
        retry_s: float = RETRY_S,
    ) -> None:
        self._load = load
        self._taxonomy = taxonomy
        self._most_waiting = most_waiting
        self._retry_s = retry_s
        self._reader: Reader | None = None
        self._problem = "the model is being loaded"
        self._try_at = 0.0
        self._queue: deque[_Request] = deque()
        self._waiting = 0
        self._closed = False
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._own, name="reader", daemon=True)
        self._thread.start()

    @property
    def model(self) -> str:
        """Name and version of the model; ``none`` while it is not loaded."""
        return self._reader.model if self._reader else "none"

    @property
    def taxonomy(self) -> Taxonomy:
        """The label trees of the model; until one is loaded, those that were given."""
        return self._reader.taxonomy if self._reader else self._taxonomy

    @property
    def others(self) -> Mapping[str, str]:
        """Names and versions of the models that read other languages, by language."""
        return second_models(self._reader)

    @property
    def problem(self) -> str | None:
        """Why nothing can be read now, or None."""
        return None if self._reader else self._problem

    @property
    def depth(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    def use(self, reader: Reader) -> None:
        """Read with another reader from the next batch on; the batch that is being read ends with the old one.

        Parameters
        ----------
        reader
            Loaded and warm; from now on the owner alone uses it.
        """
        with self._changed:
            self._reader = reader

    def wait_until_tried(self, timeout_s: float = 60.0) -> None:
        """Wait until the model was loaded, or could not be."""
        self._ready.wait(timeout_s)

    def read(self, records: Records) -> list[Reading]:
        """Read records, waiting for the owner.

        Raises
        ------
        OverloadedError
            If too much waits already.
        ReaderUnavailableError
            If the model cannot be used now.
        """
        return self.submit(records).result()

    def submit(self, records: Records) -> Future[list[Reading]]:
        """Put records into the queue and return the promise of their readings.

        Raises
        ------
        OverloadedError
            If too much waits already; nothing is queued then.
        """
        answer: Future[list[Reading]] = Future()
        characters = sum(len(part.text) for parts in records for part in parts) + len(records)
        with self._changed:
            if self._closed:
                raise ReaderUnavailableError("the service is shutting down")
            if self._queue and self._waiting + characters > self._most_waiting:
                raise OverloadedError
            self._queue.append(_Request(records, characters, answer))
            self._waiting += characters
            self._changed.notify()
        return answer

    def close(self) -> None:
        """Answer what waits, then end the owner."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout=30)

    def _own(self) -> None:
        self._try_loading()
        self._ready.set()
        while True:
            requests = self._next()
            if requests is None:
                return
            self._answer(requests)

    def _next(self) -> list[_Request] | None:
        """Wait for requests and take as many as fit one batch; None when closed and drained."""
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            if not self._queue:
                return None
            taken = [self._queue.popleft()]
            total = taken[0].characters
            while self._queue and total + self._queue[0].characters <= CHARACTERS_A_BATCH:
                taken.append(self._queue.popleft())
                total += taken[-1].characters
            self._waiting -= total
            return taken

    def _try_loading(self) -> None:
        if self._reader is not None or time.monotonic() < self._try_at:
            return
        self._try_at = time.monotonic() + self._retry_s
        try:
            reader = self._load()
            with self._changed:
                # Whoever put another one here meanwhile knows better.
                self._reader = self._reader or reader
        except Exception as problem:
            # Whatever went wrong, the owner lives on and tries again.
            self._problem = str(problem) if isinstance(problem, HeedfulError) else f"loading failed: {problem!r}"
            log.error("the model cannot be loaded", problem=self._problem)

    def _answer(self, requests: Sequence[_Request]) -> None:
        # Who hung up while waiting needs no answer; from here on nobody can, so every answer finds its waiter.
        wanted = [request for request in requests if request.answer.set_running_or_notify_cancel()]
        if not wanted:
            return
        self._try_loading()
        try:
            if self._reader is None:
                raise ReaderUnavailableError(f"the reader is down: {self._problem}")
            readings = self._reader.read([parts for request in wanted for parts in request.records])
        except Exception as problem:
            # Whatever went wrong, every waiter gets an answer and the owner lives on.
            failed = (
                problem if isinstance(problem, HeedfulError) else ReaderUnavailableError(f"reading failed: {problem!r}")
            )
            for request in wanted:
                request.answer.set_exception(failed)
            return
        at = 0
        for request in wanted:
            request.answer.set_result(readings[at : at + len(request.records)])
            at += len(request.records)
