"""Accounts: the people who sign in, what each may do, and for which unit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field
from api.console.settings.granting import ROLES, Grant, GrantFields, Listing, check_grant, draw_grant
from api.console.settings.parts import Cells, asking, handler, secret
from api.console.settings.section import WHOLE, Section, changed
from engine.accounts import Account, admit_email, admit_name, admit_person, admit_role
from engine.errors import AccountError
from engine.scope import Role

MOST = 100
SAID: Mapping[Role, str] = {role: said for role, said in ROLES.items() if role is not Role.INGEST}
LINK = "It signs in once, within 15 minutes; there a password can be set. Send it to nobody else."


async def draw(context: Context) -> None:
    """Draw the section."""
    await _Accounts(context).draw("Add somebody")


class _Accounts(Listing[Account]):
    LABEL = "Accounts"
    COLUMNS = ("Who", "Role", "Unit", "Person", "")
    NOTHING = ("Nobody is found", "Look for something else.")
    ENDED = "Disabled ones too"

    def draw_tools(self) -> None:
        again = handler(self.context, lambda _: self.bring())
        self._search = Field("Search", hint="Name, e-mail, unit or role", changed=again)

    def draw_below(self) -> None:
        self._more = look.words("p", "", "hf-small hf-muted").props("role=status")

    def found(self) -> Sequence[Account]:
        return [one for one in self.context.service.store.accounts.all() if self._fits(one)]

    def show(self, found: Sequence[Account]) -> None:
        super().show(found[:MOST])
        self._more.text = f"{len(found) - MOST:,} more: search for them" if len(found) > MOST else ""

    def has_ended(self, one: Account) -> bool:
        return one.disabled_at is not None

    def _fits(self, one: Account) -> bool:
        wanted = (self._search.said or "").casefold()
        return any(wanted in (said or "").casefold() for said in (one.name, one.email, one.unit, one.role, one.person))

    def draw_row(self, one: Account, cells: Cells) -> None:
        with cells():
            look.words("div", one.name, "hf-strong")
            look.words("div", one.email, "hf-small hf-muted")
        draw_grant(Grant(one.role, one.unit, one.see_private), cells, "disabled" if self.has_ended(one) else "")
        cells(one.person or "")
        with cells(), Element("div").classes("st-buttons"):
            self._button("Change", one, self._ask_change)
            if one.disabled_at is None:
                self._button("Link", one, self._ask_link, "Make a sign-in link for")
                self._button("Sign out", one, self._ask_out, "Sign out everywhere:")
                self._button("Disable", one, self._ask_disable)
            else:
                self._button("Enable", one, self._ask_enable)

    def _button(self, text: str, one: Account, act: Callable[[Account], Awaitable[None]], said: str = "") -> None:
        self.button(text, lambda: act(one), f"{said or text} {one.name}")

    async def ask_new(self) -> None:
        """Ask who it is, and show the link that signs them in."""
        context = self.context

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
        context = self.context

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
            await self._change("disable", one, {"disabled_at": self.context.now()})
            say_done(f"{one.name} is disabled, and signed out everywhere")

        means = [f"{one.email} cannot sign in any more, and is signed out everywhere. Alerts and history stay."]
        with asking(self.context, f"Disable {one.name}", means, "Disable", disable, grave=True):
            pass

    async def _ask_enable(self, one: Account) -> None:
        async def enable() -> None:
            await self._change("enable", one, {"disabled_at": None})
            say_done(f"{one.name} may sign in again")

        means = [f"{one.email} may sign in again, with the password there was: role {one.role}."]
        with asking(self.context, f"Enable {one.name}", means, "Enable", enable):
            pass

    async def _ask_out(self, one: Account) -> None:
        context = self.context

        async def out() -> None:
            sessions = context.service.store.sessions
            await changed(context, WHOLE, ("sign out", "account", one.email), lambda: sessions.end_all(one.id))
            say_done(f"{one.name} is signed out everywhere")

        means = [f"{one.email} is signed out in every browser, and sign-in links are void. They may sign in again."]
        with asking(context, f"Sign {one.name} out", means, "Sign out", out, grave=True):
            pass

    async def _ask_link(self, one: Account) -> None:
        context = self.context

        async def make() -> None:
            await self._show_link(one)

        means = [f"Whoever has the link is signed in as {one.email}. The record says that you made it."]
        with asking(context, f"A sign-in link for {one.name}", means, "Make it", make):
            pass

    async def _show_link(self, one: Account) -> None:
        context = self.context
        store, now = context.service.store, context.now()

        def make() -> str:
            # As the account is now: else a link would lead to what its maker may not see.
            check_grant(context, store.accounts.one(one.id).see_private)
            return store.sessions.link(one.id, now)

        token = await changed(context, WHOLE, ("link", "account", one.email), make)
        secret(context, f"A sign-in link for {one.name}", LINK, f"{context.base}/sign-in/link/{token}")

    async def _change(self, what: str, one: Account, said: Mapping[str, Any]) -> None:
        """Change an account, unless somebody else has done so meanwhile."""
        context = self.context
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
        with Element("div").classes("st-form"):
            self._name = Field("Name", one.name if one else "", most=100)
            if one is None:
                self._email = Field("E-mail", hint="What they sign in with")
            before = Grant(one.role, one.unit, one.see_private) if one else Grant(Role.AGENT)
            hint = "It and all below; empty is every unit"
            self._grant = GrantFields(context, SAID, before, known=one is not None, unit_hint=hint)
            self._person = Field("Person", (one.person or "") if one else "", hint="Id in the people directory")

    def said(self, *, email: bool = False) -> dict[str, Any]:
        """Return what they say, admitted."""
        grant = self._grant.said()
        said: dict[str, Any] = {
            "name": admit_name(self._name.value),
            "role": admit_role(grant.role),
            "unit": grant.unit,
            "person": admit_person(self._person.said),
            "see_private": grant.see_private,
        }
        return said | ({"email": admit_email(self._email.value)} if email else {})


SECTION = Section("accounts", "Users", "The people who sign in, their role and their unit.", WHOLE, draw)
