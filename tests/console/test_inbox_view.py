"""What the inbox shows: as it stands in the address, and as the store is asked."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.inbox.acts import assignable
from api.console.inbox.view import KINDS, SINCE, STATES, Queue, View, view_of
from engine.alerts.severity import Severity
from engine.people import Directory, Person
from engine.scope import Scope
from engine.store.alert_filter import Sort
from tests.support.clock import NOON

texts = st.text(max_size=60).map(lambda one: one.replace("\x00", "").strip()).filter(lambda one: one.isprintable())
views = st.builds(
    View,
    queue=st.sampled_from(Queue),
    severity=st.sets(st.sampled_from(Severity)).map(lambda some: tuple(str(one) for one in Severity if one in some)),
    state=st.sets(st.sampled_from(STATES)).map(lambda some: tuple(str(one) for one in STATES if one in some)),
    kind=st.sampled_from(["", *map(str, KINDS)]),
    rule=texts,
    unit=texts,
    holder=texts,
    since=st.sampled_from(["", *SINCE]),
    search=texts,
)


@given(views)
def test_an_address_leads_back_to_its_view(view: View) -> None:
    view = view.turned(view.queue)
    said = dict(parse_qsl(urlsplit(view.address).query, keep_blank_values=True))
    assert view_of(said) == (view, [])
    assert "'" not in view.address, "it stands in a text of JavaScript"


@given(st.dictionaries(st.sampled_from([*View.__slots__, "other"]), st.text(max_size=300)))
def test_any_address_shows_something(said: dict[str, str]) -> None:
    view, _ = view_of(said)
    assert view.wanted(NOON).is_storable
    assert view_of(dict(parse_qsl(urlsplit(view.address).query))) == (view, [])


def test_what_is_not_known_is_passed_over_and_said() -> None:
    view, passed = view_of({"queue": "mien", "severity": "high,huge", "kind": "review", "since": "9d"})
    assert view == View(severity=("high",))
    assert passed == ["queue mien", "severity huge", "kind review", "since 9d"]


@pytest.mark.parametrize(
    ("view", "asks"),
    [
        pytest.param(View(), {}, id="open"),
        pytest.param(View(Queue.UNASSIGNED), {"unheld": True}, id="unassigned"),
        pytest.param(View(Queue.LATE), {"overdue_at": NOON}, id="late"),
        pytest.param(View(Queue.SIGNALS, kind="alert"), {"kind": "signal"}, id="signals are of one kind"),
        pytest.param(View(Queue.REVIEWS), {"kind": "review"}, id="reviews"),
        pytest.param(View(Queue.CLOSED, state=("open",)), {"states": ("dismissed", "resolved")}, id="closed"),
        pytest.param(View(since="24h"), {"since": NOON - SINCE["24h"][1]}, id="time"),
    ],
)
def test_each_queue_asks_the_store_for_its_own(view: View, asks: dict[str, object]) -> None:
    wanted = view.wanted(NOON)
    assert wanted == replace(type(wanted)(), **asks)  # type: ignore[arg-type]
    assert view.sort is (Sort.NEWEST if view.queue is Queue.CLOSED else Sort.PRIORITY)


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        pytest.param(None, ["care", "uk", "top", "leeds", "de", "any"], id="everywhere"),
        pytest.param("emea/uk", ["care", "uk", "top", "leeds", "any"], id="a unit: its own, above it, and of none"),
        pytest.param("emea/uk/leeds", ["care", "uk", "top", "leeds", "any"], id="below"),
    ],
)
def test_alerts_are_given_to_people_near_the_unit(unit: str | None, names: list[str]) -> None:
    people = [
        Person("uk", "Uma", units=("emea/uk",), teams=("care",)),
        Person("top", "Tom", units=("emea",)),
        Person("leeds", "Lee", units=("emea/uk/leeds",)),
        Person("de", "Dee", units=("emea/de",)),
        Person("any", "any"),
        Person("gone", "Gus", gone=True),
    ]
    found = assignable(Directory(people), Scope(unit))
    assert set(found) == set(names)
    assert found["care"] == "Team care"
    assert (found["uk"], found["any"]) == ("Uma (uk)", "any")
