"""Uses of links in the store: of many clicks at the same moment one acts, on either database."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from engine.alerts.changes import Action, By, Change
from engine.delivery.links import Claim, LinkAction
from engine.errors import AlertStateError, LinkError
from engine.store import schema
from engine.store.store import Store
from tests.support.clock import NOON
from tests.support.engines import engine_on, feedback


def claim_on(store: Store, action: LinkAction = LinkAction.ACKNOWLEDGE) -> Claim:
    engine_on(store).process([feedback(1, "hello")], notify=False)
    (alert,) = store.alerts.of_feedback("default", "f1")
    return Claim(alert.id, "ben", action)


def test_of_many_clicks_one_acts(store: Store, url: str) -> None:
    claim = claim_on(store)
    others = [Store(url) for _ in range(4)]
    used: list[bool] = []
    threads = [threading.Thread(target=lambda s=s: used.append(s.links.use(claim, NOON).used)) for s in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert sorted(used) == [False, True, True, True]
    assert store.links.look(claim).used
    alert, _ = store.alerts.one(claim.alert)
    assert (alert.version, alert.state) == (2, "acknowledged")


def test_to_look_waits_for_nobody_who_changes_the_alert(store: Store, url: str) -> None:
    claim = claim_on(store)
    other, found = Store(url), list[bool]()
    with store.database.write() as connection:
        connection.execute(select(schema.alert.c.id).with_for_update())
        looking = threading.Thread(target=lambda: found.append(other.links.look(claim).used))
        looking.start()
        looking.join(10)
        assert found == [False]
    other.close()


def test_what_is_refused_is_not_used_up(store: Store) -> None:
    claim = claim_on(store)
    store.changes.apply(Change(Action.START), {claim.alert: None}, By("dan"), NOON)
    with pytest.raises(AlertStateError):
        store.links.use(claim, NOON)
    assert not store.links.look(claim).used


def test_a_link_to_a_closed_alert_does_nothing(store: Store) -> None:
    claim = claim_on(store, LinkAction.RIGHT)
    store.changes.apply(Change(Action.DISMISS, note="no"), {claim.alert: None}, By("dan"), NOON)
    for call in (lambda: store.links.use(claim, NOON), lambda: store.links.look(claim)):
        with pytest.raises(LinkError, match="ended with it"):
            call()
    assert store.verdicts.kinds() == {}


def test_a_link_to_no_alert_is_none(store: Store) -> None:
    with pytest.raises(LinkError):
        store.links.use(Claim("al_none", "ben", LinkAction.RIGHT), NOON)
