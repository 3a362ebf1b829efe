"""The inbox of a page: it keeps the queue up to date, and nothing moves under the reader's finger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.alert_changing import Each
from api.console import assets, look
from api.console.context import Context
from api.console.drawn import drawn
from api.console.inbox.acts import ACTS, Acts, Targets, opened
from api.console.inbox.bar import Bar
from api.console.inbox.looking import Entry, Seen, all_of, left_of, look_at
from api.console.inbox.rows import act_part, draw_preview, draw_row, path_of
from api.console.inbox.view import TITLES, Queue, View
from api.console.live import Topic
from engine.scope import JUDGES

AT_ONCE = 30
MOST = 150
KEYS = (
    ("j, k", "the next alert, the one before"),
    ("Enter", "open it"),
    ("x", "select it"),
    ("a", "acknowledge"),
    ("e", "assign"),
    ("r", "resolve"),
    ("d", "dismiss"),
    ("v", "give a verdict"),
    ("n", "show new alerts"),
    ("/", "search"),
    ("Esc", "select nothing"),
    ("?", "these keys"),
)
EMPTY = {
    Queue.OPEN: ("Nothing waits for you", "New alerts appear here by themselves, the most urgent first."),
    Queue.MINE: ("Nothing is yours to do", "Alerts that you or your teams hold appear here."),
    Queue.UNASSIGNED: ("Everything has somebody", "Alerts that nobody holds yet appear here."),
    Queue.LATE: ("Nothing is late", "Alerts whose follow-up or closing is past due appear here."),
    Queue.SIGNALS: ("No pattern stands out", "Signals about many customers at once appear here."),
    Queue.REVIEWS: ("Nothing to review", "What a rule could not be sure of appears here, where it asks for a look."),
    Queue.CLOSED: ("Nothing is closed yet", "What was resolved or dismissed appears here, the newest first."),
}


class Inbox:
    """The inbox of a page.

    Parameters
    ----------
    passed
        What the address said and nobody knows.
    """

    def __init__(self, context: Context, view: View, passed: Sequence[str] = ()) -> None:
        self._context = context
        self._view = view
        self._passed = passed
        self._may_act = context.may(JUDGES)
        self._bar = Bar(context, view, self._turn)
        self._acts = Acts(context, self._after, self._renewed, self._ask)
        self._entries: dict[str, Entry] = {}
        self._order: list[str] = []
        self._picked: dict[str, int] = {}
        self._boxes: dict[str, Element] = {}
        self._chosen: str | None = None
        self._previewed: object = None
        self._shown = AT_ONCE
        # Where the page of the queue begins, and where the next one does.
        self._begins: str | None = None
        self._next: str | None = None
        self._is_held = False
        self._empty_of: View | None = None
        self._asking = 0
        self._lock = asyncio.Lock()

    async def draw(self) -> None:
        """Draw the inbox, and follow the alerts from then on."""
        ui.add_head_html(
            f'<link rel="stylesheet" href="{assets.address("inbox.css")}">'
            f'<script src="{assets.address("inbox.js")}"></script>'
        )
        with Element("div").props("data-inbox") as root:
            root.on("inbox", self._context.doing(self._told), js_handler="(event) => emit(event.detail)")
            if self._passed:
                look.words("p", f"The address asks for what is not known: {', '.join(self._passed)}.", "hf-warn")
            self._bar.draw()
            self._said = look.words("p", "", "hf-hidden-text").props("role=status")
            self._news = look.words("button", "", "hf-inbox-news").props("type=button data-inbox-news")
            self._news.on("click", self._context.doing(self._show_news), args=[])
            self._draw_bulk()
            with Element("div").classes("hf-inbox-grid"):
                self._draw_list()
                self._preview = Element("aside").classes("hf-card hf-inbox-preview")
                self._preview.props('data-inbox-preview tabindex=0 aria-label="The alert that is looked at"')
        self._news.set_visibility(False)
        self._bulk.set_visibility(False)
        await self._context.when_erased(self._bring)
        await self._bring()
        ui.run_javascript("heedful.inbox.begin()")
        self._context.follow(self._bring, Topic.ALERTS, Topic.PEOPLE)

    def _draw_list(self) -> None:
        with Element("div"):
            self._list = look.Listed(self._draw_row, "Alerts", "hf-list hf-inbox-list")
            self._list.element.props("data-inbox-list")
            self._empty = Element("div")
            with Element("div").classes("hf-row hf-inbox-end"):
                self._more = look.button("Show more", self._context.doing(self._show_more))
                self._further = look.button("Next page", self._context.doing(self._page_on))
                self._first = look.button("Back to the first", self._context.doing(self._page_first))

    def _draw_row(self, entry: Entry) -> None:
        picked = entry.alert.id in self._picked
        box = draw_row(entry, self._view, picked=picked, may_act=self._may_act)
        if box is not None:
            self._boxes[entry.alert.id] = box

    async def _bring(self, *, fresh: bool = False) -> None:
        """Bring the queue up to date; while somebody reads or selects, what is new waits for them, unless asked for."""
        async with self._lock:
            view, holds = self._view, not fresh and (self._is_held or bool(self._picked) or self._asking > 0)
            seen = await self._look(view)
            found = {one.alert.id: one for one in seen.entries}
            missing = [one for one in self._order if one not in found] if holds else []
            service, caller = self._context.service, self._context.caller
            if missing:
                left = await self._context.read(lambda: left_of(service, caller, missing, seen))
                found |= {one.alert.id: one for one in left}
            if view is self._view:
                self._entries = found
                self._show(seen, holds=holds)

    async def _look(self, view: View) -> Seen:
        """Ask the store; what pages of the same scope ask alike, it is asked once."""
        context, shown, begins = self._context, self._shown, self._begins
        service, caller = context.service, context.caller
        whose = caller.name if view.is_mine else ""
        key = ("inbox", view, shown, begins, whose)
        seen = await context.read(lambda: look_at(service, caller, view, shown, begins), key=key)
        self._bar.count(seen.counts.of(caller.name), is_least=seen.counts.more)
        return seen

    def _show(self, seen: Seen, *, holds: bool) -> None:
        fresh = [one.alert.id for one in seen.entries]
        order, new = self._ordered(fresh) if holds else (fresh, 0)
        self._order = order
        self._picked |= {one: self._entries[one].alert.version for one in order if one in self._picked}
        self._list.show([(one, (self._view, self._entries[one].version), self._entries[one]) for one in order])
        self._boxes = {one: box for one, box in self._boxes.items() if one in self._entries}
        self._show_empty(not order)
        self._next = seen.cursor
        self._more.set_visibility(seen.cursor is not None and self._shown < MOST)
        self._further.set_visibility(seen.cursor is not None and self._shown >= MOST)
        self._first.set_visibility(self._begins is not None)
        self._announce(new)
        self._show_preview()

    def _ordered(self, fresh: Sequence[str]) -> tuple[list[str], int]:
        """Return what stands there in the order it has, and how many are new; what follows the last is added."""
        order = [one for one in self._order if one in self._entries]
        known = set(order)
        last = max((place for place, one in enumerate(fresh) if one in known), default=-1)
        new = sum(one not in known for one in fresh[:last])
        return order + [one for one in fresh[last + 1 :] if one not in known], new

    def _announce(self, new: int) -> None:
        said = "" if not new else "1 new alert" if new == 1 else f"{new} new alerts"
        if said != self._news.text:
            self._news.text = self._said.text = said
            self._news.set_visibility(bool(said))

    def _show_empty(self, is_empty: bool) -> None:
        shown = self._view if is_empty else None
        if shown == self._empty_of:
            return
        self._empty_of = shown
        self._empty.clear()
        if is_empty:
            title, said = EMPTY[self._view.queue]
            narrowed = self._view.is_narrowed
            with self._empty:
                look.nothing_here(
                    f"Nothing in {TITLES[self._view.queue]} fits the filter" if narrowed else title,
                    "Remove a filter to see more." if narrowed else said,
                )

    async def _turn(self, view: View) -> None:
        """Show another view."""
        self._view, self._chosen = view, None
        self._pick_none()
        await self._page(None)

    async def _page(self, begins: str | None) -> None:
        """Show the page of the queue that begins there."""
        self._begins, self._shown = begins, AT_ONCE
        await self._bring(fresh=True)
        ui.run_javascript("window.scrollTo({top: 0})")

    async def _page_on(self) -> None:
        await self._page(self._next)

    async def _page_first(self) -> None:
        await self._page(None)

    async def _show_news(self) -> None:
        self._pick_none()
        await self._bring(fresh=True)
        ui.run_javascript("window.scrollTo({top: 0})")

    async def _show_more(self) -> None:
        self._shown = min(MOST, self._shown + AT_ONCE)
        await self._bring()

    def _show_preview(self) -> None:
        entry = self._entries.get(self._chosen or "")
        version = None if entry is None else (entry.alert.id, entry.version)
        if version == self._previewed and version is not None:
            return
        self._previewed = version
        self._preview.clear()
        with self._preview:
            if entry is None:
                look.words("p", "Choose an alert to read it here, or press j. Press ? for all keys.", "hf-muted")
            else:
                draw_preview(entry, self._view, may_act=self._may_act)

    async def _told(self, event: GenericEventArguments) -> None:
        """Take what the page in the browser tells."""
        told = event.args if isinstance(event.args, dict) else {}
        alert_id = str(told.get("id"))
        match told.get("kind"):
            case "hold":
                self._is_held = bool(told.get("on"))
                if not self._is_held:
                    await self._bring()
            case "choose" if alert_id in self._entries:
                self._chosen = alert_id
                self._show_preview()
            case "pick" if self._may_act and alert_id in self._entries:
                self._pick(alert_id, on=bool(told.get("on")))
            case "clear":
                self._pick_none()
            case "act":
                await self._act(str(told.get("act")), alert_id, one=bool(told.get("one")))
            case "help":
                self._help()

    async def _act(self, name: str, alert_id: str, *, one: bool) -> None:
        if name not in ACTS or not self._may_act:
            return
        seen = dict(self._picked) if self._picked and not one else {}
        if not seen and alert_id in self._entries:
            seen = {alert_id: self._entries[alert_id].alert.version}
        if seen:
            await self._acts.begin(name, self._targets(seen))

    def _targets(self, seen: dict[str, int]) -> Targets:
        known = [self._entries[one].alert for one in seen if one in self._entries]
        titles = {one.id: f"{one.title}, {one.customer}" if one.customer else one.title for one in known}
        first = path_of(known[0], self._view) if len(seen) == 1 and known else ""
        return Targets(seen, titles, first, frozenset(one.unit for one in known))

    async def _after(self, each: Each) -> None:
        """Show what was changed: what is done leaves the queue at once."""
        closed = {one.id for one in each.done if one.is_closed}
        self._order = [one for one in self._order if one not in closed]
        self._picked = {one: version for one, version in self._picked.items() if one in each.refused}
        self._mark_picked()
        await self._bring()

    def _renewed(self, targets: Targets) -> Targets:
        known = self._entries
        now = {one: known[one].alert.version if one in known else version for one, version in targets.seen.items()}
        return replace(targets, seen=now)

    def _ask(self, on: bool) -> None:
        self._asking += 1 if on else -1

    def _help(self) -> None:
        with opened("Keys", self._ask) as dialog:
            with Element("dl").classes("hf-pairs"):
                for keys, said in KEYS:
                    with look.words("dt", ""):
                        look.words("kbd", keys)
                    look.words("dd", said)
            with Element("label").classes("hf-check"):
                Element("input").props("type=checkbox data-inbox-keys")
                look.words("span", "Use these keys in this browser")
            look.button("Close", dialog.close, main=True)
        ui.run_javascript("heedful.inbox.keys()")

    def _pick(self, alert_id: str, *, on: bool) -> None:
        if on:
            self._picked[alert_id] = self._entries[alert_id].alert.version
        else:
            self._picked.pop(alert_id, None)
        self._mark_picked()

    def _pick_none(self) -> None:
        if self._picked:
            self._picked = {}
            self._mark_picked()

    async def _pick_all(self) -> None:
        view = self._view
        found, more = await self._context.read(lambda: all_of(self._context.service, self._context.caller, view))
        self._picked = found
        self._mark_picked()
        if more:
            self._said.text = f"The first {len(found):,} are selected; that many can be changed at once"

    def _mark_picked(self) -> None:
        """Bring the boxes and the bar up to date."""
        for alert_id, box in self._boxes.items():
            picked = alert_id in self._picked
            if bool(box.props.get("checked")) is not picked:
                box.props["checked"] = picked
                box.update()
        self._bulk.set_visibility(bool(self._picked))
        self._count.text = f"{len(self._picked):,} selected" if self._picked else ""

    def _draw_bulk(self) -> None:
        with Element("div").classes("hf-inbox-bulk") as self._bulk:
            self._bulk.props('role=group aria-label="With what is selected"')
            self._count = look.words("span", "", "hf-strong").props("role=status")
            drawn(*(act_part(name, "Verdict" if name == "verdict" else act.title) for name, act in ACTS.items()))
            Element("span").classes("hf-grow")
            for said, do in (("Select all in this queue", self._pick_all), ("Select nothing", self._none)):
                found = look.words("button", said, "hf-inbox-chip").props("type=button")
                found.on("click", self._context.doing(do), args=[])

    async def _none(self) -> None:
        self._pick_none()
        await self._bring()
