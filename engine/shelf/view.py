"""What the shelf holds, as it was seen at the last look."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.program import RuleFile
from engine.shelf.setting import SettingVersion
from engine.shelf.version import RuleVersion
from engine.store.setting_versions import Key
from engine.store.shelf import Shelf


class ShelfView:
    """The live rules of a shelf; a look reads only what has changed since the last one.

    Attributes
    ----------
    revision
        The revision of the shelf that was seen.
    live
        The rules that are not retired, by slug.
    rule_files
        The same as files, in the order of their slugs; another tuple whenever the shelf has changed.
    settings
        The latest versions of receivers and routes, also of those that are retired.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.revision = 0
        self.live: Mapping[str, RuleVersion] = MappingProxyType({})
        self.rule_files: tuple[RuleFile, ...] = ()
        self.settings: Mapping[Key, SettingVersion] = MappingProxyType({})

    def look(self) -> None:
        """See what the shelf holds now."""
        if self._shelf.revision() == self.revision:
            return
        self.revision, changed = self._shelf.since(self.revision)
        fresh = {version.slug: version for version in changed}
        live = {**self.live, **fresh}
        self.live = MappingProxyType({slug: one for slug, one in sorted(live.items()) if not one.draft.retired})
        self.rule_files = tuple(version.rule_file for version in self.live.values())
        settings = self._shelf.settings.all()
        if settings != self.settings:
            self.settings = MappingProxyType(settings)
