"""The record of changed settings over HTTP."""

from __future__ import annotations

from typing import Any

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


def test_only_who_may_do_everything_reads_it(home: House) -> None:
    assert [home.get("/v1/audit", role=role).status_code for role in ("author", "viewer")] == [403, 403]
    assert home.get("/v1/audit", unit="emea").status_code == 403
