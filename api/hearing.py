"""Hearing: the transcriber of a service, loaded when it is first needed, one recording at a time."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request

from api.door import Door
from api.worker import Worker

if TYPE_CHECKING:
    from models.speech.transcriber import Transcriber
    from models.speech.transcript import Transcript

MIB = 1024 * 1024
MOST_BYTES = 25 * MIB
MOST_SECONDS = 15 * 60.0
MOST_WAITING = 4
BUSY = "several recordings wait to be heard here, one after the other; try again later"
TRY_AGAIN_S = 20


class Hearing:
    """Hears the recordings that are sent to a service.

    Parameters
    ----------
    model
        A Whisper model's folder or name; None is the one that comes with the extra.
    threads
        Without it, up to four.
    fetch
        Whether a model that is named and not here may be fetched.
    """

    def __init__(self, model: str | None = None, threads: int | None = None, *, fetch: bool = False) -> None:
        self._settings = (model, threads, fetch)
        self._transcriber: Transcriber | None = None
        self._worker = Worker("hearing", MOST_WAITING, (BUSY, TRY_AGAIN_S))
        self._ended = threading.Event()
        # Recordings lie in temporary files until they are heard: this bounds the disk, not the memory.
        self.door = Door(MOST_WAITING * MOST_BYTES)

    def check_room(self) -> None:
        """Refuse before anything is sent.

        Raises
        ------
        OverloadedError
            If too many recordings wait already.
        SpeechUnavailableError
            If the extra is not installed.
        """
        from models.speech.weights import check_extra

        check_extra()
        self._worker.check_room()

    async def transcript(self, request: Request, file: BinaryIO, *, apart: bool) -> Transcript:
        """Return what is said in a recording; it is given up when its sender goes away.

        The file is not used any more when this returns or raises.

        Raises
        ------
        AudioError
            If it is no recording that is taken.
        OverloadedError
            If too many recordings wait already.
        TranscriptionStoppedError
            If the sender went away, or the service ends.
        """
        stop = threading.Event()
        work = asyncio.ensure_future(self._worker.run(lambda: self._heard(file, stop, apart=apart)))
        gone = asyncio.ensure_future(_until_gone(request))
        try:
            await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                stop.set()
            return await work
        finally:
            stop.set()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    def _heard(self, file: BinaryIO, stop: threading.Event, *, apart: bool) -> Transcript:
        if self._transcriber is None:
            from models.speech.transcriber import load_transcriber

            model, threads, fetch = self._settings
            self._transcriber = load_transcriber(model, threads, fetch=fetch)
        return self._transcriber.transcribe(
            file, most_seconds=MOST_SECONDS, apart=apart, stop=lambda: stop.is_set() or self._ended.is_set()
        )

    def close(self) -> None:
        """Give up what is being heard, then end the thread."""
        self._ended.set()
        self._worker.close()


async def _until_gone(request: Request) -> None:
    """Wait until the sender of a request goes away; its body is read already."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
