"""What is taken for a recording, what is refused, and how little of it is ever in memory."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import AudioError, AudioTooLongError
from models.speech.container import Kind, is_cut, sniffed
from models.speech.sound import RATE, open_sound
from tests.support.speech import coded, samples_of, side_by_side, wav

TONE = wav((8_000 * np.sin(np.arange(2 * RATE) * 0.2)).astype(np.int16)[None])


def ogg_vorbis(file: bytes) -> bytes:
    made = subprocess.run(["sox", "-t", "wav", "-", "-t", "ogg", "-"], input=file, capture_output=True, check=True)
    return made.stdout


TAKEN: dict[str, tuple[Kind, Callable[[], bytes]]] = {
    "wav of 16 bits": (Kind.WAV, lambda: TONE),
    "wav of 8 bits": (Kind.WAV, lambda: coded(TONE, "wav", "pcm_u8")),
    "wav of floats": (Kind.WAV, lambda: coded(TONE, "wav", "pcm_f32le")),
    "wav of a telephone": (Kind.WAV, lambda: coded(TONE, "wav", "pcm_mulaw")),
    "mp3": (Kind.MP3, lambda: coded(TONE, "mp3", "libmp3lame")),
    "mp3 without a tag": (Kind.MP3, lambda: coded(TONE, "mp3", "libmp3lame", write_xing="0", id3v2_version="0")),
    "flac": (Kind.FLAC, lambda: coded(TONE, "flac", "flac")),
    "flac after a tag": (Kind.FLAC, lambda: b"ID3\x04\0\0\0\0\0\x04tags" + coded(TONE, "flac", "flac")),
    "ogg of opus": (Kind.OGG, lambda: coded(TONE, "ogg", "libopus")),
    "ogg of vorbis": (Kind.OGG, lambda: ogg_vorbis(TONE)),
}


def decoded(file: bytes, most_seconds: float = 60.0, *, apart: bool = False) -> np.ndarray:
    with open_sound(io.BytesIO(file), most_seconds) as sound:
        return np.concatenate(list(sound.blocks(apart=apart)), axis=1)


@pytest.mark.parametrize(("kind", "made"), TAKEN.values(), ids=TAKEN)
def test_what_is_taken_is_known_by_its_content(kind: Kind, made: Callable[[], bytes]) -> None:
    file = made()
    assert sniffed(io.BytesIO(file)) is kind
    assert not is_cut(io.BytesIO(file), kind)
    found = decoded(file)
    assert found.shape[0] == 1
    assert found.shape[1] / RATE == pytest.approx(2.0, abs=0.15)
    assert np.abs(found).max() == pytest.approx(8_000 / 32_768, abs=0.05)


def test_two_channels_stay_apart_or_become_one() -> None:
    both = side_by_side(TONE, TONE)
    left, right = decoded(both, apart=True)
    half = len(left) // 2
    assert np.abs(left[half + 100 :]).max() < 0.01 < np.abs(left[:half]).max()
    assert np.abs(right[: half - 100]).max() < 0.01 < np.abs(right[half:]).max()
    assert decoded(both).shape == (1, len(left))


def clocked(file: bytes, rate: int) -> bytes:
    return file[:24] + rate.to_bytes(4, "little") + file[28:]


def floats(*values: float) -> bytes:
    file = bytearray(coded(TONE, "wav", "pcm_f32le"))
    place = file.index(b"data") + 8 + 4 * 1_000
    made = np.array(values, "<f4").tobytes()
    file[place : place + len(made)] = made
    return bytes(file)


def cut(file: bytes, share: float = 0.5) -> bytes:
    return file[: int(len(file) * share)]


def scrambled(file: bytes) -> bytes:
    noise = np.random.default_rng(7).integers(0, 256, len(file), np.uint8).tobytes()
    return file[:200] + noise[200:]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "0 bytes"),
    "one byte": (lambda: b"R", "text, not audio"),
    "text": (lambda: b"Hello, this is no audio.", "text, not audio"),
    "a playlist": (lambda: b"#EXTM3U\nhttp://169.254.169.254/x.wav\n", "a playlist"),
    "a list of files": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", "text, not audio"),
    "a ZIP archive": (lambda: b"PK\x03\x04" + bytes(60), "a ZIP archive"),
    "an MP4": (lambda: coded(TONE, "mov", "aac"), "MP4, M4A or QuickTime"),
    "a WebM": (lambda: coded(TONE, "webm", "libopus"), "Matroska or WebM"),
    "only a header": (lambda: TONE[:44], "cut off"),
    "half a header": (lambda: TONE[:20], "damaged"),
    "no sound": (lambda: wav(np.zeros((1, 0), np.int16)), "0 seconds"),
    "a wav that is cut": (lambda: cut(TONE), "cut off"),
    "an mp3 that is cut": (lambda: cut(coded(TONE, "mp3", "libmp3lame")), "cut off"),
    "a flac that is cut": (lambda: cut(coded(TONE, "flac", "flac")), "cut off"),
    "an ogg that is cut": (lambda: cut(coded(TONE, "ogg", "libopus"), 0.7), "cut off"),
    "a flac that is scrambled": (lambda: scrambled(coded(TONE, "flac", "flac")), "the audio"),
    "an ogg that is scrambled": (lambda: scrambled(coded(TONE, "ogg", "libopus")), "damaged"),
    "samples that are not numbers": (lambda: floats(float("nan")), "not numbers at"),
    "samples without an end": (lambda: floats(float("inf"), float("-inf")), "not numbers at"),
    "one sample a second": (lambda: clocked(TONE, 1), "1 samples a second"),
    "samples of a bat detector": (lambda: clocked(TONE, 384_000), "384,000 samples a second"),
    "a rate that no clock has": (lambda: clocked(TONE, 0xFFFFFFF0), "damaged"),
    "32 channels": (lambda: wav(np.zeros((32, 800), np.int16)), "32 channels"),
    "65,535 channels": (lambda: TONE[:22] + b"\xff\xff" + TONE[24:], "the "),
}


@pytest.mark.parametrize(("made", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why(made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(AudioError) as raised:
        decoded(made())
    assert says in str(raised.value), raised.value


def test_a_wave_that_is_too_loud_is_clipped_and_no_more() -> None:
    assert np.abs(decoded(floats(1e30, 1e30))).max() == 1.0


@pytest.mark.parametrize("codec", [("flac", "flac"), ("ogg", "libopus")], ids=["flac", "ogg"])
def test_hours_of_silence_in_few_bytes_are_not_unpacked(codec: tuple[str, str]) -> None:
    bomb = coded(wav(np.zeros((1, 8_000 * 120), np.int16), 8_000), *codec)
    before = psutil.Process().memory_info().rss
    with pytest.raises(AudioTooLongError, match=r"0\.5 minutes"):
        decoded(bomb, 30.0)
    assert psutil.Process().memory_info().rss - before < 60 << 20


def test_a_length_that_nobody_knew_yet_is_no_lie() -> None:
    place = TONE.index(b"data") + 4
    for size in (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\xf0\xff\x7f"):
        found = decoded(TONE[:place] + size + TONE[place + 4 :])
        assert found.shape[1] == 2 * RATE


@settings(max_examples=60)
@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 255)), min_size=1, max_size=8))
def test_damage_is_an_error_of_ours_or_none(which: int, damage: list[tuple[int, int]]) -> None:
    file = bytearray(FILES[which])
    for place, byte in damage:
        file[place * len(file) // 10_000] = byte
    try:
        found = decoded(bytes(file), 10.0)
    except AudioError:
        return
    assert np.isfinite(found).all()
    assert found.shape[1] <= 10 * RATE


FILES = [
    samples
    for _, made in (TAKEN["wav of 16 bits"], TAKEN["mp3"], TAKEN["flac"], TAKEN["ogg of opus"])
    for samples in [made()]
]


def test_the_samples_are_those_that_were_recorded() -> None:
    recorded, rate = samples_of(TONE)
    assert rate == RATE
    assert decoded(TONE)[0] == pytest.approx(recorded[0] / 32_768, abs=1e-4)
