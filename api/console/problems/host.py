"""What the parts of the page of a problem know of the page."""

from __future__ import annotations

from typing import Any, Protocol

from api.console.context import Context
from api.console.problems.seen import One


class Host(Protocol):
    """The page."""

    @property
    def context(self) -> Context:
        """Who looks, and what the page may do for them."""

    @property
    def now(self) -> One:
        """The problem as it was shown last."""

    async def bring(self) -> None:
        """Bring the page up to date."""

    async def change(self, record: dict[str, Any], done: str, *, seen: int | None = None) -> bool:
        """Change the problem, and say so; return whether it was.

        Parameters
        ----------
        record
            As the API takes it, without the version.
        seen
            The version that was seen, of a change that could take back what others did; None is the newest.
        """
