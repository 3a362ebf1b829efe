"""Speech: how well it is heard, how fast, and what that changes in labels and alerts.

``python -m tests.bench.speech`` prints the lines of the report. It needs the extra ``speech`` and espeak-ng.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jiwer
import numpy as np

from engine.feedback import Feedback, Part
from engine.intake import admit
from engine.pipeline import Engine
from engine.ports import Reader, SystemClock
from engine.program_folder import load_program
from engine.reading import Reading
from engine.rules.load import load_rules
from engine.store.store import Store
from engine.transcripts.turns import parts_of
from models.speech.transcriber import Transcriber, load_transcriber
from models.speech.transcript import Transcript
from models.topics import load_program_reader
from tests.bench.data import ROOT, folder
from tests.support.speech import samples_of, spoken, wav

TEXTS = 60
VOICES = (("en-us", 150), ("en-gb", 165), ("en-gb-x-rp+m3", 150), ("en-us+f3", 170), ("en-gb+f2", 160), ("en-us", 190))
BANDS = (0.0, 0.6, 0.7, 0.8, 0.9, 1.01)
MANY = 20_000.0
ASKED = 0.08
INTRODUCTION = (
    "espeak-ng reads records of voc dev, flatter and less clearly than people do; Whisper tiny.en (int8, 2 threads) "
    "hears them."
)
LISTEN = """
import sys
from pathlib import Path
from models.speech.transcriber import load_transcriber
load_transcriber(threads=2).transcribe(Path(sys.argv[1]), most_seconds=20_000)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@dataclass(frozen=True)
class Said:
    """One text, spoken and heard."""

    row: dict[str, Any]
    text: str
    transcript: Transcript

    @property
    def heard(self) -> str:
        return " ".join(one.text for one in self.transcript.utterances)

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.transcript.utterances) or (Part(""),)

    @property
    def sure(self) -> float:
        return self.parts[0].confidence or 0.0

    @property
    def gold(self) -> set[tuple[str, str]]:
        found = ((task, s.get(task) or ()) for s in self.row["sentences"] for task in ("emotion", "intent", "topic"))
        return {(task, name.rsplit("/", 1)[-1]) for task, names in found for name in names}


def measure() -> list[str]:
    """Return the lines of the report."""
    transcriber = load_transcriber(threads=2)
    said = list(_said(transcriber))
    program, _ = load_program(ROOT / "samples" / "program")
    reader = load_program_reader(program, None)
    return [
        INTRODUCTION,
        "",
        *_errors(said),
        *_speed(transcriber, said),
        *_labels(said, reader),
        *_alerts(said, reader),
    ]


def _said(transcriber: Transcriber) -> Iterator[Said]:
    rows = [json.loads(line) for line in (folder() / "voc" / "dev.jsonl").read_text().splitlines()]
    texts = [(row, " ".join(sentence["text"] for sentence in row["sentences"])) for row in rows]
    fitting = [(row, text) for row, text in texts if 6 <= len(text.split()) <= 60]
    for place, (row, text) in enumerate(fitting[:: len(fitting) // TEXTS][:TEXTS]):
        file = spoken(text, *VOICES[place % len(VOICES)])
        yield Said(row, text, transcriber.transcribe(io.BytesIO(file), most_seconds=MANY))


def _plain(text: str) -> str:
    """Return the words alone: without case, marks and hyphens; figures stay figures."""
    return " ".join(re.sub(r"[^\w\s']|_", " ", text.lower().replace("’", "'")).split())


def _errors(said: Sequence[Said]) -> list[str]:
    by_voice = {}
    for voice in dict.fromkeys(VOICES):
        some = [one for place, one in enumerate(said) if VOICES[place % len(VOICES)] == voice]
        by_voice[voice] = _rate(some)
    each = ", ".join(f"{name} at {speed} {rate:.0%}" for (name, speed), rate in by_voice.items())
    lost = sum(one.transcript.utterances == () for one in said)
    counts = _words(said)
    right_by_band = "; ".join(f"{low:.1f} to {min(high, 1):.1f}: {right:.0%} of {n}" for low, high, right, n in counts)
    return [
        f"- Word error rate on {len(said)} texts: **{_rate(said):.1%}** (by voice and words a minute: {each}).",
        f"- {lost} of them were not understood at all, and are empty readings. Figures for numbers count as errors.",
        f"- The confidence of what is heard, and how many of its words are right: {right_by_band}.",
    ]


def _rate(said: Sequence[Said]) -> float:
    heard = [one for one in said if one.transcript.utterances]
    return float(jiwer.wer([_plain(one.text) for one in heard], [_plain(one.heard) for one in heard]))


def _words(said: Sequence[Said]) -> list[tuple[float, float, float, int]]:
    """Return by band of an utterance's confidence the share of its words that were said."""
    found: list[tuple[float, bool]] = []
    for one in said:
        if not one.transcript.utterances:
            continue
        sure = [
            utterance.confidence or 0.0
            for utterance in one.transcript.utterances
            for _ in _plain(utterance.text).split()
        ]
        output = jiwer.process_words(_plain(one.text), " ".join(_plain(u.text) for u in one.transcript.utterances))
        right = [False] * len(sure)
        for chunk in output.alignments[0]:
            if chunk.type == "equal":
                right[chunk.hyp_start_idx : chunk.hyp_end_idx] = [True] * (chunk.hyp_end_idx - chunk.hyp_start_idx)
        found += zip(sure, right, strict=True)
    return _banded(found)


def _banded(found: Sequence[tuple[float, bool]]) -> list[tuple[float, float, float, int]]:
    bands = []
    for low, high in pairwise(BANDS):
        some = [right for sure, right in found if low <= sure < high]
        if some:
            bands.append((low, high, sum(some) / len(some), len(some)))
    return bands


def _speed(transcriber: Transcriber, said: Sequence[Said]) -> list[str]:
    lines = []
    for seconds, name in ((60, "one-minute"), (10, "ten-second")):
        file = _clip(seconds, said)
        best = min(
            _timed(lambda file=file: transcriber.transcribe(io.BytesIO(file), most_seconds=MANY)) for _ in range(5)
        )
        lines.append(
            f"- A {name} clip takes {best:.2f} s: real-time factor **{best / seconds:.3f}**. Asked for: {ASKED}."
        )
    with tempfile.TemporaryDirectory() as place:
        peaks = [_peak(Path(place) / f"{minutes}.wav", _clip(60, said), minutes) for minutes in (1, 60)]
    return [
        *lines,
        f"- Peak memory of a process that hears one minute: {peaks[0]:.0f} MiB; an hour: **{peaks[1]:.0f} MiB**.",
    ]


def _clip(seconds: int, said: Sequence[Said]) -> bytes:
    """Return so many seconds of talk without a break."""
    pieces, rate = [], 0
    for place, one in enumerate(said):
        samples, rate = samples_of(spoken(one.text, *VOICES[place % len(VOICES)]))
        pieces.append(samples)
    return wav(np.concatenate(pieces, axis=1)[:, : seconds * rate], rate)


def _peak(path: Path, minute: bytes, minutes: int) -> float:
    """Return the MiB that a process of its own takes for a recording: one minute of talk, and silence for the rest."""
    samples, rate = samples_of(minute)
    path.write_bytes(wav(np.pad(samples, ((0, 0), (0, (minutes - 1) * 60 * rate))), rate))
    done = subprocess.run([sys.executable, "-c", LISTEN, str(path)], check=True, capture_output=True, cwd=ROOT)
    return int(done.stdout) / 1024


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _labels(said: Sequence[Said], reader: Reader) -> list[str]:
    typed = reader.read([[Part(one.text)] for one in said])
    heard = reader.read([one.parts for one in said])
    believed = reader.read([[replace(part, confidence=None, cues=()) for part in one.parts] for one in said])
    banded = [
        (one.sure, label in one.gold) for one, reading in zip(said, believed, strict=True) for label in _held(reading)
    ]
    whole = [label in one.gold for one, reading in zip(said, typed, strict=True) for label in _held(reading)]
    bands = "; ".join(f"{low:.1f} to {min(high, 1):.1f}: {right:.0%} of {n}" for low, high, right, n in _banded(banded))
    return [
        f"- Labels of records that change against the typed text: {_changed(typed, heard)}.",
        f"- The same, if nothing were lowered for what was heard badly: {_changed(typed, believed)}.",
        f"- How many of those labels are right, by the confidence of the record's words: {bands}.",
        f"- Of the labels of the typed text: {sum(whole) / len(whole):.0%} of {len(whole)}.",
    ]


def _held(reading: Reading) -> set[tuple[str, str]]:
    labels = reading.as_dict("")["labels"]
    return {(task, name.rsplit("/", 1)[-1]) for task, names in labels.items() for name in names}


def _changed(typed: Sequence[Reading], heard: Sequence[Reading]) -> str:
    pairs = [(_held(one), _held(other)) for one, other in zip(typed, heard, strict=True)]
    had = sum(len(one) for one, _ in pairs)
    lost, gained = sum(len(one - other) for one, other in pairs), sum(len(other - one) for one, other in pairs)
    return f"of {had}, **{lost} ({lost / had:.0%}) are lost and {gained} ({gained / had:.0%}) are new**"


def _alerts(said: Sequence[Said], reader: Reader) -> list[str]:
    typed, heard = (_decided(said, reader, use) for use in (lambda one: (Part(one.text),), lambda one: one.parts))
    pairs = list(zip(typed, heard, strict=True))
    had, lost = sum(len(one) for one, _ in pairs), sum(len(one - other) for one, other in pairs)
    gained, same = sum(len(other - one) for one, other in pairs), sum(one == other for one, other in pairs)
    return [
        f"- Alerts of the sample program: {had} on the typed text, of which **{lost} are lost and {gained} are new**.",
        f"- {same} of {len(pairs)} records get the same alerts.",
    ]


def _decided(
    said: Sequence[Said], reader: Reader, use: Callable[[Said], tuple[Part, ...]]
) -> list[set[tuple[str, str]]]:
    program, _ = load_program(ROOT / "samples" / "program")
    store, clock = Store("sqlite://"), SystemClock()
    store.migrate()
    if program.people is not None:
        store.people.bring(program.people, clock.now())
    engine = Engine(store, reader, load_rules(program, reader.taxonomy), clock)
    decisions = engine.process([_feedback(one, use(one), program, clock) for one in said])
    store.close()
    return [{(alert.rule, str(alert.kind)) for alert in decision.alerts} for decision in decisions]


def _feedback(one: Said, parts: tuple[Part, ...], program: Any, clock: SystemClock) -> Feedback:
    scores = {name: value for name, value in one.row["scores"].items() if name in program.scores}
    record = {"id": one.row["id"], "text": "", "scores": scores, "channel": one.row["channel"]}
    return replace(admit(record, program, clock.now()), parts=parts)


if __name__ == "__main__":
    print("\n".join(measure()))
