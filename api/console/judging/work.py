"""Work that takes minutes: the commands `heedful evaluate` and `heedful compare`, in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

import api
from api.runtime import Service
from engine.errors import HeedfulError
from engine.program import DEFINE

MOST_S = 1_200.0
MOST_BYTES = 20_000_000
ROOT = Path(api.__file__).parents[1]
# A comparison ends so when a rule loses what it must not lose; its result is there.
FORBIDDEN = 1
ERASED = "Not shown any more: something was erased since the comparison."


class WorkError(HeedfulError):
    """The measurement could not be made."""


@dataclass
class Work:
    """What is measured in a service's console: one thing at a time, and the last comparison of each two models.

    ``doing`` says what runs now; comparisons are kept by the versions of the models, until the service ends. ``erased``
    tells which erasure was the last when they were looked through.
    """

    service: Service
    doing: str | None = None
    compared: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    erased: datetime | None = None

    async def run(self, said: str, command: Sequence[str], out: Path) -> Mapping[str, Any]:
        """Run a command of `heedful` that writes JSON to a file, and return what it wrote.

        Raises
        ------
        WorkError
            If something else is measured now, or with what the command said when it failed.
        """
        if self.doing is not None:
            raise WorkError(f"{self.doing} is under way, and there is one at a time; try again when it is done")
        self.doing = said
        try:
            code, told = await _finished([*_begin(), *command])
        finally:
            self.doing = None
        if not out.is_file() or code not in (0, FORBIDDEN):
            raise WorkError(_last(told) or f"{said} ended without a result; see whether the machine has memory enough")
        found: Mapping[str, Any] = orjson.loads(out.read_bytes())
        return found

    def forget(self) -> None:
        """Keep no words in the comparisons once something was erased since; their numbers stay. Run it in a thread."""
        erased = self.service.store.marks.look().erased
        if erased == self.erased:
            return
        self.erased = erased
        for found in self.compared.values():
            for rule in found.get("rules") or ():
                for alert in (*rule["gained"], *rule["lost"]):
                    alert |= {"text": ERASED, "why": [], "why_not": []}

    def refusal(self, before: str, after: str) -> str:
        """Return in words why a model must not follow another, by their last comparison; empty when nothing says so."""
        found = self.compared.get((before, after))
        lost = [one for one in (found or {}).get("rules") or () if one["must_not_lose"] and one["lost"]]
        said = [f"{one['rule']} must not lose alerts and loses {len(one['lost']):,}" for one in lost]
        return "; ".join(said)


def _begin() -> list[str]:
    # What people wait for goes first: scoring is never slowed down by a measurement.
    nice = shutil.which("nice")
    return [*([nice, "-n", "10"] if nice else []), sys.executable, "-m", "api.cli"]


async def _finished(command: Sequence[str]) -> tuple[int, str]:
    """Run a command to its end, and return its status and what it said; it ends with whoever waits for it."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "4000", "NO_COLOR": "1"},
        start_new_session=True,
    )
    try:
        _, told = await asyncio.wait_for(process.communicate(), MOST_S)
    except TimeoutError as problem:
        raise WorkError(
            f"it took longer than {MOST_S / 60:.0f} minutes; take fewer records, or the command line"
        ) from problem
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, told.decode("utf-8", "replace")


def _last(told: str) -> str:
    """Return the last lines that a command said, without what decorates them."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return " ".join(lines[-3:])[:1_000].removeprefix("error: ")


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that only this service sees, until the work is done."""
    place = Path(tempfile.mkdtemp(prefix="heedful-"))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def rules_in(service: Service, place: Path) -> list[str]:
    """Write the published rules into a folder, and return the options that judge by them."""
    rules = place / "rules"
    rules.mkdir()
    for number, file in enumerate(service.rules.program.rule_files):
        # A managed rule is named after its file and itself, which is not the name of a file of rules.
        name = DEFINE if file.name == DEFINE else f"{number:05d}.yaml"
        (rules / name).write_text(file.text, "utf-8")
    program = service.settings.program
    return [*(["--program", str(program)] if program else []), "--rules", str(rules)]
