"""What is told of an alert in words, and the queue that an address names."""

from __future__ import annotations

from typing import Any

import pytest

from api.console.alert.queue import Queue, queue_of
from api.console.alert.telling import _TELLS as TELLS
from api.console.alert.telling import HELD, SENDING, VERDICTS, because, held_because, told_of
from engine.alerts.alert import HeldReason
from engine.alerts.changes import Action
from engine.alerts.verdict import VerdictKind
from engine.people import Directory, Person
from engine.store.alert_filter import AlertFilter, Sort

NAMES = {"ann": "Ann Ash", "heedful": "Heedful"}


def name(who: str | None) -> str:
    return NAMES.get(who or "", who or "nobody")


@pytest.mark.parametrize(
    ("kind", "data", "why", "told"),
    [
        pytest.param("acknowledge", {}, "", ("Ann Ash", "acknowledged it", "", ""), id="acknowledged"),
        pytest.param("note", {}, "Call\nlater", ("Ann Ash", "noted", "", "Call\nlater"), id="a note in its own words"),
        pytest.param(
            "assign", {"holder": [None, "ann"]}, "", ("Ann Ash", "gave it to Ann Ash", "", ""), id="given to somebody"
        ),
        pytest.param(
            "assign",
            {"holder": ["ann", None]},
            "x",
            ("Ann Ash", "gave it back", "before: Ann Ash", "x"),
            id="given back",
        ),
        pytest.param(
            "attempt",
            {"channel": "in_person", "outcome": "no_answer", "root_cause": "till", "remedy": None},
            "",
            ("Ann Ash", "tried to reach the customer by in person: no answer", "root cause: till", ""),
            id="an attempt",
        ),
        pytest.param(
            "resolve",
            {"root_cause": "a", "remedy": "b"},
            "",
            ("Ann Ash", "resolved it", "root cause: a, remedy: b", ""),
            id="resolved",
        ),
        pytest.param(
            "verdict",
            {"verdict": ["right", "wrong_label"]},
            "w",
            ("Ann Ash", "judged it: wrong label", "before: right", "w"),
            id="another verdict",
        ),
        pytest.param(
            "opened",
            {"sent_to": ["ann", "ops"], "because": "route x"},
            "rule r",
            ("Ann Ash", "opened it", "for Ann Ash, ops: route x", ""),
            id="opened",
        ),
        pytest.param(
            "opened",
            {},
            "no messages go out",
            ("Ann Ash", "opened it", "no messages go out", ""),
            id="opened by the service",
        ),
        pytest.param("attempt", {}, "", ("Ann Ash", "tried to reach the customer", "", ""), id="erased"),
        pytest.param("link", {}, "", ("Ann Ash", "linked feedback to it", "", ""), id="a link erased"),
        pytest.param("something_new", {}, "y", ("Ann Ash", "something new", "", "y"), id="a kind that is not known"),
        pytest.param("note", {"through": "key"}, "z", ("Ann Ash (through key)", "noted", "", "z"), id="through a key"),
    ],
)
def test_events_are_told_in_plain_words(kind: str, data: dict[str, Any], why: str, told: tuple[str, ...]) -> None:
    found = told_of({"kind": kind, "who": "ann", "why": why, "data": data}, name)
    assert (found.who, found.said, found.more, found.words) == told


def test_there_are_words_for_all_that_can_happen() -> None:
    assert set(HeldReason) == set(HELD)
    assert set(map(str, Action)) <= set(TELLS)
    assert set(VERDICTS) == set(VerdictKind)
    assert set(SENDING) == {"pending", "sent", "dead", "held", "dropped"}
    assert held_because("a_new_one") == "a new one"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        pytest.param("", Queue("", AlertFilter()), id="the inbox itself"),
        pytest.param(
            "severity=high&unit=emea%2Fuk&mine=true",
            Queue(
                "severity=high&unit=emea%2Fuk&mine=true", AlertFilter(severities=("high",), unit="emea/uk"), mine=True
            ),
            id="filtered",
        ),
        pytest.param(
            "state=open&state=nonsense&x=1",
            Queue("state=open&state=nonsense&x=1", AlertFilter(states=("open",))),
            id="what is not known is passed over",
        ),
        pytest.param(
            "state=resolved", Queue("state=resolved", AlertFilter(states=("resolved",)), Sort.NEWEST), id="closed ones"
        ),
        pytest.param(
            "severity=low&severity=high&unassigned=true&search=lost+box",
            Queue(
                "severity=low&severity=high&unassigned=true&search=lost+box",
                AlertFilter(severities=("low", "high"), unheld=True, search="lost box"),
            ),
            id="several, of nobody, with some words",
        ),
        pytest.param("rule=" + "x" * 3_000, Queue("", AlertFilter()), id="too long"),
        pytest.param("&".join(["a=1"] * 90), Queue("", AlertFilter()), id="too many"),
    ],
)
def test_an_address_names_a_queue(said: str, found: Queue) -> None:
    assert queue_of(said) == found


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        pytest.param("emea/uk/leeds", ["ann", "cy"], id="the unit above, and who is of none"),
        pytest.param("emea", ["cy"], id="a unit above theirs"),
        pytest.param("emea/ukraine", ["cy"], id="a namesake"),
        pytest.param(None, ["ann", "bob", "cy"], id="no unit"),
    ],
)
def test_who_may_take_on_something_of_a_unit(unit: str | None, names: list[str]) -> None:
    people = Directory(
        [Person("ann", "Ann", units=("emea/uk",)), Person("bob", "Bob", units=("amer",)), Person("cy", "Cy")]
    )
    assert [one.id for one in people.for_unit(unit)] == names


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        pytest.param(
            "intent safety-risk (found safety-risk 0.9629 (holds))",
            "intent safety-risk (found safety-risk, 96% sure)",
            id="a label",
        ),
        pytest.param(
            "unsure: topic billing (found billing/refunds 0.4 (unsure))",
            "unsure: topic billing (found billing/refunds, 40% sure)",
            id="an unsure one",
        ),
        pytest.param("nps between 0 and 6 (found 2)", "nps between 0 and 6 (found 2)", id="a number"),
    ],
)
def test_why_it_fired_is_told_in_plain_words(reason: str, said: str) -> None:
    assert because(reason) == said
