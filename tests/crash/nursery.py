"""A process that has everything imported, and forks a whole service whenever it is told to: it starts in an instant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.crash.boundaries import CRASH_AT, watch_from

ROOT = Path(__file__).resolve().parents[2]
# A file with the seconds that the service's clock is ahead of the machine's.
AHEAD = "HEEDFUL_CLOCK_AHEAD"


class FileClock:
    """Tells a time that the harness moves."""

    def now(self) -> datetime:
        """Return the moment."""
        try:
            ahead = float(Path(os.environ[AHEAD]).read_text() or 0)
        except FileNotFoundError:
            ahead = 0.0
        return datetime.now(UTC) + timedelta(seconds=ahead)


class Nursery:
    """The harness's side of the process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def fork(self, arguments: list[str], environment: dict[str, str], folder: Path, log: Path) -> int:
        """Run the command line in a process of its own and return its id."""
        return self._ask({"arguments": arguments, "environment": environment, "folder": str(folder), "log": str(log)})

    def wait(self, pid: int) -> int:
        """Wait until a process has ended and return its exit code; of a killed one, the signal's number below zero."""
        return self._ask({"wait": pid})

    def close(self) -> None:
        """End."""
        self._process.communicate(timeout=30)

    def _ask(self, order: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _serve(order: dict[str, Any]) -> None:
    """Be the command line: in its folder, with its environment, writing to its log; with the keyword reader."""
    import api.cli.context
    import api.cli.forget
    import api.runtime
    from api.cli.main import app
    from tests.support.keyword_reader import KeywordReader

    os.chdir(order["folder"])
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    api.runtime.load_program_reader = lambda *_: KeywordReader()  # type: ignore[assignment]
    # What time brings comes soon.
    api.runtime.TICK_S = 0.2
    if AHEAD in os.environ:
        api.cli.context.SystemClock = api.cli.forget.SystemClock = FileClock  # type: ignore[misc,assignment]
        api.runtime.SystemClock = FileClock  # type: ignore[misc,assignment]
    watch_from(os.environ.get(CRASH_AT))
    app(order["arguments"])


def main() -> None:
    """Import everything, the pages too, then do as told, a line at a time."""
    import alembic.command
    import uvicorn

    import api.app
    import api.cli.context
    import api.cli.forget
    import api.cli.serving
    import api.masking
    import api.runtime
    from api.console import mounting, registry

    assert all((alembic, api, uvicorn, mounting))
    registry.register()
    api.masking.get_ready()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _be(order)
        print(answer, flush=True)


def _be(order: dict[str, Any]) -> None:
    code = 1
    try:
        _serve(order)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
