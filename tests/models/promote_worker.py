"""A process that promotes again and again, each time killed one touch of the disk later."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

from models.artifact import load_artifact
from models.store import ModelStore
from tests.support.clock import NOON

TOUCHES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "shutil.rmtree"}


def is_touch(event: str, arguments: tuple[object, ...]) -> bool:
    if event == "open":
        mode = arguments[1]
        return isinstance(mode, str) and any(letter in mode for letter in "wax")
    return event in TOUCHES


def promote_and_die(store: Path, model: Path, at: int) -> None:
    """Promote in this process, and kill it before its touch of that number."""
    touched = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal touched
        if is_touch(event, arguments):
            touched += 1
            if touched == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    ModelStore(store).promote(model, NOON, by="worker")


def main(base: Path, model: Path) -> None:
    """Print for every killed promote which version was current after it, and after one more that was not killed."""
    at = 0
    while True:
        at += 1
        store = Path(shutil.copytree(base, base.with_name(f"store-{at}")))
        child = os.fork()
        if child == 0:
            promote_and_die(store, model, at)
            os._exit(0)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        after = load_artifact(ModelStore(store).chosen()).version
        ModelStore(store, wait_s=0).promote(model, NOON, by="parent")
        left = sorted(path.name for path in (store / "versions").glob(".*"))
        print(killed, after, load_artifact(ModelStore(store).chosen()).version, left, flush=True)
        if not killed:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
