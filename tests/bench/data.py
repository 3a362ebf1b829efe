"""Where the benches find their records."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Return the data folder: HEEDFUL_DATA, by default ../shared/data.

    Raises
    ------
    SystemExit
        If it is not there.
    """
    found = Path(os.environ.get("HEEDFUL_DATA", ROOT.parent / "shared" / "data"))
    if not (found / "voc" / "train.jsonl").exists():
        raise SystemExit(f"{found} has no voc/train.jsonl: set HEEDFUL_DATA to the folder of data sets")
    return found


def goemotions_dev() -> Path:
    """Return GoEmotions' dev set."""
    return folder() / "clean" / "goemotions" / "dev.jsonl"


def voc_records(limit: int) -> list[dict[str, Any]]:
    """Return input records made of voc train: id, text, scores, channel."""
    records = []
    with (folder() / "voc" / "train.jsonl").open() as lines:
        for line in lines:
            row = json.loads(line)
            text = " ".join(sentence["text"] for sentence in row["sentences"])
            records.append({"id": row["id"], "text": text, "scores": row["scores"], "channel": row["channel"]})
            if len(records) == limit:
                break
    return records
