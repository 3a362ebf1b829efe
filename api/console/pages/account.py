"""The account of whoever is signed in: what it may do, its password, and signing out everywhere."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from api.auditing import noted
from api.console import look
from api.console.context import Context, say_done
from api.console.page import Page
from api.console.signing import check_password
from engine.accounts import admit_password
from engine.errors import AccountError, SignInError
from engine.passwords import hashed

PAGE = Page("/account", "Your account")


async def page(context: Context) -> None:
    """Build the page."""
    _draw_who(context)
    _Password(context).draw()
    with look.section("Everywhere"), Element("form").props("method=post action=/sign-out").classes("hf-stack"):
        look.words("p", "Signs you out in every browser, here too.", "hf-muted")
        field = Element("input").props("type=hidden name=everywhere value=yes")
        field.props["aria-hidden"] = "true"
        look.words("button", "Sign out everywhere", "hf-plain-button").props("type=submit")


def _draw_who(context: Context) -> None:
    account = context.account
    said = {
        "Name": account.name,
        "E-mail": account.email,
        "Role": str(account.role),
        "Unit": account.unit or "every unit",
        "Person": account.person or "none: no alerts are yours by name",
        "Personal data": "may see what was taken out of records" if account.see_private else "as everybody sees it",
    }
    with look.section("You"), Element("dl").classes("hf-pairs"):
        for name, value in said.items():
            look.words("dt", name)
            look.words("dd", value)


class _Password:
    """Sets the password, if the present one is right; the first one needs none."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def draw(self) -> None:
        account = self._context.account
        with look.section("Password"), Element("div").classes("hf-stack hf-narrow"):
            self._present = _field("Present password", "current-password") if account.has_password else None
            self._new = _field("New password", "new-password")
            self._again = _field("New password again", "new-password")
            look.words("p", "At least 12 characters; a few words in a row make a good one.", "hf-small hf-muted")
            look.button("Set password", self._context.doing(self._set), main=True)

    async def _set(self) -> None:
        context, account = self._context, self._context.account
        if self._new.value != self._again.value:
            raise AccountError("the two new passwords are not the same")
        new = admit_password(self._new.value, account.email, account.name)
        present = self._present.value if self._present else ""
        await context.desk.hashing.run(lambda: self._change(present, new))
        # The change ended every session, this one too.
        say_done("Your password is set. Sign in with it.")
        context.leave()

    def _change(self, present: str, new: str) -> None:
        context, account = self._context, self._context.account
        store, now = context.service.store, context.now()
        if account.has_password:
            try:
                check_password(store, account.email, present, context.client.ip, now, context.session)
            except SignInError as problem:
                # Whoever is signed in stays so.
                raise AccountError(str(problem), field="password") from problem
        # From here on it goes on record: what is counted of a wrong password is no change.
        what, change = ("password", "account", account.email), {"password": hashed(new)}
        noted(context.service, context.caller, what, lambda: store.accounts.change(account.id, change))()


def _field(label: str, complete: str) -> ui.input:
    found = ui.input(label, password=True).props("outlined dense").classes("hf-field")
    return found.props(f"autocomplete={complete}")
