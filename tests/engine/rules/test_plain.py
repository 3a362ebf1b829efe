"""Rules in plain English."""

from __future__ import annotations

from dataclasses import is_dataclass
from importlib import import_module
from pkgutil import iter_modules

import pytest

import engine.rules
from engine.program import AttributeSpec, Program, ReceiverSpec, RuleFile
from engine.rules.load import load_rules
from engine.rules.plain import say_rule
from engine.rules.plain_conditions import say_condition
from engine.rules.plain_words import EMOTIONS, INTENTS
from engine.rules.rule import Rule
from engine.rules.window_loader import RuleReference
from models.taxonomy import default_taxonomy

DEFINE = """
upset: {emotion: [anger/anger, anger/annoyance]}
gone: {all: [{intent: churn}, {customer_tier: gold}]}
"""
MODEL = "as sure as the model needs"
WHOM = "whom the routes name, else operators, with medium severity"


def rule(text: str) -> Rule:
    files = (RuleFile("_define.yaml", DEFINE), RuleFile("r.yaml", text))
    loaded = load_rules(
        Program(
            rule_files=files,
            attributes={"customer_tier": AttributeSpec("customer_tier", "text")},
            receivers={
                "digital-operations": ReceiverSpec("digital-operations", "log"),
                "letters": ReceiverSpec("letters", "log", to_customer=True, address_attribute="email"),
            },
        ),
        default_taxonomy(),
    )
    assert not loaded.errors, loaded.errors
    return loaded.rules[0]


def test_a_whole_rule_reads_like_a_note_to_a_colleague() -> None:
    text = """
rule: angry-digital
title: Angry complaint about the app
when:
  all:
    - emotion: [anger/anger, anger/annoyance]
    - topic: digital/ease-of-use
    - any: [{nps: {at_most: 6}}, {csat: [1, 2]}]
  none:
    - customer_tier: staff
    - channel: chat
if_unsure: review
must_not_lose: true
then: {severity: high, send_to: digital-operations}
"""
    assert say_rule(rule(text)).splitlines() == [
        "angry-digital: Angry complaint about the app",
        "",
        "Would alert digital-operations with high severity when all of these hold:",
        f"- the customer is angry or annoyed (emotion anger/anger or anger/annoyance, {MODEL})",
        f"- it is about digital ease of use (topic digital/ease-of-use, {MODEL})",
        "- at least one of these holds:",
        "  - nps is 6 or less",
        "  - csat is 1 or 2",
        "Unless one of these holds:",
        "- customer tier is staff",
        "- the channel is chat",
        "When the model is unsure, it opens a review: somebody looks, and no message is sent.",
        "Another model may lose none of its alerts.",
        "It is a draft: it is not judged yet.",
    ]


SAID = [
    pytest.param("{emotion: joy}", f"the customer is happy in some way (emotion joy, {MODEL})", id="a node"),
    pytest.param(
        "{intent: {is: churn, at_least: 0.8}}",
        "the model is at least 0.8 sure that the customer is leaving or threatens to leave (intent churn)",
        id="at least",
    ),
    pytest.param(
        "{intent: {is: [praise, question], at_least: 0.2, at_most: 0.8}}",
        "the model is between 0.2 and 0.8 sure that the customer praises something or asks something "
        "(intent praise or question)",
        id="between",
    ),
    pytest.param(
        "{topic: {is: billing, at_most: 0.5}}",
        "the model is at most 0.5 sure that it is about billing (topic billing)",
        id="at most",
    ),
    pytest.param("{nps: {between: [3, 6]}}", "nps is between 3 and 6", id="a range"),
    pytest.param("{nps: {at_least: 9}}", "nps is 9 or more", id="a bound"),
    pytest.param("{nps: {missing: true}}", "nps is missing", id="missing"),
    pytest.param("{customer_tier: {missing: false}}", "customer tier is there", id="there"),
    pytest.param("{attribute.member: true}", "member is true", id="a flag"),
    pytest.param("{unit: emea/uk}", "the unit is emea/uk, or a unit below", id="a unit"),
    pytest.param(
        "{meets: upset}",
        "it meets 'upset', which means: the customer is angry or annoyed (emotion anger/anger or anger/annoyance, "
        f"{MODEL})",
        id="a definition",
    ),
    pytest.param(
        "{emotion: {is: anger/annoyance, speaker: agent, within_first: 60s}}",
        f"the agent is annoyed within the first minute (emotion anger/annoyance, {MODEL})",
        id="of the agent",
    ),
    pytest.param(
        "{topic: {is: billing, speaker: anyone, question: [why*, how], within_last: {turns: 2}}}",
        f"somebody talks about billing in answer to 'why*' or 'how' within the last 2 turns (topic billing, {MODEL})",
        id="in answers",
    ),
    pytest.param(
        "{sentiment: {is: [negative, mixed], within_first: {sentences: 1}}}",
        "the customer is negative or mixed within the first sentence (sentiment, by the emotions)",
        id="sentiment",
    ),
    pytest.param("{question: Why*}", "the customer answers 'Why*'", id="question"),
    pytest.param("{says: [refund, money back]}", "the customer says 'refund' or 'money back'", id="words"),
    pytest.param(
        "{says: {all: [cancel*, [contract, plan]], near: {words: 5}, speaker: other}}",
        "another speaker says 'cancel*' and ('contract' or 'plan'), all within 5 words of each other",
        id="near",
    ),
    pytest.param(
        "{says: {about: wants to leave, at_least: 0.6}}",
        "the customer says much the same as 'wants to leave' (alike to 0.6 or more)",
        id="meaning",
    ),
    pytest.param("{same_sentence: [{says: bill}]}", "in one sentence, the customer says 'bill'", id="one of one"),
    pytest.param("{any: [{none: [{nps: 1}]}]}", "it is not so that nps is 1", id="groups of one"),
]


@pytest.mark.parametrize(("when", "said"), SAID)
def test_every_kind_of_condition_has_words(when: str, said: str) -> None:
    told = say_rule(rule(f"rule: r\nwhen: {when}"))
    assert f"\nWould alert {WHOM} when {said}.\n" in told


@pytest.mark.parametrize(
    ("when", "lines"),
    [
        pytest.param(
            "{any: [{meets: gone}, {none: [{nps: 1}, {nps: 2}]}]}",
            [
                f"Would alert {WHOM} when at least one of these holds:",
                "- it meets 'gone', which means: all of these hold:",
                f"  - the customer is leaving or threatens to leave (intent churn, {MODEL})",
                "  - customer tier is gold",
                "- none of these holds:",
                "  - nps is 1",
                "  - nps is 2",
            ],
            id="lists in lists",
        ),
        pytest.param(
            "{together: {sentences: 2, speaker: agent, all: [{emotion: fear}, {any: [{says: x}, {topic: price}]}]}}",
            [
                f"Would alert {WHOM} when in 2 sentences in a row, all of these hold:",
                f"- the agent is afraid in some way (emotion fear, {MODEL})",
                "- at least one of these holds:",
                "  - the agent says 'x'",
                f"  - the agent talks about price (topic price, {MODEL})",
            ],
            id="together",
        ),
        pytest.param(
            "{none: [{nps: 1}]}",
            [f"Would alert {WHOM} about every feedback.", "Unless nps is 1."],
            id="only exclusions",
        ),
    ],
)
def test_groups_become_lists(when: str, lines: list[str]) -> None:
    assert say_rule(rule(f"rule: r\nwhen: {when}")).splitlines()[2:-2] == lines


OPENS = f"Would open a signal for {WHOM} when"
WINDOWS = [
    pytest.param(
        "{all: [{emotion: anger/anger}, {count: {at_least: 3, within: 24h, per: [customer, attribute.store]}}]}",
        f"within 1 day, for any one customer and store, at least 3 records come for which the customer is angry "
        f"(emotion anger/anger, {MODEL})",
        id="count",
    ),
    pytest.param(
        "{distinct: {what: customer, at_least: 5, within: 90m, of: {nps: 1}}}",
        "within 90 minutes records with at least 5 different values of customer come for which nps is 1",
        id="distinct",
    ),
    pytest.param(
        "{share: {at_least: 12.5%, volume: 50, within: 7d, of: {nps: 1}}}",
        "within 1 week at least 12.5% of all records, when there are 50 or more, are such that nps is 1",
        id="share",
    ),
    pytest.param(
        "{spike: {within: 1h, against: 1, of: {nps: 1}}}",
        "within 1 hour more records come than the span before explain (5 at least, and with a probability of at most "
        "0.001 by chance) for which nps is 1",
        id="spike",
    ),
    pytest.param(
        "{flatline: {within: 6h, usual: 4}}",
        "within 6 hours no record comes (where 4 or more are usual, by the 7 spans before)",
        id="flatline",
    ),
    pytest.param(
        "{count: {at_least: 1, within: 2d, of: {nps: 1}}}", "within 2 days a record comes for which nps is 1", id="one"
    ),
]


@pytest.mark.parametrize(("when", "said"), WINDOWS)
def test_every_condition_over_time_has_words(when: str, said: str) -> None:
    told = say_rule(rule(f"rule: r\nwhen: {when}")).splitlines()
    assert told[2] == f"{OPENS} {said}."
    assert told[3] == "A record that the model is unsure of does not count."


def test_what_limits_a_rule_is_said() -> None:
    text = (
        "when: {nps: 1}\nif_unsure: alert\nthen: {take: 2.5%, cooldown: {per: [customer, unit], for: 36h}, auto: thank}"
    )
    assert say_rule(rule(f"rule: r\n{text}")).splitlines()[3:-1] == [
        "When the model is unsure, it alerts all the same.",
        "It takes 2.5% of the feedback, by chance and always the same.",
        "After an alert it stays quiet for the same customer and unit for 36 hours.",
        "It thanks the customer by a message, at most once in 30 days, and resolves the alert then.",
    ]


def test_a_pattern_that_is_looked_at_now_and_then_says_when() -> None:
    text = "when: {intent: complaint, count: {at_least: 9, within: 1h, of: {channel: chat}}}\nif_unsure: alert"
    assert say_rule(rule(f"rule: r\n{text}")).splitlines()[2:-1] == [
        f"{OPENS} within 1 hour at least 9 records come for which the channel is chat.",
        f"It looks whenever a record comes for which the customer complains (intent complaint, {MODEL}).",
        "A record that the model is unsure of counts too.",
    ]


def test_no_kind_of_condition_is_without_words() -> None:
    modules = [import_module(f"engine.rules.{found.name}") for found in iter_modules(engine.rules.__path__)]
    kinds = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind) and hasattr(kind, "judge") and hasattr(kind, "explain")
    }
    assert kinds - set(say_condition.registry) == {RuleReference}


def test_every_label_of_the_default_trees_has_words() -> None:
    taxonomy = default_taxonomy()
    assert set(taxonomy.nodes("emotion")) == set(EMOTIONS)
    assert set(taxonomy.nodes("intent")) == set(INTENTS)
