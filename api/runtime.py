"""Composition: settings become one service."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TextIO

import structlog

from api import masking
from api.door import Door
from api.forgetting import Forgetter
from api.hearing import Hearing
from api.metrics import Metrics
from api.model import ServedModel
from api.only import Only
from api.opening import open_store
from api.privacy import redactor_of, vault_of
from api.rules import ServedRules
from api.settings import Settings
from api.worker import Worker
from engine.alerts.routes_loader import unknown_labels
from engine.delivery.delivering import outbox_of, renew
from engine.delivery.links import KEY_NAME, Links
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import Receiver, receivers_of
from engine.delivery.spec import DEFAULT_RECEIVERS, ReceiverSpec
from engine.errors import ArtifactError, Located, OverloadedError, ReaderUnavailableError, StoreError
from engine.pipeline import Engine
from engine.ports import Clock, Reader, SystemClock
from engine.privacy.vault import Vault
from engine.program import Program
from engine.program_folder import load_program
from engine.rules.load import LoadedRules, load_rules
from engine.rules.rule import RuleStatus
from engine.shelf.publisher import Publisher, Signature
from engine.store.store import Store
from engine.taxonomy import Taxonomy
from models.artifact import load_artifact
from models.batching import BatchingReader
from models.taxonomy import default_taxonomy
from models.topics import load_program_reader, load_second_readers

READ_LATER_S = 5.0
# Between two transactions that enter older feedback, so that commits go first.
CATCH_UP_S = 0.05
TICK_S = 15.0
MOST_WRITES = 200
MOST_CHECKS = 10
REPLAYING = "another backtest or diff is running here, and there is one at a time; try again in a moment"
CHECKING = "too many rules are being checked here; try again in a moment"
TRY_AGAIN_S = 5
AT_START = Signature("heedful serve", "the files of the program's folder, at a start")
log = structlog.get_logger(__name__)
SendersOf = Callable[[Program], Mapping[str, Receiver]]


def taxonomy_of(model: ServedModel, program: Program) -> Taxonomy:
    """Return the label trees of a model, with the program's topics; the default ones when it cannot be loaded now.

    Raises
    ------
    ConfigError
        If the program's topics clash with the model's.
    """
    try:
        taxonomy = load_artifact(model.folder()).config.taxonomy
    except ArtifactError:
        taxonomy = default_taxonomy()
    return program.topics.taxonomy(taxonomy) if program.topics else taxonomy


def _stream(path: Path | None) -> TextIO | None:
    """Open the file that log receivers write to; None is standard error."""
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a", encoding="utf-8")
    except OSError as problem:
        raise StoreError(f"{path} cannot be written: {problem.strerror}") from problem


def links_of(settings: Settings, store: Store, clock: Clock) -> Links | None:
    """Return what makes the links of messages and reads them; None where nobody knows this service's address."""
    if settings.public_url is None:
        return None
    given = settings.link_key
    return Links(given.get_secret_value() if given else store.secrets.get(KEY_NAME, clock.now()), settings.public_url)


def own_senders(program: Program) -> Mapping[str, Receiver]:
    """Return what sends to a program's receivers, without links, and with what recognises personal data here."""
    return receivers_of(program.receivers, masking.mask_texts, templates=program.templates)


@dataclass
class Service:
    """Everything that runs, composed once.

    ``findings`` are those of the program's folder at the start, ``specs`` and ``senders`` the receivers in force by
    name, which ``senders_of`` makes, and ``links`` makes the links of their messages. ``only`` is what the process does
    alone; None is everything. ``vault`` opens what was taken out of feedback, where it is kept.
    """

    settings: Settings
    store: Store
    reader: BatchingReader
    engine: Engine
    published: ServedRules
    findings: tuple[Located, ...]
    outbox: Outbox
    model: ServedModel | None = None
    specs: Mapping[str, ReceiverSpec] = field(default_factory=lambda: DEFAULT_RECEIVERS)
    senders: Mapping[str, Receiver] = field(default_factory=dict)
    senders_of: SendersOf = own_senders
    links: Links | None = None
    only: Only | None = None
    vault: Vault | None = None
    writer: Worker = field(default_factory=lambda: Worker("writer", MOST_WRITES))
    checker: Worker = field(default_factory=lambda: Worker("checker", MOST_CHECKS, (CHECKING, TRY_AGAIN_S)))
    replayer: Worker = field(default_factory=lambda: Worker("replayer", 1, (REPLAYING, TRY_AGAIN_S)))
    hearing: Hearing = field(default_factory=Hearing)
    metrics: Metrics = field(default_factory=Metrics)
    door: Door = field(default_factory=Door)
    stop: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forgetter = Forgetter(self.engine)
        self.published.when_changed.append(self._use_receivers)

    @property
    def rules(self) -> LoadedRules:
        """The rules that are judged by."""
        return self.engine.rules

    @property
    def model_problem(self) -> str | None:
        """Why the model store's current model is not the one that is read with, or None."""
        return self.model.problem if self.model else None

    def start(self) -> None:
        """Start delivering, reading later, letting time pass, and following published rules and the model store."""
        self.outbox.when_recorded.append(self.metrics.tried)
        works: dict[str, Callable[[], None]] = {"rules": lambda: self.published.follow(self.stop)}
        if self.only is not Only.CONSOLE:
            # A console leaves to the process that takes feedback what one does for all.
            works |= {
                "outbox": lambda: self.outbox.run(self.stop),
                "read-later": self._read_later,
                "ticker": self._tick,
                "escalation": self._escalate,
                "erasure": lambda: self.forgetter.run(self.stop),
                "search": self._catch_up,
            }
        model = self.model
        if model is not None and model.follows:
            works["model"] = lambda: model.follow(self.reader, self.engine, self.stop)
        for name, work in works.items():
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self.threads.append(thread)

    def _use_receivers(self, program: Program) -> None:
        """Send to the receivers of a program from now on."""
        if program.receivers != self.specs:
            self.specs, self.senders = program.receivers, self.senders_of(program)
        renew(self.outbox, self.store, program, self.senders)

    def _read_later(self) -> None:
        while not self.stop.is_set():
            try:
                if self.reader.problem is not None:
                    self._wake_reader()
                else:
                    # Before the first feedback asks; what is known already costs nothing.
                    self.engine.learn()
                    if self.engine.read_later():
                        continue
            except Exception as problem:
                # Whatever went wrong, what is unread must be tried again.
                log.error("reading later failed", problem=str(problem), error=type(problem).__name__)
            self.stop.wait(READ_LATER_S)

    def _catch_up(self) -> None:
        """Enter feedback of before there was a search, little by little, until all of it can be found."""
        while not self.stop.is_set():
            try:
                if not self.store.search.catch_up():
                    return
                self.stop.wait(CATCH_UP_S)
            except Exception as problem:
                log.error("entering older feedback failed", problem=str(problem), error=type(problem).__name__)
                self.stop.wait(READ_LATER_S)

    def _tick(self) -> None:
        while not self.stop.wait(TICK_S):
            self.tick()

    def tick(self) -> None:
        """Do all that time alone brings; what fails holds up nothing else, and is looked at again by the next tick."""
        store, now = self.store, self.engine.clock.now
        works: tuple[Callable[[], object], ...] = (
            self.engine.tick,
            lambda: store.silences.tell_ended(now()),
            lambda: store.problems.link_held(now()),
            lambda: store.watch.look(self.engine.program, self._live(), now()),
            lambda: store.fallbacks.send(self.engine.program.receivers, now()),
            lambda: store.handing_over.send(self.engine.program, now()),
        )
        for work in works:
            try:
                work()
            except Exception as problem:
                log.error("the ticker failed", problem=str(problem), error=type(problem).__name__)

    def _live(self) -> frozenset[str]:
        return frozenset(rule.slug for rule in self.rules.rules if rule.status is RuleStatus.LIVE)

    def _escalate(self) -> None:
        """Tell of what is late; at a start also of what became late while nothing ran."""
        while not self.stop.is_set():
            try:
                self.engine.escalate()
            except Exception as problem:
                # No step of what failed was taken: the next round takes them.
                log.error("the escalation failed", problem=str(problem), error=type(problem).__name__)
            self.stop.wait(TICK_S)

    def _wake_reader(self) -> None:
        """Ask for nothing, so that a reader that is down tries to load again, also when no feedback comes."""
        with contextlib.suppress(OverloadedError, ReaderUnavailableError):
            self.reader.read([])

    def rest(self) -> None:
        """End what runs by itself; what is asked of the service is still answered."""
        self.stop.set()
        self.outbox.wake()
        self.forgetter.wake()
        for thread in self.threads:
            thread.join(timeout=15)

    def close(self) -> None:
        """Finish what was begun, then end every thread."""
        # Told first, so that nobody waits for a look that comes later.
        self.stop.set()
        self.hearing.close()
        self.replayer.close()
        self.checker.close()
        self.reader.close()
        self.writer.close()
        self.rest()
        self.store.close()


def compose(settings: Settings, clock: Clock | None = None, only: Only | None = None) -> Service:
    """Return a service that is not started yet; the rules of its folder are published.

    Raises
    ------
    ConfigError
        If the program cannot be loaded. Rules with errors are not published, and are in ``findings``.
    StoreError
        If the database cannot be used.
    """
    clock = clock or SystemClock()
    program, findings = load_program(settings.program, settings.rules)

    # Loaded once: the main model can change while the service runs, those of other languages at a start.
    second_readers = cache(lambda: load_second_readers(program, settings.threads))

    def load(folder: Path) -> Reader:
        return load_program_reader(program, folder, settings.threads, second_readers())

    model = ServedModel(settings.model, settings.models, load)
    taxonomy = taxonomy_of(model, program)
    store = open_store(settings.db)
    bare = load_rules(replace(program, rule_files=()), taxonomy)
    publisher = Publisher(store.shelf, bare, clock, directory=store.people.directory)
    if settings.program is not None or settings.rules is not None:
        # Rules of the folder may name receivers that are published.
        publisher.look()
        folder = load_rules(replace(publisher.setup.program, rule_files=program.rule_files), taxonomy)
        findings += folder.findings
        publisher.push(folder, AT_START, leniently=True)
    if program.people is not None:
        store.people.bring(program.people, clock.now())
    rules = publisher.look()
    program = publisher.setup.program
    findings += [*publisher.setup.findings, *unknown_labels(program.routes, taxonomy)]
    statuses = {rule.slug: str(rule.status) for rule in rules.rules}
    findings += program.expect.findings(statuses, program.targets.calendars.by_name)
    for finding in dict.fromkeys((*findings, *rules.findings)):
        log.warning("program", finding=str(finding))
    reader = BatchingReader(model.load, taxonomy, most_waiting=settings.max_waiting)
    redactor = redactor_of(program, settings, store, clock)
    masking.get_ready()
    engine = Engine(store, reader, rules, clock, redactor)
    links = links_of(settings, store, clock)
    stream = _stream(settings.notifications)

    def senders_of(program: Program) -> Mapping[str, Receiver]:
        return receivers_of(program.receivers, redactor.mask, stream, program.templates, links)

    senders = senders_of(program)
    outbox = outbox_of(store, program, senders, clock)
    served = ServedRules(publisher, engine)
    return Service(
        *(settings, store, reader, engine, served, tuple(findings), outbox, model),
        specs=program.receivers,
        senders=senders,
        senders_of=senders_of,
        links=links,
        only=only,
        hearing=Hearing(settings.speech_model, settings.threads, fetch=settings.speech_fetch),
        vault=vault_of(settings),
    )
