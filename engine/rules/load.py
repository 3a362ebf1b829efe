"""Loading rules: files of strict YAML become rules, and every error is reported at once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property

from engine.collecting import not_collecting
from engine.durations import longest
from engine.errors import Located
from engine.fields import as_map, check_keys, choice_of, flag_of, text_of
from engine.located import Findings, Node, StopReadingError, parse
from engine.names import show
from engine.program import Program, RuleFile, text_hash
from engine.program_files import OWN, SLUG
from engine.rules.auto_loader import auto_of
from engine.rules.condition_loader import ConditionLoader
from engine.rules.conditions import All, Condition
from engine.rules.definition_loader import is_definitions, load_definitions
from engine.rules.definitions import Definition, Definitions
from engine.rules.example import Example
from engine.rules.example_loader import ExampleLoader
from engine.rules.index import ConditionIndex, index_of
from engine.rules.lint import lint
from engine.rules.lists import RuleList, rule_lists
from engine.rules.phrases import phrases_of
from engine.rules.references import resolve
from engine.rules.rule import EVALUATED, IfUnsure, Rule, RuleStatus
from engine.rules.size import size_of
from engine.rules.then_loader import ThenLoader
from engine.rules.window import Window
from engine.rules.window_loader import WindowLoader, check_then, split_windows
from engine.taxonomy import Taxonomy

RULE_KEYS = ("rule", "title", "author", "status", "must_not_lose", "when", "if_unsure", "then", "examples")
LIVE_EXAMPLES = 3
# Also what a block of text cannot hold at the start of a line: it would end the document there.
_MARKER = re.compile(r"(---|\.\.\.)(\s|\Z)")


@dataclass(frozen=True)
class LoadedFile:
    """One file's good rules, and what was wrong with the others.

    Parameters
    ----------
    used, defined
        The definitions that it uses, and their digests.
    """

    file: RuleFile
    rules: tuple[Rule, ...]
    findings: tuple[Located, ...]
    used: frozenset[str] = frozenset()
    defined: tuple[str, ...] = ()

    def stands_under(self, definitions: Definitions) -> bool:
        """Return whether it would come to the same under other definitions."""
        broken = any(finding.level == "error" for finding in self.findings)
        return not broken and (not self.used or definitions.digests(self.used) == self.defined)


@dataclass(frozen=True)
class LoadedRules:
    """The rules that loaded, and what was wrong with the others.

    Parameters
    ----------
    rules
        Good rules, in the order of files and documents.
    findings
        Errors and warnings.
    program, taxonomy
        Under which they were loaded.
    files
        What each file came to by itself, by its name.
    kept_as
        The name that it has in the store, where an older version of Heedful gave it another than `version` does.
    index_before
        The index of the rules before these, which has most of theirs.
    """

    rules: tuple[Rule, ...]
    findings: tuple[Located, ...]
    program: Program
    taxonomy: Taxonomy
    files: Mapping[str, LoadedFile] = field(default_factory=dict, repr=False, compare=False)
    kept_as: str | None = None
    index_before: ConditionIndex | None = field(default=None, repr=False, compare=False)

    @property
    def errors(self) -> tuple[Located, ...]:
        """The findings that are errors."""
        return tuple(one for one in self.findings if one.level == "error")

    @cached_property
    def evaluated(self) -> tuple[Rule, ...]:
        """The rules that are evaluated: those that are live or shadow."""
        return tuple(rule for rule in self.rules if rule.status in EVALUATED)

    @cached_property
    def windowed(self) -> tuple[Rule, ...]:
        """Of these, the ones with a condition over time."""
        return tuple(rule for rule in self.evaluated if rule.window is not None)

    @cached_property
    def by_slug(self) -> Mapping[str, Rule]:
        """The rules by name."""
        return {rule.slug: rule for rule in self.rules}

    @cached_property
    def index(self) -> ConditionIndex:
        """The conditions of the rules that are evaluated, to be judged together."""
        return index_of({rule.slug: rule.when for rule in self.evaluated}, self.index_before)

    @cached_property
    def counting(self) -> ConditionIndex:
        """What windows count, where that is something else than the rule's own matches."""
        counted = {rule.slug: rule.window.of for rule in self.windowed if rule.window}
        return index_of({slug: of for slug, of in counted.items() if of is not None})

    @cached_property
    def reach(self) -> Mapping[str, timedelta]:
        """How far back each counter is looked at, by its id."""
        return longest(rule.reach(self.program.allow_late) for rule in self.windowed)

    @cached_property
    def cooling(self) -> Mapping[str, timedelta]:
        """How long the cooldown of each rule is that has one."""
        return {rule.slug: rule.cooldown.span for rule in self.evaluated if rule.cooldown is not None}

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that the rules ask about."""
        return phrases_of(self.rules)

    @cached_property
    def version(self) -> str:
        """A short hash of the program with its rules and of the taxonomy: the name of the ruleset."""
        lists = [one.sha256 for one in self.lists]
        body = json.dumps([self.program.settings(), self.taxonomy.version, lists], sort_keys=True)
        return self.kept_as or text_hash(body)[:12]

    @cached_property
    def lists(self) -> tuple[RuleList, ...]:
        """The rule files in short lists; a change of one file changes one list."""
        return rule_lists(self.program.rule_files)

    def of(self, file: RuleFile) -> LoadedFile | None:
        """Return what a file came to, or None if it is not among those that were loaded."""
        found = self.files.get(file.name)
        return found if found is not None and (found.file is file or found.file == file) else None

    @cached_property
    def by_file(self) -> Mapping[str, tuple[Located, ...]]:
        """The findings by the name of their file."""
        found: dict[str, list[Located]] = {}
        for one in self.findings:
            found.setdefault(one.file, []).append(one)
        return {name: tuple(findings) for name, findings in found.items()}

    def suits(self, program: Program, taxonomy: Taxonomy) -> bool:
        """Return whether a file would come to the same under another program and taxonomy."""
        return self.taxonomy.version == taxonomy.version and self.program.settings() == program.settings()


@not_collecting()
def load_rules(program: Program, taxonomy: Taxonomy, before: LoadedRules | None = None) -> LoadedRules:
    """Load a program's rule files.

    Parameters
    ----------
    program
        Whose rule files are loaded, and what they may name.
    taxonomy
        The labels that conditions may name.
    before
        Rules that were loaded earlier: a file that was among them is not read again.

    Returns
    -------
    LoadedRules
        Never an exception: a file with errors reports them, and the other rules still load.
    """
    known = before if before is not None and before.suits(program, taxonomy) else None
    definitions, told = load_definitions(program, taxonomy)
    files: dict[str, LoadedFile] = {}
    for file in program.rule_files:
        if not is_definitions(file):
            old = known.of(file) if known else None
            fits = old is not None and old.stands_under(definitions)
            files[file.name] = old if old is not None and fits else _load_file(file, program, taxonomy, definitions)
    rules: dict[str, Rule] = {}
    found = [one for findings in told for one in findings.found]
    for loaded in files.values():
        found.extend(loaded.findings)
        for rule in loaded.rules:
            first = rules.setdefault(rule.slug, rule)
            if first is not rule:
                message = f"rule '{rule.slug}' is already in {first.file}:{first.line}; give it another name"
                found.append(Located(rule.file, rule.line, 1, message))
    found += resolve(rules)
    used = {name for loaded in files.values() for name in loaded.used}
    found += [_unused(definition) for definition in definitions.unused(used)]
    index = known.index if known else None
    return LoadedRules(tuple(rules.values()), tuple(found), program, taxonomy, files, index_before=index)


def _unused(definition: Definition) -> Located:
    message = f"no rule uses definition '{show(definition.name)}'; remove it, or name it with 'meets'"
    return Located(definition.file, definition.line, 1, message, "warning")


def _load_file(file: RuleFile, program: Program, taxonomy: Taxonomy, definitions: Definitions) -> LoadedFile:
    findings = Findings(file.name)
    used: set[str] = set()
    loader = _RuleLoader(program, taxonomy, findings, definitions, used)
    rules: list[Rule] = []
    with suppress(StopReadingError):
        for node, text in _documents(file, findings):
            rule = loader.load(node, text)
            if rule is not None:
                rules.append(rule)
    return LoadedFile(file, tuple(rules), tuple(findings.found), frozenset(used), definitions.digests(used))


def _documents(file: RuleFile, findings: Findings) -> list[tuple[Node, str]]:
    """Return each document with its own text, so that a rule's version changes with its own words only."""
    nodes = parse(file.text, findings)
    lines = file.text.splitlines()
    ends = [node.line - 1 for node in nodes[1:]] + [len(lines)]
    return [(node, _own(lines[node.line - 1 : end])) for node, end in zip(nodes, ends, strict=False)]


def _own(lines: Sequence[str]) -> str:
    """Return the text of a document that begins with the first of some lines: up to the marker that ends it."""
    end = next((place for place, line in enumerate(lines) if place and _MARKER.match(line)), len(lines))
    return "\n".join(lines[:end]).rstrip() + "\n"


@dataclass(frozen=True)
class _RuleLoader:
    program: Program
    taxonomy: Taxonomy
    findings: Findings
    definitions: Definitions
    used: set[str]

    def load(self, node: Node, text: str) -> Rule | None:
        if as_map(node, "a rule", self.findings) is None:
            return None
        before = self.findings.errors
        check_keys(node, RULE_KEYS, "word", self.findings)
        slug = self._slug(node)
        status = choice_of(node.get("status"), "status", [s.value for s in RuleStatus], self.findings) or "draft"
        unsure = choice_of(node.get("if_unsure"), "if_unsure", [u.value for u in IfUnsure], self.findings) or "skip"
        must_not_lose = flag_of(node.get("must_not_lose"), "must_not_lose", self.findings, default=False)
        then = ThenLoader(self.program, self.findings).load(node.get("then"))
        conditions = ConditionLoader(self.program, self.taxonomy, self.findings, self.definitions)
        when, window = self._when(node, conditions)
        auto = auto_of(node, self.program, self.findings, over_time=window is not None)
        if window is not None:
            check_then(node, then.take, unsure, self.findings)
        self.used.update(conditions.used)
        if conditions.used:  # what uses no definitions is no larger than its file
            self._check_sizes(node, when, window)
        if self.findings.errors == before:
            self._lint(node, conditions, IfUnsure(unsure), when, window)
        examples = self._examples(node)
        self._enough(node, status, examples)
        if self.findings.errors > before or when is None or slug is None:
            return None
        return Rule(
            slug=slug,
            title=text_of(node.get("title"), "title", self.findings, most=200) or slug,
            author=text_of(node.get("author"), "author", self.findings, most=200),
            status=RuleStatus(status),
            when=when,
            if_unsure=IfUnsure(unsure),
            severity=then.severity,
            send_to=then.send_to,
            window=window,
            take=then.take,
            cooldown=then.cooldown,
            follow_up_within=then.follow_up_within,
            close_within=then.close_within,
            escalate=then.escalate,
            examples=examples,
            must_not_lose=must_not_lose,
            auto=auto,
            text=text,
            defined=self.definitions.digests(conditions.used),
            file=self.findings.file,
            line=node.line,
        )

    def _slug(self, node: Node) -> str | None:
        named = node.get("rule")
        if named is None:
            self.findings.error(node, "the rule has no name; begin with 'rule: a-short-name'")
            return None
        if not isinstance(named.value, str) or not SLUG.match(named.value):
            self.findings.error(named, "a rule's name has lower-case letters, digits and - only, at most 100")
            return None
        if named.value.startswith(OWN):
            self.findings.error(named, f"names that begin with {OWN} belong to the service's own alerts")
            return None
        return named.value

    def _when(self, node: Node, conditions: ConditionLoader) -> tuple[Condition | None, Window | None]:
        """Return the conditions on one feedback, and the one over time, which stands at the top or under its `all`."""
        when = node.get("when")
        if when is None:
            self.findings.error(node, "the rule has no conditions; add 'when:'")
            return None, None
        rest, windows = split_windows(when)
        loaded = [self._windows(conditions).load(kind, value) for kind, value in windows]
        for _, extra in windows[1:]:
            self.findings.error(extra, "a rule has one condition over time; make a second rule")
        window = loaded[0] if loaded else None
        if rest is not None:
            return conditions.load(rest), window
        return window.of if window and window.of else All(()), window

    def _lint(
        self, node: Node, conditions: ConditionLoader, unsure: IfUnsure, when: Condition | None, window: Window | None
    ) -> None:
        counted = window.of if window is not None and window.of is not when else None
        for one in (when, counted):
            if one is not None:
                lint(one, conditions.places, node.get("when") or node, self.program, unsure, self.findings)

    def _check_sizes(self, node: Node, *conditions: Condition | Window | None) -> None:
        problems = (size_of(one, self.definitions.sizes).problem for one in conditions if one is not None)
        problem = next(filter(None, problems), None)
        if problem:
            self.findings.error(node.get("when") or node, f"the rule {problem}")

    def _windows(self, conditions: ConditionLoader) -> WindowLoader:
        return WindowLoader(self.program, self.findings, conditions.load)

    def _examples(self, node: Node) -> tuple[Example, ...]:
        when = node.get("when")
        over_time = when is not None and bool(split_windows(when)[1])
        return ExampleLoader(self.program, self.taxonomy, self.findings).load(node.get("examples"), over_time=over_time)

    def _enough(self, node: Node, status: str, examples: Sequence[Example]) -> None:
        if status != RuleStatus.LIVE:
            return
        for fires, said in ((True, "fire"), (False, "stay quiet")):
            count = sum(example.fires is fires for example in examples)
            if count < LIVE_EXAMPLES:
                where = node.get("examples") or node.get("status") or node
                message = f"a live rule needs {LIVE_EXAMPLES} examples that {said}, this one has {count}"
                self.findings.error(where, f"{message}; add them, or make it a draft or shadow rule")
