"""What receivers and routes share in the console: publishing a text, its versions, and the way back."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Sequence

from nicegui.element import Element

from api.auditing import What
from api.console import look
from api.console.context import Context, say_done
from api.console.fields import Field
from api.console.settings.parts import asking, dialog, handler
from api.console.settings.section import WHOLE
from api.setting_changing import change_settings, setting_signature
from engine.errors import Located, QuestionError, SetupError
from engine.shelf.setting import SettingVersion
from engine.shelf.setting_publisher import SettingPublisher
from engine.shelf.setup import Key
from engine.shelf.signature import Signature

MOST_VERSIONS = 100
MOST_SAID = 8
Done = Callable[[], Awaitable[None]]


async def publish(
    context: Context, what: What, why: str | None, work: Callable[[SettingPublisher, Signature], SettingVersion]
) -> SettingVersion:
    """Change what is published, if the account may, with its reason on record.

    Raises
    ------
    QuestionError
        If there is no reason, or the text has errors.
    """
    WHOLE.need(context)
    if not why:
        raise QuestionError("say why in a few words: it stands in the history")
    service, caller = context.service, context.caller
    by = setting_signature(caller, why)
    try:
        # In a thread of its own, as over HTTP: feedback need not wait until rules are tried.
        return await context.read(lambda: change_settings(service, caller, what, by, lambda one: work(one, by)))
    except SetupError as problem:
        raise QuestionError(said_errors(problem.findings)) from problem


def said_errors(findings: Sequence[Located]) -> str:
    """Return what is wrong with a text that nobody sees the lines of."""
    said = dict.fromkeys(one.message for one in findings if one.level == "error")
    return "; ".join(list(said)[:MOST_SAID])


def why_field() -> Field:
    """Show the field for the reason."""
    return Field("Why", hint="It stands in the history", most=500)


async def show_versions(context: Context, key: Key, title: str, done: Done, *, may: bool) -> None:
    """Show the versions of a receiver or of the routes, newest first, with what each changed, and the way back.

    Parameters
    ----------
    may
        Whether an earlier one can be published again from here.
    """
    rows = context.service.store.shelf.settings
    found = await context.read(lambda: rows.history(key, limit=MOST_VERSIONS))
    with dialog(context, title) as shown:
        with Element("ol").classes("st-versions").props("reversed") as listed:
            listed.props["aria-label"] = "Versions, the newest first"
            for place, version in enumerate(found):
                before = found[place + 1] if place + 1 < len(found) else None
                with Element("li"):
                    _draw_version(version, before)
                    if may and (place or version.draft.retired):
                        _draw_way_back(context, version, found[0].number, done, shown.close)
        look.button("Close", shown.close)


def _draw_version(version: SettingVersion, before: SettingVersion | None) -> None:
    with Element("div").classes("hf-row"):
        look.words("span", f"Version {version.number}", "hf-strong")
        look.moment(version.at, look.Clock.AGO)
        look.words("span", f"by {version.who}", "hf-muted hf-small")
    what = "Retired. " if version.draft.retired else "From a file that was pushed. " if version.draft.managed else ""
    if what or version.why:
        look.words("p", f"{what}{version.why}", "hf-small")
    with Element("details"):
        look.words("summary", "What it says" if before is None else "What changed")
        pre = look.words("pre", _changed(before, version), "st-pre").props("tabindex=0 role=region")
        pre.props["aria-label"] = f"The text of version {version.number}"


def _changed(before: SettingVersion | None, after: SettingVersion) -> str:
    text = after.draft.text
    if before is None:
        return text
    lines = difflib.unified_diff(before.draft.text.splitlines(), text.splitlines(), lineterm="", n=2)
    # Without the names of files, which are none.
    return "\n".join(list(lines)[2:]) or "The text is the same."


def _draw_way_back(
    context: Context, version: SettingVersion, seen: int, done: Done, close: Callable[[], object]
) -> None:
    draft = version.draft

    async def ask() -> None:
        async def restore() -> None:
            what = ("restore", str(draft.kind), draft.name)
            number = version.number
            await publish(context, what, why.said, lambda one, by: one.restore(draft.key, number, seen, by))
            close()
            say_done(f"Version {number} is in force again, as a new version.")
            await done()

        means = ["Its text is published as a new version, and counts from now on."]
        with asking(context, f"Go back to version {version.number}", means, "Publish it again", restore):
            why = why_field()

    button = look.button("Go back to it", handler(context, ask))
    button.props["aria-label"] = f"Go back to version {version.number}"
