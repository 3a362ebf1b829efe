"""What is in force: the receivers and routes of the program's files, and beside them those that are published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from engine.alerts.routes import TOP, Route
from engine.alerts.routes_loader import read_routes
from engine.delivery.published import read_published
from engine.errors import Located
from engine.people import Directory, Person
from engine.program import OPERATORS, Program
from engine.shelf.setting import SettingDraft, SettingKind

Key = tuple[SettingKind, str]
Drafts = Mapping[Key, SettingDraft]
ROUTES: Key = (SettingKind.ROUTES, TOP)


@dataclass(frozen=True, slots=True)
class Setup:
    """A program with the receivers and routes that are in force.

    Parameters
    ----------
    drafts
        What each was published as last, also of those that are retired or stand in files by now.
    findings
        What is wrong with those in force, by the names of their texts.
    """

    program: Program
    drafts: Drafts = field(default_factory=dict)
    findings: tuple[Located, ...] = ()

    @property
    def errors(self) -> tuple[Located, ...]:
        """What keeps something that is published from being used."""
        return tuple(one for one in self.findings if one.level == "error")


class Settings:
    """Reads what is published beside the files of one program.

    Parameters
    ----------
    files
        The program as its files have it: what stands there wins.
    environment
        Where ``${NAME}`` is looked up.
    directory
        Returns the people who may be named, beside those of the program's file.
    """

    def __init__(
        self, files: Program, environment: Mapping[str, str], directory: Callable[[], Directory] | None = None
    ) -> None:
        self.files = files
        self._environment = environment
        self._directory = directory

    @property
    def people(self) -> tuple[Person, ...]:
        """Those of the directory."""
        return self._directory().people if self._directory is not None else ()

    def in_file(self, key: Key) -> str | None:
        """Return the file that a receiver, or the routes, stand in; None where they do not."""
        kind, name = key
        if kind is SettingKind.ROUTES:
            return self.files.routes.file or "routes.yaml" if self.files.routes is not None else None
        spec = self.files.receivers.get(name)
        return spec.file or None if spec is not None else None

    def setup(self, drafts: Drafts, *, strict: bool = False) -> Setup:
        """Return what is in force.

        Parameters
        ----------
        strict
            Whether it is an error that the routes name somebody who is not there.
        """
        if not drafts:
            return Setup(self.files)
        files = self.files
        live = {key: one for key, one in drafts.items() if not one.retired and self.in_file(key) is None}
        texts = {name: one.text for (kind, name), one in live.items() if kind is SettingKind.RECEIVER}
        published, found = read_published(texts, files, self._environment)
        program = replace(files, receivers={**files.receivers, **published})
        program = replace(program, retired=_retired(drafts, program))
        if ROUTES in live:
            routes, told = self._routes(live[ROUTES], program, strict=strict)
            program, found = replace(program, routes=routes), [*found, *told]
        return Setup(program, drafts, tuple(found))

    def _routes(self, draft: SettingDraft, program: Program, *, strict: bool) -> tuple[Route | None, list[Located]]:
        found: list[Located] = []
        people = self.people or program.people
        # Where nobody is in the directory, nobody can be named; files are read before there is one.
        program = replace(program, people=() if people is None and strict else people)
        return read_routes(draft.text, draft.file, program, found, strict=strict), found


def _retired(drafts: Drafts, program: Program) -> dict[str, str]:
    """Return the receivers that are no more, each with the one that gets what waits for it."""
    found = {}
    for (kind, name), draft in drafts.items():
        if kind is SettingKind.RECEIVER and draft.retired and name not in program.receivers:
            specs, _ = read_published({name: draft.text}, program, {})
            fallback = specs[name].fallback
            found[name] = fallback if fallback is not None and fallback in program.receivers else OPERATORS
    return found
