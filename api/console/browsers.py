"""Browsers that somebody has signed in with before: whoever guesses their password elsewhere does not keep them out."""

from __future__ import annotations

import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from engine.store.guesses import account_key

NAME = "heedful_known"
LASTS = timedelta(days=180)
MOST_CHARACTERS = 500


class Browsers:
    """Makes what a browser keeps for this, and knows it again.

    Parameters
    ----------
    secret
        Signs it.

    References
    ----------
    OWASP, Slow Down Online Guessing Attacks with Device Cookies.
    """

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="known browser")

    def remembered(self, email: str) -> str:
        """Return what a browser is to keep in which the account of an address has signed in."""
        kept = self._signer.dumps([account_key(email), secrets.token_urlsafe(16)])
        return kept if isinstance(kept, str) else kept.decode()

    def known(self, kept: str | None, email: str) -> str | None:
        """Return which browser it is by what it kept, if the account of an address has signed in with it; else None."""
        if not kept or len(kept) > MOST_CHARACTERS:
            return None
        try:
            account, browser = self._signer.loads(kept)
        except (BadData, ValueError, TypeError):
            return None
        return str(browser) if account == account_key(email) else None
