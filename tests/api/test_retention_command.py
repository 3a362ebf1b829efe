"""`heedful retention`: what is said where nothing is erased for its age."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.opened import closing_what_is_opened
from engine.errors import ErasureError
from engine.store.store import Store


@pytest.mark.parametrize("named", [True, False], ids=["of a program that is named", "of none"])
def test_no_rules_say_what_to_do_about_it(
    store: Store, url: str, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEEDFUL_PROGRAM", raising=False)
    (tmp_path / "program.yaml").write_text("name: x\n")
    options = ["--db", url, *(["--program", str(tmp_path)] if named else [])]
    said = f"{tmp_path} declares none" if named else "name a program with --program"
    with closing_what_is_opened():
        told = " ".join(CliRunner().invoke(app, ["retention", "preview", *options]).output.split())
        done = CliRunner().invoke(app, ["retention", "run", *options])
    assert "kept for ever; " in told
    assert said in told
    assert isinstance(done.exception, ErasureError)
    assert str(done.exception).endswith(said)
