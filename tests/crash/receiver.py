"""A real receiver of webhooks, which keeps what it took, and can be in any mood."""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What is sent there fails for good.
NOWHERE = "/nowhere"


class Mood(StrEnum):
    """What a receiver does with a message."""

    TAKES = "takes"
    FAILS = "answers 500"
    HANGS = "hangs"
    RESETS = "resets the connection"
    GARBAGE = "answers garbage"


class Receiver(ThreadingHTTPServer):
    """Counts by message id what it took, in the order of arrival; other arrivals apart."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.mood = Mood.TAKES
        self.taken: Counter[str] = Counter()
        self.bodies: dict[str, bytes] = {}
        self.turned_away = 0
        self.release = threading.Event()
        self.taking = threading.Lock()

    def take(self, message: str, body: bytes) -> None:
        """Keep a message."""
        with self.taking:
            self.taken[message] += 1
            self.bodies[message] = body

    def handle_error(self, *_: object) -> None:
        """Say nothing of senders that were killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith(NOWHERE):
            self._answer(404)
            return
        if receiver.mood is Mood.TAKES:
            receiver.take(self.headers["webhook-id"], body)
            self._answer(200)
            return
        receiver.turned_away += 1
        self.close_connection = True
        if receiver.mood is Mood.FAILS:
            self._answer(500)
        elif receiver.mood is Mood.GARBAGE:
            self.wfile.write(b"\x00\xffnot HTTP at all\r\n\r\n")
        elif receiver.mood is Mood.HANGS:
            receiver.release.wait(120)
        else:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that is listening."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield receiver
    receiver.release.set()
    receiver.shutdown()
    receiver.server_close()
    thread.join()
