"""The bench: what the parts of the form share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from api.console.context import Context
from api.console.editor.draft import Draft, Path
from engine.program import Program
from engine.rules.definition_loader import load_definitions
from engine.taxonomy import Taxonomy

Act = Callable[..., Awaitable[None]]


def _nothing() -> None:
    """Stand for what is not there yet."""


@dataclass
class Bench:
    """What the parts of the form work on.

    Parameters
    ----------
    draft
        The rule as it is written.
    written
        Called when the form has changed the text.
    redraw
        Called when other fields are needed for the conditions.
    """

    context: Context
    draft: Draft
    written: Callable[[], None] = _nothing
    redraw: Callable[[], None] = _nothing
    redraw_examples: Callable[[], None] = _nothing
    trial: dict[str, Any] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        """Whose scores, attributes and receivers there are."""
        return self.context.service.rules.program

    @property
    def taxonomy(self) -> Taxonomy:
        """Which labels there are."""
        return self.context.service.rules.taxonomy

    @cached_property
    def definitions(self) -> list[str]:
        """The names of the shared conditions."""
        return sorted(load_definitions(self.program, self.taxonomy)[0].named)

    def act(self, work: Act) -> Act:
        """Return what handles an event: what goes wrong is said in plain words.

        What handles it may take away the field or button that it came from.
        """
        handled = self.context.doing(work)

        async def apart(*args: Any) -> None:
            with self.context.client:
                await handled(*args)

        return apart

    def set(self, path: Path, meant: Callable[[Any], Any] = lambda value: value) -> Act:
        """Return what writes a field's value to a path; what means None or nothing takes it out.

        Parameters
        ----------
        meant
            What a value of the field means in the rule.
        """

        async def changed(value: Any) -> None:
            self.put(path, meant(value))

        return self.act(changed)

    def put(self, path: Path, value: Any) -> None:
        """Write a value, or take it out where it is None."""
        if value is None:
            self.draft.drop(path)
        else:
            self.draft.put(path, value)
        self.written()
