"""Sections: what each says of itself, and who may see and change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from api.auditing import What, noted
from api.console.context import Context
from engine.errors import ForbiddenError
from engine.scope import ADMINS, Role

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do something.

    Parameters
    ----------
    everywhere
        Whether it concerns every unit, and so takes an account without one.
    """

    roles: Collection[Role] = ADMINS
    everywhere: bool = True

    def holds(self, context: Context) -> bool:
        """Return whether an account may."""
        return context.may(self.roles) and not (self.everywhere and context.caller.scope.unit is not None)

    def need(self, context: Context) -> None:
        """Refuse an account that may not.

        Raises
        ------
        ForbiddenError
            If its role may not, or it is of one unit.
        """
        context.need(self.roles)
        if not self.holds(context):
            raise ForbiddenError(f"this holds for every unit, and your account is for {context.caller.scope.unit} only")


WHOLE = Access()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the settings.

    Parameters
    ----------
    slug
        Its address below ``/settings/``.
    said
        What it is for, in a sentence.
    """

    slug: str
    title: str
    said: str
    access: Access
    draw: Callable[[Context], Awaitable[None]]

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/settings/{self.slug}"


async def changed(
    context: Context,
    access: Access,
    what: What,
    work: Callable[[], Result],
    data: Mapping[str, Any] | None = None,
) -> Result:
    """Change a setting and put it on record, if the account may.

    Parameters
    ----------
    data
        What was said, as plain JSON values; never a secret.
    """
    access.need(context)
    return await context.write(noted(context.service, context.caller, what, work, data), access.roles)
