"""A process that delivers from a store, together with others, until nothing waits."""

from __future__ import annotations

import logging
import sys
import threading

from api.cli.output import log_to_stderr
from engine.delivery.message import Message
from engine.delivery.outbox import Outbox
from engine.ports import SystemClock
from engine.store.store import Store


class Told:
    """Says on standard output what it got, a line each."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, message: Message) -> str:
        # One write: lines of several threads must not mix.
        sys.stdout.write(f"{self.name} {message.id}\n")
        sys.stdout.flush()
        return "said"


def main(url: str) -> None:
    log_to_stderr(logging.WARNING)
    store, stop = Store(url), threading.Event()
    outbox = Outbox(store.outbox, {name: Told(name) for name in ("crm", "chat", "operators")}, SystemClock())
    thread = threading.Thread(target=outbox.run, args=(stop, 0.02), daemon=True)
    thread.start()
    sys.stdin.readline()
    stop.set()
    thread.join()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
