"""routes.yaml: what it means, what is wrong with it and where, and which routes are never reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.alerts.matching import Subject
from engine.alerts.routes import Route
from engine.alerts.routes_loader import load_routes, unknown_labels
from engine.alerts.severity import Severity
from engine.delivery.spec import ReceiverSpec
from engine.errors import Located
from engine.people import Person
from engine.program import AttributeSpec, Program
from tests.support.keyword_reader import TAXONOMY

RECEIVERS = {name: ReceiverSpec(name, "log") for name in ("operators", "digital-operations", "audit", "billing")} | {
    "mail": ReceiverSpec("mail", "apprise", "mailto://x/{address}"),
    "thanks": ReceiverSpec("thanks", "webhook", to_customer=True),
}
PROGRAM = Program(receivers=RECEIVERS, attributes={"store": AttributeSpec("store", "text")}, any_attribute=False)
PEOPLE = replace(PROGRAM, people=(Person("ann", "Ann", teams=("care",)),))
WHOLE = """
to: operators
group: {by: [rule, unit], wait: 1m, interval: 1h}
routes:
  - name: digital
    when: {topic: digital, severity: [high, critical]}
    to: [digital-operations, manager_of: employee, "lead_of: unit"]
    routes:
      - when: {unit: emea}
        group: none
  - name: billing
    when: {topic: billing}
    group: {by: [store]}
    continue: true
  - when: {severity: low}
    to: audit
"""


def loaded(folder: Path, text: str, program: Program = PROGRAM) -> tuple[Route | None, list[Located]]:
    (folder / "routes.yaml").write_text(text)
    found: list[Located] = []
    return load_routes(folder / "routes.yaml", program, found), found


def test_a_route_takes_from_above_what_it_does_not_say(tmp_path: Path) -> None:
    top, found = loaded(tmp_path, WHOLE)
    assert (found, top and top.to) == ([], ("operators",))
    assert top is not None
    digital, billing, low = top.routes
    assert digital.to == ("digital-operations", "manager_of: employee", "lead_of: unit")
    assert digital.gathering == top.gathering is not None
    assert (digital.gathering.wait, digital.gathering.interval) == (timedelta(minutes=1), timedelta(hours=1))
    assert (digital.routes[0].name, digital.routes[0].to, digital.routes[0].gathering) == ("1", digital.to, None)
    assert (billing.to, billing.goes_on) == (("operators",), True)
    assert billing.gathering is not None
    assert billing.gathering.by == ("attribute.store",)
    assert (low.name, low.line) == ("3", 15)


@pytest.mark.parametrize(
    ("labels", "severity", "unit", "wanted"),
    [
        ({"topic": ("digital/ease-of-use",)}, Severity.HIGH, "emea/uk", ["routes > digital > 1"]),
        ({"topic": ("digital/ease-of-use",)}, Severity.HIGH, None, ["routes > digital"]),
        ({"topic": ("billing/accuracy",)}, Severity.LOW, None, ["routes > billing", "routes > 3"]),
        ({"topic": ("billing/accuracy",)}, Severity.HIGH, None, ["routes > billing"]),
        ({}, Severity.HIGH, None, ["routes"]),
    ],
    ids=["deepest", "parent", "goes on", "goes on to nothing", "top"],
)
def test_a_subject_takes_its_way(
    tmp_path: Path, labels: dict[str, tuple[str, ...]], severity: Severity, unit: str | None, wanted: list[str]
) -> None:
    top, _ = loaded(tmp_path, WHOLE)
    assert top is not None
    assert [way.said for way in top.ways(Subject("r", severity, unit=unit, labels=labels))] == wanted


def test_each_step_says_why_not(tmp_path: Path) -> None:
    top, _ = loaded(tmp_path, WHOLE)
    assert top is not None
    steps = list(top.steps(Subject("r", Severity.HIGH, labels={"topic": ("digital/reliability",)})))
    assert [(" > ".join(step.path), step.why_not) for step in steps] == [
        ("routes > digital", None),
        ("routes > digital > 1", "the unit is not known, not emea"),
        ("routes > billing", "an earlier route took it, and does not continue"),
        ("routes > 3", "an earlier route took it, and does not continue"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("- a", (1, 1), "must be a mapping"),
        ("too: operators", (1, 1), "did you mean 'to'"),
        ("to: []", (1, 5), "a list of 1 to 20"),
        ("to: {at: employee}", (1, 5), "unknown recipient 'at: employee'"),
        ('to: "manager_of: holder"', (1, 5), "did you mean 'manager_of: employee'"),
        ("to: {a: b, c: d}", (1, 5), "a recipient is a name"),
        ("to: mail", (1, 5), "needs an address"),
        ("to: thanks", (1, 5), "writes to customers"),
        ("group: {wait: 1m}", (1, 8), "a group needs by"),
        ("group: {by: [shop]}", (1, 13), "unknown thing to group by 'shop'"),
        ("group: {by: [rule], wait: 2d}", (1, 27), "at most a day"),
        ("group: rule", (1, 8), "group is 'none'"),
        ("routes: {}", (1, 9), "must be a list of routes"),
        ("routes:\n  - to: operators\n    wen: 1", (3, 5), "did you mean 'when'"),
        ("routes:\n  - when: {severity: hihg}", (2, 22), "did you mean 'high'"),
        ("routes:\n  - when: {}", (2, 11), "the conditions are empty"),
        ("routes:\n  - {name: a, to: audit, when: {nps: 1}}\n  - {name: a, when: {nps: 2}}", (3, 12), "are called 'a'"),
        ("routes:\n  - name: a > b", (2, 11), "cannot name a route"),
        ("routes:\n  - continue: maybe", (2, 15), "must be true or false"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_an_error_says_where_and_what_to_do(tmp_path: Path, text: str, place: tuple[int, int], told: str) -> None:
    top, found = loaded(tmp_path, text)
    assert top is None
    assert [(one.line, one.column, one.level) for one in found] == [(*place, "error")]
    assert told in found[0].message


def test_all_errors_are_told_at_once(tmp_path: Path) -> None:
    _, found = loaded(tmp_path, "to: {a: x}\ngroup: 3\nroutes:\n  - {when: {topc: a}}\n  - {whn: 1, to: mail}\n")
    assert [one.line for one in found] == [1, 2, 4, 5, 5]


@pytest.mark.parametrize(
    ("to", "program", "level"),
    [
        ("ann", PEOPLE, None),
        ("care", PEOPLE, None),
        ("bob", PEOPLE, "error"),
        ("bob", PROGRAM, "warning"),
        ("audit", PROGRAM, None),
    ],
    ids=["person", "team", "unknown", "no people.csv", "receiver"],
)
def test_recipients_are_looked_up(tmp_path: Path, to: str, program: Program, level: str | None) -> None:
    _, found = loaded(tmp_path, f"to: {to}", program)
    assert [one.level for one in found] == ([level] if level else [])


@pytest.mark.parametrize(
    ("first", "second", "warned"),
    [
        ("{when: {topic: digital}}", "{when: {topic: digital/reliability}}", True),
        ("{to: audit}", "{when: {topic: digital}}", True),
        ("{when: {topic: digital}, continue: true}", "{when: {topic: digital}}", False),
        ("{when: {topic: digital}}", "{when: {topic: billing}}", False),
        ("{when: {topic: digital, severity: low}}", "{when: {topic: digital}}", False),
    ],
    ids=["a label above", "everything", "continues", "another", "narrower"],
)
def test_a_route_that_is_never_reached_is_warned_of(tmp_path: Path, first: str, second: str, warned: bool) -> None:
    top, found = loaded(tmp_path, f"routes:\n  - {first}\n  - {second}\n")
    assert top is not None
    assert [(one.line, one.level) for one in found] == ([(3, "warning")] if warned else [])
    assert all("never reached: '1' (line 2)" in one.message for one in found)


def test_bounds_of_the_tree(tmp_path: Path) -> None:
    deep = "".join(
        f"{'  ' * level}routes:\n{'  ' * level}- to: audit\n{'  ' * level}  name: n\n" for level in range(10)
    )
    _, found = loaded(tmp_path, deep)
    assert any("nested deeper than 8" in one.message for one in found)
    _, found = loaded(tmp_path, "routes:\n" + "".join(f"  - {{when: {{customer: c{n}}}}}\n" for n in range(1_000)))
    assert any("1,001 routes" in one.message for one in found)


def test_labels_are_checked_once_the_trees_are_known(tmp_path: Path) -> None:
    top, _ = loaded(tmp_path, "routes:\n  - {name: d, when: {topic: [digital, digtal]}}\n")
    told = unknown_labels(top, TAXONOMY)
    assert [(one.line, one.level) for one in told] == [(2, "warning")]
    assert "route routes > d: unknown topic 'digtal'; did you mean" in told[0].message


def test_without_a_file_there_are_no_routes(tmp_path: Path) -> None:
    assert load_routes(tmp_path / "routes.yaml", PROGRAM, []) is None
