from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def heedful(tmp_path: Path) -> Command:
    """Run the command line as a process of its own, in an empty folder."""

    def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=tmp_path,
            env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | environment,
            input=stdin if stdin is not None else "",
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


LOW_SCORE = """
rule: low-score
status: live
when: {nps: {at_most: 2}}
then: {severity: high}
examples:
  fires: [{text: a, nps: 0}, {text: b, nps: 1}, {text: c, nps: 2}]
  stays_quiet: [{text: a, nps: 3}, {text: b}, {text: c, nps: 10}]
"""


@pytest.fixture
def low_score(tmp_path: Path) -> str:
    """A program whose one rule goes by the score alone, whatever the model says."""
    folder = tmp_path / "program"
    (folder / "rules").mkdir(parents=True)
    (folder / "program.yaml").write_text("name: low-score\n")
    (folder / "rules" / "score.yaml").write_text(LOW_SCORE)
    return str(folder)
