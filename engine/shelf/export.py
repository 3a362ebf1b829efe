"""Rules that were made over HTTP, as the files that they could be."""

from __future__ import annotations

from engine.shelf.version import DEFINITIONS, RuleVersion
from engine.store.shelf import Shelf


def unmanaged(shelf: Shelf) -> list[RuleVersion]:
    """Return the live rules of a shelf that come from no files, by their slugs."""
    _, versions = shelf.since(0)
    return [version for version in versions if not version.draft.managed and not version.draft.retired]


def exported(shelf: Shelf) -> str:
    """Return the rules that come from no files as one file of YAML; shared conditions are named, not given."""
    found = unmanaged(shelf)
    texts = [version.draft.text.strip() for version in found if version.slug != DEFINITIONS]
    shared = "# The shared conditions are a file of their own: /v1/rules/_define\n" * (len(texts) < len(found))
    return shared + "".join(_separator(text) * bool(place) + text + "\n" for place, text in enumerate(texts))


def _separator(text: str) -> str:
    """Return what stands before a document: a text may begin with directives or a marker of its own."""
    return "...\n" if text.startswith(("%", "---")) else "---\n"
