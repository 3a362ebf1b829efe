"""The outbox: what was given up, held back, or waits, and what can be done about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field, choice
from api.console.live import Topic
from api.console.settings.parts import PAGE, Cells, Paged, Table, asking, handler
from api.console.settings.section import WHOLE, Access, Section, changed
from engine.errors import QuestionError
from engine.scope import ADMINS
from engine.store.messages import DEAD, HELD, PENDING, SENT
from engine.store.notifications import DROPPED, NotificationFilter

ACCESS = Access(ADMINS, everywhere=False)
STATES = {
    DEAD: "Given up",
    HELD: "Held back",
    PENDING: "Waiting",
    SENT: "Sent",
    DROPPED: "Dropped",
}
NOTHING = ("No messages here", "Messages that cannot be delivered appear under Given up.")
Row = dict[str, Any]


async def draw(context: Context) -> None:
    """Draw the section."""
    listing = _Listing(context)
    await listing.draw()
    context.follow(listing.bring, Topic.SETTINGS, Topic.ALERTS, Topic.ERASURES)


class _Listing:
    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(self) -> None:
        context = self._context
        again = handler(context, lambda _: self._again())
        receivers = {"": "All receivers"} | {name: name for name in sorted(context.service.specs)}
        with Element("div").classes("st-tools"):
            self._state = choice("State", STATES, DEAD, changed=again)
            self._receiver = choice("Receiver", receivers, changed=again)
            self._all = look.button("Send all again", handler(context, self._ask_all))
        columns = ("For", "By", "Last try", "Made", "")
        self._paged = Paged(context, Table("Messages", columns, self._draw, NOTHING), self._fetch)
        await self._again()

    async def bring(self) -> None:
        """Bring the list up to date."""
        await self._paged.bring()

    async def _again(self) -> None:
        self._all.set_visibility(self._state.value in (DEAD, HELD) and WHOLE.holds(self._context))
        await self._paged.begin()

    def _wanted(self) -> NotificationFilter:
        return NotificationFilter(self._state.value, self._receiver.said)

    def _fetch(self, cursor: str | None) -> tuple[list[Row], str | None]:
        page = self._context.service.store.notifications.page
        return page(self._wanted(), limit=PAGE, cursor=cursor, scope=self._context.caller.scope)

    def _draw(self, row: Row, cells: Cells) -> None:
        with cells():
            look.words("div", row["recipient"] or row["receiver"], "hf-strong")
            if row["alert"]:
                look.link(str(row["kind"]).replace("_", " "), f"/alerts/{row['alert']}", "hf-link hf-small")
            else:
                look.words("div", str(row["kind"]).replace("_", " "), "hf-small hf-muted")
        cells(row["receiver"])
        with cells():
            self._draw_try(row)
        with cells():
            look.moment(datetime.fromisoformat(row["created_at"]), look.Clock.AGO)
        with cells(), Element("div").classes("st-buttons"):
            if row["state"] not in (SENT, DROPPED):
                name = f"for {row['recipient'] or row['receiver']}"
                retry = look.button("Send again", handler(self._context, lambda: self._retry(row)))
                retry.props["aria-label"] = f"Send again, {name}"
                drop = look.button("Give up", handler(self._context, lambda: self._ask_drop(row)))
                drop.props["aria-label"] = f"Give up, {name}"

    def _draw_try(self, row: Row) -> None:
        tries = row["attempts"]
        if row["held_reason"]:
            by = f" by {row['held_by']}" if row["held_by"] else ""
            look.words("div", f"{str(row['held_reason']).replace('_', ' ')}{by}")
        if tries:
            look.words("div", str(tries[-1]["detail"]))
            look.words("div", "1 try" if len(tries) == 1 else f"{len(tries):,} tries", "hf-small hf-muted")
        elif not row["held_reason"]:
            look.words("span", "not tried yet", "hf-muted")

    async def _retry(self, row: Row) -> None:
        context = self._context
        notifications, who, now, scope = self._changing()
        what = ("retry", "notification", row["id"])
        await changed(context, ACCESS, what, lambda: notifications.retry(row["id"], who, now, scope))
        say_done("It is sent again now")
        await self.bring()

    async def _ask_drop(self, row: Row) -> None:
        context = self._context

        async def drop() -> None:
            notifications, who, now, scope = self._changing()
            if why.said is None:
                raise QuestionError("say why in a few words: it stands in the alert's history")
            reason = why.said
            what = ("drop", "notification", row["id"])
            await changed(context, ACCESS, what, lambda: notifications.drop(row["id"], who, reason, now, scope))
            say_done("It will not be sent")
            await self.bring()

        means = [f"This message for {row['recipient'] or row['receiver']} is never sent. The alert stays as it is."]
        with asking(context, "Give up a message", means, "Give it up", drop, grave=True):
            why = Field("Why", hint="It stands in the alert's history", most=500)

    async def _ask_all(self) -> None:
        context, wanted = self._context, self._wanted()
        count = await context.read(lambda: _count(context, wanted))

        async def retry() -> None:
            notifications, who, now, _ = self._changing()
            what = ("retry", "notifications", f"{wanted.state} {wanted.receiver or 'of all receivers'}")
            done = await changed(context, WHOLE, what, lambda: notifications.retry_all(wanted, who, now))
            say_done(f"{done:,} messages are sent again now")
            await self.bring()

        of = wanted.receiver or "all receivers"
        means = [
            f"{count:,} messages of {of} are sent now, at most 1,000 at once. Whoever gets them may get many.",
            "Silences, quiet hours and budgets do not hold them back again.",
        ]
        with asking(context, "Send all of these again", means, "Send them", retry, grave=True):
            pass

    def _changing(self) -> tuple[Any, str, datetime, Any]:
        context = self._context
        caller = context.caller
        return context.service.store.notifications, caller.name, context.now(), caller.scope


def _count(context: Context, wanted: NotificationFilter) -> int:
    counts = context.service.store.outbox.counts_by_receiver()
    return sum(
        number
        for (state, receiver), number in counts.items()
        if state == wanted.state and wanted.receiver in (None, receiver)
    )


SECTION = Section("outbox", "Outbox", "Messages that could not be delivered, and what to do with them.", ACCESS, draw)
