"""Signing in: what is checked, whichever way somebody comes."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.accounts import Account, email_key
from engine.errors import NotFoundError, SignInError
from engine.passwords import hashed, is_dated, is_right
from engine.store.store import Store

WRONG = "The e-mail or the password is not right."


def sign_in(store: Store, email: str, password: str, address: str, now: datetime, browser: str | None = None) -> str:
    """Sign somebody in by password and return the token of the session.

    It takes equally long and says the same whether the account is not there, is disabled, has no password, or the
    password is wrong; whoever guesses waits longer and longer.

    Raises
    ------
    SignInError
        If it is not right, or somebody has to wait first.
    """
    account, hash_ = check_password(store, email, password, address, now, browser)
    if is_dated(hash_):
        store.accounts.change(account.id, {"password": hashed(password)})
    return store.sessions.begin(account.id, now)


def check_password(
    store: Store, email: str, password: str, address: str, now: datetime, browser: str | None = None
) -> tuple[Account, str]:
    """Return the account that a password is right for, and its hash.

    Parameters
    ----------
    browser
        Of one that the account has signed in with before.

    Raises
    ------
    SignInError
        If it is not right, or somebody has to wait first.
    """
    wait = store.guesses.begin(email, address, now, browser)
    if wait > timedelta(0):
        raise SignInError(f"There were too many wrong passwords. Try again in {said_wait(wait)}.", retry_after=wait)
    account, hash_ = _found(store, email)
    if not is_right(password, hash_) or account is None or hash_ is None:
        raise SignInError(WRONG)
    store.guesses.was_right(email, address, browser)
    return account, hash_


def _found(store: Store, email: str) -> tuple[Account | None, str | None]:
    try:
        account, hash_ = store.accounts.by_email(email_key(email))
    except NotFoundError:
        return None, None
    return (None, None) if account.disabled_at is not None else (account, hash_)


def said_wait(wait: timedelta) -> str:
    """Return how long to wait, in words; never less than it is."""
    seconds = max(1, -(-int(wait.total_seconds() * 1_000) // 1_000))
    if seconds < 90:
        return f"{seconds} seconds" if seconds > 1 else "a second"
    return f"{-(-seconds // 60)} minutes"
