"""People: read from a file with every error located, kept in a store, found in a directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import ConfigError, Located, ManagedPersonError, NotFoundError, PersonError
from engine.people import Directory, Person
from engine.people_file import parse_people, people_text
from engine.program import Program, ReceiverSpec
from engine.program_folder import load_program
from engine.store.store import Store
from tests.support.clock import NOON

PROGRAM = Program(receivers={name: ReceiverSpec(name, "log") for name in ("operators", "mail")})
HEAD = "id,name,manager,units,teams,contacts,calendar\n"


def read(text: str) -> tuple[tuple[Person, ...], list[Located]]:
    found: list[Located] = []
    return parse_people(text, "people.csv", PROGRAM, found), found


def test_a_file_says_all_of_a_person_and_is_written_again() -> None:
    people, found = read(HEAD + 'bo,"Bo, the boss",,lead:emea;emea/uk,care,mail:bo@x;mail:b@y:1,\nann,Ann,bo,,,,24x7\n')
    assert found == []
    assert people[0] == Person(
        "bo",
        "Bo, the boss",
        units=("emea", "emea/uk"),
        leads=("emea",),
        teams=("care",),
        contacts=(("mail", "bo@x"), ("mail", "b@y:1")),
        managed=True,
    )
    assert read(people_text(people))[0] == people


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("id,nam\nann,Ann\n", "1:4: error: unknown column 'nam'; did you mean 'name'?", id="a column"),
        pytest.param("name\nAnn\n", "1:1: error: people need an id: the column 'id' is missing", id="no id"),
        pytest.param("id\nann\nann\n", "3:1: error: 'ann' is here twice (first on line 2); remove one", id="twice"),
        pytest.param("id,manager\nann,bob\n", "2:5: error: unknown person 'bob'; use one of: ann", id="no manager"),
        pytest.param(
            "id,manager\na1,b1\nb1,c1\nc1,a1\n",
            "2:4: error: the managers go round in a ring: a1 -> b1 -> c1 -> a1",
            id="a ring",
        ),
        pytest.param(
            "id,calendar\nann,office\n", "2:5: error: unknown calendar 'office'; use one of: 24x7", id="calendar"
        ),
        pytest.param(
            "id,contacts\nann,mial:a@x\n",
            "2:5: warning: unknown receiver 'mial'; did you mean 'mail'?; nobody is reached there",
            id="a receiver that is not declared",
        ),
        pytest.param(
            "id,contacts\nann,a@x\n",
            "2:5: error: 'a@x' is no contact; write RECEIVER:ADDRESS, such as mail:ann@example.com",
            id="no contact",
        ),
        pytest.param("id,teams\nann,\nbo,ann\n", "3:4: error: 'ann' is the id of a person, and no team", id="a team"),
        pytest.param(
            "id\nmail\n", "2:1: error: 'mail' is the name of a receiver; a person needs another id", id="a receiver"
        ),
        pytest.param(
            "id\nholder\n", "2:1: error: 'holder' is a word of its own; choose another name for a person", id="a word"
        ),
        pytest.param("id,name\nann\n", "2:1: error: this line has 1 cells, and the first line names 2", id="cells"),
        pytest.param('id,name\nann,"A\n', "2:1: error: this is not valid CSV: unexpected end of data", id="a quote"),
        pytest.param("", "1:1: error: the first line names the columns: " + HEAD.strip(), id="nothing"),
        pytest.param(
            "id,units\na,lead:x\nb,lead:x\n",
            "3:8: warning: a leads x too; who comes first by id is told",
            id="two leads",
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, said: str) -> None:
    assert [str(one).removeprefix("people.csv:") for one in read(text)[1]] == [said]


def test_a_program_s_file_is_read_with_its_receivers(tmp_path: Path) -> None:
    (tmp_path / "program.yaml").write_text("name: x\nescalate: [{to: bob}]\n")
    (tmp_path / "people.csv").write_text("id,name\nann,Ann\n")
    with pytest.raises(ConfigError, match="unknown recipient 'bob'"):
        load_program(tmp_path)
    (tmp_path / "people.csv").write_text("id,name\nbob,Bob\n")
    program, findings = load_program(tmp_path)
    assert program.people == (Person("bob", "Bob", managed=True),)
    assert findings == []


def test_a_directory_finds_managers_and_leads() -> None:
    directory = Directory(
        [
            Person("ann", "Ann", manager="bo", teams=("care",)),
            Person("bo", "Bo", manager="cy", gone=True, leads=("emea/uk",)),
            Person("cy", "Cy", leads=("emea",), teams=("care",)),
            Person("x1", "X", manager="y1"),
            Person("y1", "Y", manager="x1", gone=True),
        ]
    )
    assert directory.manager_of("ann") == directory.person("cy")
    assert directory.manager_of("bo") == directory.person("cy")
    assert directory.manager_of("cy") is None
    assert directory.manager_of("y1") == directory.person("x1")
    assert directory.lead_of("emea/uk/leeds") == directory.person("cy")
    assert directory.lead_of("apac") is None
    assert directory.person("bo") is None
    assert [one.id for one in directory.members("care")] == ["ann", "cy"]


def test_an_import_owns_its_people_and_leaves_the_others(store: Store) -> None:
    ann, bo, eve = Person("ann", "Ann"), Person("bo", "Bo"), Person("eve", "Eve")
    store.people.put(eve, NOON)
    done = store.people.bring([ann, bo], NOON)
    assert (done.written, done.taken_over, done.gone) == (("ann", "bo"), (), ())
    before = store.people.directory()
    assert store.people.bring([ann, bo], NOON).written == ()
    assert store.people.directory() is before
    done = store.people.bring([Person("ann", "Anna"), eve], NOON)
    assert (done.written, done.taken_over, done.gone) == (("ann", "eve"), ("eve",), ("bo",))
    assert [one.id for one in store.people.directory().people] == ["ann", "eve"]
    assert store.people.one("bo").gone


def test_who_stands_in_the_file_is_changed_there(store: Store) -> None:
    store.people.bring([Person("ann", "Ann")], NOON)
    with pytest.raises(ManagedPersonError):
        store.people.put(Person("ann", "Anna"), NOON)
    with pytest.raises(ManagedPersonError):
        store.people.remove("ann", NOON)
    store.people.bring([], NOON)
    assert store.people.put(Person("ann", "Anna"), NOON)
    store.people.remove("ann", NOON)
    with pytest.raises(NotFoundError):
        store.people.remove("ann", NOON)


@pytest.mark.parametrize(
    ("person", "field"),
    [
        pytest.param(Person("new", "New", manager="nobody"), "manager", id="a manager who is not there"),
        pytest.param(Person("ann", "Ann", manager="bo"), "manager", id="managed by whom one manages"),
        pytest.param(Person("ann", "Ann", manager="ann"), "manager", id="managed by oneself"),
        pytest.param(Person("care", "Care"), "id", id="the name of a team"),
        pytest.param(Person("mail", "Mail"), "id", id="the name of a receiver"),
        pytest.param(Person("new", "New", teams=("ann",)), "teams", id="a team called like a person"),
    ],
)
def test_what_does_not_fit_the_others_is_refused(store: Store, person: Person, field: str) -> None:
    store.people.put(Person("ann", "Ann", teams=("care",)), NOON)
    store.people.put(Person("bo", "Bo", manager="ann"), NOON)
    before = store.people.directory().people
    with pytest.raises(PersonError) as refused:
        store.people.put(person, NOON, PROGRAM.receivers)
    assert refused.value.field == field
    assert store.people.directory().people == before


def test_ten_thousand_people_are_read_and_kept(store: Store) -> None:
    text = HEAD + "".join(
        f"p{n},Person {n},{f'p{n // 8}' if n else ''},a/b{n % 50},t{n % 40},,\n" for n in range(10_000)
    )
    people, found = read(text.replace("p0,Person 0,p0", "p0,Person 0,"))
    assert found == []
    assert len(store.people.bring(people, NOON).written) == 10_000
    assert store.people.directory().manager_of("p9999") == store.people.directory().person("p1249")
