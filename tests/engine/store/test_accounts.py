"""Accounts, sessions, links, guesses and the audit record, in both databases."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from engine.accounts import ABSOLUTE, FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS, IDLE, LINK_LASTS, Account
from engine.errors import AccountError, LinkError, NotFoundError
from engine.scope import Role
from engine.store import schema_accounts
from engine.store.audit import Entry
from engine.store.store import Store
from tests.support.clock import NOON, StillClock

MINUTE = timedelta(minutes=1)


def ann(store: Store, role: Role = Role.ADMIN, **more: Any) -> Account:
    return store.accounts.add("Ann", more.pop("email", "ann@example.com"), role, NOON, **more)


def test_an_account_comes_back_as_it_was_entered(store: Store) -> None:
    made = ann(store, Role.AGENT, unit="emea/uk", person="ann", see_private=True, password_hash="h", subject="i|s")
    assert store.accounts.all() == [made]
    assert store.accounts.one(made.id) == made
    assert store.accounts.by_email("ann@example.com") == (made, "h")
    assert store.accounts.by_subject("i|s") == made
    with pytest.raises(AccountError, match="has an account already"):
        ann(store)


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        pytest.param({"role": Role.VIEWER}, True, id="another role"),
        pytest.param({"unit": "emea"}, True, id="another unit"),
        pytest.param({"see_private": True}, True, id="private data"),
        pytest.param({"person": "ben"}, True, id="another person"),
        pytest.param({"password": "other"}, True, id="another password"),
        pytest.param({"disabled_at": NOON}, True, id="disabled"),
        pytest.param({"name": "Anne"}, False, id="the name alone"),
    ],
)
def test_a_changed_account_signs_in_again(store: Store, change: dict[str, Any], ends: bool) -> None:
    ann(store, email="other@example.com")
    account = ann(store)
    token, link = store.sessions.begin(account.id, NOON), store.sessions.link(account.id, NOON)
    changed = store.accounts.change(account.id, change)
    assert changed == store.accounts.one(account.id)
    assert (store.sessions.find(token, NOON) is None) == ends
    if ends:
        with pytest.raises(LinkError):
            store.sessions.use(link, NOON)


def test_the_last_account_that_may_do_everything_stays(store: Store) -> None:
    account = ann(store)
    for change in ({"role": Role.AGENT}, {"unit": "emea"}, {"disabled_at": NOON}):
        with pytest.raises(AccountError, match="last account"):
            store.accounts.change(account.id, change)
    assert store.accounts.one(account.id) == account
    ann(store, email="other@example.com")
    store.accounts.change(account.id, {"role": Role.AGENT})


@pytest.mark.parametrize(
    ("after", "seen_after", "valid"),
    [
        pytest.param(IDLE - MINUTE, None, True, id="within the idle time"),
        pytest.param(IDLE, None, False, id="idle for too long"),
        pytest.param(IDLE + MINUTE, 10 * MINUTE, True, id="seen meanwhile"),
        pytest.param(ABSOLUTE, ABSOLUTE - MINUTE, False, id="at its absolute end, however active"),
    ],
)
def test_a_session_ends(store: Store, after: timedelta, seen_after: timedelta | None, valid: bool) -> None:
    token = store.sessions.begin(ann(store).id, NOON)
    found = store.sessions.find(token, NOON)
    assert found is not None
    if seen_after is not None:
        store.sessions.seen([found.session], NOON + seen_after)
    assert (store.sessions.find(token, NOON + after) is not None) == valid
    assert (found.session in store.sessions.valid([found.session], NOON + after)) == valid


def test_no_token_stands_in_the_store(store: Store) -> None:
    account = ann(store)
    token, link = store.sessions.begin(account.id, NOON), store.sessions.link(account.id, NOON)
    with store.database.read() as connection:
        kept = [
            *connection.execute(text("SELECT * FROM session")),
            *connection.execute(text("SELECT * FROM sign_in_link")),
        ]
    assert kept
    assert token not in str(kept)
    assert link not in str(kept)


def test_signing_out_everywhere_ends_links_too_and_others_stay(store: Store) -> None:
    account, other = ann(store), ann(store, email="ben@example.com")
    tokens = [store.sessions.begin(account.id, NOON) for _ in range(3)]
    link, theirs = store.sessions.link(account.id, NOON), store.sessions.begin(other.id, NOON)
    found = store.sessions.find(tokens[0], NOON)
    assert found is not None
    store.sessions.end(found.session)
    assert [store.sessions.find(one, NOON) is not None for one in tokens] == [False, True, True]
    store.sessions.end_all(account.id)
    assert [store.sessions.find(one, NOON) for one in tokens] == [None] * 3
    with pytest.raises(LinkError):
        store.sessions.look(link, NOON)
    assert store.sessions.find(theirs, NOON) is not None


def test_of_many_who_use_a_link_at_once_one_is_signed_in(store: Store) -> None:
    link = store.sessions.link(ann(store).id, NOON)
    store.sessions.look(link, NOON)
    done: list[str] = []

    def use() -> None:
        with suppress(LinkError):
            done.append(store.sessions.use(link, NOON)[1])

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert store.sessions.find(done[0], NOON) is not None


def test_a_link_is_too_old_after_a_quarter_of_an_hour(store: Store) -> None:
    link = store.sessions.link(ann(store).id, NOON)
    store.sessions.look(link, NOON + LINK_LASTS - MINUTE)
    with pytest.raises(LinkError) as raised:
        store.sessions.use(link, NOON + LINK_LASTS)
    assert raised.value.ended


def tries(
    store: Store, clock: StillClock, count: int, email: str = "ann@example.com", address: str = "192.0.2.1"
) -> int:
    """Return how many tries in a row are let through."""
    return sum(store.guesses.begin(email, address, clock.now()) == timedelta(0) for _ in range(count))


def test_guessing_takes_longer_and_longer(store: Store) -> None:
    clock, waits = StillClock(), []
    assert tries(store, clock, FREE_FOR_ACCOUNT) == FREE_FOR_ACCOUNT
    for _ in range(8):
        waits.append(int(store.guesses.begin("ANN@example.com ", "192.0.2.2", clock.now()).total_seconds()))
        clock.move(timedelta(seconds=waits[-1]))
        assert tries(store, clock, 1, address="192.0.2.3") == 1
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]
    clock.move(timedelta(hours=24))
    assert tries(store, clock, FREE_FOR_ACCOUNT) == FREE_FOR_ACCOUNT


def test_an_address_that_tries_many_accounts_waits_too(store: Store) -> None:
    clock = StillClock()
    names = [f"nobody{one}@example.com" for one in range(FREE_FOR_ADDRESS + 5)]
    passed = [tries(store, clock, 1, name, "2001:db8:1:2::1") for name in names]
    assert sum(passed) == FREE_FOR_ADDRESS
    assert tries(store, clock, 1, "more@example.com", "2001:db8:1:2:ffff::9") == 0, "the same network of IPv6"
    assert tries(store, clock, 1, "more@example.com", "2001:db8:1:3::1") == 1


def test_a_right_password_clears_its_account_and_not_the_address(store: Store) -> None:
    clock = StillClock()
    tries(store, clock, FREE_FOR_ACCOUNT - 1)
    store.guesses.begin("ann@example.com", "192.0.2.1", clock.now())
    store.guesses.was_right("ann@example.com", "192.0.2.1")
    assert tries(store, clock, 1) == 1
    with store.database.read() as connection:
        table = schema_accounts.guess
        counts = dict(connection.execute(select(table.c.subject, table.c.failures)).all())
    assert counts.pop("address:192.0.2.1") == FREE_FOR_ACCOUNT
    assert list(counts.values()) == [1]


def test_of_many_guesses_at_once_only_the_free_ones_are_let_through(store: Store) -> None:
    passed: list[int] = []
    threads = [threading.Thread(target=lambda: passed.append(tries(store, StillClock(), 3))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == FREE_FOR_ACCOUNT


def entries(store: Store) -> list[tuple[str, str, str]]:
    return [(one.entry.who, one.entry.what, one.entry.subject) for one in store.audit.page()]


def test_a_change_and_its_entry_are_written_together_or_not_at_all(store: Store) -> None:
    entry = Entry("ann", "add", "account", "ben@example.com", "key", {"role": "agent"})
    with store.audit.of(entry, NOON):
        ann(store, email="ben@example.com")
    with pytest.raises(AccountError), store.audit.of(entry, NOON):
        ann(store, email="ben@example.com")
    with store.audit.of(Entry("ann", "test", "receiver", "slack"), NOON):
        pass
    ann(store)
    assert entries(store) == [("ann", "test", "slack"), ("ann", "add", "ben@example.com")]
    first = store.audit.page()[1]
    assert (first.at, first.entry) == (NOON, entry)
    assert store.audit.page(kind="receiver")[0].entry.subject == "slack"
    assert store.audit.page(subject="nobody\x00") == []
    assert [one.id for one in store.audit.page(before=store.audit.page()[0].id)] == [first.id]


def test_an_entry_goes_with_the_transaction_that_fails(store: Store) -> None:
    with pytest.raises(NotFoundError), store.audit.of(Entry("ann", "change", "account", "x"), NOON):
        store.accounts.change("nobody", {"name": "x"})
    assert store.audit.page() == []
    with store.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema_accounts.audit)) == 0
