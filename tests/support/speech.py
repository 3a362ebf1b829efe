"""Speech that is made on the spot: espeak-ng speaks, sox and Python make everything else."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import wave
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from models.speech.transcriber import Transcriber

SPEAKS = shutil.which("espeak-ng") is not None
needs_voice = pytest.mark.skipif(not SPEAKS, reason="espeak-ng is not on this machine")
RATE = 16_000
COMPLAINT = "I am furious. The delivery never came and nobody answers the telephone. I want my money back."
PRAISE = "Thank you very much. The young man in your shop was very kind and very patient."


@cache
def transcriber() -> Transcriber:
    """Return the one model of a test session."""
    from models.speech.transcriber import load_transcriber

    return load_transcriber(threads=2)


@cache
def spoken(text: str, voice: str = "en-us", speed: int = 150) -> bytes:
    """Return a WAV file in which somebody says a text."""
    said = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text], check=True, capture_output=True
    ).stdout
    # What espeak-ng writes to a pipe has sizes that it did not know yet.
    at = said.index(b"data") + 8
    (rate,) = struct.unpack("<I", said[24:28])
    return wav(np.frombuffer(said[at : at + (len(said) - at) // 2 * 2], np.int16)[None], rate)


def samples_of(file: bytes) -> tuple[np.ndarray, int]:
    """Return the samples of a WAV file of 16 bits, by channel, and their rate."""
    with wave.open(io.BytesIO(file)) as opened:
        found = np.frombuffer(opened.readframes(opened.getnframes()), np.int16)
        return found.reshape(-1, opened.getnchannels()).T, opened.getframerate()


def wav(samples: np.ndarray, rate: int = RATE) -> bytes:
    """Return a WAV file of 16-bit samples, ``(n_channels, n_samples)``."""
    out = io.BytesIO()
    with wave.open(out, "wb") as opened:
        opened.setnchannels(len(samples))
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(np.ascontiguousarray(samples.T.astype("<i2")).tobytes())
    return out.getvalue()


def silence(seconds: float, rate: int = RATE) -> bytes:
    """Return a WAV file without a sound."""
    return wav(np.zeros((1, int(seconds * rate)), np.int16), rate)


def side_by_side(left: bytes, right: bytes) -> bytes:
    """Return a stereo WAV file: what the left says first, then the right."""
    (a, rate), (b, _) = samples_of(left), samples_of(right)
    first, second = np.pad(a[0], (0, b.shape[1])), np.pad(b[0], (a.shape[1], 0))
    return wav(np.stack([first, second]), rate)


def coded(file: bytes, kind: str, codec: str, **options: str) -> bytes:
    """Return a WAV file in another container, made with some options, and codec."""
    import av

    out = io.BytesIO()
    with (
        av.open(io.BytesIO(file), "r", format="wav") as source,
        av.open(out, "w", format=kind, options=options) as target,
    ):
        rate = 48_000 if codec == "libopus" else source.streams.audio[0].codec_context.sample_rate
        stream = target.add_stream(codec, rate=rate)
        for frame in source.decode(audio=0):
            frame.pts = None
            for packet in stream.encode(frame):
                target.mux(packet)
        for packet in stream.encode(None):
            target.mux(packet)
    return out.getvalue()
