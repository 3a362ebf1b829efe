"""The rules that the service judges by: published in the store, followed there, changed between two batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

import structlog

from engine.errors import HeedfulError
from engine.pipeline import Engine
from engine.program import Program
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingKind, SettingVersion
from engine.shelf.setup import Key, Setup

LOOK_S = 2.0
Result = TypeVar("Result")
log = structlog.get_logger(__name__)


class ServedRules:
    """Keeps an engine on the published rules, and publishes for it.

    Parameters
    ----------
    publisher
        Over the engine's store.
    engine
        Judges by the rules that the publisher saw at its last look.

    Attributes
    ----------
    problem
        Why the published rules cannot be looked at, or None.
    when_changed
        Called with the program whose receivers or routes are others by now, before anything is judged under it.
    """

    def __init__(self, publisher: Publisher, engine: Engine) -> None:
        self._publisher = publisher
        self._engine = engine
        self._working = threading.Lock()
        self._used = publisher.setup
        self.problem: str | None = None
        self.when_changed: list[Callable[[Program], object]] = []

    @property
    def setup(self) -> Setup:
        """The receivers and routes that are in force."""
        return self._publisher.setup

    @property
    def versions(self) -> Mapping[Key, SettingVersion]:
        """The latest versions of published receivers and routes."""
        return self._publisher.versions

    def version_of(self, name: str) -> int | None:
        """Return the number of the version of a receiver that is in force; None of one that is not published."""
        key = (SettingKind.RECEIVER, name)
        found = self.versions.get(key)
        return None if found is None or found.draft.retired or self.in_file(key) else found.number

    def in_file(self, key: Key) -> str | None:
        """Return the file of the program that a receiver, or the routes, stand in."""
        return self._publisher.settings.in_file(key)

    def follow(self, stop: threading.Event) -> None:
        """Look at the published rules again and again until told to stop."""
        while not stop.wait(LOOK_S):
            self.look()

    def look(self) -> None:
        """Judge by what is published now; if that cannot be found out, keep the rules from before and say why."""
        try:
            self.work(Publisher.look)
        except Exception as problem:
            # Whatever is wrong, the rules from before judge on.
            self._complain(str(problem) if isinstance(problem, HeedfulError) else f"looking failed: {problem!r}")
        else:
            self.problem = None

    def work(self, work: Callable[[Publisher], Result]) -> Result:
        """Do something with the publisher, and judge by what came of it from the next batch on."""
        with self._working:
            # The engine has them under the label trees that it reads with now.
            self._publisher.rules = before = self._engine.rules
            result = work(self._publisher)
            if self._publisher.setup is not self._used:
                self._use_setup(self._publisher.setup)
            if self._publisher.rules is not before:
                self._engine.use(self._publisher.rules)
                log.info("the rules were changed", ruleset=self._publisher.rules.version, before=before.version)
        return result

    def _use_setup(self, setup: Setup) -> None:
        for finding in setup.findings:
            log.warning("program", finding=str(finding))
        for call in self.when_changed:
            call(setup.program)
        self._used = setup
        log.info("receivers or routes were changed", receivers=len(setup.program.receivers))

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            log.error("the published rules cannot be looked at; those from before judge on", problem=problem)
        self.problem = problem
