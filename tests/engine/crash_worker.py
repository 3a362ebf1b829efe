"""A process to be killed: decides batches and delivers to a webhook, over and over."""

from __future__ import annotations

import sys
import threading

from api.cli.output import log_to_stderr
from engine.delivery.outbox import Outbox
from engine.delivery.receivers import WebhookReceiver
from engine.ports import SystemClock
from engine.program import ReceiverSpec
from engine.store.store import Store
from tests.support.engines import engine_on, feedback

BATCHES, SIZE = 30, 10


def main(url: str, hook: str) -> None:
    """Process every batch, then deliver until nothing is due."""
    log_to_stderr()
    store = Store(url)
    store.migrate()
    spec = ReceiverSpec("operators", "webhook", hook, "secret", allow_private=True)
    outbox = Outbox(store.outbox, {"operators": WebhookReceiver(spec)}, SystemClock())
    stop = threading.Event()
    thread = threading.Thread(target=outbox.run, args=(stop, 0.01), daemon=True)
    thread.start()
    engine = engine_on(store)
    for batch in range(BATCHES):
        for decision in engine.process([feedback(batch * SIZE + n, "hello") for n in range(SIZE)], notify=True):
            print(decision.id, decision.alerts[0].id, flush=True)
    while store.outbox.counts().get("pending"):
        stop.wait(0.05)
    stop.set()
    thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
