"""Passwords, hashed with Argon2id."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.accounts import normal_password

# RFC 9106, section 4, for machines with little memory to spare.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


def hashed(password: str) -> str:
    """Return the hash of a password, with its salt and costs."""
    return _HASHER.hash(normal_password(password))


def is_right(password: str, hash_: str | None) -> bool:
    """Return whether a password has a hash; where there is no hash, it takes as long to find out."""
    try:
        _HASHER.verify(hash_ or _nobody(), normal_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return hash_ is not None


def is_dated(hash_: str) -> bool:
    """Return whether a hash was made at other costs than today's."""
    return _HASHER.check_needs_rehash(hash_)


@cache
def _nobody() -> str:
    return hashed("nobody has this password")
