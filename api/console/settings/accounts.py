"""Accounts: the people who sign in, what each may do, and for which unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Check, Field, choice
from api.console.live import Topic
from api.console.settings.granting import check_grant
from api.console.settings.keys import ROLES
from api.console.settings.parts import Cells, Table, asking, handler, secret
from api.console.settings.section import WHOLE, Section, changed
from engine.accounts import Account, admit_email, admit_name, admit_person, admit_role
from engine.errors import AccountError
from engine.intake import admit_unit
from engine.scope import Role

MOST = 100
SAID = {str(role): said for role, said in ROLES.items() if role is not Role.INGEST}
LINK = "It signs in once, within 15 minutes; there a password can be set. Send it to nobody else."


async def draw(context: Context) -> None:
    """Draw the section."""
    listing = _Listing(context)
    look.button("Add somebody", handler(context, listing.ask_add), main=True)
    await listing.draw()
    context.follow(listing.bring, Topic.SETTINGS)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        again = handler(self._context, lambda _: self.bring())
        with Element("div").classes("st-tools st-after"):
            self._search = Field("Search", hint="Name, e-mail, unit or role", changed=again)
            self._disabled = Check("Disabled ones too", changed=again)
        columns = ("Who", "Role", "Unit", "Person", "")
        self._table = Table("Accounts", columns, self._draw, ("Nobody is found", "Look for something else."))
        self._more = look.words("p", "", "hf-small hf-muted").props("role=status")
        await self.bring()

    async def bring(self) -> None:
        """Bring the list up to date."""
        found = [one for one in await self._context.read(self._context.service.store.accounts.all) if self._fits(one)]
        self._table.show(found[:MOST])
        self._more.text = f"{len(found) - MOST:,} more: search for them" if len(found) > MOST else ""

    def _fits(self, one: Account) -> bool:
        if one.disabled_at is not None and not self._disabled.value:
            return False
        wanted = (self._search.said or "").casefold()
        return any(wanted in (said or "").casefold() for said in (one.name, one.email, one.unit, one.role, one.person))

    def _draw(self, one: Account, cells: Cells) -> None:
        with cells():
            look.words("div", one.name, "hf-strong")
            look.words("div", one.email, "hf-small hf-muted")
        with cells():
            look.words("div", str(one.role).capitalize())
            if one.see_private:
                look.words("div", "sees personal data", "hf-small hf-warn")
            if one.disabled_at is not None:
                look.words("div", "disabled", "hf-small hf-bad")
        cells(one.unit or "every unit")
        cells(one.person or "")
        with cells(), Element("div").classes("st-buttons"):
            self._button("Change", one, self._ask_change)
            if one.disabled_at is None:
                self._button("Link", one, self._ask_link, "Make a sign-in link for")
                self._button("Sign out", one, self._ask_out, "Sign out everywhere:")
                self._button("Disable", one, self._ask_disable)
            else:
                self._button("Enable", one, self._ask_enable)

    def _button(self, text: str, one: Account, act: Any, said: str = "") -> None:
        button = look.button(text, handler(self._context, lambda: act(one)))
        button.props["aria-label"] = f"{said or text} {one.name}"

    async def ask_add(self) -> None:
        """Ask who it is, and show the link that signs them in."""
        context = self._context

        async def add() -> None:
            said = fields.said(email=True)
            email = said.pop("email")
            accounts, now = context.service.store.accounts, context.now()
            name, role = said.pop("name"), said.pop("role")
            told = said | {"role": str(role)}
            account = await changed(
                *(context, WHOLE, ("add", "account", email), lambda: accounts.add(name, email, role, now, **said)), told
            )
            await self.bring()
            await self._show_link(account)

        with asking(context, "Add somebody", ["You get a link for them that signs in once."], "Add", add):
            fields = _Fields(context, None)

    async def _ask_change(self, one: Account) -> None:
        context = self._context

        async def change() -> None:
            said = {name: value for name, value in fields.said().items() if getattr(one, name) != value}
            if not said:
                raise AccountError("nothing is changed here")
            await self._change("change", one, said)
            say_done(f"{one.name} is changed, and signs in again" if set(said) - {"name"} else f"{one.name} is changed")

        means = ["What is open there is signed out: they sign in again, as what they are then."]
        with asking(context, f"Change {one.name}", means, "Change", change):
            fields = _Fields(context, one)

    async def _ask_disable(self, one: Account) -> None:
        async def disable() -> None:
            await self._change("disable", one, {"disabled_at": self._context.now()})
            say_done(f"{one.name} is disabled, and signed out everywhere")

        means = [f"{one.email} cannot sign in any more, and is signed out everywhere. Alerts and history stay."]
        with asking(self._context, f"Disable {one.name}", means, "Disable", disable, grave=True):
            pass

    async def _ask_enable(self, one: Account) -> None:
        async def enable() -> None:
            await self._change("enable", one, {"disabled_at": None})
            say_done(f"{one.name} may sign in again")

        means = [f"{one.email} may sign in again, with the password there was: role {one.role}."]
        with asking(self._context, f"Enable {one.name}", means, "Enable", enable):
            pass

    async def _ask_out(self, one: Account) -> None:
        context = self._context

        async def out() -> None:
            sessions = context.service.store.sessions
            await changed(context, WHOLE, ("sign out", "account", one.email), lambda: sessions.end_all(one.id))
            say_done(f"{one.name} is signed out everywhere")

        means = [f"{one.email} is signed out in every browser, and sign-in links are void. They may sign in again."]
        with asking(context, f"Sign {one.name} out", means, "Sign out", out, grave=True):
            pass

    async def _ask_link(self, one: Account) -> None:
        context = self._context

        async def make() -> None:
            await self._show_link(one)

        means = [f"Whoever has the link is signed in as {one.email}. The record says that you made it."]
        with asking(context, f"A sign-in link for {one.name}", means, "Make it", make):
            pass

    async def _show_link(self, one: Account) -> None:
        context = self._context
        # Else a link would lead to what its maker may not see.
        check_grant(context, one.see_private)
        sessions, now = context.service.store.sessions, context.now()
        token = await changed(context, WHOLE, ("link", "account", one.email), lambda: sessions.link(one.id, now))
        secret(context, f"A sign-in link for {one.name}", LINK, f"{context.base}/sign-in/link/{token}")

    async def _change(self, what: str, one: Account, said: Mapping[str, Any]) -> None:
        """Change an account, unless somebody else has done so meanwhile."""
        context = self._context
        check_grant(context, bool(said.get("see_private")) or (what == "enable" and one.see_private))
        accounts = context.service.store.accounts
        told = {name: str(value) if isinstance(value, Role) else value for name, value in said.items()}
        told.pop("disabled_at", None)
        work = lambda: accounts.change(one.id, said, seen=one)  # noqa: E731
        await changed(context, WHOLE, (what, "account", one.email), work, told)
        if one.id != context.account.id:
            await self.bring()


class _Fields:
    """The fields of an account."""

    def __init__(self, context: Context, one: Account | None) -> None:
        self._context = context
        with Element("div").classes("st-form"):
            self._name = Field("Name", one.name if one else "", most=100)
            if one is None:
                self._email = Field("E-mail", hint="What they sign in with")
            self._role = choice("Role", SAID, str(one.role) if one else str(Role.AGENT))
            self._unit = Field("Unit", (one.unit or "") if one else "", hint="It and all below; empty is every unit")
            self._person = Field("Person", (one.person or "") if one else "", hint="Id in the people directory")
            self._private = Check("May see personal data", value=bool(one and one.see_private))
        self._one = one

    def said(self, *, email: bool = False) -> dict[str, Any]:
        """Return what they say, admitted."""
        private = self._private.value
        check_grant(self._context, private and not (self._one is not None and self._one.see_private))
        said: dict[str, Any] = {
            "name": admit_name(self._name.value),
            "role": admit_role(Role(self._role.value)),
            "unit": admit_unit(self._unit.said),
            "person": admit_person(self._person.said),
            "see_private": private,
        }
        return said | ({"email": admit_email(self._email.value)} if email else {})


SECTION = Section("accounts", "Users", "The people who sign in, their role and their unit.", WHOLE, draw)
