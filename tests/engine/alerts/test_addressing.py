"""Where an alert goes: rule, routes and directory, and who is told when somebody cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.alerts.addressing import Addressed, address, reach
from engine.alerts.alert import Alert, AlertKind
from engine.alerts.matching import Matching, Named
from engine.alerts.opening import alert_of_match
from engine.alerts.routes import Gathering, Route
from engine.alerts.triage import Triage
from engine.feedback import Feedback
from engine.intake import admit
from engine.people import Directory, Person
from engine.program import OPERATORS, Program, ReceiverSpec, RuleFile
from engine.rules.case import Case
from engine.rules.load import load_rules
from engine.rules.rule import Rule
from tests.support.clock import NOON
from tests.support.keyword_reader import TAXONOMY, KeywordReader
from tests.support.service import RULES

RECEIVERS = {name: ReceiverSpec(name, "log") for name in (OPERATORS, "mail", "sms", "digital", "audit")} | {
    "thanks": ReceiverSpec("thanks", "webhook", "https://x.example", to_customer=True),
    "post": ReceiverSpec("post", "apprise", "mailto://x.example/{address}"),
}
PEOPLE = Directory(
    [
        Person("eve", "Eve", manager="ann", units=("emea/uk",)),
        Person("ann", "Ann", manager="bob", teams=("care", "night"), contacts=(("mail", "ann@x.example"),)),
        Person("bob", "Bob", contacts=(("fax", "1"), ("sms", "+44"), ("mail", "bob@x.example")), leads=("emea",)),
        Person("dan", "Dan", manager="bob", teams=("care", "digital"), contacts=(("mail", "dan@x.example"),)),
        Person("mute", "Mute", manager="bob", teams=("care", "silent")),
        Person("lone", "Lone", teams=("silent",)),
        Person("left", "Left", manager="ann", gone=True),
        Person("may", "May", contacts=(("thanks", "x"), ("post", "may@x.example"))),
        Person("one", "One", manager="two"),
        Person("two", "Two", manager="one"),
    ]
)
ROUTES = Route(
    "routes",
    (OPERATORS,),
    routes=(
        Route(
            "digital",
            ("digital", "manager_of: employee"),
            Matching((Named("topic", ("digital",)),)),
            Gathering(("rule", "unit", "attribute.store")),
            routes=(Route("grave", ("bob",), Matching((Named("severity", ("critical",)),))),),
        ),
        Route("audit", ("audit",), Matching((Named("unit", ("emea",)),)), goes_on=True),
        Route("care", ("care",), Matching((Named("intent", ("churn",)),))),
    ),
)


def program(routes: Route | None = ROUTES) -> Program:
    return Program(receivers=RECEIVERS, routes=routes)


def opened(text: str, slug: str = "furious", **fields: Any) -> tuple[Alert, Case, Rule]:
    loaded = load_rules(Program(rule_files=(RuleFile("rules.yaml", RULES),)), TAXONOMY)
    feedback: Feedback = admit({"id": "f1", "text": text, "scores": {"nps": 1}} | fields, Program(), NOON)
    case = Case(feedback, KeywordReader().read([feedback.parts])[0])
    rule = loaded.by_slug[slug]
    return alert_of_match(rule, case, AlertKind.ALERT, NOON, Triage()), case, rule


def addressed(text: str, slug: str = "furious", routes: Route | None = ROUTES, **fields: Any) -> Addressed:
    alert, case, rule = opened(text, slug, **fields)
    return address(alert, case, program(routes), PEOPLE, rule)


def places(found: Addressed) -> list[tuple[str, str, str | None]]:
    return [(one.recipient, one.receiver, one.address) for one in found.destinations]


AUDIT = ("audit", "audit", None)
DIGITAL = ("digital", "digital", None)
ANN = ("ann", "mail", "ann@x.example")
BOB = ("bob", "sms", "+44")
DAN = ("dan", "mail", "dan@x.example")
NOBODY = (OPERATORS, OPERATORS, None)


@pytest.mark.parametrize(
    ("text", "fields", "wanted", "holder", "team", "route"),
    [
        ("furious", {}, [NOBODY], None, None, "routes"),
        ("furious menu", {"employee": "eve"}, [DIGITAL, ANN], "digital", "digital", "routes > digital"),
        ("furious menu", {"unit": "emea/uk"}, [DIGITAL, BOB], "digital", "digital", "routes > digital"),
        ("furious menu", {}, [DIGITAL, NOBODY], "digital", "digital", "routes > digital"),
        ("leaving", {}, [ANN, DAN], "care", "care", "routes > care"),
        (
            "leaving",
            {"unit": "emea"},
            [AUDIT, ANN, DAN],
            None,
            None,
            "routes > audit; routes > care",
        ),
        ("furious", {"unit": "emea/fr"}, [AUDIT], None, None, "routes > audit"),
    ],
    ids=["top", "manager", "lead", "no lead", "team", "goes on", "goes on to nothing"],
)
def test_routes_say_where(
    text: str, fields: dict[str, Any], wanted: Any, holder: str | None, team: str | None, route: str
) -> None:
    found = addressed(text, **fields)
    assert places(found) == wanted
    assert (found.alert.holder, found.alert.team, found.alert.route) == (holder, team, route)
    assert found.alert.receiver == wanted[0][1]


def test_the_deepest_route_that_takes_it_decides() -> None:
    assert places(addressed("leaving menu", "leaving")) == [BOB]


def test_without_routes_it_goes_to_the_operators() -> None:
    found = addressed("furious menu", routes=None)
    assert (places(found), found.alert.route, found.alert.holder) == ([NOBODY], "", None)


def test_the_rule_wins_over_the_routes() -> None:
    alert, case, rule = opened("furious menu")
    found = address(alert, case, program(), PEOPLE, replace(rule, send_to="audit"))
    assert (places(found), found.alert.route) == ([AUDIT], "send_to")
    assert "sends to audit" in found.why


def test_what_the_service_tells_of_itself_goes_to_the_operators() -> None:
    alert, _, _ = opened("furious")
    found = address(replace(alert, kind=AlertKind.SYSTEM, rule="heedful-dead-letter"), None, program(), PEOPLE)
    assert places(found) == [NOBODY]


def test_the_group_of_a_message_is_what_its_alerts_agree_in() -> None:
    found = addressed("furious menu", unit="emea/uk", attributes={"store": "Leeds"})
    group = found.destinations[0].gathered
    assert group is not None
    assert group.values == (("rule", "furious"), ("unit", "emea/uk"), ("attribute.store", "Leeds"))
    assert addressed("furious").destinations[0].gathered is None


@pytest.mark.parametrize(
    ("name", "holder", "wanted", "told"),
    [
        ("ann", None, [ANN], ""),
        ("bob", None, [BOB], ""),
        ("mute", None, [BOB], "mute has no contact"),
        ("may", None, [("may", "post", "may@x.example")], ""),
        ("thanks", None, [NOBODY], "nobody called thanks"),
        ("post", None, [NOBODY], "nobody called post"),
        ("left", None, [ANN], "left has left, and ann is the manager"),
        ("one", None, [NOBODY], "nobody above can be reached"),
        ("nobody", None, [NOBODY], "nobody called nobody"),
        ("care", None, [ANN, DAN], "mute of care has no contact"),
        ("silent", None, [NOBODY], "nobody of silent can be reached"),
        ("digital", None, [DIGITAL], ""),
        ("holder", "dan", [DAN], ""),
        ("holder", "care", [ANN, DAN], ""),
        ("holder", None, [BOB], "nobody holds it; bob leads emea/uk"),
        ("manager_of: holder", "dan", [BOB], "bob manages dan"),
        ("manager_of: holder", "care", [BOB], "has no manager in the directory; bob leads"),
        ("manager_of: employee", None, [BOB], "the employee is not known; bob leads emea/uk"),
        ("lead_of: unit", None, [BOB], "bob leads emea/uk or the nearest unit above"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_name_leads_to_somebody_who_can_be_reached(name: str, holder: str | None, wanted: Any, told: str) -> None:
    alert, _, _ = opened("furious", unit="emea/uk")
    found = reach(name, replace(alert, holder=holder), program(), PEOPLE)
    assert [(one.recipient, one.receiver, one.address) for one in found.destinations] == wanted
    assert told in "; ".join(found.why)


def test_each_place_is_told_once() -> None:
    routes = Route("routes", ("ann", "care", "digital", "digital"))
    assert places(addressed("furious", routes=routes)) == [ANN, DAN, DIGITAL]
