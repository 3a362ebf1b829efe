"""What the models page does behind the browser: commands in a process of their own, and rules written out for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.console.judging.known import ModelChoiceError, chosen, known_models, promote
from api.console.judging.work import Work, WorkError, rules_in
from api.runtime import Service
from api.settings import Settings
from engine.ports import SystemClock
from engine.privacy.erasing_intake import Wish
from engine.privacy.retention import Erasing
from engine.program import DEFINE, Program, RuleFile
from engine.rules.load import load_rules
from models.artifact import DEFAULT, load_artifact
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES, composed

USES = "---\nrule: upset-one\nstatus: shadow\nwhen: {meets: upset}\n"
DEFINED = "upset: {emotion: anger}\n"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service with two files of managed rules, and a model store of its own."""
    first, *others = (RULES + USES).split("---\n")
    files = (RuleFile("a.yaml", first), RuleFile("b.yaml", "---\n".join(others)), RuleFile(DEFINE, DEFINED))
    settings = Settings(models=tmp_path / "model-store", labelled=tmp_path / "labelled")
    found = composed(tmp_path, Program(rule_files=files, any_attribute=True), SystemClock(), KeywordReader(), settings)
    yield found
    found.close()


def test_published_rules_are_written_so_that_a_command_loads_all_of_them(service: Service, tmp_path: Path) -> None:
    options = rules_in(service, tmp_path)
    assert options == ["--rules", str(tmp_path / "rules")]
    written = [RuleFile(one.name, one.read_text()) for one in sorted((tmp_path / "rules").glob("*.yaml"))]
    loaded = load_rules(Program(rule_files=tuple(written), any_attribute=True), TAXONOMY)
    assert (tmp_path / "rules" / DEFINE).read_text() == DEFINED
    assert {rule.slug for rule in loaded.rules} == {rule.slug for rule in service.rules.rules} != set()


def test_what_a_command_finds_wrong_is_said_and_the_next_may_begin(service: Service, tmp_path: Path) -> None:
    work = Work(service)
    command = ["evaluate", str(DEFAULT), "--data", str(tmp_path / "nothing.jsonl"), "--json", str(tmp_path / "out")]
    with pytest.raises(WorkError, match=r"nothing\.jsonl cannot be read"):
        asyncio.run(work.run("a measurement", command, tmp_path / "out"))
    assert work.doing is None
    work.doing = "a comparison"
    with pytest.raises(WorkError, match="a comparison is under way"):
        asyncio.run(work.run("a measurement", command, tmp_path / "out"))


def test_a_comparison_keeps_its_numbers_and_no_words_once_something_is_erased(service: Service) -> None:
    work, store, now = Work(service), service.store, service.engine.clock.now()
    alert = {"text": "I am leaving", "why": ["says leaving"], "why_not": []}
    work.compared["a", "b"] = {"rules": [{"rule": "r", "must_not_lose": True, "lost": [alert], "gained": []}]}
    work.forget()
    assert alert["text"] == "I am leaving", "nothing was erased"
    begun = store.erasures.begin(Wish("c1", Erasing.ANONYMISE, "kim"), now)
    store.erasures.run(begun.id, "here", service.engine.clock, rest=lambda _: None)
    work.forget()
    assert "leaving" not in str(work.compared)
    assert work.refusal("a", "b") == "r must not lose alerts and loses 1"


def test_models_that_are_no_models_are_not_offered(service: Service, tmp_path: Path) -> None:
    broken = tmp_path / "models" / "half"
    broken.mkdir(parents=True)
    (broken / "manifest.json").write_text("{")
    (shipped,) = known_models(service)
    assert shipped.version == load_artifact(DEFAULT).version
    assert shipped.is_current
    with pytest.raises(ModelChoiceError):
        chosen(service, "../../etc")
    with pytest.raises(ModelChoiceError):
        promote(service, None, seen=0, by="kim", why="why not", force=False)
