"""The database behind the store: SQLite or PostgreSQL, one transaction at a time for writers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import StaticPool

from engine.errors import StoreError
from engine.store.migrating import revision_of, revisions, upgrade

if TYPE_CHECKING:
    # SQLAlchemy loads the driver of the database that there is.
    import psycopg

BUSY_TIMEOUT_MS = 30_000
# Any constant will do, as long as every writer of this database takes the same one.
COMMIT_LOCK = 4_817_201
MIGRATION_LOCK = 4_817_202
UNREWRITTEN = (
    "unused space inside of the database's file may hold fragments until the file is rewritten: "
    "'heedful forget --rewrite' does so, and nothing can be written meanwhile"
)
UNPURGED = "unused space of the database may hold fragments, and could not be cleaned now ('heedful forget --rewrite')"
BUSY = (
    "the log of writes beside the file was in use and is emptied later by itself, at the latest when all processes end"
)
UNVACUUMED = (
    "PostgreSQL keeps fragments in unused space of its pages until they are written over "
    "(VACUUM FULL writes them anew), and in archived logs of writes as long as these are kept"
)
# Noted on a connection whose transaction writes notifications.
NOTIFIES = "notifies"


class Database:
    """Connections to one database.

    Parameters
    ----------
    url
        ``sqlite:///FILE``, ``sqlite://`` (in memory) or ``postgresql+psycopg://...``.

    Raises
    ------
    StoreError
        If the URL is not one of these.
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.dialect = self.url.get_backend_name()
        # Called after every commit that wrote notifications.
        self.when_notified: list[Callable[[], object]] = []
        # Called at the end of every transaction that writes, inside it.
        self.before_commit: list[Callable[[Connection], object]] = []
        # SQLite has one writer at a time: waiting here is fair, and its own waiting is not.
        # Errors are logged, and what customers said is among the parameters of a statement.
        self._turn: AbstractContextManager[Any] = threading.Lock() if self.dialect == "sqlite" else nullcontext()
        if self.dialect == "sqlite":
            self._open_sqlite()
        else:
            self._writers = self._readers = create_engine(self.url, pool_pre_ping=True, hide_parameters=True)

    def _open_sqlite(self) -> None:
        in_memory = self.url.database in (None, "", ":memory:")
        options: dict[str, Any] = {"connect_args": {"check_same_thread": False}, "hide_parameters": True}
        if in_memory:
            options["poolclass"] = StaticPool
        self._writers = create_engine(self.url, **options)
        if not in_memory:
            _write_ahead(self._writers)
        _prepare_sqlite(self._writers, "BEGIN IMMEDIATE")
        self._readers = self._writers
        if not in_memory:
            self._readers = create_engine(self.url, **options)
            _prepare_sqlite(self._readers, "BEGIN")

    @contextmanager
    def write(self, *, ordered: bool = False) -> Iterator[Connection]:
        """Open a transaction that writes; it commits when the block ends and rolls back on any error.

        Parameters
        ----------
        ordered
            Whether sequence numbers are taken in it: such transactions run one after the other, so
            that a smaller number is always visible first.
        """
        with self._turn, _translated(self.url):
            with self._writers.begin() as connection:
                connection.info.pop(NOTIFIES, None)
                if ordered and self.dialect == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": COMMIT_LOCK})
                yield connection
                for call_in in self.before_commit:
                    call_in(connection)
                notifies = connection.info.pop(NOTIFIES, False)
            if notifies:
                for call in self.when_notified:
                    call()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that reads."""
        with _translated(self.url), self._readers.begin() as connection:
            yield connection

    def ping(self) -> None:
        """Ask the database for nothing, to learn whether it answers.

        Raises
        ------
        StoreError
            If it does not.
        """
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def revision(self) -> str:
        """Return the number of the last migration that was applied; empty before the first."""
        with self.read() as connection:
            return revision_of(connection) or ""

    def size(self) -> int:
        """Return how many bytes the files of a SQLite database have; 0 of others, which are not rewritten."""
        if self.dialect != "sqlite" or not self.url.database:
            return 0
        files = [Path(f"{self.url.database}{ending}") for ending in ("", "-wal")]
        return sum(one.stat().st_size for one in files if one.is_file())

    def purge(self, tables: Sequence[str], *, rewrite: bool) -> tuple[str, ...]:
        """Leave nothing in the database's files of what was deleted, as far as that can be done now.

        Parameters
        ----------
        tables
            From which something was deleted, for PostgreSQL.
        rewrite
            Whether a SQLite file is written anew: until then unused space may hold what once stood there. Nothing
            else can be written meanwhile.

        Returns
        -------
        tuple[str, ...]
            What may be left, and what to do about it.
        """
        with self._turn, _translated(self.url):
            connection = self._writers.raw_connection()
            try:
                driver: Any = connection.driver_connection
                return _purge_sqlite(driver, rewrite) if self.dialect == "sqlite" else _vacuum(driver, tables)
            except self._trouble as problem:
                # Everything is deleted all the same: what is left is said, and done another time.
                return (f"{UNPURGED}: {str(problem).splitlines()[0]}",)
            finally:
                connection.close()

    def migrate(self) -> None:
        """Bring the schema up to date; two processes may do so at once.

        Raises
        ------
        StoreError
            If the database cannot be opened, or was written by a newer version.
        """
        with self.read() as connection:
            current = revision_of(connection)
        if current == revisions()[-1]:
            return
        if current is not None and current not in revisions():
            raise StoreError(
                f"the database {self.safe_url} was written by a newer version of Heedful (schema {current}); "
                "upgrade Heedful, or use another database"
            )
        with self.write() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            upgrade(connection)

    @property
    def _trouble(self) -> type[Exception]:
        """What the driver raises when it cannot do something now."""
        errors: Any = self._writers.dialect.loaded_dbapi
        found: type[Exception] = errors.OperationalError if self.dialect == "sqlite" else errors.Error
        return found

    @property
    def safe_url(self) -> str:
        """The URL without its password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every connection."""
        self._writers.dispose()
        self._readers.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as problem:
        raise StoreError(
            "the database URL is not valid; write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from problem
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"{backend} is not supported; use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME")
    if backend == "postgresql" and parsed.drivername != "postgresql+psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def _write_ahead(engine: Engine) -> None:
    """Let a file have a log of writes, which is a property of the file: readers need not ask for it.

    It is asked for on a connection that is thrown away: where several begin at once, SQLite 3.40 may take a
    connection that asked to be writing for ever, and then none of its transactions commits ("cannot commit
    transaction - SQL statements in progress").
    """

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        (file,) = (row[2] for row in connection.execute("PRAGMA database_list").fetchall() if row[1] == "main")
        with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS / 1000)) as asking:
            asking.execute("PRAGMA journal_mode = WAL").fetchall()


def _prepare_sqlite(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions by itself: "begin" below says which kind.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is written over at once.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _purge_sqlite(driver: sqlite3.Connection, rewrite: bool) -> tuple[str, ...]:
    if rewrite:
        driver.execute("VACUUM")
    # The log of writes is copied into the file and emptied, unless somebody reads an older state.
    busy = next(iter(driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()), 0)
    left = () if rewrite else (UNREWRITTEN,)
    return (*left, BUSY) if busy else left


def _vacuum(driver: psycopg.Connection[Any], tables: Sequence[str]) -> tuple[str, ...]:
    before = driver.autocommit
    driver.autocommit = True
    try:
        for table in tables:
            driver.execute(f'VACUUM "{table}"'.encode())
    finally:
        driver.autocommit = before
    return (UNVACUUMED,)


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    """Turn the driver's errors about the database itself into a `StoreError` that says what to do."""
    try:
        yield
    except OperationalError as problem:
        raise StoreError(f"the database {url.render_as_string(hide_password=True)} {_advice(problem)}") from problem
    except DBAPIError as problem:
        if isinstance(problem.orig, sqlite3.DatabaseError) and "not a database" in str(problem.orig):
            raise StoreError(f"{url.database} is not a SQLite database; name another file") from problem
        raise


def _advice(problem: OperationalError) -> str:
    said = str(problem.orig).strip().splitlines()[0] if problem.orig else "does not answer"
    if "unable to open" in said:
        return "cannot be opened: is the folder there, and may it be written to?"
    if "readonly" in said:
        return "cannot be written to: check the permissions of the file and its folder"
    if "disk is full" in said or "No space left" in said:
        return "cannot be written to: the disk is full; make room, and send again"
    if "locked" in said:
        return "stays locked by another process: end it, or use PostgreSQL for more than one process"
    return f"cannot be used: {said}"
