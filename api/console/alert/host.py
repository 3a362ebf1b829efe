"""What the parts of the page of an alert know of the page."""

from __future__ import annotations

from typing import Protocol

from api.console.alert.seen import Basis, Now
from api.console.context import Context


class Host(Protocol):
    """The page."""

    @property
    def context(self) -> Context:
        """Who looks, and what the page may do for them."""

    @property
    def now(self) -> Now:
        """The alert as it was shown last."""

    @property
    def basis(self) -> Basis:
        """What it stands on."""

    async def bring(self) -> None:
        """Bring the page up to date."""
