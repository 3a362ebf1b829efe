"""What an editor begins with: a new rule, a published one, or why it cannot be changed here."""

from __future__ import annotations

from typing import Any

from api.console import look
from api.console.context import Context
from api.console.editor.draft import new_rule
from api.console.editor.editor import Begun, Editor
from api.console.editor.yaml_pane import words_of
from engine.errors import NotFoundError
from engine.rules.rewriting import rewrite, values_of
from engine.shelf.version import DEFINITIONS, RuleVersion

MOST_EXAMPLE = 2_000


async def begin_new(context: Context, source: str, feedback: str) -> Begun:
    """Return a new rule; a feedback that the account may see becomes its first example.

    Raises
    ------
    NotFoundError
        If there is no such feedback.
    """
    author = context.account.person or context.account.name
    text = new_rule(author)
    if not feedback:
        return Begun(text)
    example = await context.read(lambda: _example(context, source or "default", feedback))
    return Begun(rewrite(text, {**(values_of(text) or {}), "examples": {"fires": [example]}}))


def begin_change(context: Context, slug: str) -> RuleVersion:
    """Return the version of a rule that is to be changed.

    Raises
    ------
    NotFoundError
        If there is no such rule, or it was retired.
    """
    version = context.service.store.shelf.latest(slug)
    if slug == DEFINITIONS:
        raise NotFoundError("The shared conditions are no rule; publish them over the API.")
    if version.draft.retired:
        raise NotFoundError(f"Rule '{slug}' was taken out of use; restore one of its versions first.")
    return version


async def draw_editor(context: Context, begun: Begun | RuleVersion) -> None:
    """Draw the editor, or why the account may not change rules."""
    if context.caller.scope.unit is not None:
        look.went_wrong(f"rules hold for every unit, and your account is for {context.caller.scope.unit} only")
        return
    if isinstance(begun, RuleVersion):
        begun = Begun(begun.draft.text, begun.slug, begun.number)
    words = await context.read(lambda: words_of(context.service.rules))
    Editor(context, begun, words).draw()


def draw_managed(version: RuleVersion) -> None:
    """Say that a rule comes from files, and show it."""
    with look.section("This rule comes from files"):
        look.words(
            "p",
            f"It is kept in {version.draft.file}. Change it there, and publish it with 'heedful rules push': "
            "what is changed here would be lost with the next push.",
        )
        look.link("Back to the rule", f"/rules/{version.slug}")
        shown = look.words("pre", version.draft.text, "hf-card hf-scroll").props("tabindex=0")
        shown.props["aria-label"] = "The rule as YAML"


def _example(context: Context, source: str, feedback_id: str) -> dict[str, Any]:
    stored = context.service.engine.stored(source, feedback_id, context.caller.scope)
    feedback = stored.feedback
    text = " ".join(part.text for part in feedback.parts if part.speaker == "customer") or feedback.parts[0].text
    scores = {name: value for name, value in feedback.scores.items() if name in context.service.rules.program.scores}
    return {"text": text[:MOST_EXAMPLE], **scores}
