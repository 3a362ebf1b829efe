"""Keys: what other systems send and read with; a key is shown once, when it is made."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field
from api.console.settings.granting import ROLES, Grant, GrantFields, Listing, draw_grant
from api.console.settings.parts import Cells, asking, secret
from api.console.settings.section import WHOLE, Section, changed
from engine.scope import Role
from engine.store.keys import ApiKey, admit_key_name


async def draw(context: Context) -> None:
    """Draw the section."""
    await _Keys(context).draw("Make a key")


class _Keys(Listing[ApiKey]):
    LABEL = "Keys"
    COLUMNS = ("Key", "Role", "Unit", "Made", "")
    NOTHING = ("There are no keys", "Systems that send feedback need one each.")
    ENDED = "Revoked ones too"

    def found(self) -> Sequence[ApiKey]:
        return self.context.service.store.keys.all()[::-1]

    def has_ended(self, one: ApiKey) -> bool:
        return one.revoked_at is not None

    def draw_row(self, one: ApiKey, cells: Cells) -> None:
        with cells():
            look.words("div", one.name, "hf-strong")
            look.words("div", one.id, "st-id hf-muted")
        draw_grant(Grant(one.role, one.unit, one.see_private), cells)
        with cells():
            look.moment(one.created_at)
        with cells():
            if one.revoked_at is None:
                self.button("Revoke", lambda: self._ask_revoke(one), f"Revoke the key {one.name}")
            else:
                look.words("span", "revoked ", "hf-muted")
                look.moment(one.revoked_at, look.Clock.AGO)

    async def ask_new(self) -> None:
        """Ask what the key is for, and show it once."""
        context = self.context

        async def make() -> None:
            label, grant = admit_key_name(name.value), fields.said()
            keys, now = context.service.store.keys, context.now()
            key, value = await changed(
                *(context, WHOLE, ("create", "key", label)),
                lambda: keys.create(label, grant.role, grant.unit, now, see_private=grant.see_private),
                grant.as_dict(),
            )
            await self.bring()
            told = f"Copy it now: it is not stored, and shown only this once. Its role is {key.role}."
            secret(context, f"The key {key.name}", told, value)

        means = ["Whoever has the key can do what its role may. Make one for each system."]
        with asking(context, "Make a key", means, "Make it", make), Element("div").classes("st-form"):
            name = Field("What it is for", hint="Such as survey-tool", most=100)
            hint = "It sees and sends for this one and below; empty is every unit"
            fields = GrantFields(context, ROLES, Grant(Role.INGEST), known=False, unit_hint=hint)

    async def _ask_revoke(self, key: ApiKey) -> None:
        context = self.context

        async def revoke() -> None:
            keys, now = context.service.store.keys, context.now()
            await changed(context, WHOLE, ("revoke", "key", key.name), lambda: keys.revoke(key.id, now), {"id": key.id})
            say_done(f"The key {key.name} is revoked")
            await self.bring()

        means = ["Whatever uses it is refused from now on, and the key cannot be brought back."]
        with asking(context, f"Revoke the key {key.name}", means, "Revoke it", revoke, grave=True, typed=key.name):
            pass


SECTION = Section("keys", "Keys", "What other systems send feedback and read alerts with.", WHOLE, draw)
