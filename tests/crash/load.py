"""Senders that post feedback as fast as they are answered, and note what they were promised."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx

from tests.crash.programs import Setup

SIZE = 10
# A service that has no room, or no store, says so: the sender tries again.
LATER = 503
# A change whose answer was lost in a kill was made.
STALE = 412
# Rules whose alerts a person acknowledges.
CHANGED = frozenset({"furious", "angry"})


class Load:
    """Posts batches; one that was not answered is posted again, so that in the end everything was."""

    def __init__(self, key: str, setup: Setup) -> None:
        self._headers = {"authorization": f"Bearer {key}"}
        self._setup = setup
        self._again: queue.SimpleQueue[list[dict[str, Any]]] = queue.SimpleQueue()
        self._noting = threading.Lock()
        # How many records were made, and the highest number of an answered one.
        self.made = 0
        self.newest = -1
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.changed: set[str] = set()
        self.refused = 0
        self.details: set[str] = set()
        self.said: set[str] = set()
        self.surprises: list[str] = []

    def run(self, base: str, stop: threading.Event, most: int | None = None) -> None:
        """Post until told to stop, until so many batches are answered, or until nobody listens."""
        answered = 0
        with httpx.Client(base_url=base, headers=self._headers, timeout=60) as client:
            while not stop.is_set() and answered != most:
                batch = self._next()
                try:
                    answer = client.post("/v1/feedback", json=batch)
                except httpx.TransportError:
                    self._again.put(batch)
                    return
                if answer.status_code == 200:
                    self._note(answer.json()["decisions"])
                    answered += 1
                    if not self._change(client, answer.json()["decisions"]):
                        return
                    continue
                self._again.put(batch)
                self.refused += 1
                if answer.status_code != LATER:
                    self.surprises.append(f"{answer.status_code}: {answer.text[:300]}")
                    return
                self.said.add(answer.json()["type"])
                self.details.add(answer.json()["detail"])
                time.sleep(0.05)

    def some(self, base: str, batches: int) -> None:
        """Post some batches."""
        self.run(base, threading.Event(), most=batches)

    def together(self, bases: Sequence[str], batches: int) -> None:
        """Post some batches to each of several services at once."""
        threads = [threading.Thread(target=self.some, args=(base, batches)) for base in bases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def finish(self, base: str) -> None:
        """Post what was never answered."""
        while not self._again.empty():
            self.some(base, batches=1)
            if self.surprises:
                return

    def _next(self) -> list[dict[str, Any]]:
        try:
            return self._again.get_nowait()
        except queue.Empty:
            with self._noting:
                self.made += SIZE
                return [self._record(number) for number in range(self.made - SIZE, self.made)]

    def _change(self, client: httpx.Client, decisions: list[dict[str, Any]]) -> bool:
        """Acknowledge one of the alerts, as a person would; False if nobody listens any more."""
        alert = next((one for decision in decisions for one in decision["alerts"] if one["rule"] in CHANGED), None)
        if alert is None:
            return True
        try:
            answer = client.post(f"/v1/alerts/{alert['id']}/changes", json={"action": "acknowledge", "version": 1})
        except httpx.TransportError:
            return False
        if answer.status_code == 200:
            self.changed.add(alert["id"])
        elif answer.status_code not in (LATER, STALE):
            self.surprises.append(f"a change: {answer.status_code}: {answer.text[:300]}")
        return True

    def _record(self, number: int) -> dict[str, Any]:
        return self._setup.kind(f"r{number}").record(number)

    def _note(self, decisions: list[dict[str, Any]]) -> None:
        with self._noting:
            for decision in decisions:
                before = self.acknowledged.setdefault(decision["id"], decision)
                self.newest = max(self.newest, int(decision["id"].removeprefix("r")))
                if before != decision:
                    self.surprises.append(f"{decision['id']} got two decisions")
