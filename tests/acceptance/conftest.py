from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog

from api.cli import main, output

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[..., subprocess.CompletedProcess[str]]
WIDE = {"COLUMNS": "200"}


@pytest.fixture
def heedful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run the command line in an empty folder; in this process, which has loaded already what it needs."""

    def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        streams = {name: io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for name in ("stdout", "stderr")}
        streams["stdin"] = io.TextIOWrapper(io.BytesIO((stdin or "").encode()), "utf-8")
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["heedful", *arguments])
            for name, stream in streams.items():
                patch.setattr(sys, name, stream)
            for console in (output.stdout, output.stderr):
                # COLUMNS says it, also where it was set when they were made.
                patch.setattr(console, "_width", None)
            for name in [name for name in os.environ if name.startswith("HEEDFUL_")]:
                patch.delenv(name)
            for name, value in (WIDE | environment).items():
                patch.setenv(name, value)
            try:
                code = _exit_code(main)
            finally:
                # The log wrote to the stream of this call.
                structlog.reset_defaults()
        said = [streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr")]  # type: ignore[attr-defined]
        return subprocess.CompletedProcess(arguments, code, *said)

    return run


def _exit_code(call: Callable[[], None]) -> int:
    try:
        call()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


@pytest.fixture
def heedful_process(tmp_path: Path) -> Command:
    """Run the command line as a process of its own, in an empty folder: what it loads, its pipes, its exit."""

    def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("HEEDFUL_")}
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            cwd=tmp_path,
            env=clean | {"PYTHONPATH": str(ROOT)} | WIDE | environment,
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
