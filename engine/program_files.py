"""Reading the files of a program folder: as text, as one document, and what several of them hold."""

from __future__ import annotations

import os
import re
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import ConfigError, Located
from engine.fields import as_map, text_of
from engine.located import MAX_BYTES, Findings, Node, parse
from engine.names import show

# What names a rule, a receiver, a team.
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\Z")
# What the service raises about itself is called like this, and no rule is.
OWN = "heedful-"


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """Return the text of a configuration file.

    Raises
    ------
    ConfigError
        If it cannot be read, is larger than `most` bytes or is not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise unreadable(path, "this is not a file")
        with path.open("rb") as file:
            raw = file.read(most + 1)
        if len(raw) > most:
            raise unreadable(path, f"the file is larger than {most // 2**20} MiB; split it into several files")
        return raw.decode("utf-8-sig")
    except OSError as problem:
        raise unreadable(path, f"the file cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise unreadable(path, "the file is not UTF-8; save it as UTF-8", line) from problem


def unreadable(path: Path, message: str, line: int = 1) -> ConfigError:
    """Return the error that a file as a whole cannot be used."""
    return ConfigError([Located(shown_path(path), line, 1, message)])


def shown_path(path: Path) -> str:
    """Return a path as text that can be stored, whatever bytes the file's name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def document_of(path: Path, findings: Findings) -> Node | None:
    """Return the mapping that a YAML file holds, or None (reported, unless the file is empty)."""
    try:
        text = read_text(path)
    except ConfigError as problem:
        findings.found.extend(problem.findings)
        return None
    return document_in(text, findings)


def document_in(text: str, findings: Findings) -> Node | None:
    """Return the mapping that a YAML text holds, or None (reported, unless the text is empty)."""
    documents = parse(text, findings)
    if len(documents) > 1:
        findings.error(documents[1], "this file holds one document; remove the '---'")
    return as_map(documents[0], "the file", findings) if documents else None


def zone_of(node: Node | None, findings: Findings, default: ZoneInfo | None = None) -> ZoneInfo:
    """Return a time zone; the default, or UTC, when it is absent or does not fit (reported)."""
    default = default or ZoneInfo("UTC")
    name = text_of(node, "zone", findings, most=100)
    if node is None or name is None:
        return default
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.error(node, f"unknown time zone '{show(name)}'; use a name such as Europe/London")
        return default
