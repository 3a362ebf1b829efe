"""WebVTT and SRT become turns; what is wrong in them is said with its line."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TranscriptError
from engine.transcripts.decoding import MOST_SUBTITLE_BYTES
from engine.transcripts.transcript import transcript_of

FULL = """\ufeffWEBVTT - a call\r
Kind: captions\r
\r
STYLE\r
::cue { color: red }\r
\r
REGION\r
id:one\r
\r
NOTE a note\r
of two lines\r
\r
intro\r
00:01.000 --> 00:02.500 position:10%,line-left align:left\r
<v.loud Agent>Hello, how can <i>I</i> help?</v>\r
\r
intro\r
01:00:02.500 --> 01:00:04.000\r
<v Mary &amp; Co>I&#39;m <00:00:03.000><c.red>not</c> &lt;happy&gt;\r
<v Agent>Sorry.\r
"""
SRT = """1
00:00:01,000 --> 00:00:02,500  X1:40 X2:600
{\\an8}<font color="#fff">- My parcel</font>

1
00:00:03,0 --> 00:00:04,25
is late.
3
00:00:05,000 --> 00:00:06,000
Again!
"""
ROLLING = """WEBVTT
Kind: captions

00:00:00.120 --> 00:00:02.390 align:start position:0%
{space}
my parcel<00:00:00.640><c> is</c>

00:00:02.390 --> 00:00:02.400 align:start position:0%
my parcel is
{space}

00:00:02.400 --> 00:00:04.950 align:start position:0%
my parcel is
late<00:00:03.120><c> again</c>

00:00:04.950 --> 00:00:04.960 align:start position:0%
late again
{space}

""".replace("{space}", " ")
ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:02.000
Sam Smith: Thank you for calling. How can I help?

2
00:00:02.000 --> 00:00:03.000
O'Neil, J.

3
00:00:03.000 --> 00:00:04.000
Mary: Note: it is broken.

4
00:00:04.000 --> 00:00:05.000
Sam Smith: I see.

5
00:00:05.000 --> 00:00:06.000
Mary: Broken!
"""


TIMES = "00:01.000 --> 00:02.000\n"


def _turns(text: str, encoding: str = "utf-8") -> list[tuple[str, str, float | None, float | None]]:
    parts, _ = transcript_of(text.encode(encoding)).parts()
    return [(part.speaker, part.text, part.start, part.end) for part in parts]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        pytest.param(
            FULL,
            [
                ("agent", "Hello, how can I help?", 1.0, 2.5),
                ("customer", "I'm not <happy>", 3602.5, 3604.0),
                ("agent", "Sorry.", 3602.5, 3604.0),
            ],
            id="everything-webvtt-has",
        ),
        pytest.param(SRT, [("customer", "- My parcel is late. Again!", 1.0, 6.0)], id="srt"),
        pytest.param(SRT.replace("\n", "\r"), [("customer", "- My parcel is late. Again!", 1.0, 6.0)], id="old-mac"),
        pytest.param(ROLLING, [("customer", "my parcel is late again", 0.12, 4.95)], id="rolling-captions"),
        pytest.param(
            ZOOM,
            [
                ("agent", "Thank you for calling. How can I help? O'Neil, J.", 1, 3),
                ("customer", "Note: it is broken.", 3, 4),
                ("agent", "I see.", 4, 5),
                ("customer", "Broken!", 5, 6),
            ],
            id="names-before-words",
        ),
        pytest.param(
            "WEBVTT\n\n00:01.000 --> 00:02.000\nNote: late.", [("customer", "Note: late.", 1, 2)], id="no-name"
        ),
        pytest.param(
            "WEBVTT\n\n00:01.000 --> 00:02.000\nNo.\n\n00:02.000 --> 00:03.000\nNo.\n\n00:03.000 --> 00:04.000\nBad.",
            [("customer", "No. No. Bad.", 1, 4)],
            id="said-twice",
        ),
        pytest.param(
            "WEBVTT\n\n00:03.000 --> 00:04.000\nlast\n\n00:01.000 --> 00:03.500\nfirst",
            [("customer", "first last", 1, 4)],
            id="out-of-order-and-overlapping",
        ),
        pytest.param("WEBVTT", [("customer", "", None, None)], id="silence"),
        pytest.param("WEBVTT\n\n00:00.000 --> 09:00:00.000\n", [("customer", "", None, None)], id="hours-of-silence"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_subtitles_become_turns(text: str, turns: list[tuple[str, str, float, float]], encoding: str) -> None:
    text = text.removeprefix("\ufeff") if encoding == "utf-16" else text
    assert _turns(text, encoding) == turns


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param(b" \r\n ", "the file is empty", id="blank"),
        pytest.param(b"Hello there,\nhow are you?", "line 1: this is no transcript; looked for WebVTT", id="prose"),
        pytest.param(b"WEBVTT\n\n-00:01.000 --> 00:02.000\nx", "line 3: '-00:01.000' is no time", id="negative"),
        pytest.param(b"WEBVTT\n\n00:02.000 --> 00:01.000\nx", "line 3: this ends before it starts", id="backwards"),
        pytest.param(b"WEBVTT\n\n00:61.000 --> 00:62.000\nx", "line 3: '00:61.000' is no time", id="61-seconds"),
        pytest.param(b"WEBVTT\n\n00:01.000 -->\nx", "line 3: '' is no time", id="cut-short"),
        pytest.param(b"WEBVTT\n\nwords\nalone\n", "line 3: 'words' stands without times", id="words-alone"),
        pytest.param(
            ("WEBVTT\n\n" + TIMES + "caf\xe9").encode("latin-1"), "line 4: this line is not UTF-8", id="latin-1"
        ),
        pytest.param(b"\xff\xfeW\x00E\x00\xd8", "marked as UTF-16, but is not", id="broken-utf-16"),
        pytest.param(b"WEBVTT\n\n" + TIMES.encode() + b"a\x00b", "binary file", id="nul"),
        pytest.param(b"PK\x03\x04...", "the file is packed", id="zip"),
        pytest.param(b"\x1f\x8b...", "the file is packed", id="gzip"),
        pytest.param(b"RIFF\x00\x01\xff\xfeWAVE", "binary file", id="audio"),
        pytest.param(
            b"WEBVTT\n\n" + (TIMES.encode() + b"x\n\n") * 100_001, "more than 100,000 captions", id="too-many-captions"
        ),
        pytest.param(b"WEBVTT\n\n" + TIMES.encode() + b"x " * 200_001, "more than 400,000 characters", id="too-long"),
        pytest.param(b"WEBVTT" + b" " * (MOST_SUBTITLE_BYTES + 1) + b"x", "at most 8", id="too-large"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, said: str) -> None:
    with pytest.raises(TranscriptError) as problem:
        transcript_of(content)
    assert said in str(problem.value)


@pytest.mark.parametrize("piece", ["<v ", "<v a>", "<c.", "{\\a", "&amp", "<00:00:01.000", "-->", "a: "])
def test_a_hostile_line_is_gone_through_once(piece: str) -> None:
    line = piece * (300_000 // len(piece))
    began = time.process_time()
    with contextlib.suppress(TranscriptError):
        transcript_of(f"WEBVTT\n\n{TIMES}{line}".encode())
    assert time.process_time() - began < 5


words = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="\x00"), min_size=1, max_size=12)
said = st.lists(words, min_size=1, max_size=6).map(" ".join)
names = st.sampled_from([None, "Agent", "Customer", "A & B", "J\u00f6rg <x"])
milliseconds = st.integers(0, 36_000_000)


def _clock(value: int, point: str) -> str:
    hours, rest = divmod(value, 3_600_000)
    return f"{hours:02}:{rest // 60_000:02}:{rest // 1000 % 60:02}{point}{rest % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.lists(st.tuples(milliseconds, st.integers(0, 9_999), names, said), min_size=1, max_size=8))
def test_what_is_written_as_webvtt_is_read_back(captions: list[tuple[int, int, str | None, str]]) -> None:
    captions.sort(key=lambda one: one[0])
    lines = ["WEBVTT", ""]
    for start, lasts, name, text in captions:
        voice = "" if name is None else f"<v {_escaped(name)}>"
        lines += [f"{_clock(start, '.')} --> {_clock(start + lasts, '.')}", voice + _escaped(text), ""]
    found = transcript_of("\n".join(lines).encode()).utterances
    if any(name for _, _, name, _ in captions):
        assert [(one.text, one.speaker) for one in found] == [(text, name) for _, _, name, text in captions]
    for one, (start, lasts, _, _) in zip(found, captions, strict=True):
        assert (one.start, one.end) == (pytest.approx(start / 1000), pytest.approx((start + lasts) / 1000))


@given(st.lists(st.tuples(milliseconds, st.integers(0, 9_999), said), min_size=1, max_size=8))
def test_what_is_written_as_srt_is_read_back(captions: list[tuple[int, int, str]]) -> None:
    captions.sort(key=lambda one: one[0])
    blocks = [
        f"{n}\n{_clock(start, ',')} --> {_clock(start + lasts, ',')}\n{_escaped(f'({text})')}\n"
        for n, (start, lasts, text) in enumerate(captions, start=1)
    ]
    found = transcript_of("\n".join(blocks).encode()).utterances
    assert [one.text for one in found] == [f"({text})" for *_, text in captions]


@given(st.binary(max_size=200), st.sampled_from([b"", b"WEBVTT\n\n", b"1\n00:00:01,000 --> 00:00:02,000\n", b"{"]))
def test_no_bytes_raise_anything_else(content: bytes, before: bytes) -> None:
    with contextlib.suppress(TranscriptError):
        transcript_of(before + content).parts()
