"""What stands around the sections: which there are for whom, their navigation, and the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nicegui import ui
from nicegui.element import Element

from api.console import assets, look
from api.console.context import Context
from api.console.settings import (
    accounts,
    audit,
    calendars,
    health,
    keys,
    languages,
    outbox,
    people,
    privacy,
    private_views,
    receivers,
    routes,
    silences,
)
from api.console.settings.attention import attention_of
from api.console.settings.section import Section
from engine.errors import NotFoundError

GROUPS: Mapping[str, Sequence[Section]] = {
    "Messages": (receivers.SECTION, routes.SECTION, silences.SECTION, outbox.SECTION, calendars.SECTION),
    "People": (accounts.SECTION, people.SECTION, keys.SECTION),
    "Data": (privacy.SECTION, private_views.SECTION, languages.SECTION),
    "Service": (health.SECTION, audit.SECTION),
}


def groups_for(context: Context) -> dict[str, list[Section]]:
    """Return the sections that an account sees, by their group."""
    seen = {group: [one for one in sections if one.access.holds(context)] for group, sections in GROUPS.items()}
    return {group: sections for group, sections in seen.items() if sections}


async def draw_overview(context: Context) -> None:
    """Draw all sections, with what needs somebody in them."""
    _style()
    found = await context.read(lambda: attention_of(context))
    for group, sections in groups_for(context).items():
        look.words("h2", group, "st-group")
        with Element("ul").classes("st-cards"):
            for one in sections:
                with Element("li"), Element("a") as card:
                    card.props["href"] = one.path
                    look.words("strong", one.title)
                    if one.slug in found:
                        look.words("span", found[one.slug], "hf-small hf-warn hf-strong")
                    else:
                        look.words("span", one.said, "hf-small hf-muted")


async def draw_section(context: Context, slug: str) -> None:
    """Draw one section beside the list of all.

    Raises
    ------
    NotFoundError
        If there is none of that name.
    ForbiddenError
        If the account may not see it.
    """
    _style()
    section = next((one for sections in GROUPS.values() for one in sections if one.slug == slug), None)
    if section is None:
        raise NotFoundError("There is no page at this address.")
    section.access.need(context)
    with Element("div").classes("st-frame"):
        _navigation(context, section)
        with Element("div").classes("st-body"):
            look.link("All settings", "/settings", "hf-link st-back")
            look.words("h2", section.title)
            look.words("p", section.said, "st-lead")
            await section.draw(context)


def _navigation(context: Context, current: Section) -> None:
    with Element("nav").classes("st-nav").props('aria-label="Settings"'):
        for group, sections in groups_for(context).items():
            look.words("h2", group)
            with Element("ul"):
                for one in sections:
                    with Element("li"):
                        entry = look.link(one.title, one.path, "")
                        if one is current:
                            entry.props["aria-current"] = "page"


def _style() -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{assets.address("settings.css")}">')
