"""`heedful users`: who signs in to the console."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.output import stdout
from engine.accounts import Account
from engine.errors import AccountError, FeedbackError, HeedfulError, NotFoundError
from engine.passwords import is_right
from engine.ports import SystemClock
from engine.scope import Role
from engine.store.store import Store

EMAIL = "ann@example.com"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stdout, "width", 250)
    monkeypatch.delenv("HEEDFUL_PUBLIC_URL", raising=False)


def heedful(url: str, *arguments: str, stdin: str | None = None) -> str:
    done = CliRunner().invoke(app, ["users", *arguments, "--db", url], input=stdin, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def account(store: Store, email: str = EMAIL) -> Account:
    return store.accounts.by_email(email)[0]


def test_from_the_first_link_to_the_last_day(store: Store, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heedful(url, "add", "--name", "Boss", "--email", "boss@example.com", "--role", "admin")
    monkeypatch.setenv("HEEDFUL_PUBLIC_URL", "https://voc.example/")
    said = heedful(url, "add", "--name", "Ann", "--email", "Ann@Example.com", "--role", "agent", "--unit", "emea/uk")
    link = said.strip().splitlines()[-1]
    assert link.startswith("https://voc.example/sign-in/link/")
    now = SystemClock().now()
    ann, token = store.sessions.use(link.rpartition("/")[2], now)
    assert (ann.email, ann.role, ann.unit) == (EMAIL, Role.AGENT, "emea/uk")
    assert "emea/uk" in heedful(url, "list")
    heedful(url, "change", EMAIL, "--role", "author", "--unit", "", "--person", "ann", "--see-private")
    changed = account(store)
    assert (changed.role, changed.unit, changed.person, changed.see_private) == (Role.AUTHOR, None, "ann", True)
    assert store.sessions.find(token, now) is None, "whoever changed signs in again"
    heedful(url, "password", EMAIL, stdin="correct horse battery\n")
    assert is_right("correct horse battery", store.accounts.by_email(EMAIL)[1])
    heedful(url, "disable", EMAIL)
    assert account(store).disabled_at is not None
    heedful(url, "enable", EMAIL)
    assert account(store).disabled_at is None
    done = [one.entry.what for one in store.audit.page(kind="account", subject=EMAIL)]
    assert done == ["enable", "disable", "password", "change", "link", "add"]
    assert "correct horse" not in str(store.audit.page())


NEW = ["add", "--name", "A", "--role", "agent"]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        pytest.param([*NEW, "--email", "x"], AccountError, "e-mail", id="no e-mail"),
        pytest.param([*NEW, "--email", EMAIL, "--role", "ingest"], AccountError, "keys", id="a sender"),
        pytest.param([*NEW, "--email", EMAIL, "--unit", "//"], FeedbackError, "path", id="no unit"),
        pytest.param([*NEW, "--email", "b@example.com"], AccountError, "already", id="twice"),
        pytest.param(["change", "b@example.com"], AccountError, "what to change", id="nothing to change"),
        pytest.param(["change", "b@example.com", "--role", "agent"], AccountError, "last account", id="the last admin"),
        pytest.param(["disable", "b@example.com"], AccountError, "last account", id="the last admin, disabled"),
        pytest.param(["password", "b@example.com"], AccountError, "at least 12", id="no password"),
        pytest.param(["link", EMAIL], NotFoundError, "heedful users list", id="nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    store: Store, url: str, arguments: list[str], error: type[HeedfulError], said: str
) -> None:
    store.accounts.add("B", "b@example.com", Role.ADMIN, SystemClock().now())
    before: Any = store.accounts.all()
    with pytest.raises(error, match=said):
        heedful(url, *arguments, stdin="short\n")
    assert (store.accounts.all(), store.audit.page()) == (before, [])
