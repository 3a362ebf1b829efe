"""What a command loads before it does anything: no more than it needs, which is what a user waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.commands import COMMANDS, Later
from tests.acceptance.conftest import ROOT
from tests.support.databases import migrated

# What only reading, serving, training and sending want.
HEAVY = {
    *("spacy", "onnxruntime", "tokenizers", "presidio_analyzer", "torch", "sklearn", "scipy", "transformers"),
    *("fastapi", "starlette", "uvicorn", "nicegui", "authlib", "apprise", "httpx", "prometheus_client", "training"),
    # A migrated store needs no migrations, and one in a file no other driver.
    *("alembic", "psycopg"),
}
ENGINE = {"numpy", "engine.store.store", "engine.program", "engine.rules", "models"}
STARTS = [
    pytest.param(["--help"], HEAVY | ENGINE | {"sqlalchemy", "pydantic_settings"}, id="the list of the commands"),
    pytest.param(["nonsense"], HEAVY | ENGINE | {"sqlalchemy", "pydantic_settings"}, id="no command"),
    pytest.param(["keys", "list"], HEAVY | ENGINE, id="keys list"),
    pytest.param(["users", "list"], HEAVY | ENGINE, id="users list"),
    pytest.param(["alerts", "list"], HEAVY, id="alerts list"),
    pytest.param(["outbox", "list"], HEAVY, id="outbox list"),
    pytest.param(["rules", "list"], HEAVY, id="rules list"),
    pytest.param(["silences", "list"], HEAVY, id="silences list"),
]
LOADED = """
import atexit, sys
atexit.register(lambda: print("loaded:", *sys.modules))
from api.cli import main
main()
"""


@pytest.mark.parametrize(("command", "unwanted"), STARTS)
def test_a_command_loads_what_it_needs(tmp_path: Path, command: list[str], unwanted: set[str]) -> None:
    migrated(tmp_path / "store.db")
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "HEEDFUL_DB": "sqlite:///store.db"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    loaded = set(done.stdout.rpartition("loaded:")[2].split())
    assert "api.cli.main" in loaded, done.stderr
    assert "Traceback" not in done.stderr
    assert loaded & unwanted == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    module, listed = COMMANDS[name]
    first, _, _ = Later(name, module, listed).loaded().help.partition("\n\n")
    assert " ".join(first.split()) == listed
