"""The colours of the console, in light and in dark; every pair that carries text passes contrast (a test holds it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.alerts.severity import Severity
from engine.taxonomy import TASKS, Taxonomy


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour of text and what it stands on, as CSS hex."""

    text: str
    ground: str


LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "ground": "#f4f6f8",
        "surface": "#ffffff",
        "raised": "#eaeef2",
        "ink": "#1b1f24",
        "muted": "#57606a",
        "line": "#d0d7de",
        "edge": "#7d8590",
        "accent": "#0b5cad",
        "on-accent": "#ffffff",
        "good": "#1a6b34",
        "warn": "#855300",
        "bad": "#b3142c",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "ground": "#0f1419",
        "surface": "#182028",
        "raised": "#242e38",
        "ink": "#e6edf3",
        "muted": "#9eabb8",
        "line": "#303a46",
        "edge": "#76838f",
        "accent": "#6cb2ff",
        "on-accent": "#06203c",
        "good": "#5fd083",
        "warn": "#f0b84a",
        "bad": "#ff8593",
    }
)
SEVERITIES: Mapping[str, tuple[Ink, Ink]] = MappingProxyType(
    {
        Severity.CRITICAL: (Ink("#ffffff", "#9f0f28"), Ink("#2a0208", "#ff8593")),
        Severity.HIGH: (Ink("#ffffff", "#a84300"), Ink("#2b1000", "#ffa066")),
        Severity.MEDIUM: (Ink("#3d2a00", "#ffd98a"), Ink("#f7d48a", "#4a3a10")),
        Severity.LOW: (Ink("#24303c", "#dde5ec"), Ink("#cdd8e2", "#33404d")),
    }
)
# What a label is coloured as: emotions by their group, intents and topics by their task. Chips say the name too.
GROUPS: Mapping[str, tuple[Ink, Ink]] = MappingProxyType(
    {
        "anger": (Ink("#7d1022", "#fde3e6"), Ink("#ffb3bc", "#4f1a23")),
        "disgust": (Ink("#4d4a00", "#f1f0c4"), Ink("#e2df8b", "#3a380c")),
        "fear": (Ink("#5a2a82", "#f0e4fa"), Ink("#d9b8f5", "#3d2357")),
        "sadness": (Ink("#1d4a80", "#e1edfa"), Ink("#a9cff7", "#1b3654")),
        "joy": (Ink("#14592c", "#ddf3e3"), Ink("#9be0b1", "#173d25")),
        "surprise": (Ink("#7a3d00", "#fdecd8"), Ink("#ffcb94", "#4a2c0d")),
        "neutral": (Ink("#3d4650", "#e6eaee"), Ink("#c5cfd8", "#303a44")),
        "intent": (Ink("#0a4f59", "#d9f0f3"), Ink("#93dbe6", "#123b42")),
        "topic": (Ink("#38408a", "#e6e8fa"), Ink("#bcc4ff", "#2a3066")),
    }
)
# Lines and bars of charts, in light and in dark: told apart by their marks and names as well.
SERIES: tuple[tuple[str, str], ...] = (
    ("#0b5cad", "#6cb2ff"),
    ("#c2410c", "#ff9e64"),
    ("#15803d", "#5fd083"),
    ("#8b31d6", "#c9a2ff"),
    ("#a16207", "#f0c24a"),
    ("#0e7490", "#5cd0e0"),
    ("#be185d", "#ff8fc0"),
    ("#57606a", "#9eabb8"),
)


def group_of(task: str, label: str) -> str:
    """Return what a label is coloured as."""
    if task == "emotion":
        root = label.partition("/")[0]
        return root if root in GROUPS else "neutral"
    return task if task in GROUPS else "topic"


def group_shown(shows: str, taxonomy: Taxonomy) -> str:
    """Return what words are coloured as that show a label by its path alone, or meet a condition of no label."""
    for task in TASKS:
        if shows in taxonomy.nodes(task):
            return group_of(task, shows)
    return "neutral"


def tokens() -> str:
    """Return the colours as CSS variables: the system's mode, unless the page has chosen one."""
    light, dark = _variables(LIGHT, 0), _variables(DARK, 1)
    return (
        f":root{{color-scheme:light dark;{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        f"body.body--light{{color-scheme:light;{light}}}body.body--dark{{color-scheme:dark;{dark}}}"
    )


def _variables(colours: Mapping[str, str], mode: int) -> str:
    found = dict(colours)
    for kind, inks in (("severity", SEVERITIES), ("label", GROUPS)):
        for name, pair in inks.items():
            found |= {f"{kind}-{name}-ink": pair[mode].text, f"{kind}-{name}-ground": pair[mode].ground}
    found |= {f"series-{place}": pair[mode] for place, pair in enumerate(SERIES, start=1)}
    return "".join(f"--{name}:{value};" for name, value in found.items())
