"""Granting: nobody gives away, or takes for themselves, what they may not see."""

from __future__ import annotations

from api.console.context import Context
from engine.errors import ForbiddenError


def check_grant(context: Context, private: bool) -> None:
    """Refuse to let somebody see personal data, by whom may not see it: no role implies that, nor gives it.

    Raises
    ------
    ForbiddenError
        If the account may not see it.
    """
    if private and not context.caller.see_private:
        raise ForbiddenError(
            "only who may see personal data can let others see it; on the machine of the service, "
            "'heedful users change --see-private' does so too"
        )
