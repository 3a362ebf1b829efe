"""The JSON Schema of rules: what loads is valid, what it can see to be wrong is refused by it and by the loader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from engine.program import AttributeSpec, Program, ReceiverSpec, RuleFile
from engine.program_folder import load_program
from engine.rules.definition_loader import load_definitions
from engine.rules.json_schema import rule_schema
from engine.rules.load import load_rules
from models.taxonomy import default_taxonomy
from tests.acceptance.conftest import ROOT

TAXONOMY = default_taxonomy()
ATTRIBUTES = {
    "tier": AttributeSpec("tier", "one_of", ("gold", "basic", "12")),
    "months": AttributeSpec("months", "number"),
    "member": AttributeSpec("member", "flag"),
    "store": AttributeSpec("store", "text"),
}
RECEIVERS = {
    name: ReceiverSpec(name, "log", to_customer=name == "letters") for name in ("operators", "care-team", "letters")
}
DEFINE = RuleFile("_define.yaml", "upset: {emotion: anger}\ngone: {intent: churn}\n")
PROGRAM = Program(attributes=ATTRIBUTES, receivers=RECEIVERS, any_attribute=False, rule_files=(DEFINE,))


def validator(program: Program = PROGRAM) -> Draft202012Validator:
    schema = rule_schema(program, TAXONOMY, load_definitions(program, TAXONOMY)[0].named)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


VALIDATOR = validator()


def loads(text: str) -> bool:
    loaded = load_rules(
        Program(
            attributes=ATTRIBUTES,
            receivers=RECEIVERS,
            any_attribute=False,
            rule_files=(DEFINE, RuleFile("r.yaml", text), RuleFile("s.yaml", "rule: s\nwhen: {nps: 1}\n")),
        ),
        TAXONOMY,
    )
    return "r" in {rule.slug for rule in loaded.rules}


def samples() -> Iterator[object]:
    root = ROOT / "samples"
    for folder, rules in (("program", "program/rules"), ("topics", "topics/rules"), ("program", "rules")):
        for path in sorted((root / rules).rglob("*.yaml")):
            if not path.name.startswith("_"):
                yield pytest.param(root / folder, root / rules, path, id=f"{rules}/{path.name}")


@pytest.mark.parametrize(("folder", "rules", "path"), list(samples()))
def test_every_sample_rule_is_valid(folder: Path, rules: Path, path: Path) -> None:
    program, _ = load_program(folder, rules)
    taxonomy = program.topics.taxonomy(TAXONOMY) if program.topics else TAXONOMY
    schema = rule_schema(program, taxonomy, load_definitions(program, taxonomy)[0].named)
    for document in yaml.safe_load_all(path.read_text("utf-8")):
        assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []


def when(text: str) -> str:
    return f"rule: r\nwhen: {text}\n"


GOOD = [
    pytest.param(when("{emotion: anger}"), id="a label"),
    pytest.param(when("{topic: [digital, billing/accuracy]}"), id="labels"),
    pytest.param(when("{intent: {is: [churn], at_least: 0.5, at_most: 1}}"), id="a label with bounds"),
    pytest.param(when("{nps: 6, csat: [1, 2], ces: {between: [1, 3]}}"), id="scores"),
    pytest.param(when("{nps: {in: [1, 2], at_most: 6}}"), id="a score with bounds"),
    pytest.param(when("{nps: {missing: true}}"), id="a missing score"),
    pytest.param(when("{tier: [gold, 12], months: {at_least: 3}, member: true, store: 0042}"), id="attributes"),
    pytest.param(when("{attribute.shop: {in: [Leeds, 7]}, attribute.age: {at_least: 18}}"), id="undeclared attributes"),
    pytest.param(
        when("{channel: email, language: [en, de], status: read, unit: emea/uk, source: {missing: false}}"), id="facts"
    ),
    pytest.param(when("{meets: upset, all: [{meets: [upset, gone]}]}"), id="definitions"),
    pytest.param(when("{all: [{any: [{none: [{nps: 1}]}, {nps: 2}]}]}"), id="groups"),
    pytest.param(
        "rule: r\ntitle: x\nauthor: me\nstatus: shadow\nmust_not_lose: true\nif_unsure: review\nwhen: {nps: 1}\n"
        "then: {severity: critical, send_to: care-team}\n",
        id="all words",
    ),
    pytest.param(when("{emotion: {is: anger, speaker: agent, within_first: 60s}}"), id="where to look"),
    pytest.param(when("{topic: {is: [billing], question: [why*, 'how?'], within_last: {turns: 2}}}"), id="a question"),
    pytest.param(when("{sentiment: negative}"), id="a sentiment"),
    pytest.param(when("{sentiment: {is: [mixed], speaker: anyone, within_first: {sentences: 3}}}"), id="sentiments"),
    pytest.param(when("{question: 'Why*', any: [{question: [a, b]}]}"), id="the question answered"),
    pytest.param(when("{says: refund, none: [{says: [cancel*, money back, 24]}]}"), id="words"),
    pytest.param(when("{says: {all: [cancel*, [contract, plan]], near: {words: 5}, speaker: agent}}"), id="near"),
    pytest.param(when("{says: {is: [refund], within_first: {sentences: 1}}}"), id="words somewhere"),
    pytest.param(when("{says: {about: wants to leave, at_least: 0.6}}"), id="a meaning"),
    pytest.param(when("{says: {about: [wants to leave, is gone]}}"), id="meanings"),
    pytest.param(
        when(
            "{together: {sentences: 2, speaker: agent, all: [{emotion: anger}, {any: [{topic: price}, {says: bill}]}]}}"
        ),
        id="together",
    ),
    pytest.param(
        when("{same_sentence: [{intent: {is: churn, at_least: 0.5}}, {sentiment: negative}, {says: {about: x y}}]}"),
        id="the same sentence",
    ),
    pytest.param(when("{count: {at_least: 3, within: 24h, per: customer}}"), id="a count"),
    pytest.param(
        when("{all: [{emotion: anger}, {distinct: {what: store, at_least: 3, within: 2h, per: [unit, tier]}}]}"),
        id="a window under all",
    ),
    pytest.param(when("{share: {at_least: 20%, volume: 50, within: 7d, of: {emotion: anger}}}"), id="a share"),
    pytest.param(when("{spike: {within: 1d, of: {rule: s}, against: 3, at_least: 9, p: 0.01}}"), id="a spike"),
    pytest.param(when("{flatline: {within: 6h, per: attribute.shop, against: 2, usual: 0.5}}"), id="a flatline"),
    pytest.param(
        "rule: r\nwhen: {nps: 1}\nthen: {cooldown: {per: [customer, unit], for: 7d}, take: 25%}", id="cooldown"
    ),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {cooldown: 12h, take: 0.5}", id="a short cooldown"),
    pytest.param("rule: r\nwhen: {nps: 10}\nthen: {auto: thank}", id="thanks by themselves"),
    pytest.param(
        "rule: r\nwhen: {nps: 1}\nexamples:\n  fires: [{text: x, nps: 1, tier: gold, attribute.a: 1, channel: email}]\n"
        "  stays_quiet: [{parts: [{text: x, speaker: agent}], customer: 12}]\n",
        id="examples",
    ),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_loads_is_valid(text: str) -> None:
    assert loads(text)
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(text))] == []


BROKEN = [
    pytest.param("status: draft\nwhen: {nps: 1}", id="no name"),
    pytest.param("rule: A Rule\nwhen: {nps: 1}", id="a bad name"),
    pytest.param("rule: r", id="no conditions"),
    pytest.param("rule: r\nwen: {nps: 1}\nwhen: {nps: 1}", id="a word"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {severity: huge}", id="severity"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {sent_to: care-team}", id="a word of then"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {send_to: nobody}", id="receiver"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {send_to: letters}", id="a receiver for customers"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {cooldown: {per: customer}}", id="no length of a cooldown"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {cooldown: 7}", id="a number for a cooldown"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {auto: thanks}", id="a misspelt thing to do"),
    pytest.param("rule: r\nwhen: {nps: 1}\nthen: {take: 2}", id="more than all"),
    pytest.param(when("{emotion: {is: anger, speaker: clerk}}"), id="a speaker"),
    pytest.param(when("{emotion: {is: anger, within_first: 60}}"), id="a number for a reach"),
    pytest.param(when("{emotion: {is: anger, within_first: {words: 3}}}"), id="a unit of reach"),
    pytest.param(when("{emotion: {is: anger, within_first: 60s, within_last: 60s}}"), id="both ends"),
    pytest.param(when("{speaker: agent}"), id="a speaker alone"),
    pytest.param(when("{sentiment: angry}"), id="a sentiment"),
    pytest.param(when("{sentiment: {speaker: agent}}"), id="no sentiment"),
    pytest.param(when("{question: []}"), id="no question"),
    pytest.param(when("{says: []}"), id="no words"),
    pytest.param(when("{says: {is: a b, about: c}}"), id="two ways to say"),
    pytest.param(when("{says: {speaker: agent}}"), id="no way to say"),
    pytest.param(when("{says: {is: refund, near: {words: 3}}}"), id="near nothing"),
    pytest.param(when("{says: {all: [refund]}}"), id="all of one"),
    pytest.param(when("{says: {all: [a b, c d], near: 3}}"), id="near without a unit"),
    pytest.param(when("{says: {is: refund, at_least: 0.5}}"), id="words and a likeness"),
    pytest.param(when("{says: {about: leaving, at_least: 0}}"), id="no likeness"),
    pytest.param(when("{together: {all: [{emotion: anger}]}}"), id="together in how many"),
    pytest.param(when("{together: {sentences: 2}}"), id="together what"),
    pytest.param(when("{together: {sentences: 0, all: [{emotion: anger}]}}"), id="together in none"),
    pytest.param(when("{together: {sentences: 2, all: [{nps: 1}]}}"), id="a score in a sentence"),
    pytest.param(when("{same_sentence: [{channel: email}]}"), id="a channel in a sentence"),
    pytest.param(when("{same_sentence: [{emotion: {is: anger, speaker: agent}}]}"), id="a speaker inside"),
    pytest.param(when("{same_sentence: {emotion: anger}}"), id="no list"),
    pytest.param(when("{count: {at_least: 3}}"), id="no span"),
    pytest.param(when("{count: {within: 24h}}"), id="no threshold"),
    pytest.param(when("{count: {at_least: 3, within: 24h, what: customer}}"), id="a word of another window"),
    pytest.param(when("{count: {at_least: 0.5, within: 24h}}"), id="half a record"),
    pytest.param(when("{count: {at_least: 3, within: 24h, per: custmer}}"), id="what is not there to group by"),
    pytest.param(when("{distinct: {at_least: 3, within: 24h}}"), id="nothing that differs"),
    pytest.param(when("{spike: {within: 24h, p: 2}}"), id="a probability of 2"),
    pytest.param(when("{any: [{count: {at_least: 3, within: 24h}}]}"), id="a window under any"),
    pytest.param(when("{all: [{all: [{count: {at_least: 3, within: 24h}}]}]}"), id="a window deeper down"),
    pytest.param("rule: r\nwhen: {nps: 1}\nstatus: alive", id="status"),
    pytest.param("rule: r\nwhen: {nps: 1}\nif_unsure: maybe", id="if unsure"),
    pytest.param("rule: r\nwhen: {nps: 1}\nmust_not_lose: 1", id="a flag"),
    pytest.param("rule: r\nstatus: live\nwhen: {nps: 1}", id="live without examples"),
    pytest.param(
        "rule: r\nstatus: live\nwhen: {nps: 1}\nexamples: {fires: [{text: a, nps: 1}], stays_quiet: [{text: b}]}",
        id="live with too few",
    ),
    pytest.param("rule: r\nwhen: {nps: 1}\nexamples: {fire: []}", id="a kind of example"),
    pytest.param("rule: r\nwhen: {nps: 1}\nexamples: {fires: [{txt: a}]}", id="a field of an example"),
    pytest.param("- a", id="a list"),
    pytest.param(when("{}"), id="no test"),
    pytest.param(when("nps"), id="a word for a condition"),
    pytest.param(when("{nsp: 1}"), id="a condition"),
    pytest.param(when("{emotion: angry}"), id="a label"),
    pytest.param(when("{topic: ease-of-use}"), id="a leaf without its group"),
    pytest.param(when("{emotion: 5}"), id="a number as a label"),
    pytest.param(when("{emotion: []}"), id="no label"),
    pytest.param(when("{emotion: {at_least: 0.5}}"), id="a bound on no label"),
    pytest.param(when("{emotion: {is: anger, at_least: 8}}"), id="a confidence of 8"),
    pytest.param(when("{emotion: {is: anger, more: 1}}"), id="a test of a label"),
    pytest.param(when("{nps: {at_most: 11}}"), id="outside the range"),
    pytest.param(when("{nps: low}"), id="a word for a score"),
    pytest.param(when("{nps: {between: [6]}}"), id="between one number"),
    pytest.param(when("{nps: {between: [1, 2], at_least: 1}}"), id="between and a bound"),
    pytest.param(when("{nps: {is: 1, in: [2]}}"), id="is and in"),
    pytest.param(when("{nps: {missing: true, is: 1}}"), id="missing and more"),
    pytest.param(when("{nps: {}}"), id="no test of a score"),
    pytest.param(when("{nps: {is: []}}"), id="no value"),
    pytest.param(when("{tier: glod}"), id="a value"),
    pytest.param(when("{tier: {at_least: 3}}"), id="a bound on text"),
    pytest.param(when("{member: gold}"), id="a word for a flag"),
    pytest.param(when("{months: long}"), id="a word for a number"),
    pytest.param(when("{channel: {at_most: 3}}"), id="a bound on a fact"),
    pytest.param(when("{status: reed}"), id="a reading's status"),
    pytest.param(when("{all: {nps: 1}}"), id="all of a mapping"),
    pytest.param(when("{any: []}"), id="any of nothing"),
    pytest.param(when("{all: [nps]}"), id="a word in a list"),
    pytest.param(when("{meets: upsett}"), id="a definition"),
    pytest.param(when("{meets: []}"), id="no definition"),
    pytest.param(when("{meets: {is: upset}}"), id="a mapping for a definition"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_is_wrong_is_refused_by_the_schema_and_by_the_loader(text: str) -> None:
    assert not loads(text)
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


def test_without_a_program_any_receiver_and_definition_may_be_named() -> None:
    built_in = validator(Program())
    assert built_in.is_valid(yaml.safe_load("{rule: r, when: {meets: x, attribute.a: 1}, then: {send_to: y}}"))
    assert not built_in.is_valid(yaml.safe_load("{rule: r, when: {tier: gold}}"))


def test_editors_can_show_what_a_word_means() -> None:
    schema = rule_schema(PROGRAM, TAXONOMY, ())
    emotion = schema["$defs"]["emotion_label"]  # type: ignore[index]
    said = dict(zip(emotion["enum"], emotion["enumDescriptions"], strict=True))
    assert said["anger/anger"] == "strong hostility or fury"
    assert "A score from 0 to 10" in schema["$defs"]["condition"]["properties"]["nps"]["description"]  # type: ignore[index]
