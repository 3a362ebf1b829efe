"""The draft behind the editor: what a form changes is what the text says, and fields show what conditions mean."""

from __future__ import annotations

from typing import Any

import pytest

from api.console.editor.draft import Draft, new_rule, slug_of
from api.console.editor.field_row import way_of
from api.console.editor.label_row import labels_in, labels_out
from api.console.editor.menu import menu_of, new_condition
from api.console.editor.text_rows import says_in, says_out
from api.console.editor.trying import record_of
from engine.errors import QuestionError
from engine.program import AttributeSpec, Program
from engine.rules.rewriting import values_of

TEXT = "rule: a\nwhen: # all\n  all:\n    - emotion: anger # so\n    - nps: {at_most: 6}\n"
PROGRAM = Program(attributes={"tier": AttributeSpec("tier", "one_of", ("gold",)), "vip": AttributeSpec("vip", "flag")})


def test_what_the_form_changes_is_written_beside_what_stays() -> None:
    draft = Draft(TEXT)
    draft.put(("when", "all", 1, "nps"), 3)
    draft.add(("when", "all"), {"intent": "churn"})
    draft.put(("then", "severity"), "high")
    assert draft.text == TEXT.replace("{at_most: 6}", "3") + "    - intent: churn\nthen: {severity: high}\n"
    draft.drop(("then", "severity"))
    draft.drop(("when", "all", 1))
    draft.drop(("when", "all", 1))
    assert draft.text == TEXT.replace("    - nps: {at_most: 6}\n", "")
    draft.drop(("when", "all", 0))
    draft.drop(("then", "send_to"))
    assert draft.values == values_of(draft.text) == {"rule": "a"}


@pytest.mark.parametrize("path", [("when", "all", 7, "nps"), ("when", "all", 7), ("when", "all", "x")])
def test_a_field_of_what_is_gone_meanwhile_says_so(path: tuple[Any, ...]) -> None:
    with pytest.raises(QuestionError, match="meanwhile"):
        Draft(TEXT).put(path, 1)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        pytest.param("rule: [", "Line 2: this is not valid YAML", id="no YAML"),
        pytest.param("rule: a\n---\nrule: b\n", "Write one rule.", id="two rules"),
        pytest.param("", "Write one rule.", id="nothing"),
        pytest.param("- a", "A rule begins with", id="a list"),
    ],
)
def test_a_broken_text_is_kept_as_it_is(text: str, because: str) -> None:
    draft = Draft(TEXT)
    assert draft.follow(text)
    assert draft.is_broken
    assert draft.broken_because.startswith(because)
    with pytest.raises(QuestionError):
        draft.put(("title",), "x")
    assert draft.text == text
    assert draft.follow(TEXT)
    assert not draft.follow(TEXT + "# only a comment\n")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Angry digital complaint", "angry-digital-complaint"),
        ("  Ärger über die App!  ", "arger-uber-die-app"),
        ("", "new-rule"),
        ("苦情", "new-rule"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_comes_from_the_title(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@pytest.mark.parametrize(
    ("value", "again"),
    [
        ("anger", "anger"),
        (["anger", "joy"], ["anger", "joy"]),
        ({"is": "anger"}, "anger"),
        ({"is": ["anger"], "at_least": 0.8}, {"is": "anger", "at_least": 0.8}),
        ({"is": "joy", "speaker": "agent"}, {"is": "joy", "speaker": "agent"}),
        ([], []),
    ],
)
def test_labels_mean_the_same_after_the_form(value: Any, again: Any) -> None:
    found = labels_in(value)
    assert found is not None
    assert labels_out(*found) == again


@pytest.mark.parametrize("value", [3, {"is": 3}, {"is": [{"a": 1}]}, None])
def test_labels_that_no_field_shows_are_left_to_the_text(value: Any) -> None:
    assert labels_in(value) is None


@pytest.mark.parametrize(
    ("value", "again"),
    [
        ("refund", "refund"),
        (24, "24"),
        (["a", "b"], ["a", "b"]),
        ({"all": ["a", "b"], "near": {"words": 5}}, {"all": ["a", "b"], "near": {"words": 5}}),
        ({"about": "slow", "at_least": 0.6}, {"about": "slow", "at_least": 0.6}),
        ({"is": "a", "speaker": "agent"}, {"is": "a", "speaker": "agent"}),
    ],
)
def test_words_mean_the_same_after_the_form(value: Any, again: Any) -> None:
    found = says_in(value)
    assert found is not None
    assert says_out(*found) == again


@pytest.mark.parametrize("value", [{"all": [["a", "b"], "c"]}, {"is": "a", "about": "b"}, {}, None])
def test_words_that_no_field_shows_are_left_to_the_text(value: Any) -> None:
    assert says_in(value) is None


def test_another_way_of_saying_leaves_no_test_behind_that_does_not_fit() -> None:
    found = says_in({"all": ["a", "b"], "near": {"words": 5}, "speaker": "agent"})
    assert found is not None
    assert says_out("is", found[1], found[2]) == {"is": ["a", "b"], "speaker": "agent"}


@pytest.mark.parametrize(
    ("value", "way", "against"),
    [
        (3, "is", 3),
        ({"at_most": 6}, "at_most", 6),
        ({"at_least": 1, "at_most": 6}, "between", [1, 6]),
        ({"between": [1, 6]}, "between", [1, 6]),
        ({"in": ["a"]}, "is", ["a"]),
        ({"missing": False}, "there", None),
    ],
)
def test_a_test_of_a_value_is_shown_as_it_is_meant(value: Any, way: str, against: Any) -> None:
    assert way_of(value) == (way, against)


def test_every_kind_of_the_menu_begins_with_something_that_is_written() -> None:
    kinds = [kind for _, options in menu_of(PROGRAM, ["shared"], top=True) for kind in options]
    assert len(kinds) == len(set(kinds))
    for kind in kinds:
        key, value = new_condition(kind, PROGRAM, ["shared"])
        draft = Draft(new_rule("ann"))
        draft.add(("when", "all"), {key: value})
        assert draft.get(("when", "all", 0, key)) == value
    assert [kind for _, options in menu_of(PROGRAM, [], inside=True) for kind in options if kind == "nps"] == []


def test_a_bad_score_is_what_a_new_condition_begins_with() -> None:
    assert new_condition("nps", PROGRAM, []) == ("nps", {"at_most": 6})
    assert new_condition("vip", PROGRAM, []) == ("vip", True)


def test_a_record_is_tried_as_senders_send_it() -> None:
    flat = {"text": "a", "nps": 3, "tier": "gold", "unit": "emea", "attribute.other": "b"}
    assert record_of(flat, PROGRAM) == {
        "text": "a",
        "unit": "emea",
        "scores": {"nps": 3},
        "attributes": {"tier": "gold", "other": "b"},
    }
