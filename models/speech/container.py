"""What a file of audio is, by its content: its name says nothing, and nothing else is ever handed to a decoder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from typing import BinaryIO

from engine.errors import AudioError

TAKEN = "send WAV, MP3, FLAC or OGG"
HEAD = 64
MOST_CHUNKS = 200
# What a writer puts for a size that it did not know yet.
UNKNOWN_SIZES = (0, 0x7FFFF000)
# An Ogg page: a header of 27 bytes, up to 255 lengths, and up to 255 bytes for each.
PAGE_HEADER = 27
MOST_PAGE = PAGE_HEADER + 255 + 255 * 255
OTHERS = (
    (b"\x1aE\xdf\xa3", 0, "a Matroska or WebM file"),
    (b"ftyp", 4, "an MP4, M4A or QuickTime file"),
    (b"AVI ", 8, "an AVI video"),
    (b"FORM", 0, "an AIFF file"),
    (b"caff", 0, "a CAF file"),
    (b"#!AMR", 0, "an AMR file"),
    (b"OpusHead", 0, "Opus without its Ogg container"),
    (b"\x30\x26\xb2\x75", 0, "a Windows Media file"),
    (b"FLV", 0, "a Flash video"),
    (b"\x00\x00\x01\xba", 0, "an MPEG video"),
    (b"PK\x03\x04", 0, "a ZIP archive"),
    (b"\x1f\x8b", 0, "a gzip archive"),
    (b"%PDF", 0, "a PDF"),
    (b"#EXTM3U", 0, "a playlist"),
)


class Kind(StrEnum):
    """The containers that are taken, by the names that FFmpeg has for them."""

    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"
    OGG = "ogg"


def kind_of(file: BinaryIO) -> Kind:
    """Return what a file is, and leave it at its start.

    Raises
    ------
    AudioError
        If it is empty, or nothing that is taken; it says what it is instead.
    """
    kind = sniffed(file)
    if kind is not None:
        return kind
    head = _at(file, 0, HEAD)
    file.seek(0)
    if not head:
        raise AudioError(f"the file is empty (0 bytes); {TAKEN}")
    raise AudioError(f"the file is {_other(head)}; {TAKEN}")


def sniffed(file: BinaryIO) -> Kind | None:
    """Return what a file is, or None where that is not taken; leave it at its start."""
    start = _after_tags(file)
    head = _at(file, start, HEAD)
    file.seek(0)
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return Kind.WAV
    if head.startswith(b"fLaC"):
        return Kind.FLAC
    if head.startswith(b"OggS"):
        return Kind.OGG
    return Kind.MP3 if start or _is_mpeg_frame(head) else None


def is_cut(file: BinaryIO, kind: Kind) -> bool:
    """Return whether a file ends before it says it does, as far as its container tells; leave it at its start."""
    size = file.seek(0, os.SEEK_END)
    try:
        if kind is Kind.WAV:
            return _wav_is_cut(file, size)
        return kind is Kind.OGG and _ogg_is_cut(file, size)
    finally:
        file.seek(0)


def states_its_length(file: BinaryIO, kind: Kind) -> bool:
    """Return whether the length that a decoder reports stands in the file, and is no guess from its size."""
    if kind is not Kind.MP3:
        return kind is Kind.FLAC
    frame = _at(file, _after_tags(file), 256)
    file.seek(0)
    return b"Xing" in frame or b"Info" in frame


def _at(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _after_tags(file: BinaryIO) -> int:
    """Return where the file begins after ID3 tags, which may hold whole pictures."""
    place = 0
    for _ in range(3):
        head = _at(file, place, 10)
        if not head.startswith(b"ID3") or len(head) < 10:
            break
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte & 0x7F
        place += 10 + size
    return place


def _is_mpeg_frame(head: bytes) -> bool:
    """Return whether audio of MPEG begins here: 11 bits of sync, a known version, layer, bit rate and sample rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer in (1, 2) and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def _other(head: bytes) -> str:
    for magic, at, name in OTHERS:
        if head[at : at + len(magic)] == magic:
            return name
    printable = all(byte in b"\t\n\r" or byte >= 32 for byte in head) and b"\x7f" not in head
    return "text, not audio" if printable else "of a kind that is not known here"


def _wav_is_cut(file: BinaryIO, size: int) -> bool:
    for name, start, length in _chunks(file, size):
        if name == b"data":
            streamed = length in UNKNOWN_SIZES or length >= 0x7FFFFFFF
            return not streamed and start + length > size
    return False


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and stated length of the chunks of a WAV file."""
    place = 12
    for _ in range(MOST_CHUNKS):
        head = _at(file, place, 8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        yield head[:4], place + 8, length
        place += 8 + length + length % 2
        if place >= size:
            return


def _ogg_is_cut(file: BinaryIO, size: int) -> bool:
    start = max(0, size - 2 * MOST_PAGE)
    tail = _at(file, start, size - start)
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + PAGE_HEADER:
        return True
    lengths = tail[at + PAGE_HEADER : at + PAGE_HEADER + tail[at + PAGE_HEADER - 1]]
    return at + PAGE_HEADER + tail[at + PAGE_HEADER - 1] + sum(lengths) > len(tail)
