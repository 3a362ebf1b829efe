"""Pseudonyms: a keyed digest stands for a value, always the same one for the same value.

References
----------
RFC 2104 (HMAC). ENISA (2019), Pseudonymisation techniques and best practices: a digest without a key can be undone by
trying all phone numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from engine.privacy.policy import Kind

IN_TEXT = 12
NAMING = 16
# How an address is spelled out: jane dot doe [at] example dot com.
_DOT = re.compile(r"\W+dot\W+", re.IGNORECASE)
_AT = re.compile(r"\W+at\W+", re.IGNORECASE)


def normalised(kind: Kind | None, value: str) -> str:
    """Return a value without the differences that do not make it another one."""
    plain = unicodedata.normalize("NFKC", value)
    if kind is Kind.EMAIL:
        return "".join(_AT.sub("@", _DOT.sub(".", plain)).split()).casefold()
    if kind in (Kind.PHONE, Kind.CARD):
        digits = "".join(str(unicodedata.decimal(one)) for one in plain if one.isdecimal())
        return digits or plain.strip().casefold()
    if kind is None:
        return plain.strip()
    return "".join(one for one in plain if one.isalnum()).casefold() or plain.strip()


class Pseudonyms:
    """Makes pseudonyms with one key: who has another key, or none, cannot make them.

    Parameters
    ----------
    key
        Secret; whoever changes it makes all values new ones.
    """

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def in_text(self, kind: Kind | None, value: str) -> str:
        """Return twelve hex characters that stand for a value among words."""
        return self._digest("text", kind, value)[:IN_TEXT]

    def naming(self, prefix: str, kind: Kind | None, value: str) -> str:
        """Return what somebody is known by instead of a value: a prefix and sixteen hex characters."""
        return f"{prefix}-{self._digest('naming', kind, value)[:NAMING]}"

    def of_hash(self, content_hash: str) -> str:
        """Return the keyed hash of a content hash."""
        return hmac.new(self._key, b"content\x1f" + content_hash.encode(), hashlib.sha256).hexdigest()

    def _digest(self, purpose: str, kind: Kind | None, value: str) -> str:
        said = "\x1f".join((purpose, str(kind or ""), normalised(kind, value)))
        return hmac.new(self._key, said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
