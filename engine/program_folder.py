"""Loading a program from its folder of files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import ConfigError, Located
from engine.fields import as_map, check_keys, choice_of, duration_of, flag_of, number_of, text_of, texts_of
from engine.follow_up_loader import FOLLOW_UP_KEYS, with_follow_up
from engine.located import MAX_BYTES, Findings, Node, StopReadingError, parse
from engine.names import nearest, show
from engine.program import (
    DEFAULT_RECEIVERS,
    DEFAULT_SCORES,
    DEFINE,
    AttributeKind,
    AttributeSpec,
    Program,
    ReceiverKind,
    ReceiverSpec,
    RuleFile,
    ScoreEnd,
    ScoreSpec,
)
from engine.topics import ProgramTopics, TopicTree, parse_topics

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}\Z")
LANGUAGE = re.compile(r"[a-z]{2}\Z")
FILES = ("program.yaml", "receivers.yaml", "rules")
TOPICS_KEYS = ("file", "beside_default", "fitted")
LATER = ("routes.yaml", "calendars.yaml", "people.csv")
PROGRAM_KEYS = (
    *("name", "zone", "languages", "scores", "attributes", "stale_after", "allow_late", "degrade", "topics"),
    *FOLLOW_UP_KEYS,
)
RESERVED = frozenset(
    {"all", "any", "none", "emotion", "intent", "topic", "sentiment", "says", "speaker", "question", "language"}
    | {"channel", "status", "source", "unit", "together", "same_sentence", "count", "share", "distinct", "spike"}
    | {"flatline", "attribute", "meets", "within_first", "within_last", "id", "text", "parts", "customer", "employee"}
)
_ENVIRONMENT = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


def load_program(
    path: Path | None, rules: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Program, list[Located]]:
    """Load a program folder.

    Parameters
    ----------
    path
        The folder; None is the built-in program, which declares nps, csat, ces and rating and has no rules.
    rules
        A folder of rules that overrides the program's ``rules/``.
    environment
        Where ``${NAME}`` in receivers.yaml is looked up; by default the process's.

    Returns
    -------
    tuple[Program, list[Located]]
        The program, its rules not yet parsed, and the warnings.

    Raises
    ------
    ConfigError
        With every error of program.yaml and receivers.yaml, and every file that cannot be read.
    """
    findings: list[Located] = []
    program = (
        Program() if path is None else _from_folder(path, findings, os.environ if environment is None else environment)
    )
    rule_folder = rules or (path / "rules" if path is not None else None)
    files = _rule_files(rule_folder, findings, required=rules is not None) if rule_folder else ()
    if any(one.level == "error" for one in findings):
        raise ConfigError(findings)
    return replace(program, rule_files=files), findings


def read_text(path: Path) -> str:
    """Return the text of a configuration file.

    Raises
    ------
    ConfigError
        If it cannot be read, is larger than 1 MiB or is not UTF-8.
    """
    try:
        if path.exists() and not path.is_file():
            raise _unreadable(path, "this is not a file")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise _unreadable(path, "the file is larger than 1 MiB; split it into several files")
        return raw.decode("utf-8-sig")
    except OSError as problem:
        raise _unreadable(path, f"the file cannot be read: {problem.strerror or problem}") from problem
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise _unreadable(path, "the file is not UTF-8; save it as UTF-8", line) from problem


def load_topic_tree(path: Path) -> TopicTree:
    """Load a file of topics.

    Raises
    ------
    ConfigError
        With every error of the file.
    """
    return parse_topics(read_text(path), _shown(path))


def _unreadable(path: Path, message: str, line: int = 1) -> ConfigError:
    return ConfigError([Located(_shown(path), line, 1, message)])


def _shown(path: Path) -> str:
    """Return a path as text that can be stored, whatever bytes the file's name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def _rule_files(folder: Path, found: list[Located], *, required: bool) -> tuple[RuleFile, ...]:
    if not folder.is_dir():
        if required:
            found.append(Located(_shown(folder), 1, 1, "there is no such folder of rules"))
        return ()
    files = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()):
        if path.name.startswith("_") and path.name != DEFINE:
            hint = f"; did you mean {DEFINE}?" if nearest(path.stem, [Path(DEFINE).stem]) else ""
            message = f"{show(path.name)} is not read by this version{hint}"
            found.append(Located(_shown(path), 1, 1, message, "warning"))
            continue
        try:
            files.append(RuleFile(_shown(path.relative_to(folder)), read_text(path)))
        except ConfigError as problem:
            found.extend(problem.findings)
    return tuple(files)


def _document(path: Path, findings: Findings) -> Node | None:
    try:
        documents = parse(read_text(path), findings)
    except ConfigError as problem:
        findings.found.extend(problem.findings)
        return None
    if len(documents) > 1:
        findings.error(documents[1], "this file holds one document; remove the '---'")
    return as_map(documents[0], "the file", findings) if documents else None


def _from_folder(path: Path, found: list[Located], environment: Mapping[str, str]) -> Program:
    main = path / "program.yaml"
    if not main.is_file():
        message = "there is no program.yaml; a program is a folder with program.yaml, rules/ and receivers.yaml"
        raise _unreadable(main, message)
    findings = Findings(_shown(main))
    program = Program()
    with suppress(StopReadingError):
        program = _program(path, main, findings)
    found.extend(findings.found)
    receivers = _receivers(path / "receivers.yaml", found, environment)
    found.extend(_strangers(path, _own_files(path, program)))
    return replace(program, receivers=receivers)


def _own_files(path: Path, program: Program) -> set[str]:
    """Return the names at the top of a program folder that are read."""
    topics = Path(program.topics.tree.file) if program.topics else path / FILES[0]
    return {*FILES, topics.relative_to(path).parts[0]}


def _strangers(path: Path, known: set[str]) -> list[Located]:
    """Return a warning for each file of a program folder that looks as if it should be read, and is not."""
    found = []
    for entry in sorted(path.iterdir()):
        if entry.name in known or entry.name.startswith((".", "_")):
            continue
        if entry.name == "topics.yaml":
            message = "topics.yaml is not read; name it in program.yaml with 'topics: topics.yaml'"
            found.append(Located(_shown(entry), 1, 1, message, "warning"))
            continue
        guess = None if entry.name in LATER else nearest(entry.name, FILES)
        if guess or entry.name in LATER or entry.suffix in (".yaml", ".yml"):
            hint = f"; did you mean {guess}?" if guess else ""
            found.append(
                Located(_shown(entry), 1, 1, f"{show(entry.name)} is not read by this version{hint}", "warning")
            )
    return found


def _program(path: Path, main: Path, findings: Findings) -> Program:
    root = _document(main, findings) or Node({}, 1, 1)
    check_keys(root, PROGRAM_KEYS, "setting", findings)
    program = Program(
        name=text_of(root.get("name"), "name", findings, most=100) or path.name,
        zone=_zone(root.get("zone"), findings),
        languages=_languages(root.get("languages"), findings),
        scores=_scores(root.get("scores"), findings),
        attributes=_attributes(root.get("attributes"), findings),
        any_attribute=False,
        degrade=flag_of(root.get("degrade"), "degrade", findings, default=False),
        stale_after=_span(root.get("stale_after"), "stale_after", Program.stale_after, findings),
        allow_late=_span(root.get("allow_late"), "allow_late", Program.allow_late, findings),
        topics=_topics(path, root.get("topics"), findings),
    )
    for name in sorted(set(program.scores) & set(program.attributes)):
        findings.error(root.get("attributes") or root, f"'{show(name)}' is declared as a score and as an attribute")
    return with_follow_up(program, root, findings)


def _zone(node: Node | None, findings: Findings) -> ZoneInfo:
    name = text_of(node, "zone", findings, most=100)
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.error(
            node or Node(None, 1, 1), f"unknown time zone '{show(name or '')}'; use a name such as Europe/London"
        )
        return ZoneInfo("UTC")


def _languages(node: Node | None, findings: Findings) -> tuple[str, ...]:
    codes = texts_of(node, "a language", findings)
    for code in codes:
        if not LANGUAGE.match(code) and node is not None:
            findings.error(node, f"'{show(code)}' is not a language; use a two-letter ISO 639-1 code such as en")
    return codes or ("en",)


def _span(node: Node | None, what: str, default: timedelta, findings: Findings) -> timedelta:
    span = duration_of(node, what, findings)
    return default if span is None else span


def _topics(folder: Path, node: Node | None, findings: Findings) -> ProgramTopics | None:
    if node is None:
        return None
    named, beside, fitted = node, True, None
    if node.is_map:
        check_keys(node, TOPICS_KEYS, "setting of topics", findings)
        beside = flag_of(node.get("beside_default"), "beside_default", findings, default=True)
        fitted = _beside(folder, node.get("fitted"), "the fitted topics", findings)
        named = node.get("file") or Node(None, node.line, node.column)
    file = _beside(folder, named, "the file of topics", findings)
    if file is None:
        return None
    try:
        return ProgramTopics(load_topic_tree(file), beside, fitted)
    except ConfigError as problem:
        findings.found.extend(problem.findings)
        return None


def _beside(folder: Path, node: Node | None, what: str, findings: Findings) -> Path | None:
    """Return the path of a file of the program folder."""
    name = text_of(node, what, findings)
    if name is None or node is None:
        return None
    path = folder / name
    try:
        inside = not Path(name).is_absolute() and path.resolve().is_relative_to(folder.resolve())
        there = path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        inside, there = True, False
    if not inside:
        findings.error(node, f"{what} must be in the program's folder, and '{show(name)}' is not")
    elif not there:
        findings.error(node, f"there is no file '{show(name)}' in the program's folder")
    return path if inside and there else None


def _name(key: str, where: Node, what: str, findings: Findings) -> bool:
    if not NAME.match(key):
        findings.error(where, f"'{show(key)}' cannot name {what}; use lower-case letters, digits and _")
        return False
    if key in RESERVED:
        findings.error(where, f"'{key}' is a word of the rules language; choose another name for {what}")
        return False
    return True


def _scores(node: Node | None, findings: Findings) -> Mapping[str, ScoreSpec]:
    root = as_map(node, "scores", findings)
    if root is None:
        return DEFAULT_SCORES
    scores = {}
    for key, key_node, value in root.items():
        spec = as_map(value, f"score {show(key)}", findings)
        if spec is None or not _name(key, key_node, "a score", findings):
            continue
        check_keys(spec, ("min", "max", "good"), "setting of a score", findings)
        low = number_of(spec.get("min"), "min", findings)
        high = number_of(spec.get("max"), "max", findings)
        good = choice_of(spec.get("good"), "end of a score", ("high", "low"), findings) or "high"
        if low is None or high is None or low >= high:
            findings.error(value, f"score {key} needs a min and a larger max")
            continue
        scores[key] = ScoreSpec(key, low, high, cast(ScoreEnd, good))
    return scores


def _attributes(node: Node | None, findings: Findings) -> Mapping[str, AttributeSpec]:
    root = as_map(node, "attributes", findings)
    attributes = {}
    for key, key_node, value in root.items() if root else ():
        if not _name(key, key_node, "an attribute", findings):
            continue
        if value.is_map:
            check_keys(value, ("one_of",), "kind of attribute", findings)
            values = texts_of(value.get("one_of"), "a value", findings)
            if not values:
                findings.error(value, f"attribute {key} needs values: one_of: [gold, silver]")
            attributes[key] = AttributeSpec(key, "one_of", values)
        else:
            kind = choice_of(value, "kind of attribute", ("text", "number", "flag"), findings)
            attributes[key] = AttributeSpec(key, cast(AttributeKind, kind or "text"))
    return attributes


def _receivers(path: Path, found: list[Located], environment: Mapping[str, str]) -> Mapping[str, ReceiverSpec]:
    if not path.exists():
        return DEFAULT_RECEIVERS
    findings = Findings(_shown(path))
    receivers = dict(DEFAULT_RECEIVERS)
    with suppress(StopReadingError):
        receivers |= _declared_receivers(_document(path, findings), findings, environment)
    found.extend(findings.found)
    return receivers


def _declared_receivers(
    root: Node | None, findings: Findings, environment: Mapping[str, str]
) -> Mapping[str, ReceiverSpec]:
    receivers = {}
    for key, key_node, value in root.items() if root else ():
        if not SLUG.match(key):
            findings.error(key_node, f"'{show(key)}' cannot name a receiver; use lower-case letters, digits and -")
        elif as_map(value, f"receiver {key}", findings):
            receivers[key] = _receiver(key, value, findings, environment)
    return receivers


def _receiver(name: str, node: Node, findings: Findings, environment: Mapping[str, str]) -> ReceiverSpec:
    keys = ("kind", "url", "secret", "allow_private", "to_customer", "address_attribute")
    check_keys(node, keys, "setting of a receiver", findings)
    kind = choice_of(node.get("kind"), "kind of receiver", ("log", "webhook"), findings) or "log"
    if node.get("kind") is None:
        findings.error(node, f"receiver {name} needs a kind: log or webhook")
    url = _filled(node.get("url"), "url", findings, environment)
    secret = _filled(node.get("secret"), "secret", findings, environment)
    if kind == "webhook":
        if not _is_web(url or ""):
            findings.error(node, f"receiver {name} needs a url that starts with http:// or https://")
        if not secret:
            findings.error(node, f"receiver {name} needs a secret to sign its messages, such as ${{WEBHOOK_SECRET}}")
    private = flag_of(node.get("allow_private"), "allow_private", findings, default=False)
    to_customer = flag_of(node.get("to_customer"), "to_customer", findings, default=False)
    address = text_of(node.get("address_attribute"), "address_attribute", findings, most=100)
    return ReceiverSpec(name, cast(ReceiverKind, kind), url, secret, private, to_customer, address)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # an open bracket, or a port that is none
        return False


def _filled(node: Node | None, what: str, findings: Findings, environment: Mapping[str, str]) -> str | None:
    text = text_of(node, what, findings, most=2000)
    if text is None or node is None:
        return None
    for name in _ENVIRONMENT.findall(text):
        if name not in environment:
            findings.error(node, f"the environment variable {name} is not set")
    return _ENVIRONMENT.sub(lambda match: environment.get(match[1], ""), text)
