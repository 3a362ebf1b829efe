"""`heedful read` from the outside, and the reader itself: throughput, and the time to a first reading."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from tests.bench.data import goemotions_dev

COMMAND = [sys.executable, "-m", "api.cli", "read"]


def _seconds(source: Path, out: Path) -> float:
    started = time.perf_counter()
    subprocess.run([*COMMAND, str(source), "-o", str(out)], check=True, capture_output=True)
    return time.perf_counter() - started


def measure() -> list[str]:
    """Return the lines of the report."""
    with tempfile.TemporaryDirectory() as folder:
        one, many, out = (Path(folder) / name for name in ("one.jsonl", "many.jsonl", "out.jsonl"))
        one.write_text(json.dumps({"id": "1", "text": "The app crashed twice and nobody answers."}) + "\n")
        rows = [json.loads(line) for line in goemotions_dev().read_text().splitlines()]
        many.write_text("".join(json.dumps({"id": row["id"], "text": row["text"]}) + "\n" for row in rows))
        _seconds(one, out)
        first = min(_seconds(one, out) for _ in range(3))
        whole = min(_seconds(many, out) for _ in range(3))
        written = len(out.read_text().splitlines())
    rate = (written - 1) / (whole - first)
    asked = "Asked for: 800 a second"
    said = f"**{rate:,.0f} a second** after start-up, {whole:.1f} s in all. {asked}."
    return [
        f"- `heedful read` on GoEmotions dev, {written:,} records: {said}",
        f"- Start of the command to the end of a run over one record: **{first:.2f} s**. Asked for: below 3 s.",
        *sentences(),
    ]


def sentences() -> list[str]:
    """Measure the reader on sentences of 26 tokens, tokenisation and language included: many at once, and one alone."""
    from engine.feedback import Part
    from models.reader import load_reader

    reader = load_reader()
    texts = _of_tokens(26)
    records = [[Part(text)] for text in texts]
    reader.read(records)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        reader.read(records)
        times.append(time.perf_counter() - started)
    alone = []
    for record in records[:500]:
        started = time.perf_counter()
        reader.read([record])
        alone.append(time.perf_counter() - started)
    rate = len(texts) / min(times)
    return [
        f"- Sentences of 26 tokens, {len(texts):,} at once: **{rate:,.0f} a second**. Asked for: 1,200 a second.",
        f"- One such sentence alone: **{statistics.median(alone) * 1e3:.1f} ms** at the median. Asked for: 3 ms.",
    ]


def _of_tokens(size: int) -> list[str]:
    """Return texts of GoEmotions dev, and runs of its words, that have this many tokens."""
    from models.artifact import DEFAULT
    from models.windows import load_tokenizer

    tokenizer = load_tokenizer(str(DEFAULT / "tokenizer.json"))
    words = " ".join(json.loads(row)["text"] for row in goemotions_dev().read_text().splitlines())
    offsets = tokenizer.encode(words, add_special_tokens=False).offsets
    cuts = [offsets[at][0] for at in range(0, len(offsets), size)]
    found = [words[start:end].strip() for start, end in pairwise(cuts)]
    return [text for text in found if len(tokenizer.encode(text, add_special_tokens=False).ids) == size][:2_000]
