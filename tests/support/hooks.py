"""A web server on this machine that answers as badly as it is told, and a mail server that keeps what it gets."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[["Got", socket.socket], None]


@dataclass(frozen=True)
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Hook:
    """A real server that keeps what it got."""

    port: int = 0
    behaviour: Behaviour = field(default_factory=lambda: answers(200))
    got: list[Got] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hook?x=1"


def answers(status: int, body: str = "", **headers: str) -> Behaviour:
    """Answer with a status; headers are named with _ for -."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    text = f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body.encode())}\r\n{lines}connection: close\r\n\r\n{body}"
    return lambda _got, peer: peer.sendall(text.encode())


def sends(raw: bytes, *, reset: bool = False) -> Behaviour:
    """Send some bytes and close the connection, or reset it."""

    def behave(_got: Got, peer: socket.socket) -> None:
        peer.sendall(raw)
        if reset:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def hangs(_got: Got, peer: socket.socket) -> None:
    """Answer nothing until the other side goes away."""
    peer.recv(1)


def endless(head: bytes) -> Behaviour:
    """Send a head and then a body without an end."""

    def behave(_got: Got, peer: socket.socket) -> None:
        peer.sendall(head)
        try:
            while True:
                peer.sendall(b"x" * 1000)
        except OSError:
            pass

    return behave


@contextmanager
def hook() -> Iterator[Hook]:
    """Run a server of the test's own."""
    server = socket.create_server(("127.0.0.1", 0))
    found = Hook(server.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(server, found), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.stopped.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def _serve(server: socket.socket, found: Hook) -> None:
    while True:
        try:
            peer, _ = server.accept()
        except OSError:
            return
        with peer:
            try:
                got = _read(peer)
                if got is not None:
                    found.got.append(got)
                    found.behaviour(got, peer)
            except OSError:
                continue


def _read(peer: socket.socket) -> Got | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = peer.recv(65536)
        if not piece:
            return None
        raw += piece
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += peer.recv(65536)
    return Got(first.split(" ")[1], headers, body.decode())


@dataclass
class Mailbox:
    """What a mail server got: envelope and text of each mail."""

    port: int = 0
    mails: list[tuple[str, list[str], str]] = field(default_factory=list)
    # What the recipients are answered with.
    answer: str = "250 ok"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server of the test's own, as far as SMTP takes it."""
    box, loop, up = Mailbox(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda r, w: _mail(box, r, w), "127.0.0.1", 0)
        box.port = server.sockets[0].getsockname()[1]
        up.set()
        await stop.wait()
        server.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    up.wait()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _mail(box: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sender, to = "", []

    def say(line: str) -> None:
        writer.write(f"{line}\r\n".encode())

    say("220 box")
    while line := (await reader.readline()).decode("latin-1").strip():
        word = line[:4].upper()
        if word in ("EHLO", "HELO"):
            say("250 box")
        elif word == "MAIL":
            sender = line.partition(":")[2]
            say("250 ok")
        elif word == "RCPT":
            to.append(line.partition(":")[2].split(" ")[0].strip("<>"))
            say(box.answer)
        elif word == "DATA":
            say("354 go on")
            text = (await reader.readuntil(b"\r\n.\r\n")).decode("utf-8", "replace")
            box.mails.append((sender, list(to), text))
            say("250 taken")
        elif word == "QUIT":
            say("221 bye")
            break
        else:
            say("250 ok")
    writer.close()
