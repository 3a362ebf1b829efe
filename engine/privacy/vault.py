"""The vault: what was taken out of a record, encrypted with a key that the database does not have.

References
----------
https://github.com/fernet/spec (AES-128-CBC and HMAC-SHA256).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from engine.errors import VaultError


class Vault:
    """Seals and opens with several keys: the first seals, all of them open.

    Each seal is bound to its record and to what was received for it: beside another record, or another revision, it
    does not open.

    Parameters
    ----------
    keys
        As `new_key` makes them, the newest first.

    Raises
    ------
    VaultError
        If there is none, or one is no key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            made = [Fernet(key) for key in keys]
            self._newest, self._all = made[0], MultiFernet(made)
        except (ValueError, IndexError):
            # Without the cause: its words may hold the key.
            said = "the keys of the vault are not valid: 'heedful privacy key' makes one, several are joined by commas"
            raise VaultError(said) from None

    def seal(self, source: str, feedback_id: str, content_hash: str, values: Sequence[Any]) -> bytes:
        """Return what was taken out of a record, encrypted.

        Parameters
        ----------
        content_hash
            Of what was received, as it is stored.
        values
            Plain JSON values, one a redaction.
        """
        return self._all.encrypt(orjson.dumps({"of": [source, feedback_id, content_hash], "values": list(values)}))

    def open(self, sealed: bytes, source: str, feedback_id: str, content_hash: str) -> list[Any]:
        """Return what was taken out of a record.

        Raises
        ------
        VaultError
            If no key opens it, or it belongs to another record.
        """
        try:
            record = orjson.loads(self._all.decrypt(sealed))
        except InvalidToken:
            raise VaultError from None
        if record["of"] != [source, feedback_id, content_hash]:
            said = (
                f"what is sealed beside {source}/{feedback_id} belongs to another record: the store was tampered with"
            )
            raise VaultError(said)
        values: list[Any] = record["values"]
        return values

    def rotated(self, sealed: bytes) -> bytes | None:
        """Return what is sealed under the newest key; None if it is already.

        Raises
        ------
        VaultError
            If no key opens it.
        """
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            try:
                return self._all.rotate(sealed)
            except InvalidToken:
                raise VaultError from None
        return None


def new_key() -> str:
    """Return a new key."""
    return Fernet.generate_key().decode()
