"""Published receivers and routes on real databases: versions, what stands in files, references, who is faster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engine.alerts.routes import Route
from engine.delivery.spec import ReceiverSpec
from engine.errors import ConflictError, ManagedError, NotFoundError, SetupError, StaleError
from engine.people import Directory, Person
from engine.program import DEFAULT_RECEIVERS, Program
from engine.rules.load import load_rules
from engine.shelf.publisher import Publisher
from engine.shelf.setting import SettingDraft, SettingKind, SettingVersion, routes_draft
from engine.shelf.setting_publisher import SettingPublisher
from engine.shelf.setting_texts import exported, receiver_drafts
from engine.shelf.setup import ROUTES
from engine.store.store import Store
from tests.support.clock import NOON, StillClock
from tests.support.databases import migrated
from tests.support.keyword_reader import TAXONOMY
from tests.support.shelves import ANN, rule

ENVIRONMENT = {"CRM_URL": "http://192.0.2.1/hook", "CRM_SECRET": "s3cret-of-crm", "MAIL": "mailtos://a:b@x.example"}
CRM = 'crm:\n  kind: webhook\n  url: "${CRM_URL}"\n  secret: "${CRM_SECRET}"\n  allow_private: true\n'
DESK = "desk:\n  kind: log\n  sees: labels\n  fallback: crm\n"
CRM_KEY = (SettingKind.RECEIVER, "crm")
FILES = Program(receivers={**DEFAULT_RECEIVERS, "filed": ReceiverSpec("filed", "log", file="receivers.yaml")})
BEA = Person("bea", "Bea", teams=("care",))


class House:
    """A shelf with its two publishers, over one program."""

    def __init__(
        self, store: Store, files: Program = FILES, environment: Mapping[str, str] = ENVIRONMENT, *people: Person
    ) -> None:
        self.store = store
        rules = load_rules(files, TAXONOMY)
        self.rules = Publisher(store.shelf, rules, StillClock(), environment, lambda: Directory(people))
        self.settings = SettingPublisher(self.rules, store.shelf.settings)

    def put(self, name: str, text: str, seen: int | None = None) -> SettingVersion:
        return self.settings.put(SettingDraft(SettingKind.RECEIVER, name, text), seen, ANN)

    def route(self, text: str, seen: int | None = None) -> SettingVersion:
        return self.settings.put(routes_draft(text), seen, ANN)

    @property
    def program(self) -> Program:
        return self.rules.look().program


@pytest.fixture
def home(store: Store) -> House:
    return House(store, FILES, ENVIRONMENT, BEA)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[House]:
    """For what is found before the store is asked: on one kind of database."""
    migrated(tmp_path / "lite.db")
    with closing(Store(f"sqlite:///{tmp_path / 'lite.db'}")) as store:
        yield House(store, FILES, ENVIRONMENT, BEA)


def test_every_change_is_a_version_that_stays_and_other_processes_see_it(home: House, store: Store) -> None:
    other = House(store)
    first = home.put("crm", CRM)
    home.put("crm", CRM + "  budget: 5\n", 1)
    assert other.program.receivers["crm"].budget == 5
    assert other.program.receivers["crm"].url == ENVIRONMENT["CRM_URL"]
    home.settings.retire("crm", 2, ANN)
    assert "crm" not in other.program.receivers
    assert other.program.retired == {"crm": "operators"}
    back = home.settings.restore(CRM_KEY, 1, 3, ANN)
    assert (back.number, back.draft.text, back.draft.retired) == (4, CRM, False)
    assert other.program.receivers["crm"].budget is None
    told = [(one.number, one.draft.retired, one.who, one.why) for one in store.shelf.settings.history(CRM_KEY)]
    assert told == [(4, False, *_by()), (3, True, *_by()), (2, False, *_by()), (1, False, *_by())]
    assert (first.at, store.shelf.revision()) == (NOON, 4)


def _by() -> tuple[str, str]:
    return ANN.who, ANN.why


def test_no_address_and_no_secret_is_kept(home: House, store: Store) -> None:
    home.put("crm", CRM)
    with store.database.read() as connection:
        kept = [str(row) for row in connection.exec_driver_sql("SELECT content FROM document").all()]
    assert any("CRM_URL" in one for one in kept)
    assert not [one for one in kept if "192.0.2.1" in one or "s3cret" in one]


def test_a_text_is_written_in_one_way_and_the_same_publishes_nothing(home: House, store: Store) -> None:
    home.put("desk", "# a comment\ndesk: {kind: log, sees: labels}\n")
    assert home.put("desk", "desk:\n    sees: labels\n    kind: log\n", 1).number == 2
    assert home.put("desk", "desk: {sees: labels,   kind: log}\n", 2).number == 2
    assert (
        store.shelf.settings.latest((SettingKind.RECEIVER, "desk")).draft.text == "desk:\n  sees: labels\n  kind: log\n"
    )


BAD = [
    pytest.param("crm: {kind: webhook, url: 'https://x.example/T0/token', secret: '${CRM_SECRET}'}", 1, "not kept in"),
    pytest.param("crm:\n  kind: slack\n  url: https://x.example/${CRM_SECRET}\n", 3, "nothing else"),
    pytest.param('crm:\n  kind: webhook\n  url: "${CRM_URL}"\n  secret: plain\n', 4, "nothing else"),
    pytest.param('crm:\n  kind: slack\n  url: "${NO_SUCH}"\n', 3, "the environment variable NO_SUCH is not set"),
    pytest.param('crm:\n  kind: slack\n  url: "${CRM_URL}"\n', 1, "leads to a private address"),
    pytest.param("crm: {kind: log, fallback: nobody}", 1, "unknown receiver 'nobody'"),
    pytest.param("crm: {kind: log, colour: red}", 1, "unknown setting"),
    pytest.param("other: {kind: log}", 1, "the text names receiver 'other', and it is to be 'crm'"),
    pytest.param("", 1, "there is no receiver here"),
    pytest.param("crm: [", 2, "not valid YAML"),
]
BAD_IDS = ["address", "part", "secret", "unset", "private", "fallback", "word", "name", "nothing", "yaml"]


@pytest.mark.parametrize(("text", "line", "said"), BAD, ids=BAD_IDS)
def test_a_receiver_with_errors_is_not_published(lite: House, text: str, line: int, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        lite.put("crm", text)
    assert [one.line for one in caught.value.findings if said in one.message] == [line]
    assert not [one for one in caught.value.findings if "/hook" in one.message or "s3cret" in one.message]
    assert lite.store.shelf.revision() == 0


BAD_ROUTES = [
    pytest.param("to: nobody\n", 1, "unknown recipient 'nobody'", id="person"),
    pytest.param("to: care\nroutes:\n  - when: {colour: red}\n    to: bea\n", 3, "'colour'", id="condition"),
    pytest.param("to: operators\nroute: []\n", 2, "unknown setting of the routes", id="word"),
]


@pytest.mark.parametrize(("text", "line", "said"), BAD_ROUTES)
def test_routes_with_errors_are_not_published(lite: House, text: str, line: int, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        lite.route(text)
    assert [(one.line, said in one.message) for one in caught.value.findings] == [(line, True)]


def test_what_stands_in_a_file_is_changed_there_and_wins(store: Store) -> None:
    home = House(store)
    home.put("desk", "desk: {kind: log, budget: 3}\n")
    home.route("to: desk\n")
    with pytest.raises(ManagedError, match=r"receiver 'filed' stands in receivers\.yaml"):
        home.put("filed", "filed: {kind: log}\n")
    # The files come later.
    desk = ReceiverSpec("desk", "log", budget=9, file="receivers.yaml")
    files = replace(FILES, receivers={**FILES.receivers, "desk": desk}, routes=Route("routes", ("filed",)))
    later = House(store, files)
    assert (later.program.receivers["desk"].budget, later.program.routes) == (9, files.routes)
    assert later.rules.settings.in_file((SettingKind.RECEIVER, "desk")) == "receivers.yaml"
    with pytest.raises(ManagedError, match=r"the tree of routes stands in routes\.yaml"):
        later.route("to: operators\n", 1)
    # And go again.
    assert House(store).program.receivers["desk"].budget == 3


STALE = [
    pytest.param(lambda h: h.put("crm", CRM), "in version 2; name that", id="a new one that is there"),
    pytest.param(lambda h: h.put("crm", CRM, 1), "in version 2 now, and not 1", id="an old version"),
    pytest.param(lambda h: h.settings.retire("crm", 1, ANN), "in version 2 now", id="retire"),
    pytest.param(lambda h: h.settings.restore(CRM_KEY, 1, 1, ANN), "in version 2 now", id="restore"),
]


@pytest.mark.parametrize(("change", "said"), STALE)
def test_who_changes_something_else_than_they_saw_is_refused(
    home: House, change: Callable[[House], object], said: str
) -> None:
    home.put("crm", CRM)
    home.put("crm", CRM + "  budget: 4\n", 1)
    with pytest.raises(StaleError, match=said):
        change(home)


def test_of_two_at_once_the_second_is_told(store: Store) -> None:
    House(store).put("crm", CRM)

    def change(budget: int) -> bool:
        try:
            House(store).put("crm", CRM + f"  budget: {budget}\n", 1)
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(change, range(1, 5))) == [False, False, False, True]
    assert [one.number for one in store.shelf.settings.history(CRM_KEY)] == [2, 1]


NAMING = [
    pytest.param(lambda h: h.put("desk", DESK), r"receiver desk \(its fallback\)", id="fallback"),
    pytest.param(lambda h: h.route("to: crm\n"), "route routes", id="route"),
    pytest.param(lambda h: h.rules.put("a", rule("a") + "then: {send_to: crm}\n", None, ANN), "rule a", id="rule"),
]


@pytest.mark.parametrize(("name", "said"), NAMING)
def test_what_is_still_sent_to_is_not_retired(lite: House, name: Callable[[House], object], said: str) -> None:
    lite.put("crm", CRM)
    name(lite)
    with pytest.raises(ConflictError, match=f"still sent to by {said}"):
        lite.settings.retire("crm", 1, ANN)
    assert "crm" in lite.program.receivers


def test_alerts_are_not_sent_where_an_address_is_needed(home: House, store: Store) -> None:
    home.put("crm", CRM)
    home.route("to: crm\n")
    addressed = House(store, FILES, ENVIRONMENT | {"MAIL": "mailtos://a:b@x.example?to={address}"})
    with pytest.raises(SetupError, match=r"this breaks routes\.yaml:1:5: receiver 'crm' needs an address"):
        addressed.put("crm", 'crm: {kind: apprise, url: "${MAIL}"}\n', 1)


def test_a_variable_that_another_process_lacks_keeps_the_messages(home: House, store: Store) -> None:
    home.put("crm", CRM)
    poor = House(store, FILES, {})
    assert poor.program.receivers["crm"].problem == "the environment variable CRM_URL is not set"
    assert {one.file for one in poor.rules.setup.errors} == {"crm.yaml"}
    # Nobody is kept from changing something else.
    poor.put("desk", "desk: {kind: log}\n")


def test_somebody_who_left_does_not_end_the_routes(store: Store) -> None:
    House(store, FILES, ENVIRONMENT, BEA).route("to: care\nroutes:\n  - {when: {severity: high}, to: bea}\n")
    home = House(store, FILES, ENVIRONMENT, Person("cy", "Cy"))
    assert home.program.routes is not None
    assert [way.route.to for way in home.program.routes.each()] == [("care",), ("bea",)]
    home.put("desk", "desk: {kind: log}\n")


def test_a_file_is_pushed_as_managed_and_what_left_it_is_retired(home: House, store: Store) -> None:
    home.put("crm", CRM)
    pushed = home.settings.push(receiver_drafts(f"{CRM}{DESK}"), SettingKind.RECEIVER, ANN)
    assert (pushed.published, pushed.taken_over, pushed.retired) == (("crm", "desk"), ("crm",), ())
    with pytest.raises(ManagedError, match="heedful receivers push"):
        home.put("desk", "desk: {kind: log}\n", 1)
    assert home.settings.push(receiver_drafts(f"{CRM}{DESK}"), SettingKind.RECEIVER, ANN).published == ()
    pushed = home.settings.push(receiver_drafts(CRM), SettingKind.RECEIVER, ANN)
    assert (pushed.published, pushed.retired) == ((), ("desk",))
    assert exported(home.rules.versions.values(), SettingKind.RECEIVER) == CRM
    assert home.program.retired == {"desk": "crm"}
    # With an error in one of them, none is published.
    with pytest.raises(SetupError, match="unknown receiver 'gone'"):
        home.settings.push(receiver_drafts(f"{CRM}x: {{kind: log, fallback: gone}}\n"), SettingKind.RECEIVER, ANN)
    assert "x" not in home.program.receivers


def test_what_is_not_there_cannot_be_changed(home: House) -> None:
    for change in (
        lambda: home.settings.retire("crm", 1, ANN),
        lambda: home.settings.restore(CRM_KEY, 1, 1, ANN),
        lambda: home.settings.restore(ROUTES, 1, 1, ANN),
    ):
        with pytest.raises(NotFoundError):
            change()


def test_the_operators_can_be_published_and_are_always_there(home: House) -> None:
    home.put("operators", "operators: {kind: log, budget: 7}\n")
    assert home.program.receivers["operators"].budget == 7
    home.settings.retire("operators", 1, ANN)
    assert home.program.receivers["operators"].budget is None
