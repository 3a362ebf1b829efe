"""Routes as text, and beside it how they read: what is wrong stands at its line."""

from __future__ import annotations

from nicegui.element import Element

from api.console import look
from api.console.context import Context
from api.console.fields import Field, focus
from api.console.settings.parts import handler
from api.setting_changing import try_setting
from engine.alerts.routes import Route
from engine.errors import Located, SetupError
from engine.shelf.setting import routes_draft

MOST_SHOWN = 20
HELP = (
    "to: one or several receivers, people or teams, or {lead_of: unit}, {manager_of: employee}. when: severity, kind, "
    "rule, unit, channel, source, employee, customer, labels such as topic, scores and attributes. Routes below one "
    "take its to where they have none. continue: true tries the routes after it too."
)


class Editor:
    """The text of the routes, and what it means.

    Parameters
    ----------
    text
        What it begins with.
    """

    def __init__(self, context: Context, text: str) -> None:
        self._context = context
        self._before = text

    @property
    def text(self) -> str:
        """The text, with an end to its last line."""
        return self._field.value.rstrip().replace("\r\n", "\n") + "\n"

    @property
    def changed(self) -> str | None:
        """The text, where it says something else than before; it need not be valid."""
        return self.text if self.text != self._before.rstrip() + "\n" else None

    async def draw(self) -> None:
        """Draw it."""
        with Element("div").classes("st-beside") as self._whole:
            with Element("div"):
                self._field = Field(
                    "The routes", self._before, tag="textarea", hint=HELP, most=100_000, changed=self._read
                )
                self._field.element.classes("st-code").props("spellcheck=false wrap=off")
                self._field.element.props["rows"] = min(30, max(12, self._before.count("\n") + 3))
            self._said = Element("div").props("role=status")
            self._said.props["aria-label"] = "How they read"
        look.button("Check", handler(self._context, lambda: self._read(self._field.value)))
        await self._show()

    def focus(self) -> None:
        """Begin in the text."""
        focus(self._whole)

    async def is_good(self) -> bool:
        """Show how the text reads, and return whether it could be published."""
        return await self._show()

    async def _read(self, _: str) -> None:
        await self._show()

    async def _show(self) -> bool:
        draft, service = routes_draft(self.text), self._context.service
        try:
            tried = await self._context.read(lambda: try_setting(service, draft))
        except SetupError as problem:
            self._draw_wrong(problem.findings)
            return False
        self._said.clear()
        with self._said:
            look.words("h4", "So it reads", "st-legend")
            if tried.program.routes is not None:
                draw_tree(tried.program.routes)
            for one in tried.findings:
                look.words("p", f"Line {one.line}: {one.message}", "hf-small hf-warn")
        return True

    def _draw_wrong(self, findings: list[Located]) -> None:
        self._said.clear()
        with self._said:
            look.words("h4", "To be mended first", "st-legend")
            with Element("ul").classes("st-problems"):
                for one in findings[:MOST_SHOWN]:
                    with Element("li"):
                        look.words("strong", f"Line {one.line}: ")
                        look.words("span", one.message, "hf-bad" if one.level == "error" else "hf-warn")


def draw_tree(routes: Route) -> None:
    """Draw routes in plain words."""
    with Element("ul").classes("st-tree").props('aria-label="Routes"'):
        _draw_route(routes)


def _draw_route(route: Route) -> None:
    with Element("li"):
        with Element("div"):
            with Element("div").classes("hf-row"):
                look.words("span", route.name, "hf-strong")
                look.words("span", f"to {', '.join(route.to)}")
            said = [route.when.said]
            if route.gathering:
                said.append(f"one message by {', '.join(route.gathering.by)}")
            if route.goes_on:
                said.append("the routes after it are tried too")
            look.words("div", "; ".join(said), "hf-small hf-muted")
        if route.routes:
            with Element("ul"):
                for child in route.routes:
                    _draw_route(child)
