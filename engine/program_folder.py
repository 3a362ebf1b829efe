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

from engine.alerts.routes_loader import load_routes
from engine.calendar_file import load_calendars
from engine.delivery.receiver_file import load_receivers
from engine.delivery.template_folder import load_templates, names_of
from engine.errors import ConfigError, Located
from engine.expect_loader import expectations_of
from engine.fields import as_map, check_keys, choice_of, duration_of, flag_of, number_of, text_of, texts_of
from engine.follow_up_loader import FOLLOW_UP_KEYS, with_follow_up
from engine.located import Findings, Node, StopReadingError
from engine.names import nearest, show
from engine.people_file import load_people
from engine.privacy.policy_loader import PRIVACY, check_thanks, policy_of
from engine.privacy.retention_loader import retention_of
from engine.program import (
    DEFAULT_SCORES,
    DEFINE,
    AttributeKind,
    AttributeSpec,
    Program,
    RuleFile,
    ScoreEnd,
    ScoreSpec,
)
from engine.program_files import document_of, read_text, shown_path, unreadable, zone_of
from engine.readers_loader import languages_of, readers_of
from engine.target_loader import TARGET_SETTINGS, with_targets
from engine.topics import ProgramTopics, TopicTree, parse_topics

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
FILES = ("program.yaml", "receivers.yaml", "routes.yaml", "calendars.yaml", "people.csv", "rules")
TOPICS_KEYS = ("file", "beside_default", "fitted")
PROGRAM_KEYS = (
    *("name", "zone", "languages", "scores", "attributes", "stale_after", "allow_late", "degrade", "topics"),
    "readers",
    *TARGET_SETTINGS,
    *("expect", PRIVACY, "retention"),
    *FOLLOW_UP_KEYS,
)
RESERVED = frozenset(
    {"all", "any", "none", "emotion", "intent", "topic", "sentiment", "says", "speaker", "question", "language"}
    | {"channel", "status", "source", "unit", "together", "same_sentence", "count", "share", "distinct", "spike"}
    | {"flatline", "attribute", "meets", "within_first", "within_last", "id", "text", "parts", "customer", "employee"}
)


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


def load_topic_tree(path: Path) -> TopicTree:
    """Load a file of topics.

    Raises
    ------
    ConfigError
        With every error of the file.
    """
    return parse_topics(read_text(path), shown_path(path))


def _rule_files(folder: Path, found: list[Located], *, required: bool) -> tuple[RuleFile, ...]:
    if not folder.is_dir():
        if required:
            found.append(Located(shown_path(folder), 1, 1, "there is no such folder of rules"))
        return ()
    files = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file()):
        if path.name.startswith("_") and path.name != DEFINE:
            hint = f"; did you mean {DEFINE}?" if nearest(path.stem, [Path(DEFINE).stem]) else ""
            message = f"{show(path.name)} is not read by this version{hint}"
            found.append(Located(shown_path(path), 1, 1, message, "warning"))
            continue
        try:
            files.append(RuleFile(shown_path(path.relative_to(folder)), read_text(path)))
        except ConfigError as problem:
            found.extend(problem.findings)
    return tuple(files)


def _from_folder(path: Path, found: list[Located], environment: Mapping[str, str]) -> Program:
    main = path / "program.yaml"
    if not main.is_file():
        message = "there is no program.yaml; a program is a folder with program.yaml, rules/ and receivers.yaml"
        raise unreadable(main, message)
    findings = Findings(shown_path(main))
    program, root = Program(), Node({}, 1, 1)
    with suppress(StopReadingError):
        root = document_of(main, findings) or root
        program = _program(path, root, findings)
    others: list[Located] = []
    templates = load_templates(path / "templates", others)
    receivers = load_receivers(path / "receivers.yaml", program, names_of(templates), others, environment)
    calendars = load_calendars(path / "calendars.yaml", program.zone, others)
    targets = replace(program.targets, calendars=calendars)
    program = replace(program, templates=templates, receivers=receivers, targets=targets)
    program = replace(program, people=load_people(path / "people.csv", program, others))
    with suppress(StopReadingError):
        program = with_targets(program, root, findings)
        check_thanks(program, root, findings)
    # After receivers and people, whom routes name.
    program = replace(program, routes=load_routes(path / "routes.yaml", program, others))
    found.extend([*findings.found, *others, *_strangers(path, _own_files(path, program))])
    return program


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
            found.append(Located(shown_path(entry), 1, 1, message, "warning"))
            continue
        guess = nearest(entry.name, FILES)
        if guess or entry.suffix in (".yaml", ".yml"):
            hint = f"; did you mean {guess}?" if guess else ""
            found.append(
                Located(shown_path(entry), 1, 1, f"{show(entry.name)} is not read by this version{hint}", "warning")
            )
    return found


def _program(path: Path, root: Node, findings: Findings) -> Program:
    check_keys(root, PROGRAM_KEYS, "setting", findings)
    program = Program(
        name=text_of(root.get("name"), "name", findings, most=100) or path.name,
        zone=zone_of(root.get("zone"), findings),
        languages=(languages := languages_of(root.get("languages"), findings)),
        readers=readers_of(path, root.get("readers"), languages, findings),
        scores=_scores(root.get("scores"), findings),
        attributes=_attributes(root.get("attributes"), findings),
        any_attribute=False,
        degrade=flag_of(root.get("degrade"), "degrade", findings, default=False),
        stale_after=_span(root.get("stale_after"), "stale_after", Program.stale_after, findings),
        allow_late=_span(root.get("allow_late"), "allow_late", Program.allow_late, findings),
        topics=_topics(path, root.get("topics"), findings),
        expect=expectations_of(root.get("expect"), findings),
        retention=retention_of(root.get("retention"), findings),
    )
    for name in sorted(set(program.scores) & set(program.attributes)):
        findings.error(root.get("attributes") or root, f"'{show(name)}' is declared as a score and as an attribute")
    program = replace(program, privacy=policy_of(root.get(PRIVACY), program.attributes, findings))
    return with_follow_up(program, root, findings)


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
