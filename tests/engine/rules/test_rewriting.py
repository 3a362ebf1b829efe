"""Rewriting: what an author wrote stays, and what is wanted is what the text says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.rules.rewriting import rewrite, same, values_of
from engine.rules.writing import written

TEXT = """\
# Why this rule is here.
rule: angry   # its name
title: "Angry"
when:
  # both of them
  all:
    - emotion: {is: [anger/anger, anger/annoyance], at_least: 0.8}   # sure
    # the score
    - nps: {at_most: 6}
then: {severity: high, cooldown: {per: customer, for: 7d}}
examples:
  fires:
    - {text: "so bad", nps: 1} # the first
    - {text: "worse", nps: 2}
"""
words = st.text(max_size=12) | st.sampled_from(["no", "yes", "1", "0042", "7d", "- a", "a: b", "#", "'", "~", "a\nb"])
scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from([0.8, 0.25]) | words
keys = st.sampled_from(["rule", "when", "all", "none", "emotion", "nps", "is", "text", "then", "fires"])
values = st.recursive(
    scalars, lambda inside: st.lists(inside, max_size=4) | st.dictionaries(keys, inside, max_size=4), max_leaves=12
)
documents = st.dictionaries(keys, values, min_size=1, max_size=5)


def _is_text(value: Any) -> bool:
    return all("\x00" not in one and not any("\ud800" <= c <= "\udfff" for c in one) for one in _texts(value))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@settings(max_examples=150, deadline=None)
@given(documents.filter(_is_text), documents.filter(_is_text))
@example({"rule": None}, {"when": [{"when": {"rule": None}}]})
def test_a_text_says_what_is_wanted(now: dict[str, Any], wanted: dict[str, Any]) -> None:
    text = written(now)
    assert same(values_of(text), now)
    assert same(values_of(rewrite(text, wanted)), wanted)
    assert rewrite(text, now) == text


def _changed(*path: Any, to: Any) -> dict[str, Any]:
    found: Any = values_of(TEXT)
    whole = found
    for step in path[:-1]:
        found = found[step]
    if isinstance(found, list) and path[-1] == len(found):
        found.append(to)
    elif to is None:
        del found[path[-1]]
    else:
        found[path[-1]] = to
    return dict(whole)


@pytest.mark.parametrize(
    ("wanted", "before", "after"),
    [
        pytest.param(_changed("title", to="Very angry"), '"Angry"', "Very angry", id="a word"),
        pytest.param(_changed("then", "severity", to="low"), "severity: high", "severity: low", id="in braces"),
        pytest.param(
            _changed("when", "all", 0, "emotion", "at_least", to=0.6), "at_least: 0.8", "at_least: 0.6", id="deep down"
        ),
        pytest.param(_changed("when", "all", 1, to=None), "    - nps: {at_most: 6}\n", "", id="an item less"),
        pytest.param(
            _changed("when", "all", 2, to={"intent": "complaint"}),
            "    - nps: {at_most: 6}\n",
            "    - nps: {at_most: 6}\n    - intent: complaint\n",
            id="an item more",
        ),
        pytest.param(
            _changed("when", "none", to=[{"tier": "staff"}]),
            "    - nps: {at_most: 6}\n",
            "    - nps: {at_most: 6}\n  none:\n    - tier: staff\n",
            id="a group more",
        ),
        pytest.param(
            _changed("examples", "fires", 0, to=None),
            '    - {text: "so bad", nps: 1} # the first\n',
            "",
            id="the first",
        ),
        pytest.param(_changed("status", to="shadow"), TEXT[-27:], TEXT[-27:] + "status: shadow\n", id="an entry more"),
    ],
)
def test_only_what_says_something_else_changes(wanted: dict[str, Any], before: str, after: str) -> None:
    assert rewrite(TEXT, wanted) == TEXT.replace(before, after)


@pytest.mark.parametrize("text", ["", "a: [", "- a", "a: 1\n---\nb: 2\n", "a: &x 1\nb: *x\n"])
def test_what_is_no_rule_is_written_anew(text: str) -> None:
    assert rewrite(text, {"rule": "a"}) == "rule: a\n"
