"""`heedful serve --only`: the console and the taking of feedback as two processes on one store."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import Command
from tests.acceptance.serving import DB, Serving


@pytest.mark.xdist_group("serve")
def test_a_console_beside_a_service_shows_what_it_took(heedful: Command, low_score: str, tmp_path: Path) -> None:
    key = heedful("keys", "create", "--name", "test", "--role", "admin", "--db", DB).stdout.strip()
    add = ("users", "add", "--name", "Ann", "--email", "ann@example.com", "--role", "agent", "--db", DB)
    token = heedful(*add).stdout.strip().rpartition("/")[2]
    for name in ("ingest", "console"):
        (tmp_path / name).mkdir()
    (tmp_path / "ingest" / "store.db").symlink_to(tmp_path / "store.db")
    (tmp_path / "console" / "store.db").symlink_to(tmp_path / "store.db")
    taking = Serving(tmp_path / "ingest", low_score, key, "--only", "ingest")
    showing = Serving(tmp_path / "console", low_score, key, "--only", "console")
    try:
        answer = taking.client.post("/v1/feedback", json={"id": "r1", "text": "Nothing.", "scores": {"nps": 0}})
        assert len(answer.json()["decisions"][0]["alerts"]) == 1
        assert taking.client.get("/sign-in").status_code == 404, "no page here"
        assert showing.client.get("/v1/alerts").status_code == 404, "no API here"
        assert showing.client.get("/readyz").status_code == 200
        base = str(showing.client.base_url)
        with httpx.Client(base_url=base, headers={"origin": base.rstrip("/")}, follow_redirects=True) as ann:
            assert "low-score" in ann.post(f"/sign-in/link/{token}").text
        assert [one.end(signal.SIGINT) for one in (showing, taking)] == [0, 0]
        assert "Traceback" not in showing.log + taking.log
    finally:
        for one in (taking, showing):
            if one.process.poll() is None:
                one.end(signal.SIGKILL)
