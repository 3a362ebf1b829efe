"""Loading a program's own templates: each is parsed and tried, so that none fails when an alert is to go out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from zoneinfo import ZoneInfo

from jinja2 import TemplateError, TemplateSyntaxError

from engine.delivery.escaping import SAY_WORDS
from engine.delivery.rendering import TARGETS, environment_of, shipped_names
from engine.delivery.samples import SAMPLES
from engine.delivery.view import ABOUT_ONE, Event, Link, view_of
from engine.delivery.words import passages
from engine.errors import ConfigError, Located
from engine.names import nearest, show
from engine.program_files import SLUG, read_text, shown_path

MOST_TRIED = 1_000
LINK = Link("acknowledge", "Acknowledge", "https://heedful.example/l/token")


def load_templates(folder: Path, found: list[Located]) -> Mapping[str, str]:
    """Return the templates of a folder, by file name; there are none where there is no folder.

    Parameters
    ----------
    found
        Takes the errors and warnings.
    """
    if not folder.is_dir():
        return {}
    texts: dict[str, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        problem = _wrong_name(path)
        if problem:
            found.append(Located(shown_path(path), 1, 1, problem))
            continue
        try:
            texts[path.name] = read_text(path)
        except ConfigError as unreadable:
            found.extend(unreadable.findings)
    for name in texts:
        found.extend(_tried(folder, name, texts))
    return texts


def names_of(templates: Mapping[str, str]) -> frozenset[str]:
    """Return the names that receivers may give as their template."""
    return frozenset(name.partition(".")[0] for name in templates) - {str(event) for event in Event}


def _wrong_name(path: Path) -> str | None:
    stem, _, suffix = path.name.partition(".")
    if suffix in TARGETS and (SLUG.match(stem) or stem in set(Event)):
        return None
    guess = nearest(path.name, shipped_names())
    hint = f"; did you mean {guess}?" if guess else ""
    return f"{show(path.name)} is no template: they are called NAME.{', NAME.'.join(TARGETS)}{hint}"


def _tried(folder: Path, name: str, texts: Mapping[str, str]) -> list[Located]:
    """Return what is wrong with a template: its syntax, or what it does with messages of its events."""
    stem, _, target = name.partition(".")
    environment = environment_of(target, texts)
    where = shown_path(folder / name)
    try:
        template = environment.get_template(name)
    except TemplateSyntaxError as problem:
        at = shown_path(folder / problem.name) if problem.name and problem.name in texts else where
        return [Located(at, problem.lineno, 1, f"this is not a valid template: {problem.message}")]
    events = [Event(stem)] if stem in set(Event) else [*sorted(ABOUT_ONE), Event.THANK]
    for event in events:
        body = SAMPLES[event]
        words = SAY_WORDS[target](passages(body, MOST_TRIED))
        try:
            template.render({**view_of(event, body, ZoneInfo("UTC"), [LINK]), "words": words})
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as problem:
            said = f"this fails for a message about {event}: {type(problem).__name__}: {problem}"
            return [Located(where, _line(problem.__traceback__, name), 1, said)]
    return []


def _line(trace: TracebackType | None, name: str) -> int:
    """Return the line of a template in which an error was raised."""
    line = 1
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name in (name, "<template>"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
