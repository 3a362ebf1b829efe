"""The transcriber: Whisper, on the processor, over windows that have speech in them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from engine.errors import AudioError, SpeechUnavailableError
from models.speech.hearing import Hearing, Stop
from models.speech.sound import RATE, Sound, open_sound
from models.speech.transcript import Transcript
from models.speech.weights import check_extra, folder_of
from models.speech.windows import Listener

SIDES = ("left", "right")
MOST_THREADS = 4
Progress = Callable[[float, float | None], object]


def load_transcriber(
    model: str | Path | None = None, threads: int | None = None, *, fetch: bool = False
) -> Transcriber:
    """Return a transcriber; without a model, with the weights that come with the extra.

    Parameters
    ----------
    model
        A folder, or the name of a Whisper model.
    threads
        Without it, up to four.
    fetch
        Whether a model that is named and not here may be fetched from the Hugging Face Hub.

    Raises
    ------
    SpeechUnavailableError
        If the extra is not installed, or the model is not here.
    """
    check_extra()
    name, folder = folder_of(model, fetch=fetch)
    from faster_whisper import WhisperModel

    threads = threads or min(os.cpu_count() or 1, MOST_THREADS)
    try:
        whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    except (RuntimeError, ValueError, OSError) as problem:
        raise SpeechUnavailableError(f"the speech model in {folder} cannot be loaded: {problem}") from problem
    return Transcriber(f"whisper-{name}", whisper)


class Transcriber:
    """Hears what is said in recordings, one at a time.

    The same recording and model give the same words: nothing is drawn at random.

    Parameters
    ----------
    model
        What it is called.
    whisper
        The loaded model.
    """

    def __init__(self, model: str, whisper: Any) -> None:
        from faster_whisper import BatchedInferencePipeline

        self.model = model
        self._whisper = whisper
        self._pipeline = BatchedInferencePipeline(whisper)

    def transcribe(
        self,
        file: Path | BinaryIO,
        *,
        most_seconds: float,
        apart: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Transcript:
        """Return what is said in a recording: WAV, MP3, FLAC or OGG, by its content.

        Parameters
        ----------
        file
            A path, or a file open for reading.
        most_seconds
            How long it may be.
        apart
            Whether the two channels of a stereo recording are heard apart, as the speakers left and right.
        progress
            Told now and then how many seconds are done, and of how many, where that is known.
        stop
            Asked now and then whether to give up.

        Raises
        ------
        AudioError
            If it is no such recording, or damaged; as `AudioTooLongError` if it is too long.
        TranscriptionStoppedError
            If it was told to stop.
        """
        if isinstance(file, Path):
            with _opened(file) as opened:
                return self.transcribe(opened, most_seconds=most_seconds, apart=apart, progress=progress, stop=stop)
        hearing = Hearing(self._whisper, self._pipeline, stop)
        with open_sound(file, most_seconds) as sound:
            seconds = _listen(sound, hearing, apart=apart, progress=progress)
        return hearing.transcript(seconds, self.model)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise AudioError(f"{path} cannot be read: {problem.strerror}") from problem


def _listen(sound: Sound, hearing: Hearing, *, apart: bool, progress: Progress | None) -> float:
    """Hear a recording to its end, and return how many seconds it has."""
    if apart and sound.channels != len(SIDES):
        have = "one channel" if sound.channels == 1 else f"{sound.channels} channels"
        raise AudioError(f"the audio has {have}; left and right can be heard apart only where there are two")
    sides = SIDES if apart else (None,)
    listeners = [Listener() for _ in sides]
    done = 0
    for block in sound.blocks(apart=apart):
        hearing.check()
        done += block.shape[1]
        for side, listener, samples in zip(sides, listeners, block, strict=True):
            hearing.hear(listener.hear(samples), side)
        if progress is not None:
            progress(done / RATE, sound.expected_seconds)
    for side, listener in zip(sides, listeners, strict=True):
        hearing.hear(listener.finish(), side)
    return done / RATE
