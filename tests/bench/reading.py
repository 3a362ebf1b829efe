"""`heedful read` from the outside: throughput after start-up, and the time to a first reading."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
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
    ]
