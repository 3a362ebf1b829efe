"""Coaching: for the employee and those who manage them, and nobody else, whatever they try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.errors import ForbiddenError, NoteError, NotFoundError
from engine.people import Person
from engine.scope import Scope
from engine.store.insights import Who
from engine.store.store import Store
from tests.engine.store.test_insights import WHOLE, check
from tests.support.clock import NOON
from tests.support.searched import PROGRAM, Searched, asked, post, searched

PEOPLE = (
    Person("top", "Top"),
    Person("mid", "Mid", manager="top"),
    Person("ann", "Ann", manager="mid"),
    Person("bob", "Bob", manager="mid"),
    Person("other", "Other"),
    Person("gone", "Gone", manager="mid"),
)


@pytest.fixture
def home(store: Store) -> Searched:
    found = searched(store, 60)
    store.people.bring(PEOPLE, NOON)
    store.people.bring([one for one in PEOPLE if one.id != "gone"], NOON)
    return found


def tries(home: Searched, who: Who) -> dict[str, Callable[[], Any]]:
    """Return every way to get at what is said of ann."""
    coaching, store = home.store.coaching, home.store
    return {
        "report": lambda: coaching.report("ann", asked(**WHOLE), PROGRAM, who),
        "note": lambda: coaching.add("ann", "x", NOON, who),
        "remove": lambda: coaching.remove("ann", 1, who),
        "search": lambda: store.search.page(asked(employee="ann"), scope=who.scope, person=who.person),
        "export": lambda: list(store.search.each(asked(employee="ann"), 10, who.scope, who.person)),
        "scores": lambda: store.insights.segments(asked(employee="ann", **WHOLE), PROGRAM.scores["nps"], None, who),
    }


def test_nobody_else_sees_it_whatever_they_try(home: Searched) -> None:
    home.store.coaching.add("ann", "secret", NOON, Who(person="mid"))
    seen = []
    for person in (None, "", "bob", "other", "gone", "ANN", "ann ", "nobody", "ann\x00"):
        for name, attempt in tries(home, Who(person=person)).items():
            try:
                attempt()
            except ForbiddenError:
                continue
            seen.append((person, name))
    assert seen == []
    assert home.store.coaching.employees(Who()) == []
    assert [one.id for one in home.store.coaching.employees(Who(person="bob"))] == ["bob"]


@pytest.mark.parametrize(("person", "seeing"), [("ann", "self"), ("mid", "manager"), ("top", "manager")])
def test_the_employee_and_managers_see_it(home: Searched, person: str, seeing: str) -> None:
    who = Who(person=person)
    home.store.coaching.add("ann", " well done ", NOON, Who(person="top"))
    report = home.store.coaching.report("ann", asked(**WHOLE), PROGRAM, who)
    told = report.as_dict()
    assert (told["seeing"], told["name"]) == (seeing, "Ann")
    assert report.total.feedback == len(home.plain(lambda one, *_: one.employee == "ann")) > 5
    assert report.total.praise == len(home.plain(lambda one, ls, _: one.employee == "ann" and "intent:praise" in ls))
    assert [(note.author, note.note) for note in report.notes] == [("top", "well done")]
    assert check(home, told, who) > 5
    under = {one.id for one in home.store.coaching.employees(who)}
    assert under == {"ann": {"ann"}, "mid": {"mid", "ann", "bob"}, "top": {"top", "mid", "ann", "bob"}}[person]


def test_a_unit_keeps_its_feedback_to_itself(home: Searched) -> None:
    who = Who(Scope("emea/uk"), "mid")
    report = home.store.coaching.report("ann", asked(**WHOLE), PROGRAM, who)
    wanted = home.plain(lambda one, *_: one.employee == "ann" and who.scope.sees(one.unit))
    assert report.total.feedback == len(wanted)
    check(home, report.as_dict(), who)


def test_managers_write_notes_and_remove_their_own(home: Searched) -> None:
    coaching = home.store.coaching
    post(home, [{"id": "it", "text": "great", "employee": "ann"}, {"id": "no", "text": "great", "employee": "bob"}])
    note = coaching.add("ann", "about this", NOON, Who(person="mid"), ("default", "it"))
    assert note.as_dict()["feedback"] == {"source": "default", "id": "it"}
    for about in (("default", "no"), ("default", "none"), ("default", "it\x00")):
        with pytest.raises(NotFoundError):
            coaching.add("ann", "x", NOON, Who(person="mid"), about)
    with pytest.raises(ForbiddenError, match="manage"):
        coaching.add("ann", "of myself", NOON, Who(person="ann"))
    for person in ("ann", "top"):
        with pytest.raises(NotFoundError):
            coaching.remove("ann", note.id, Who(person=person))
    with pytest.raises(NotFoundError):
        coaching.remove("bob", note.id, Who(person="mid"))
    coaching.remove("ann", note.id, Who(person="mid"))
    assert coaching.report("ann", asked(**WHOLE), PROGRAM, Who(person="ann")).notes == ()
    for text in ("", "  ", "x" * 4_001, "a\x00"):
        with pytest.raises(NoteError):
            coaching.add("ann", text, NOON, Who(person="mid"))
