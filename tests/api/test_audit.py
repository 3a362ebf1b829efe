"""The record of changed settings over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import House

RULE = "rule: fresh\nstatus: shadow\nwhen: {nps: {at_most: 1}}\n"


def changes(home: House, **asked: Any) -> list[tuple[str, str, str, str]]:
    found = home.get("/v1/audit", **asked).json()["changes"]
    return [(one["who"], one["what"], one["kind"], one["subject"]) for one in found]


def test_every_changed_setting_is_on_record_and_what_was_refused_is_not(home: House) -> None:
    admin, client = home.key(), home.client
    client.put("/v1/people/ann", json={"name": "Ann"}, headers=admin)
    client.put("/v1/people/ann", json={"name": "Ann", "manager": "nobody"}, headers=admin)
    client.put("/v1/rules/fresh", json={"text": RULE}, headers=admin | {"if-none-match": "*"})
    client.put("/v1/rules/fresh", json={"text": "rule: fresh\n"}, headers=admin | {"if-match": '"1"'})
    silence = {"matching": {"rule": "low-score"}, "reason": "a test", "ends": "4h"}
    made = client.post("/v1/silences", json=silence, headers=admin).json()
    client.post(f"/v1/silences/{made['id']}/end", headers=admin)
    client.post("/v1/silences/none/end", headers=admin)
    client.delete("/v1/people/ann", headers=admin)
    who = "admin:None"
    assert changes(home) == [
        (who, "remove", "person", "ann"),
        (who, "end", "silence", made["id"]),
        (who, "add", "silence", made["id"]),
        (who, "publish", "rule", "fresh"),
        (who, "change", "person", "ann"),
    ]
    assert changes(home, kind="person", subject="ann", limit=1) == [(who, "remove", "person", "ann")]
    first = home.get("/v1/audit", limit=3).json()
    rest = home.get("/v1/audit", cursor=first["cursor"]).json()
    assert [one["what"] for one in (*first["changes"], *rest["changes"])] == [
        "remove",
        "end",
        "add",
        "publish",
        "change",
    ]
    assert rest["cursor"] is None


@pytest.mark.parametrize(
    ("path", "asked", "entry", "data"),
    [
        pytest.param(
            "/v1/feedback",
            {"words": "late mail a@b.example", "limit": "5"},
            ("export", "feedback", "search"),
            {"words": ["late mail •••••••••••"]},
            id="a search, the words of which are masked",
        ),
        pytest.param("/v1/insights/rules", {}, ("export", "insights", "rules"), {}, id="rules"),
        pytest.param(
            "/v1/insights/volume",
            {"channel": "web"},
            ("export", "insights", "volume"),
            {"channel": ["web"]},
            id="volume",
        ),
    ],
)
def test_files_that_are_taken_away_are_on_record(
    home: House, path: str, asked: dict[str, str], entry: tuple[str, str, str], data: dict[str, Any]
) -> None:
    assert home.get(path, role="analyst", **asked).status_code == 200
    assert changes(home) == [], "what is looked at is no export"
    assert home.get(path, role="analyst", format="csv", since="no date").status_code == 422
    assert changes(home) == [], "what was refused is none either"
    assert home.get(path, role="analyst", format="csv", **asked).status_code == 200
    (one,) = home.get("/v1/audit").json()["changes"]
    assert (one["who"], one["what"], one["kind"], one["subject"]) == ("analyst:None", *entry)
    assert one["data"] == {"form": "csv"} | data


def test_customers_of_a_problem_are_taken_away_on_record(home: House) -> None:
    problem = home.client.post("/v1/problems", json={"title": "Late"}, headers=home.key()).json()["id"]
    assert home.get(f"/v1/problems/{problem}/customers", format="csv").status_code == 200
    assert ("admin:None", "export", "customers of problem", problem) in changes(home)


def test_only_who_may_do_everything_reads_it(home: House) -> None:
    assert [home.get("/v1/audit", role=role).status_code for role in ("author", "viewer")] == [403, 403]
    assert home.get("/v1/audit", unit="emea").status_code == 403
