"""From the bytes of a transcript to its text."""

from __future__ import annotations

import codecs

from engine.errors import TranscriptError

MIB = 1024 * 1024
MOST_BYTES = 32 * MIB
MOST_SUBTITLE_BYTES = 8 * MIB
# The longer mark first: UTF-32's begins as UTF-16's does.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd")


def decoded(content: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 and UTF-32 with their mark; line ends become line feeds.

    Raises
    ------
    TranscriptError
        If it is empty, too large, packed, binary or in another encoding: with the line, and what to do.
    """
    if not content.strip():
        raise TranscriptError("the file is empty")
    check_size(len(content))
    if content.startswith(_PACKED):
        raise TranscriptError("the file is packed; unpack it first: nothing is unpacked here")
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as problem:
        raise _not_decoded(content, encoding, problem.start) from problem
    if "\x00" in text:
        raise TranscriptError("this is a binary file, or UTF-16 without its mark; save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_size(size: int, most: int = MOST_BYTES) -> None:
    """Refuse a file that is too large for a transcript.

    Raises
    ------
    TranscriptError
        If it has more bytes than that: of JSON 32 MiB, which times every word; of subtitles 8.
    """
    if size > most:
        raise TranscriptError(f"the file has {size / MIB:,.1f} MiB; a transcript like it has at most {most // MIB}")


def _not_decoded(content: bytes, encoding: str, at: int) -> TranscriptError:
    if encoding != "utf-8":
        return TranscriptError(f"the file is marked as {encoding.upper()}, but is not; save it as UTF-8")
    if b"\x00" in content[:1024]:
        return TranscriptError("this is a binary file, and no transcript")
    line = content.count(b"\n", 0, at) + 1
    return TranscriptError("this line is not UTF-8, as those before; save the file as UTF-8", line=line)
