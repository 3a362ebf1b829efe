"""Accounts: the people who sign in, what a password must be, and how guessing is slowed down."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from engine.errors import AccountError
from engine.names import is_storable
from engine.scope import Role, Scope

# A session ends after so long without a sign of life, and in any case after so long.
IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
LINK_LASTS = timedelta(minutes=15)
SHORTEST, LONGEST = 12, 200
FEWEST_DIFFERENT = 5
MOST_NAME, MOST_EMAIL, MOST_PERSON = 100, 200, 100
# So many wrong passwords are free: for an account, and for an address, behind which a whole office may be.
FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS = 5, 30
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
# After so long without a wrong password all is forgotten.
FORGOTTEN_AFTER = timedelta(hours=24)
_EMAIL = re.compile(r"[^\s@<>\"'\\,;:()\[\]]{1,64}@[^\s@<>\"'\\,;:()\[\]]{1,190}\Z")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Parameters
    ----------
    email
        In lower case; what a person signs in with.
    role, unit
        What the account may do, and for which unit and below, as keys have it.
    see_private
        Whether it may see what was taken out of records.
    person
        The id in the people directory: whose alerts are "mine", and who sees whose coaching.
    has_password
        Whether a password was set; without one, only links and the identity provider sign in.
    subject
        Who this is at the identity provider, as ``issuer|subject``.
    disabled_at
        Since when the account may not sign in.
    """

    id: str
    name: str
    email: str
    role: Role
    unit: str | None
    see_private: bool
    person: str | None
    has_password: bool
    subject: str | None
    created_at: datetime
    disabled_at: datetime | None = None

    @property
    def scope(self) -> Scope:
        """The records that the account may see."""
        return Scope(self.unit)

    @property
    def who(self) -> str:
        """The name that the account acts under: the person's id, or else the e-mail."""
        return self.person or self.email

    def as_dict(self) -> dict[str, Any]:
        """Return the account as plain JSON values."""
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "role": str(self.role),
            "unit": self.unit,
            "see_private": self.see_private,
            "person": self.person,
            "has_password": self.has_password,
            "created_at": self.created_at.isoformat(),
            "disabled_at": self.disabled_at.isoformat() if self.disabled_at else None,
        }


def admit_name(name: str) -> str:
    """Return a valid name of an account.

    Raises
    ------
    AccountError
        If it is empty, long, or not one line of text.
    """
    said = unicodedata.normalize("NFC", name).strip()
    if not 1 <= len(said) <= MOST_NAME or not said.isprintable() or not is_storable(said):
        raise AccountError(f"a name is one line of 1 to {MOST_NAME} characters", field="name")
    return said


def admit_email(email: str) -> str:
    """Return a valid e-mail address, in lower case.

    Raises
    ------
    AccountError
        If it is not one.
    """
    said = email_key(email)
    if len(said) > MOST_EMAIL or not said.isprintable() or not is_storable(said) or not _EMAIL.match(said):
        raise AccountError("write an e-mail address such as ann@example.com", field="email")
    return said


def email_key(email: str) -> str:
    """Return what e-mail addresses are compared by."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def admit_role(role: Role) -> Role:
    """Return a role that people can have.

    Raises
    ------
    AccountError
        If it is that of a machine that sends.
    """
    if role is Role.INGEST:
        raise AccountError(
            "ingest is for keys that send feedback, and shows nothing; choose another role", field="role"
        )
    return role


def admit_person(person: str | None) -> str | None:
    """Return a valid id of a person, or None.

    Raises
    ------
    AccountError
        If it is no text for an id.
    """
    if person is None or not person.strip():
        return None
    said = person.strip()
    if len(said) > MOST_PERSON or not said.isprintable() or not is_storable(said):
        raise AccountError(f"a person's id has at most {MOST_PERSON} characters", field="person")
    return said


def admit_password(password: str, email: str = "", name: str = "") -> str:
    """Return a password as it is hashed, if it is good enough.

    Raises
    ------
    AccountError
        Saying what a good one is.
    """
    said = normal_password(password)
    if len(said) < SHORTEST:
        raise AccountError(
            f"a password has at least {SHORTEST} characters; a few words in a row make a good one", field="password"
        )
    if len(said) > LONGEST:
        raise AccountError(f"a password has at most {LONGEST} characters", field="password")
    if len(set(said.casefold())) < FEWEST_DIFFERENT:
        raise AccountError("this password repeats the same few characters; choose another", field="password")
    own = [part for part in (email.partition("@")[0], *name.split()) if len(part) >= 4]
    rest = said.casefold()
    for part in own:
        rest = rest.replace(part.casefold(), "")
    if len(rest) < SHORTEST // 2:
        raise AccountError("this password is little more than your name or e-mail; choose another", field="password")
    return said


def normal_password(password: str) -> str:
    """Return a password in one spelling, however the keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode("utf-8"))


def wait_after(failures: int, free: int) -> timedelta:
    """Return how long nobody may try again after so many wrong passwords: nothing at first, then doubling."""
    if failures < free:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(failures - free, 10)))
