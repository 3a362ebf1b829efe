"""Sound: a recording as the recogniser needs it, decoded piece by piece.

Whatever a file claims, no more of it is in memory than a second or two, and no more of it is decoded than may be
listened to: a few kilobytes can hold hours of silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from engine.errors import AudioError, AudioTooLongError
from models.speech.container import TAKEN, Kind, is_cut, kind_of, states_its_length

if TYPE_CHECKING:
    from av.container import InputContainer

Samples = NDArray[np.float32]

RATE = 16_000
LOWEST_RATE, HIGHEST_RATE = 4_000, 192_000
MOST_CHANNELS = 8
CODECS = {
    Kind.WAV: ("pcm_", "adpcm_ms", "adpcm_ima_wav", "gsm_ms", "mp3"),
    Kind.MP3: ("mp3", "mp2"),
    Kind.FLAC: ("flac",),
    Kind.OGG: ("vorbis", "opus", "flac", "libopus"),
}
# Players pass over a packet that cannot be decoded; more than a few mean that the file is damaged.
FEW_BAD, BAD_SHARE = 2, 0.02
# The seconds that may be missing at the end of a file that states its length: encoders round and pad.
SHORT_S, SHORT_SHARE = 0.5, 0.01


class Sound:
    """An open recording.

    Parameters
    ----------
    container, stream
        As the decoder opened them.
    stated
        The seconds that stand in the file; None where they do not.
    most_seconds
        How long it may be.
    """

    def __init__(self, container: InputContainer, stream: Any, stated: float | None, most_seconds: float) -> None:
        self._container = container
        self._stream = stream
        self._most_seconds = most_seconds
        self.stated_seconds = stated
        self.channels: int = stream.codec_context.channels

    @property
    def expected_seconds(self) -> float | None:
        """How long it is likely to be, for a progress bar; None where nobody knows."""
        if self.stated_seconds is not None:
            return self.stated_seconds
        duration = self._container.duration
        return duration / 1e6 if duration and duration > 0 else None

    def blocks(self, *, apart: bool = False) -> Iterator[Samples]:
        """Yield the sound in pieces of about a second, at 16,000 samples a second.

        Parameters
        ----------
        apart
            Whether the two channels of a stereo recording are kept apart.

        Yields
        ------
        Samples
            ``(n_channels, n_samples)``, between -1 and 1; one channel unless they are kept apart.

        Raises
        ------
        AudioError
            If it is damaged, cut off, or has no sound.
        AudioTooLongError
            If it is longer than it may be.
        """
        done = 0
        for block in self._resampled(apart=apart):
            done += block.shape[1]
            if done > self._most_seconds * RATE:
                raise too_long(self._most_seconds)
            if not np.isfinite(block).all():
                raise AudioError(f"the audio has samples that are not numbers {_near(done)}; save it as 16-bit PCM")
            yield np.clip(block, -1.0, 1.0)
        seconds = done / RATE
        if not done:
            raise AudioError("the audio has no sound in it (0 seconds); was it recorded?")
        stated = self.stated_seconds
        if stated is not None and seconds < stated - max(SHORT_S, SHORT_SHARE * stated):
            raise AudioError(
                f"the audio ends after {seconds:.1f} of {stated:.1f} seconds: it was cut off; send it whole"
            )

    def _resampled(self, *, apart: bool) -> Iterator[Samples]:
        from av.audio.resampler import AudioResampler
        from av.error import FFmpegError

        resampler = AudioResampler(format="fltp", layout="stereo" if apart else "mono", rate=RATE)
        try:
            for frame in self._seconds():
                yield from map(_samples, resampler.resample(frame))
            yield from map(_samples, resampler.resample(None))
        except (FFmpegError, ValueError) as problem:
            raise AudioError(f"the audio changes its form midway or is damaged ({_said(problem)})") from problem

    def _seconds(self) -> Iterator[Any]:
        """Yield frames of about a second."""
        from av.audio.fifo import AudioFifo

        fifo, size = AudioFifo(), self._stream.codec_context.sample_rate
        for frame in self._frames():
            frame.pts = None
            fifo.write(frame)
            while fifo.samples >= size:
                yield fifo.read(size)
        if fifo.samples:
            yield fifo.read()

    def _frames(self) -> Iterator[Any]:
        """Yield what can be decoded, and stop at a file of which too much cannot."""
        from av.error import FFmpegError

        good = bad = samples = 0
        for packet in self._packets():
            try:
                frames = packet.decode()
            except FFmpegError:
                bad += 1
            else:
                good += 1
                samples += sum(frame.samples for frame in frames)
                yield from frames
            if bad > FEW_BAD + BAD_SHARE * good:
                place = samples / self._stream.codec_context.sample_rate * RATE
                raise AudioError(f"the audio is damaged {_near(int(place))}; send the original file")

    def _packets(self) -> Iterator[Any]:
        from av.error import FFmpegError

        packets = iter(self._container.demux(self._stream))
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except FFmpegError as problem:
                raise AudioError(f"the audio is damaged ({_said(problem)}); send the original file") from problem
            yield packet


@contextmanager
def open_sound(file: BinaryIO, most_seconds: float) -> Iterator[Sound]:
    """Open a recording, and refuse what is none before anything of it is decoded.

    Raises
    ------
    AudioError
        If it is no audio of a kind that is taken, or has a form that no recorder of speech writes.
    AudioTooLongError
        If it says that it is longer than it may be.
    """
    import av
    from av.error import FFmpegError

    kind = kind_of(file)
    if is_cut(file, kind):
        raise AudioError("the audio ends before its header says it does: it was cut off; send it whole")
    stated = states_its_length(file, kind)
    try:
        # With the format given, nothing guesses one: some formats name other files and addresses to open.
        container = av.open(file, mode="r", format=str(kind), metadata_errors="ignore")
    except (FFmpegError, ValueError) as problem:
        raise AudioError(f"the {kind.upper()} file is damaged ({_said(problem)}); {TAKEN}") from problem
    with container:
        stream = _stream(container, kind)
        seconds = float(stream.duration * stream.time_base) if stated and stream.duration else None
        if seconds is not None and seconds > most_seconds:
            raise too_long(most_seconds, seconds)
        yield Sound(container, stream, seconds, most_seconds)


def too_long(most_seconds: float, seconds: float | None = None) -> AudioTooLongError:
    """Return the error of a recording that is longer than it may be."""
    said = f"is {_clock(seconds)} long" if seconds is not None else f"is longer than {_clock(most_seconds)}"
    most = f"; at most {_clock(most_seconds)} are taken" if seconds is not None else ", which is all that is taken"
    return AudioTooLongError(f"the audio {said}{most}; cut it into shorter pieces")


def _stream(container: InputContainer, kind: Kind) -> Any:
    from av.stream import Disposition

    if any(not one.disposition & Disposition.attached_pic for one in container.streams.video):
        raise AudioError("the file is a video; send its sound alone")
    if not container.streams.audio:
        raise AudioError(f"the file has no audio in it; {TAKEN}")
    stream = container.streams.audio[0]
    codec, context = stream.codec_context.name, stream.codec_context
    if not codec.startswith(CODECS[kind]):
        raise AudioError(f"the sound is coded as {codec}, which is not taken in {kind.upper()}; {TAKEN}")
    if not LOWEST_RATE <= context.sample_rate <= HIGHEST_RATE:
        raise AudioError(
            f"the audio has {context.sample_rate:,} samples a second; "
            f"{LOWEST_RATE:,} to {HIGHEST_RATE:,} are taken; 16,000 are enough for speech"
        )
    if not 1 <= context.channels <= MOST_CHANNELS:
        raise AudioError(f"the audio has {context.channels} channels; 1 to {MOST_CHANNELS} are taken; mix them down")
    return stream


def _samples(frame: Any) -> Samples:
    found: Samples = frame.to_ndarray()
    return found


def _near(samples: int) -> str:
    return f"at {samples / RATE:.1f} s"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}" if whole >= 3600 else f"{whole / 60:g} minutes"


def _said(problem: Exception) -> str:
    text = getattr(problem, "strerror", None) or str(problem)
    return str(text).rstrip(".")[:200]
