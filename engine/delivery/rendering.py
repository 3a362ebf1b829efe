"""Templates: those that ship, and a program's own, rendered in a sandbox for one target each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import structlog
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.delivery.escaping import FINALIZE, SAY_WORDS
from engine.delivery.view import ABOUT_ONE, Event
from engine.delivery.words import Passage

SHIPPED = Path(__file__).parent / "templates"
# Plain text, mail, short messages, Slack's mrkdwn, an Adaptive Card's Markdown.
TARGETS = ("txt", "html", "sms", "slack", "teams")

log = structlog.get_logger(__name__)


class Templates:
    """Renders messages.

    Parameters
    ----------
    own
        A program's templates by file name, such as ``alert.txt``: they replace those that ship under the same name.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = own or {}
        self._all = {target: environment_of(target, self._own) for target in TARGETS}
        self._shipped = {target: environment_of(target, {}) for target in TARGETS}

    def render(
        self, target: str, event: Event, view: Mapping[str, Any], passages: Sequence[Passage], named: str | None = None
    ) -> str:
        """Return the text of a message.

        A program's template that fails is told of in the log, and the one that ships is taken: a message that looks
        plain is better than none.

        Parameters
        ----------
        named
            The receiver's own template, for messages about one alert; for customers in place of ``thank``.
        """
        whole = {**view, "words": SAY_WORDS[target](passages)}
        name = self._name(target, event, named)
        try:
            return self._all[target].get_template(name).render(whole).strip()
        except TemplateError as problem:
            log.error("a template fails; the one that ships is used", template=name, problem=type(problem).__name__)
        except (ArithmeticError, LookupError, TypeError, ValueError) as problem:
            log.error("a template fails; the one that ships is used", template=name, problem=type(problem).__name__)
        return self._shipped[target].get_template(f"{event}.{target}").render(whole).strip()

    def _name(self, target: str, event: Event, named: str | None) -> str:
        mine = f"{named}.{target}"
        return (
            mine
            if named and mine in self._own and (event in ABOUT_ONE or event is Event.THANK)
            else f"{event}.{target}"
        )


def environment_of(target: str, own: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """Return where templates of a target are rendered: nothing undefined passes, nothing outside is reached."""
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([DictLoader(dict(own)), FileSystemLoader(SHIPPED)]),
        undefined=StrictUndefined,
        autoescape=target == "html",
        finalize=FINALIZE.get(target),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def shipped_names() -> frozenset[str]:
    """Return the file names of the templates that ship."""
    return frozenset(path.name for path in SHIPPED.iterdir() if path.suffix.removeprefix(".") in TARGETS)
