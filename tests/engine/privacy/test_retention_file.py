"""`retention:` of program.yaml: what it means, and where each mistake stands."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.privacy.retention import Erasing, RetentionRule
from engine.program_folder import load_program

DAY = timedelta(days=1)


def load(folder: Path, retention: str) -> tuple[RetentionRule, ...]:
    (folder / "program.yaml").write_text(f"name: x\nretention: {retention}\n")
    return load_program(folder)[0].retention


def test_rules_are_read(tmp_path: Path) -> None:
    assert load(
        tmp_path,
        "[{after: 90d, channel: voice, do: anonymise}, {after: 104w, do: delete}, {after: 1d, source: 7, do: delete}]",
    ) == (
        RetentionRule(90 * DAY, Erasing.ANONYMISE, channel="voice"),
        RetentionRule(728 * DAY, Erasing.DELETE),
        RetentionRule(DAY, Erasing.DELETE, source="7"),
    )
    assert load(tmp_path, "[]") == ()


@pytest.mark.parametrize(
    ("retention", "said"),
    [
        pytest.param("{after: 90d}", "retention must be a list", id="no list"),
        pytest.param("[delete]", "must be a mapping", id="no mapping"),
        pytest.param("[{after: 2y, do: delete}]", "a year is 365d", id="years"),
        pytest.param("[{after: 90, do: delete}]", "whole days or weeks", id="no unit"),
        pytest.param("[{after: 24h, do: delete}]", "whole days or weeks", id="hours"),
        pytest.param("[{after: 0d, do: delete}]", "at least 1d", id="at once"),
        pytest.param("[{after: 999999d, do: delete}]", "whole days or weeks", id="for ever"),
        pytest.param("[{do: delete}]", "needs 'after'", id="no age"),
        pytest.param("[{after: 9d}]", "needs 'do'", id="nothing to do"),
        pytest.param("[{after: 9d, do: anonymize}]", "did you mean 'anonymise'", id="misspelt"),
        pytest.param("[{after: 9d, do: delete, chanel: x}]", "did you mean 'channel'", id="setting"),
        pytest.param("[{after: 9d, do: delete, channel: [a]}]", "channel must be text", id="several channels"),
        pytest.param("[{after: 9d, do: delete}, {after: 1w, do: delete}]", "line 2 says already", id="twice"),
        pytest.param("[{after: 9d, do: delete}, {after: 9d, do: anonymise}]", "cannot be anonymised", id="too late"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, retention: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, retention)
    (finding,) = caught.value.findings
    assert finding.line == 2
    assert finding.file.endswith("program.yaml")
    assert said in finding.message
