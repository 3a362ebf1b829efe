"""`privacy:` in program.yaml: what it says, and what it must not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ConfigError
from engine.privacy.policy import Action, Kind, Policy
from engine.program import program_from_dict
from engine.program_folder import load_program

DECLARED = "attributes: {email: text, tier: {one_of: [gold]}, months: number}\n"


def load(folder: Path, privacy: str, receivers: str = "") -> tuple[Policy, list[str]]:
    (folder / "program.yaml").write_text(f"{DECLARED}privacy: {privacy}\n")
    (folder / "receivers.yaml").write_text(receivers or "{}")
    program, findings = load_program(folder)
    assert program_from_dict(program.as_dict()).privacy == program.privacy
    return program.privacy, [str(one) for one in findings]


def test_a_program_that_says_nothing_masks_and_knows_customers_by_digests(tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("name: x\n")
    program, _ = load_program(tmp_path)
    assert program.privacy == Policy()
    assert program.privacy.action("text", Kind.PHONE) is Action.MASK
    assert program.privacy.action("customer", Kind.PHONE) is Action.HASH
    # What is not said is not part of what a rule was loaded under: published versions stay what they are.
    assert "privacy" not in program.settings()


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    said = """
  kinds: {order: keep, card: drop, name: hash}
  fields:
    text: mask
    customer: {always: hash}
    channel: drop
    attributes: keep
    attributes.email: hash
    attributes.months: drop
  names: true
  keep_originals: true"""
    policy, findings = load(tmp_path, said)
    assert findings == []
    assert policy.kinds == {Kind.ORDER: Action.KEEP, Kind.CARD: Action.DROP, Kind.NAME: Action.HASH}
    assert (policy.whole("customer"), policy.whole("attributes.email")) == (Action.HASH, Action.HASH)
    assert policy.whole("attributes.other") is None
    assert policy.action("attributes.other", Kind.EMAIL) is Action.KEEP
    assert policy.action("text", Kind.ORDER) is Action.MASK
    assert policy.action("employee", Kind.EMAIL) is Action.HASH
    assert (policy.names, policy.keep_originals) == (True, True)


@pytest.mark.parametrize(
    ("privacy", "problem"),
    [
        pytest.param("mask", "2:10: error: privacy must be a mapping", id="no mapping"),
        pytest.param("{kind: {}}", "unknown setting of privacy 'kind'; did you mean 'kinds'?", id="setting"),
        pytest.param("{kinds: {phones: mask}}", "did you mean 'phone'?", id="kind"),
        pytest.param("{kinds: {phone: hide}}", "what becomes of phone 'hide'; use one of", id="action"),
        pytest.param("{fields: {texts: mask}}", "unknown field 'texts'; did you mean 'text'?", id="field"),
        pytest.param("{fields: {text: {always: mask}}}", "text has words that stay: always is for", id="whole text"),
        pytest.param("{fields: {attributes.email: {always: mask}}}", "attributes.email takes one word", id="attribute"),
        pytest.param("{fields: {customer: {allways: hash}}}", "did you mean 'always'?", id="always"),
        pytest.param("{fields: {customer: {}}}", "always must be one of", id="nothing"),
        pytest.param("{fields: {attributes.months: hash}}", "months is no text", id="number"),
        pytest.param("{names: maybe}", "names must be true or false", id="names"),
    ],
)
def test_errors_say_where_and_what(tmp_path: Path, privacy: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=r"program\.yaml:2:") as caught:
        load(tmp_path, privacy)
    assert problem in str(caught.value)


LETTERS = 'letters: {kind: webhook, url: "https://x.example/{address}", secret: "a-secret-of-thirty-two-characters", '
LETTERS += "to_customer: true, address_attribute: email}\n"


@pytest.mark.parametrize(
    ("privacy", "receivers", "warning"),
    [
        pytest.param("{fields: {attributes.emial: keep}}", "", "did you mean 'email'?", id="an undeclared attribute"),
        pytest.param("{kinds: {name: hash}}", "", "names are not looked for", id="names that are not looked for"),
        pytest.param("{}", LETTERS, "privacy: {fields: {attributes.email: keep}}", id="thanks by a masked address"),
        pytest.param("{fields: {attributes: keep}}", LETTERS, None, id="thanks by an address that is kept"),
        pytest.param("{fields: {attributes.email: keep}}", LETTERS, None, id="thanks by one address that is kept"),
    ],
)
def test_what_is_odd_is_warned_of(tmp_path: Path, privacy: str, receivers: str, warning: str | None) -> None:
    _, findings = load(tmp_path, privacy, receivers)
    assert len(findings) == (warning is not None)
    assert (warning or "") in "".join(findings)
