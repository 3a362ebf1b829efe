"""Keys: what other systems send and read with; a key is shown once, when it is made."""

from __future__ import annotations

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Check, Field, choice
from api.console.live import Topic
from api.console.settings.granting import check_grant
from api.console.settings.parts import Cells, Table, asking, handler, secret
from api.console.settings.section import WHOLE, Section, changed
from engine.intake import admit_unit
from engine.scope import Role
from engine.store.keys import ApiKey, admit_key_name

ROLES = {
    Role.INGEST: "Ingest: sends feedback, sees nothing",
    Role.VIEWER: "Viewer: sees",
    Role.AGENT: "Agent: sees, and works on alerts",
    Role.AUTHOR: "Author: also makes and publishes rules",
    Role.ANALYST: "Analyst: sees and tries rules, works on alerts",
    Role.ADMIN: "Admin: all of it, and the settings",
}


async def draw(context: Context) -> None:
    """Draw the section."""
    listing = _Listing(context)
    look.button("Make a key", handler(context, listing.ask_make), main=True)
    await listing.draw()
    context.follow(listing.bring, Topic.SETTINGS)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        with Element("div").classes("st-tools st-after"):
            self._revoked = Check("Revoked ones too", changed=handler(self._context, lambda _: self.bring()))
        columns = ("Key", "Role", "Unit", "Made", "")
        nothing = ("There are no keys", "Systems that send feedback need one each.")
        self._table = Table("Keys", columns, self._draw, nothing)
        await self.bring()

    async def bring(self) -> None:
        """Bring the list up to date."""
        found = await self._context.read(self._context.service.store.keys.all)
        self._table.show([one for one in reversed(found) if self._revoked.value or one.revoked_at is None])

    def _draw(self, key: ApiKey, cells: Cells) -> None:
        with cells():
            look.words("div", key.name, "hf-strong")
            look.words("div", key.id, "st-id hf-muted")
        with cells():
            look.words("div", str(key.role).capitalize())
            if key.see_private:
                look.words("div", "sees personal data", "hf-small hf-warn")
        cells(key.unit or "every unit")
        with cells():
            look.moment(key.created_at)
        with cells():
            if key.revoked_at is None:
                button = look.button("Revoke", handler(self._context, lambda: self._ask_revoke(key)))
                button.props["aria-label"] = f"Revoke the key {key.name}"
            else:
                look.words("span", "revoked ", "hf-muted")
                look.moment(key.revoked_at, look.Clock.AGO)

    async def ask_make(self) -> None:
        """Ask what the key is for, and show it once."""
        context = self._context

        async def make() -> None:
            label, of, within = admit_key_name(name.value), Role(role.value), admit_unit(unit.said)
            check_grant(context, private.value)
            keys, now = context.service.store.keys, context.now()
            said = {"role": str(of), "unit": within, "see_private": private.value}
            key, value = await changed(
                *(context, WHOLE, ("create", "key", label)),
                lambda: keys.create(label, of, within, now, see_private=private.value),
                said,
            )
            await self.bring()
            told = f"Copy it now: it is not stored, and shown only this once. Its role is {key.role}."
            secret(context, f"The key {key.name}", told, value)

        means = ["Whoever has the key can do what its role may. Make one for each system."]
        with asking(context, "Make a key", means, "Make it", make), Element("div").classes("st-form"):
            name = Field("What it is for", hint="Such as survey-tool", most=100)
            role = choice("Role", {str(one): said for one, said in ROLES.items()}, str(Role.INGEST))
            unit = Field("Unit", hint="It sees and sends for this one and below; empty is every unit")
            private = Check("May see personal data that was taken out", wide=True)

    async def _ask_revoke(self, key: ApiKey) -> None:
        context = self._context

        async def revoke() -> None:
            keys, now = context.service.store.keys, context.now()
            await changed(context, WHOLE, ("revoke", "key", key.name), lambda: keys.revoke(key.id, now), {"id": key.id})
            say_done(f"The key {key.name} is revoked")
            await self.bring()

        means = ["Whatever uses it is refused from now on, and the key cannot be brought back."]
        with asking(context, f"Revoke the key {key.name}", means, "Revoke it", revoke, grave=True, typed=key.name):
            pass


SECTION = Section("keys", "Keys", "What other systems send feedback and read alerts with.", WHOLE, draw)
