"""`heedful receivers`: listed and tested from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine.errors import HeedfulError
from tests.support.hooks import answers, hook

RUNNER = CliRunner()


def program(folder: Path, port: int) -> str:
    (folder / "program.yaml").write_text("name: x")
    url = f"http://localhost:{port}/secret-path"
    (folder / "receivers.yaml").write_text(f"chat: {{kind: slack, url: '{url}', allow_private: true}}")
    return str(folder)


def test_listed_without_addresses(tmp_path: Path) -> None:
    folder = program(tmp_path, 1)
    table = RUNNER.invoke(app, ["receivers", "list", "--program", folder])
    assert table.exit_code == 0
    assert "chat" in table.output
    listed = RUNNER.invoke(app, ["receivers", "list", "--program", folder, "--json"])
    names = [(one["name"], one["kind"], one["sees"]) for one in json.loads(listed.output)["receivers"]]
    assert names == [("chat", "slack", "masked"), ("operators", "log", "masked")]
    assert "secret-path" not in table.output + listed.output


def test_tested_the_real_way(tmp_path: Path) -> None:
    with hook() as server:
        folder = program(tmp_path, server.port)
        server.behaviour = answers(200, "ok")
        good = RUNNER.invoke(app, ["receivers", "test", "chat", "--program", folder])
        assert good.exit_code == 0
        assert "chat: delivered in" in good.output
        assert "A test of this receiver" in server.got[0].body
        server.behaviour = answers(404, "no_service")
        bad = RUNNER.invoke(app, ["receivers", "test", "chat", "--program", folder, "--json"])
        assert bad.exit_code == 1
        assert json.loads(bad.output)["said"] == "localhost answered 404: no_service"


def test_a_receiver_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["receivers", "test", "chta", "--program", program(tmp_path, 1)])
    assert isinstance(result.exception, HeedfulError)
    with pytest.raises(HeedfulError, match="did you mean 'chat'"):
        raise result.exception
