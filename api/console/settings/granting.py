"""Granting: what lists of accounts and keys share, and that nobody gives away, or takes, what they may not see."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Check, Field, choice
from api.console.live import Topic
from api.console.settings.parts import Act, Cells, Table, handler
from engine.errors import ForbiddenError
from engine.intake import admit_unit
from engine.scope import Role

Item = TypeVar("Item")
ROLES = {
    Role.INGEST: "Ingest: sends feedback, sees nothing",
    Role.VIEWER: "Viewer: sees",
    Role.AGENT: "Agent: sees, and works on alerts",
    Role.AUTHOR: "Author: also makes and publishes rules",
    Role.ANALYST: "Analyst: sees and tries rules, works on alerts",
    Role.ADMIN: "Admin: all of it, and the settings",
}


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


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody, or what has a key, may do, for which unit, and whether they see personal data."""

    role: Role
    unit: str | None = None
    see_private: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"role": str(self.role), "unit": self.unit, "see_private": self.see_private}


class GrantFields:
    """Asks for a grant.

    Parameters
    ----------
    before
        What the fields begin with.
    known
        Whether that was granted already: then it is no news that it sees personal data.
    """

    def __init__(
        self, context: Context, roles: Mapping[Role, str], before: Grant, *, known: bool, unit_hint: str
    ) -> None:
        self._context = context
        self._had_private = known and before.see_private
        self._role = choice("Role", {str(one): said for one, said in roles.items()}, str(before.role))
        self._unit = Field("Unit", before.unit or "", hint=unit_hint)
        self._private = Check("May see personal data that was taken out", value=before.see_private, wide=True)

    def said(self) -> Grant:
        """Return what they say, admitted.

        Raises
        ------
        ForbiddenError
            If it gives away what the account may not see.
        FeedbackError
            If the unit is none.
        """
        private = self._private.value
        check_grant(self._context, private and not self._had_private)
        return Grant(Role(self._role.value), admit_unit(self._unit.said), private)


class Listing(ABC, Generic[Item]):
    """A list of those who were granted something; those whose grant has ended are there for who asks for them."""

    LABEL: ClassVar[str]
    COLUMNS: ClassVar[tuple[str, ...]]
    NOTHING: ClassVar[tuple[str, str]]
    # What the box says that shows those too whose grant has ended.
    ENDED: ClassVar[str]

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def found(self) -> Sequence[Item]:
        """Return all of them; run in a thread."""

    @abstractmethod
    def has_ended(self, one: Item) -> bool:
        """Return whether a grant has ended."""

    @abstractmethod
    def draw_row(self, one: Item, cells: Cells) -> None:
        """Draw a row."""

    @abstractmethod
    async def ask_new(self) -> None:
        """Ask for a new one."""

    async def draw(self, new: str) -> None:
        """Draw what makes a new one, the list, and follow it from then on."""
        look.button(new, handler(self.context, self.ask_new), main=True)
        with Element("div").classes("st-tools st-after"):
            self.draw_tools()
            self._ended = Check(self.ENDED, changed=handler(self.context, lambda _: self.bring()))
        self._table = Table(self.LABEL, self.COLUMNS, self.draw_row, self.NOTHING)
        self.draw_below()
        await self.bring()
        self.context.follow(self.bring, Topic.SETTINGS)

    def draw_tools(self) -> None:
        """Draw what else narrows the list."""

    def draw_below(self) -> None:
        """Draw what stands below the list."""

    def show(self, found: Sequence[Item]) -> None:
        """Show what was found."""
        self._table.show(found)

    async def bring(self) -> None:
        """Bring the list up to date."""
        found = await self.context.read(self.found)
        self.show([one for one in found if self._ended.value or not self.has_ended(one)])

    def button(self, text: str, act: Act, name: str) -> None:
        """Draw a button of a row, with a name of its own for those who listen."""
        look.button(text, handler(self.context, act)).props["aria-label"] = name


def draw_grant(grant: Grant, cells: Cells, ended: str = "") -> None:
    """Draw what was granted, as two cells: the role, and the unit."""
    with cells():
        look.words("div", str(grant.role).capitalize())
        if grant.see_private:
            look.words("div", "sees personal data", "hf-small hf-warn")
        if ended:
            look.words("div", ended, "hf-small hf-bad")
    cells(grant.unit or "every unit")
