"""Verdicts: what may be said of an alert, and how a mistake is told."""

from __future__ import annotations

from typing import Any

import pytest

from engine.alerts.verdict import VerdictKind, admit_verdict
from engine.errors import VerdictError
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY


@pytest.mark.parametrize(
    ("record", "kind", "labels", "note"),
    [
        pytest.param({"verdict": "right"}, "right", None, "", id="right"),
        pytest.param({"verdict": "duplicate", "note": " same call "}, "duplicate", None, "same call", id="a note"),
        pytest.param({"verdict": "not_actionable", "labels": None}, "not_actionable", None, "", id="labels of null"),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"topic": [], "emotion": ["gratitude", "joy/gratitude"]}},
            "wrong_label",
            {"emotion": ("joy/gratitude",), "topic": ()},
            "",
            id="labels by path and by name, once each; none",
        ),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"intent": ["churn", "complaint"]}},
            "wrong_label",
            {"intent": ("complaint", "churn")},
            "",
            id="in the order of the trees",
        ),
    ],
)
def test_what_may_be_said(record: dict[str, Any], kind: str, labels: Any, note: str) -> None:
    verdict = admit_verdict(record, "al_1", "kim", NOON, TAXONOMY)
    assert (verdict.kind, verdict.labels, verdict.note) == (VerdictKind(kind), labels, note)
    assert (verdict.alert_id, verdict.who, verdict.at) == ("al_1", "kim", NOON)


@pytest.mark.parametrize(
    ("record", "field", "said"),
    [
        pytest.param([], None, "must be an object", id="no object"),
        pytest.param({}, "verdict", "the verdict is missing; use one of: right", id="nothing"),
        pytest.param({"verdict": "rihgt"}, "verdict", "did you mean 'right'", id="a misspelt verdict"),
        pytest.param({"verdict": ["right"]}, "verdict", "unknown verdict", id="a list"),
        pytest.param({"verdict": "right", "note_": ""}, "note_", "did you mean 'note'", id="a misspelt field"),
        pytest.param({"verdict": "right", "labels": {}}, "labels", "belong to the verdict wrong_label", id="labels"),
        pytest.param({"verdict": "wrong_label"}, "labels", "needs the right labels by task", id="no labels"),
        pytest.param({"verdict": "wrong_label", "labels": {}}, "labels", "needs the right labels", id="no task"),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"emotions": []}}, "labels", "did you mean 'emotion'", id="a task"
        ),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"topic": ["ease-of-us"]}},
            "labels.topic",
            "did you mean 'digital/ease-of-use'",
            id="a misspelt label",
        ),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"topic": ["digital"]}}, "labels.topic", "unknown topic", id="a group"
        ),
        pytest.param(
            {"verdict": "wrong_label", "labels": {"topic": "digital/reliability"}},
            "labels.topic",
            "must be a list of labels",
            id="no list",
        ),
        pytest.param({"verdict": "right", "note": 5}, "note", "must be text", id="a note that is a number"),
        pytest.param({"verdict": "right", "note": "\x00"}, "note", "NUL", id="a NUL"),
        pytest.param({"verdict": "right", "note": "x" * 2001}, "note", "2,001 characters", id="a novel"),
    ],
)
def test_what_may_not(record: Any, field: str | None, said: str) -> None:
    with pytest.raises(VerdictError) as caught:
        admit_verdict(record, "al_1", "kim", NOON, TAXONOMY)
    assert caught.value.field == field
    assert said in str(caught.value)
