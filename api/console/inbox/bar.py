"""The bar over the queue: which queue, what of it, and the words that are searched for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from api.console import look
from api.console.context import Context
from api.console.fields import Changed, Check, Field, choice
from api.console.inbox.acts import assignable
from api.console.inbox.view import KINDS, MOST_CHARACTERS, SINCE, STATES, TITLES, Queue, View
from engine.alerts.severity import Severity

# A click that would open a tab of its own still does.
TURN = "(e) => { if (!e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); emit(); } }"
SUBMIT = "(e) => { e.preventDefault(); emit(e.target.querySelector('input').value); }"
KIND_SAID = {"": "Any", "alert": "Alerts", "signal": "Signals", "system": "From Heedful itself"}


class Bar:
    """What is chosen over the queue.

    Parameters
    ----------
    turn
        Is told of another view.
    """

    def __init__(self, context: Context, view: View, turn: Callable[[View], Awaitable[None]]) -> None:
        self._context = context
        self.view = view
        self._turn = turn
        self._counts: dict[Queue, TextElement] = {}
        self._links: dict[Queue, Element] = {}

    def draw(self) -> None:
        """Draw it."""
        self._draw_queues()
        with Element("div").classes("hf-inbox-tools"):
            self._draw_search()
            self._more = look.words("button", "Filter", "hf-inbox-act").props("type=button")
            self._more.props["aria-expanded"] = "false"
            self._more.on("click", self._context.doing(self._toggle))
            look.words("button", "Keys", "hf-inbox-act hf-inbox-keys").props("type=button data-inbox-help")
            self._chips = Element("div").classes("hf-inbox-chips")
        self._panel = Element("div").classes("hf-inbox-panel").props('role=group aria-label="Filter"')
        self._panel.set_visibility(False)
        self._show()

    def count(self, counts: Mapping[Queue, int], *, is_least: bool) -> None:
        """Show how many wait in each queue; ``is_least`` where more wait than were counted."""
        for queue, count in counts.items():
            self._counts[queue].text = f"{count:,}{'+' if is_least else ''}" if count else ""

    async def go(self, view: View, *, panel: bool = True) -> None:
        """Show another view."""
        self.view = view
        # What has been typed is no part of the program: it goes as a text.
        ui.run_javascript(f"history.replaceState(history.state, '', {_quoted(view.address)})")
        ui.run_javascript("heedful.inbox.typed()")
        self._show()
        if panel and self._panel.visible:
            await self._fill()
        await self._turn(view)

    def _draw_queues(self) -> None:
        with Element("nav").classes("hf-inbox-queues").props('aria-label="Queues"'):
            for queue in Queue:
                with Element("a").classes("hf-inbox-queue") as found:
                    look.words("span", TITLES[queue])
                    self._counts[queue] = look.words("span", "", "hf-inbox-count")

                async def turn(_event: object, queue: Queue = queue) -> None:
                    await self.go(self.view.turned(queue))

                found.on("click", self._context.doing(turn), js_handler=TURN)
                self._links[queue] = found

    def _draw_search(self) -> None:
        async def search(event: object) -> None:
            said = str(getattr(event, "args", "") or "").replace("\x00", "").strip()[:MOST_CHARACTERS]
            if said != self.view.search:
                await self.go(replace(self.view, search=said))

        with Element("form").classes("hf-inbox-search").props("role=search") as form:
            field = (
                Element("input")
                .classes("hf-native")
                .props(f"type=search data-inbox-search maxlength={MOST_CHARACTERS}")
            )
            field.props["aria-label"] = field.props["placeholder"] = "Search words, a customer or an id"
            field.props["^value"] = self.view.search
        form.on("submit", self._context.doing(search), js_handler=SUBMIT)

    async def _toggle(self, _event: object = None) -> None:
        opened = not self._panel.visible
        if opened:
            await self._fill()
        self._panel.set_visibility(opened)
        self._more.props["aria-expanded"] = str(opened).lower()
        self._more.update()

    async def _fill(self) -> None:
        """Draw the fields that narrow the view."""
        context, view = self._context, self.view
        store, scope = context.service.store, context.caller.scope
        rules, people = await context.read(lambda: (store.alerts.rules(scope), store.people.directory()))
        names = assignable(people, scope)
        self._panel.clear()
        with self._panel:
            self._several("Severity", "severity", [str(one) for one in reversed(Severity)])
            if view.queue is not Queue.CLOSED:
                self._several("State", "state", [str(one) for one in STATES])
            if view.queue not in (Queue.SIGNALS, Queue.REVIEWS):
                choice(
                    "Kind", {one: KIND_SAID[one] for one in ("", *map(str, KINDS))}, view.kind, changed=self._to("kind")
                )
            titled = dict(rules)
            choice("Rule", {"": "Any", **_with(titled, view.rule)}, view.rule, changed=self._to("rule"))
            Field("Unit and below", view.unit, most=MOST_CHARACTERS, changed=self._to("unit"))
            if view.queue not in (Queue.MINE, Queue.UNASSIGNED):
                choice("Holder", {"": "Anybody", **_with(names, view.holder)}, view.holder, changed=self._to("holder"))
            times = {name: said for name, (said, _) in SINCE.items()}
            choice("Opened", {"": "Any time", **times}, view.since, changed=self._to("since"))

    def _several(self, title: str, name: str, names: Sequence[str]) -> None:
        with Element("fieldset"):
            look.words("legend", title, "hf-inbox-legend")
            for one in names:

                async def tick(on: object, one: str = one) -> None:
                    chosen = {*getattr(self.view, name), one} if on else {*getattr(self.view, name)} - {one}
                    await self._narrowed(name, tuple(other for other in names if other in chosen))

                Check(_plain(one), value=one in getattr(self.view, name), changed=self._safely(tick))

    def _to(self, name: str) -> Changed:
        async def to(value: object) -> None:
            await self._narrowed(name, str(value).replace("\x00", "").strip()[:MOST_CHARACTERS])

        return self._safely(to)

    def _safely(self, act: Changed) -> Changed:
        return self._context.doing(act)

    async def _narrowed(self, name: str, value: str | tuple[str, ...]) -> None:
        await self.go(replace(self.view, **{name: value}), panel=False)  # type: ignore[arg-type]

    def _show(self) -> None:
        """Bring the queues' links and the chips up to date."""
        for queue, found in self._links.items():
            found.props["href"] = self.view.turned(queue).address
            found.props.pop("aria-current", None)
            if queue is self.view.queue:
                found.props["aria-current"] = "page"
            found.update()
        self._chips.clear()
        with self._chips:
            for said, without in _chips(self.view):
                self._chip(said, without)
            if self.view.is_narrowed:
                self._chip("Clear all", View(self.view.queue), clears=True)

    def _chip(self, said: str, without: View, *, clears: bool = False) -> None:
        async def go(_event: object) -> None:
            await self.go(without)

        found = look.words("button", said if clears else f"{said} ✕", "hf-inbox-chip").props("type=button")
        if not clears:
            found.props["aria-label"] = f"Remove the filter {said}"
        found.on("click", self._context.doing(go), args=[])


def _chips(view: View) -> list[tuple[str, View]]:
    """Return what narrows a view, each with the view without it."""
    found = [(_plain(one), replace(view, severity=_less(view.severity, one))) for one in view.severity]
    found += [(_plain(one), replace(view, state=_less(view.state, one))) for one in view.state]
    if view.kind:
        found.append((KIND_SAID[view.kind], replace(view, kind="")))
    if view.since:
        found.append((SINCE[view.since][0], replace(view, since="")))
    for name, said in (("rule", "Rule"), ("unit", "Unit"), ("holder", "Holder"), ("search", "Search")):
        if value := getattr(view, name):
            found.append((f"{said}: {value}", replace(view, **{name: ""})))  # type: ignore[arg-type]
    return found


def _less(names: tuple[str, ...], one: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != one)


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _with(names: Mapping[str, str], chosen: str) -> dict[str, str]:
    """Return names to choose from, also the one that is chosen and not among them."""
    return {**names} if not chosen or chosen in names else {**names, chosen: chosen}


def _quoted(address: str) -> str:
    """Return an address as a text of JavaScript; it is percent-encoded, and has no quotes."""
    return "'" + address.replace("\\", "%5C").replace("'", "%27") + "'"
