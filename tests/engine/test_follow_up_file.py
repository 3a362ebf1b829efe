"""What program.yaml says of following up: triage, remedies and root causes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.alerts.triage import Triage
from engine.errors import ConfigError
from engine.program import Program, program_from_dict
from engine.program_folder import load_program

ATTRIBUTES = "name: p\nattributes: {tier: {one_of: [Gold, basic]}, spend: number, email: text}\n"


def load(folder: Path, text: str, receivers: str | None = None) -> Program:
    (folder / "program.yaml").write_text(ATTRIBUTES + text)
    if receivers is not None:
        (folder / "receivers.yaml").write_text(receivers)
    return load_program(folder)[0]


def test_what_is_said_is_known(tmp_path: Path) -> None:
    program = load(
        tmp_path,
        "triage: {attribute: tier, weights: {Gold: 0.6, basic: 0}}\n"
        "remedies: [refund, apology, refund]\nroot_causes: late delivery\n",
    )
    assert program.triage == Triage("tier", {"gold": 0.6, "basic": 0.0})
    assert (program.remedies, program.root_causes) == (("refund", "apology"), ("late delivery",))


def test_without_a_word_nothing_is_declared(tmp_path: Path) -> None:
    program = load(tmp_path, "")
    assert (program.triage, program.remedies, program.root_causes) == (Triage(), (), ())


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("triage: gold", 3, "must be a mapping", id="no mapping"),
        pytest.param("triage: {weights: {Gold: 1}}", 3, "needs the attribute", id="no attribute"),
        pytest.param(
            "triage: {attribute: tir, weights: {Gold: 1}}", 3, "did you mean 'tier'", id="a misspelt attribute"
        ),
        pytest.param("triage: {attribute: tier}", 3, "needs weights", id="no weights"),
        pytest.param("triage:\n  attribute: tier\n  weights: {Glod: 1}", 5, "did you mean 'Gold'", id="a value"),
        pytest.param("triage: {attribute: tier, weights: {Gold: 2}}", 3, "from 0 to 1", id="a weight of 2"),
        pytest.param("triage: {attribute: tier, weights: {Gold: much}}", 3, "must be a number", id="a weight of text"),
        pytest.param("triage: {attribute: tier, wieghts: {}}", 3, "did you mean 'weights'", id="a misspelt word"),
        pytest.param("remedies: {a: b}", 3, "a remedy must be text", id="remedies as a mapping"),
        pytest.param(f"root_causes: [{'x' * 201}]", 3, "longer than 200", id="a long root cause"),
    ],
)
def test_every_slip_is_told_with_its_place(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    told = [(one.line, one.message) for one in caught.value.findings]
    assert any(where == line and said in message for where, message in told), told


def test_a_receiver_to_customers_is_kept_with_the_ruleset(tmp_path: Path) -> None:
    letter = 'kind: apprise, url: "mailto://a:b@mail.example?to={address}", to_customer: true, address_attribute: email'
    program = load(tmp_path, "", f"letters: {{{letter}}}\nlog: {{kind: log}}\n")
    letters = program.receivers["letters"]
    assert (letters.to_customer, letters.address_attribute) == (True, "email")
    kept = program_from_dict(program.as_dict())
    assert [kept.receivers[name].to_customer for name in ("letters", "log")] == [True, False]
    # A program without one is told of as ever, so that its rulesets keep their names.
    assert Program().settings()["receivers"] == [["operators", "log"]]
