"""Routes: the tree by which an alert finds who is told, its versions, and where one would go."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from api.console import look
from api.console.context import Context, say_done
from api.console.live import Topic
from api.console.settings.parts import asking, handler
from api.console.settings.publishing import publish, show_versions, why_field
from api.console.settings.routes_editing import Editor, draw_tree
from api.console.settings.routes_trying import Trial
from api.console.settings.section import WHOLE, Access, Section
from engine.alerts.routes import Route
from engine.errors import Located
from engine.scope import TESTERS
from engine.shelf.setting import SettingVersion, routes_draft
from engine.shelf.setup import ROUTES

ACCESS = Access(TESTERS, everywhere=False)
HOW = (
    "An alert goes into the first route that takes it, as deep as it goes. A rule's own send_to comes first. "
    "Alerts that are open already stay where they are."
)
BEGIN = """# Where alerts go whose rule names no receiver: into the first route that takes them, as deep as it goes.
to: operators
routes:
  - name: grave
    when: {severity: [high, critical]}
    to: operators
"""


async def draw(context: Context) -> None:
    """Draw the section."""
    await _Routes(context).draw()


class _Routes:
    """The tree in force, and what can be done with it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._editor: Editor | None = None
        self._shown: tuple[Route | None, SettingVersion | None] | None = None

    async def draw(self) -> None:
        """Draw everything."""
        Trial(self._context, ACCESS, self._draft).draw()
        with look.section("The tree", 3):
            self._place = Element("div")
        await self.bring()
        self._context.follow(self.bring, Topic.SETTINGS)

    async def bring(self) -> None:
        """Show the tree that is in force; what somebody is changing stays as they have it."""
        published = self._context.service.published
        # What another process published is told of before this one looks by itself.
        await self._context.read(published.look)
        version = published.versions.get(ROUTES)
        now = (self._context.service.engine.program.routes, version)
        if self._shown == now:
            return
        self._shown = now
        if self._editor is None:
            self._draw_tree(version)

    def _draft(self) -> str | None:
        return self._editor.changed if self._editor is not None else None

    def _draw_tree(self, version: SettingVersion | None) -> None:
        service = self._context.service
        filed = service.published.in_file(ROUTES)
        routes = service.engine.program.routes
        self._place.clear()
        with self._place:
            look.words("p", f"{HOW} {_where(filed, version)}", "st-note")
            self._draw_problems(version, filed)
            if routes is None:
                look.nothing_here("There are no routes", "What no rule sends elsewhere goes to the operators.")
            else:
                draw_tree(routes)
            with Element("div").classes("hf-row st-after"):
                self._draw_buttons(filed, version)

    def _draw_problems(self, version: SettingVersion | None, filed: str | None) -> None:
        found = self._context.service.published.setup.findings
        wrong: list[Located] = [one for one in found if version is not None and one.file == version.draft.file]
        if filed is not None or not wrong:
            return
        if any(one.level == "error" for one in wrong):
            said = (
                "The published routes cannot be used any more, so what no rule sends elsewhere goes to the operators:"
            )
            look.words("p", said, "hf-bad hf-strong")
        with Element("ul"):
            for one in wrong:
                look.words("li", f"Line {one.line}: {one.message}", "hf-small hf-warn")

    def _draw_buttons(self, filed: str | None, version: SettingVersion | None) -> None:
        managed = version is not None and version.draft.managed
        may = WHOLE.holds(self._context) and filed is None and not managed
        if may:
            said = "Change the routes" if version is not None else "Make routes"
            look.button(said, handler(self._context, self._change), main=True)
        if version is not None:
            title = "Versions of the routes"
            look.button(
                "Versions",
                handler(self._context, lambda: show_versions(self._context, ROUTES, title, self.bring, may=may)),
            )

    async def _change(self) -> None:
        WHOLE.need(self._context)
        version = self._context.service.published.versions.get(ROUTES)
        text = version.draft.text if version is not None else BEGIN
        self._place.clear()
        with self._place:
            self._editor = Editor(self._context, text)
            await self._editor.draw()
            with Element("div").classes("hf-row st-after"):
                look.button("Publish", handler(self._context, lambda: self._ask_publish(version)), main=True)
                look.button("Leave it as it is", handler(self._context, self._leave))
        self._editor.focus()

    async def _leave(self) -> None:
        self._editor = None
        self._draw_tree(self._context.service.published.versions.get(ROUTES))
        ui.run_javascript("document.getElementById('main')?.focus()")

    async def _ask_publish(self, version: SettingVersion | None) -> None:
        context, editor = self._context, self._editor
        if editor is None or not await editor.is_good():
            return
        seen = version.number if version is not None else None
        draft = routes_draft(editor.text)

        async def save() -> None:
            what = ("publish", "routes", ROUTES[1])
            await publish(context, what, why.said, lambda settings, by: settings.put(draft, seen, by))
            say_done("Alerts that open from now on go by these routes")
            await self._leave()

        with asking(context, "Publish the routes", ["Alerts that open from now on go by them."], "Publish them", save):
            why = why_field()


def _where(filed: str | None, version: SettingVersion | None) -> str:
    if filed is not None:
        more = " Routes are published too, and do not count as long as the file is there." if version else ""
        return f"These stand in {filed}, and are changed there.{more}"
    if version is None:
        return ""
    if version.draft.managed:
        return (
            f"Version {version.number} comes from a file: change it there, and publish it with 'heedful routes push'."
        )
    return f"This is version {version.number}."


SECTION = Section("routes", "Routes", "Who is told of which alert, and a dry run of it.", ACCESS, draw)
