"""`readers:` of program.yaml: other models, by the language that each reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.fields import as_map, text_of, texts_of
from engine.located import Findings, Node
from engine.names import show

LANGUAGE = re.compile(r"[a-z]{2}\Z")
ENGLISH = ("en",)


def languages_of(node: Node | None, findings: Findings) -> tuple[str, ...]:
    """Return the languages that the main model reads; English where the file says nothing."""
    codes = texts_of(node, "a language", findings)
    for code in codes:
        if node is not None:
            _is_language(code, node, findings)
    return codes or ENGLISH


def readers_of(folder: Path, node: Node | None, languages: Sequence[str], findings: Findings) -> Mapping[str, Path]:
    """Return the place of the model that reads each language: a model's folder, or a model store.

    Parameters
    ----------
    folder
        The program's; places that do not begin at the root begin there.
    languages
        Those of the main model, which no other may read.
    """
    root = as_map(node, "readers", findings)
    found = {}
    for code, key, value in root.items() if root else ():
        named = text_of(value, f"the reader of {show(code)}", findings)
        if named is None or not _is_language(code, key, findings):
            continue
        if code in languages:
            message = f"'{code}' is among 'languages', which the main model reads; take it out there or here"
            findings.error(key, message)
        elif not _is_folder(folder / named):
            message = f"there is no folder '{show(named)}'; name a model's folder or a model store"
            findings.error(value, message)
        else:
            found[code] = folder / named
    return found


def _is_language(code: str, where: Node, findings: Findings) -> bool:
    if LANGUAGE.match(code):
        return True
    findings.error(where, f"'{show(code)}' is not a language; use a two-letter ISO 639-1 code such as en")
    return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no folder can have
        return False
