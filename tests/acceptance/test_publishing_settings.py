"""Receivers and routes in versions from the command line: pushed, listed, gone by, taken back, exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.errors import HeedfulError, ManagedError, NotFoundError, SetupError
from tests.support.hooks import hook

RUNNER = CliRunner()
OURS = 'crm: {kind: webhook, url: "${CRM_URL}", secret: "${CRM_SECRET}", allow_private: true}\ndesk: {kind: log}\n'


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CRM_SECRET", "s3cret-of-crm")
    monkeypatch.setenv("CRM_URL", "http://192.0.2.1/hook")
    return f"sqlite:///{tmp_path / 'store.db'}"


def run(*words: str) -> str:
    done = RUNNER.invoke(app, list(words))
    if isinstance(done.exception, HeedfulError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_from_a_push_to_a_message_and_back(tmp_path: Path, db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file, routes = tmp_path / "ours.yaml", tmp_path / "ways.yaml"
    file.write_text(OURS)
    routes.write_text("to: desk  # for now\n")
    assert "2 published: crm, desk" in run("receivers", "push", str(file), "--db", db, "--why", "the first")
    assert "1 published: routes" in run("routes", "push", str(routes), "--db", db)
    listed = json.loads(run("receivers", "list", "--json", "--db", db))["receivers"]
    assert {one["name"]: one["stands"] for one in listed} == {
        "crm": "published",
        "desk": "published",
        "operators": "always",
    }
    assert "to desk" in run("routes", "show", "--db", db)
    with hook() as server:
        monkeypatch.setenv("CRM_URL", server.url)
        assert "delivered in" in run("receivers", "test", "crm", "--db", db)
        assert len(server.got) == 1
    routes.write_text("to: crm\n")
    run("routes", "push", str(routes), "--db", db, "--why", "now there")
    assert run("routes", "export", "--version", "1", "--db", db) == "to: desk  # for now\n"
    assert "now there" in run("routes", "versions", "--db", db)
    file.write_text("crm: {kind: log}\n")
    assert "1 retired, as they left the file: desk" in run("receivers", "push", str(file), "--db", db)
    assert "retired" in run("receivers", "versions", "desk", "--db", db)
    run("receivers", "rollback", "desk", "1", "--db", db)
    assert run("receivers", "show", "crm", "--version", "1", "--db", db).startswith("crm:\n  kind: webhook\n")
    run("receivers", "export", "--db", db, "-o", str(tmp_path / "all.yaml"))
    assert (tmp_path / "all.yaml").read_text() == "crm:\n  kind: log\ndesk:\n  kind: log\n"
    run("receivers", "retire", "desk", "--db", db)
    assert "desk" not in run("receivers", "list", "--db", db)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        pytest.param(["receivers", "push", "FILE"], SetupError, "GONE is not set", id="unset"),
        pytest.param(["routes", "push", "FILE"], SetupError, "unknown setting of the routes 'x'", id="routes"),
        pytest.param(["receivers", "show", "crm"], NotFoundError, "no published receiver 'crm'", id="show"),
        pytest.param(["routes", "export"], NotFoundError, "no published routes", id="export"),
        pytest.param(["routes", "rollback", "1"], NotFoundError, "no published routes", id="rollback"),
        pytest.param(["receivers", "push", "FILE", "--program", "FOLDER"], ManagedError, "stands in", id="in the file"),
    ],
)
def test_what_cannot_be_done_says_why(
    tmp_path: Path, db: str, words: list[str], error: type[HeedfulError], said: str
) -> None:
    (tmp_path / "program.yaml").write_text("name: x\n")
    (tmp_path / "receivers.yaml").write_text("x: {kind: log}\n")
    file = tmp_path / "ours.yaml"
    file.write_text('x: {kind: slack, url: "${GONE}"}\n')
    named = [{"FILE": str(file), "FOLDER": str(tmp_path)}.get(word, word) for word in words]
    with pytest.raises(error, match=said):
        run(*named, "--db", db)
