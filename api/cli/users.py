"""`heedful users`: the people who sign in to the console."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli.options import Db
from api.cli.output import stderr, stdout
from engine.accounts import Account, admit_email, admit_name, admit_password, admit_person, admit_role
from engine.errors import AccountError
from engine.ports import SystemClock
from engine.scope import Role
from engine.store.accounts import Accounts
from engine.store.audit import Audit, Entry
from engine.store.sessions import Sessions

if TYPE_CHECKING:
    from api.settings import Settings

users = typer.Typer(help="Let people sign in to the console.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="as `heedful users list` shows it")]
RoleOption = Annotated[
    Role, typer.Option(help="viewer, agent, author and analyst see; author publishes rules; admin does all")
]
UnitOption = Annotated[str | None, typer.Option(help="sees this unit and below; else all")]
PersonOption = Annotated[str | None, typer.Option(help="the id in people.csv: whose alerts are theirs")]
WHO = "heedful users"
LOCAL = "http://127.0.0.1:8080"
LASTS = "It signs in once, within 15 minutes."


@dataclass(frozen=True)
class Desk:
    """What of a store these commands work with."""

    accounts: Accounts
    sessions: Sessions
    audit: Audit


@contextmanager
def _opened(db: str | None) -> Iterator[tuple[Desk, Settings, datetime]]:
    from api.opening import open_database
    from api.settings import settings_of

    settings = settings_of(db=db)
    database = open_database(settings.db)
    try:
        yield Desk(Accounts(database), Sessions(database), Audit(database)), settings, SystemClock().now()
    finally:
        database.close()


@users.command()
def add(
    name: Annotated[str, typer.Option(help="the person's name")],
    email: Annotated[str, typer.Option(help="what they sign in with")],
    role: RoleOption,
    unit: UnitOption = None,
    person: PersonOption = None,
    see_private: Annotated[bool, typer.Option("--see-private", help="may see what was taken out of records")] = False,
    db: Db = None,
) -> None:
    """Add somebody, and print a link that signs them in: there they choose a password.

    Example: `heedful users add --name "Ann Lee" --email ann@example.com --role agent --unit emea/uk`
    """
    from engine.intake import admit_unit

    with _opened(db) as (desk, settings, now):
        said = {"role": str(admit_role(role)), "unit": admit_unit(unit), "person": admit_person(person)}
        with desk.audit.of(_entry("add", admit_email(email), said | {"see_private": see_private}), now):
            account = desk.accounts.add(
                *(admit_name(name), admit_email(email), role, now),
                unit=said["unit"],
                person=said["person"],
                see_private=see_private,
            )
        stderr.print(
            f"{account.name} ({account.email}): role {account.role}, {account.unit or 'every unit'}", markup=False
        )
        _print_link(desk, settings, account, now)


@users.command("list")
def list_users(db: Db = None) -> None:
    """List everybody who can sign in, and who could."""
    table = Table("e-mail", "name", "role", "unit", "person", "private", "password", "created", "disabled")
    with _opened(db) as (desk, _, _):
        accounts = desk.accounts.all()
    for one in accounts:
        table.add_row(
            *(one.email, one.name, str(one.role), one.unit or "every", one.person or ""),
            *("yes" if one.see_private else "", "yes" if one.has_password else "", f"{one.created_at:%Y-%m-%d %H:%M}"),
            f"{one.disabled_at:%Y-%m-%d %H:%M}" if one.disabled_at else "",
        )
    stdout.print(table)


@users.command()
def change(
    email: Email,
    name: Annotated[str | None, typer.Option(help="the person's name")] = None,
    role: Annotated[Role | None, typer.Option(help="what they may do")] = None,
    unit: Annotated[str | None, typer.Option(help="sees this unit and below; '' for all")] = None,
    person: Annotated[str | None, typer.Option(help="the id in people.csv; '' for nobody")] = None,
    see_private: Annotated[
        bool | None, typer.Option("--see-private/--no-see-private", help="may see what was taken out of records")
    ] = None,
    db: Db = None,
) -> None:
    """Change what somebody may do; they sign in again."""
    from engine.intake import admit_unit

    said: dict[str, Any] = {}
    said |= {"name": admit_name(name)} if name is not None else {}
    said |= {"role": admit_role(role)} if role is not None else {}
    said |= {"unit": admit_unit(unit) if unit else None} if unit is not None else {}
    said |= {"person": admit_person(person)} if person is not None else {}
    said |= {"see_private": see_private} if see_private is not None else {}
    if not said:
        raise AccountError("say what to change: --name, --role, --unit, --person or --see-private")
    with _opened(db) as (desk, _, now):
        account = _account(desk, email)
        with desk.audit.of(_entry("change", account.email, said), now):
            desk.accounts.change(account.id, said)
        stderr.print(f"{account.email} is changed, and signs in again", markup=False)


@users.command()
def disable(email: Email, db: Db = None) -> None:
    """Let somebody in no more, and sign them out everywhere; their history stays."""
    with _opened(db) as (desk, _, now):
        account = _account(desk, email)
        with desk.audit.of(_entry("disable", account.email), now):
            desk.accounts.change(account.id, {"disabled_at": account.disabled_at or now})
        stderr.print(f"{account.email} is disabled, and signed out everywhere", markup=False)


@users.command()
def enable(email: Email, db: Db = None) -> None:
    """Let somebody in again."""
    with _opened(db) as (desk, _, now):
        account = _account(desk, email)
        with desk.audit.of(_entry("enable", account.email), now):
            desk.accounts.change(account.id, {"disabled_at": None})
        stderr.print(f"{account.email} may sign in again", markup=False)


@users.command()
def password(email: Email, db: Db = None) -> None:
    """Set a password, asked for here or read from standard input; they are signed out everywhere."""
    from engine.passwords import hashed

    with _opened(db) as (desk, _, now):
        account = _account(desk, email)
        said = admit_password(_asked(), account.email, account.name)
        with desk.audit.of(_entry("password", account.email), now):
            desk.accounts.change(account.id, {"password": hashed(said)})
        stderr.print(f"{account.email} has a new password, and is signed out everywhere", markup=False)


@users.command()
def link(email: Email, db: Db = None) -> None:
    """Print a link that signs somebody in once, within 15 minutes; also who is locked out by wrong passwords."""
    with _opened(db) as (desk, settings, now):
        account = _account(desk, email)
        if account.disabled_at is not None:
            raise AccountError(f"{account.email} is disabled; 'heedful users enable' lets them in again")
        _print_link(desk, settings, account, now)


def _print_link(desk: Desk, settings: Settings, account: Account, now: datetime) -> None:
    with desk.audit.of(_entry("link", account.email), now):
        token = desk.sessions.link(account.id, now)
    base = (settings.public_url or LOCAL).rstrip("/")
    if settings.public_url is None:
        stderr.print(f"HEEDFUL_PUBLIC_URL is not set: put your service's address for {LOCAL}", markup=False)
    stderr.print(LASTS, markup=False)
    typer.echo(f"{base}/sign-in/link/{token}")


def _account(desk: Desk, email: str) -> Account:
    return desk.accounts.by_email(admit_email(email))[0]


def _entry(what: str, email: str, said: dict[str, Any] | None = None) -> Entry:
    return Entry(WHO, what, "account", email, data=said or {})


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != first:
        raise AccountError("the two were not the same; nothing was changed", field="password")
    return first
