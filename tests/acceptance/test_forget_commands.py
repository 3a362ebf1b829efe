"""`heedful forget`, `heedful erasures` and `heedful retention`, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.acceptance.conftest import Command

DB = ("--db", "sqlite:///a.db")


def test_a_customer_is_forgotten_in_the_store_and_in_what_was_written(
    heedful: Command, low_score: str, tmp_path: Path
) -> None:
    folder = Path(low_score)
    (folder / "program.yaml").write_text("name: x\nretention: [{after: 30d, channel: call, do: delete}]\n")
    said = ("The tank leaked.", "Nobody answers the phone.", "My refund is late.", "The app is slow.")
    records = [
        {"id": str(n), "text": text, "scores": {"nps": 0}, "customer": f"c-7{n % 2}", "channel": "call"}
        for n, text in enumerate(said)
    ]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    assert heedful("run", "-", "--program", low_score, *DB, stdin=lines).returncode == 0
    assert heedful("review", "export", "-o", "review.jsonl", *DB).returncode == 0
    previewed = json.loads(heedful("retention", "preview", "--json", "--program", low_score, *DB).stdout)
    assert [(one["rule"], one["due"]) for one in previewed] == [("delete after 30d, channel call", 0)]
    asked = ("forget", "--customer", "c-71", "--delete", "--why", "c-71 wrote", *DB)
    # It asks first, and a silent input is no yes.
    assert heedful(*asked).returncode == 1
    done = heedful(*asked, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    receipt = json.loads(done.stdout)
    assert (receipt["counts"]["feedback"], receipt["counts"]["alert"], receipt["why"]) == (2, 2, "[erased] wrote")
    (file,) = receipt["files"]
    assert (Path(file["path"]).name, file["records"]) == ("review.jsonl", 2)
    left = [json.loads(line) for line in (tmp_path / "review.jsonl").read_text().splitlines()]
    assert {one["id"] for one in left} == {"0", "2"}
    assert b"c-71" not in (tmp_path / "a.db").read_bytes()
    assert json.loads(heedful("erasures", "list", "--customer", "c-71", "--json", *DB).stdout) == [receipt]
    refused = heedful("forget", *DB)
    assert refused.returncode == 2
    assert "--customer" in refused.stderr
