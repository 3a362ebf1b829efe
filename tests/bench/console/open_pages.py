"""Open consoles without their browsers: each loads a page, opens its socket as the page's script would, and listens.

A process of its own, so that what the browsers of other machines would do is not counted as the service's:
``python -m tests.bench.console.open_pages`` takes its pages from the standard input, says when they are open, and tells
what they were sent once that is closed.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
import resource
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect

QUERY = re.compile(r"query: (\{.*?\}),\n")
# As the script of a page does: what arrived is acknowledged so often.
ACK_S = 3.0
# Of Engine.IO and Socket.IO, whose packets begin with their kinds.
PING, PONG, OPEN, EVENT = "2", "3", "40", "42"
# Messages of one refresh come together.
TOGETHER_S = 0.3


@dataclass
class OpenPage:
    """A page, and what it was sent.

    Parameters
    ----------
    base, path, token
        The service, the page of it, and the session of who looks.
    """

    base: str
    path: str
    token: str
    bytes: int = 0
    refreshed: list[float] = field(default_factory=list)

    async def listen(self, opened: asyncio.Semaphore) -> None:
        """Open the page and listen until cancelled."""
        query = await self._load()
        query |= {"document_id": str(uuid.uuid4()), "tab_id": str(uuid.uuid4())}
        words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in query.items()}
        host = urlsplit(self.base).netloc
        address = f"ws://{host}/_nicegui_ws/socket.io/?{urlencode({**words, 'EIO': 4, 'transport': 'websocket'})}"
        headers = {"Cookie": f"heedful_session={self.token}"}
        async with connect(address, origin=self.base, additional_headers=headers, max_size=None) as socket:  # type: ignore[arg-type]
            await socket.recv()
            await socket.send(OPEN)
            opened.release()
            await self._take(socket, query)

    async def _load(self) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.base, cookies={"heedful_session": self.token}, timeout=60) as client:
            answer = await client.get(self.path)
        answer.raise_for_status()
        found = QUERY.search(answer.text)
        if found is None:
            raise SystemExit(f"{self.path} is no page of the console")
        query: dict[str, Any] = ast.literal_eval(found[1])
        return query

    async def _take(self, socket: ClientConnection, query: dict[str, Any]) -> None:
        following, acked = int(query["next_message_id"]), time.monotonic()
        async for said in socket:
            now = time.monotonic()
            if said == PING:
                await socket.send(PONG)
            elif isinstance(said, str) and said.startswith(EVENT):
                following += 1
                self.bytes += len(said)
                if not self.refreshed or now - self.refreshed[-1] > TOGETHER_S:
                    self.refreshed.append(now)
            if now - acked > ACK_S:
                acked, told = now, {"client_id": query["client_id"], "next_message_id": following}
                await socket.send(EVENT + json.dumps(["ack", told]))

    @property
    def gaps(self) -> list[float]:
        """The seconds between refreshes."""
        return [later - earlier for earlier, later in zip(self.refreshed, self.refreshed[1:], strict=False)]


async def keep_open(base: str, wanted: list[tuple[str, str]]) -> None:
    """Keep pages open until the standard input ends."""
    pages, opened = [OpenPage(base, path, token) for path, token in wanted], asyncio.Semaphore(0)
    tasks = []
    for page in pages:
        tasks.append(asyncio.create_task(page.listen(opened)))
        await asyncio.wait([tasks[-1], asyncio.create_task(opened.acquire())], return_when=asyncio.FIRST_COMPLETED)
        if tasks[-1].done():
            tasks[-1].result()
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    lost = sum(one.done() for one in tasks)
    for one in tasks:
        one.cancel()
    gaps = sorted(gap for page in pages for gap in page.gaps)
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "lost": lost,
        "refreshes": sum(len(page.refreshed) for page in pages),
        "shortest_s": gaps[0] if gaps else 0.0,
        "median_s": gaps[len(gaps) // 2] if gaps else 0.0,
        "bytes": sum(page.bytes for page in pages),
        "cpu_s": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    asyncio.run(keep_open(asked["base"], [tuple(one) for one in asked["pages"]]))
