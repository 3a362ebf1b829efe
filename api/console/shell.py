"""What stands around every page: the header, the navigation, the account's menu, and the place for the page."""

from __future__ import annotations

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element
from starlette.requests import Request

from api.console import assets
from api.console.context import Context
from api.console.page import Page

THEME_COOKIE = "heedful_theme"
# None follows the system.
THEMES: dict[str, bool | None] = {"auto": None, "light": False, "dark": True}
SAID = {"auto": "Colours: as the system", "light": "Colours: light", "dark": "Colours: dark"}
_KEEP = "document.cookie = '{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax'"
_TOGGLE = "(event) => heedful.toggle(event.currentTarget, 'navigation')"


def draw(context: Context, page: Page, navigation: Sequence[Page], request: Request) -> Element:
    """Draw what stands around a page, and return the element that the page is built in."""
    # The store makes the ids of accounts, of letters and digits only.
    ui.add_head_html(f'<meta name="heedful-account" content="{context.account.id}">')
    for name in ("console", "verbatim"):
        ui.add_head_html(
            f'<link rel="stylesheet" href="{assets.address(f"{name}.css")}">'
            f'<script src="{assets.address(f"{name}.js")}"></script>'
        )
    with context.client.layout:
        header = Element("header").classes("hf-header")
        header.move(target_index=0)
    with header:
        _link("Skip to the content", "#main").classes("hf-skip")
        _link("Heedful", "/").classes("hf-brand").props('aria-label="Heedful, to the inbox"')
        menu = Element("button").classes("hf-burger").props("type=button aria-controls=navigation aria-expanded=false")
        menu.props["aria-label"] = "Menu"
        menu.on("click", js_handler=_TOGGLE)
        with menu:
            _icon("menu")
        with Element("nav").classes("hf-nav").props('id=navigation aria-label="Pages"'):
            for one in navigation:
                _entry(one, page)
            _personal(context, page, request)
    context.client.content.classes("hf-page")
    with context.client.content:
        heading(page.title)
        return Element("div").classes("hf-main").props("id=main tabindex=-1")


def heading(text: str) -> Element:
    """Draw the heading of a page."""
    found = Element("h1").classes("hf-title")
    found._text = text
    return found


def _entry(one: Page, current: Page) -> None:
    with Element("a").classes("hf-nav-link") as entry:
        entry.props["href"] = one.path
        if one.path in (current.path, current.under):
            entry.props["aria-current"] = "page"
        if one.icon:
            _icon(one.icon)
        ui.label(one.title)


def _personal(context: Context, page: Page, request: Request) -> None:
    """Draw what belongs to who is signed in: the colours, the account, and the way out."""
    with Element("div").classes("hf-personal"):
        _theme(request)
        with Element("a").classes("hf-nav-link") as entry:
            entry.props["href"] = "/account"
            if page.path == "/account":
                entry.props["aria-current"] = "page"
            _icon("person")
            ui.label(context.account.name)
        with Element("form").props("method=post action=/sign-out"), Element("button") as out:
            out.props("type=submit").classes("hf-quiet")
            ui.label("Sign out")


def _theme(request: Request) -> None:
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    state = {"name": chosen if chosen in THEMES else "auto"}
    dark = ui.dark_mode(THEMES[state["name"]])
    button = Element("button").classes("hf-quiet").props("type=button")
    button.props["aria-label"] = button.props["title"] = SAID[state["name"]]

    def turn() -> None:
        names = list(THEMES)
        state["name"] = names[(names.index(state["name"]) + 1) % len(names)]
        dark.value = THEMES[state["name"]]
        button.props["aria-label"] = button.props["title"] = SAID[state["name"]]
        ui.run_javascript(_KEEP.format(name=THEME_COOKIE, value=state["name"]))

    button.on("click", turn)
    with button:
        _icon("contrast")


def _link(text: str, path: str) -> Element:
    found = Element("a")
    found.props["href"] = path
    found._text = text
    return found


def _icon(name: str) -> Element:
    return ui.icon(name).props("aria-hidden=true")
